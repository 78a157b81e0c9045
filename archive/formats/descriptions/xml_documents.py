"""A description in XML: oai_dc, qualified Dublin Core in any wrapper, and DSpace's dublin_core.xml.

A document type declaration is refused before anything in it is read: it is the door of every entity attack,
and no description needs one. Nothing is fetched, nothing is expanded.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from archive.core.dcterms import DC_NAMESPACE, DCTERMS_NAMESPACE, claims_dublin_core, normalise_key
from archive.core.findings import At, Finding, error, note
from archive.core.limits import MAX_DEPTH, MAX_SIDECAR_BYTES
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.structured import Record, described

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_PREFIXES = {DC_NAMESPACE: "dc", DCTERMS_NAMESPACE: "dcterms"}


class _PrologEndsError(Exception):
    """The first element was reached."""


class _DoctypeError(Exception):
    """A document type declaration was met."""


class _Prolog:
    """Stops the parser at the first element, or at a document type declaration before it."""

    def start(self, _tag: str, _attributes: Any) -> None:
        raise _PrologEndsError

    def doctype(self, _name: str, _public: str, _system: str) -> None:
        raise _DoctypeError

    def close(self) -> None:
        """Nothing is built."""


def read_xml(
    name: str,
    data: bytes,
    date_order: str | None,
    *,
    held: bool = False,  # noqa: ARG001 - one description names no file in any case
) -> Iterator[DescribedRow | Finding]:
    """The one description of the file as a row; else the finding that says why there is none."""
    if len(data) > MAX_SIDECAR_BYTES:
        yield error(
            "DESC-TOO-LARGE",
            name,
            f"{len(data):,} bytes of XML",
            at=At(file=name),
            expected=f"at most {MAX_SIDECAR_BYTES:,}",
        )
        return
    root = _parse(name, data)
    if isinstance(root, Finding):
        yield root
        return
    found: list[Finding] = []
    elements = _statements(root)
    if isinstance(elements, str):
        yield error("DESC-XML-CONTENT", name, elements, at=At(file=name, line=root.sourceline))
        return
    content: dict[str, list[Any]] = {}
    lines: dict[str, int] = {}
    for element in elements:
        key = _key(element)
        content.setdefault(key, []).append(_item(element, name, found))
        lines.setdefault(key, element.sourceline or 0)
    yield described(Record(content, name, date_order, line_of=lines.get, findings=tuple(found)))


def _parser(**more: Any) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        **more,
    )


def _parse(name: str, data: bytes) -> Any:
    if not data.strip():
        return error("DESC-EMPTY", name, "the file is empty", at=At(file=name))
    try:
        etree.fromstring(data, _parser(target=_Prolog()))
    except _PrologEndsError:
        pass
    except _DoctypeError:
        return error(
            "DESC-XML-DOCTYPE",
            name,
            "holds a document type declaration, which is never read",
            at=At(file=name),
            remedy="remove the <!DOCTYPE …> from the file",
        )
    except (etree.XMLSyntaxError, ValueError, LookupError) as broken:
        return _syntax(name, broken)
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as broken:
        return _syntax(name, broken)
    return _too_deep(name, root) or root


def _syntax(name: str, broken: Exception) -> Finding:
    line = getattr(broken, "lineno", None) or None
    column = getattr(broken, "offset", None) or None
    return error(
        "DESC-XML-SYNTAX",
        f"{name}:{line}" if line else name,
        f"not well-formed XML: {getattr(broken, 'msg', None) or broken}",
        at=At(file=name, line=line, column=column),
        remedy="a bare & is written &amp; and a bare < is written &lt;",
    )


def _too_deep(name: str, root: Any) -> Finding | None:
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return error(
                "DESC-TOO-DEEP",
                f"{name}:{element.sourceline}",
                f"nested deeper than {MAX_DEPTH} levels",
                at=At(file=name, line=element.sourceline),
            )
    return None


def _statements(root: Any) -> list[Any] | str:
    """The elements that state something, from the one container in the file; else what is wrong."""
    if etree.QName(root).localname == "dublin_core":
        return [element for element in root if isinstance(element.tag, str)]
    containers = dict.fromkeys(
        element.getparent()
        for element in root.iter(f"{{{DC_NAMESPACE}}}*", f"{{{DCTERMS_NAMESPACE}}}*")
        if element is not root and _namespace(element.getparent()) not in _PREFIXES
    )
    if len(containers) > 1:
        return f"holds {len(containers)} descriptions where one is expected"
    if containers:
        return [element for element in next(iter(containers)) if isinstance(element.tag, str)]
    plain = [element for element in root if isinstance(element.tag, str) and not _namespace(element)]
    if any(normalise_key(element.tag) for element in plain):
        return plain
    return "holds no element of Dublin Core"


def _namespace(element: Any) -> str | None:
    return etree.QName(element).namespace


def _key(element: Any) -> str:
    name = etree.QName(element)
    if name.localname == "dcvalue" and element.get("element"):  # DSpace Simple Archive Format
        qualifier = element.get("qualifier") or "none"
        key = f"dc.{element.get('element')}"
        return key if qualifier == "none" else f"{key}.{qualifier}"
    if name.namespace is None:
        return name.localname
    if prefix := _PREFIXES.get(str(name.namespace)):
        return f"{prefix}.{name.localname}"
    key = f"{element.prefix or name.namespace}:{name.localname}"
    # A prefix such as dc bound to a namespace that is not Dublin Core's.
    return f"{{{name.namespace}}}{name.localname}" if claims_dublin_core(key) else key


def _item(element: Any, name: str, found: list[Finding]) -> dict[str, str] | str:
    text = "".join(element.itertext())
    lang = element.get(_XML_LANG) or element.get("language")
    scheme: str | None = element.get(_XSI_TYPE)
    unqualified: str | None = element.get("type")
    if scheme is None and unqualified:
        scheme = unqualified
        found.append(
            note(
                "DESC-XML-TYPE",
                f"{name}:{element.sourceline}",
                f"type=“{unqualified[:80]}” is read as xsi:type",
                at=At(file=name, line=element.sourceline),
                expected="xsi:type",
            )
        )
    uri = element.get(_RDF_RESOURCE)
    if not text.strip() and uri:
        text = uri
    parts = {"lang": lang, "scheme": scheme, "uri": uri}
    if not any(part and part.strip() for part in parts.values()):
        return text
    stated = {key: part for key, part in parts.items() if part and part.strip()}
    return {"value": text, **stated}

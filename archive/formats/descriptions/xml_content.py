"""What an XML element says of a document: oai_dc, qualified Dublin Core in any wrapper, DSpace's dcvalue.

Beside the Dublin Core a record's other simple elements and its attributes are kept, and of an OAI-PMH record
its header.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from lxml import etree

from archive.core.descriptions.dcterms import (
    DC_NAMESPACE,
    DCTERMS_NAMESPACE,
    claims_dublin_core,
    normalise_key,
)
from archive.core.findings import At, Finding, note
from archive.formats.descriptions.columns import Kind, classify
from archive.formats.descriptions.xml_layout import OAI_NAMESPACE

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_PREFIXES = {DC_NAMESPACE: "dc", DCTERMS_NAMESPACE: "dcterms"}
_NAMED_BY: Final = (_RDF_ABOUT, "id", "identifier")  # attributes that name what a record describes
_FILE_FACTS: Final = frozenset((Kind.PATH, Kind.REFERENCE, Kind.DIGEST, Kind.SIZE))


class Content(NamedTuple):
    """The values of one description by key, the line of each key, and by what else the record is named."""

    values: dict[str, list[Any]]
    lines: dict[str, int]
    names: tuple[str, ...]


class Place(NamedTuple):
    """Where the parsed text stands in its file: the name, and what to add to a line."""

    name: str
    before: int = 0

    def line(self, element: Any) -> int | None:
        """The line of an element in the file."""
        return element.sourceline + self.before if element.sourceline else None


def contents(root: Any, place: Place, found: list[Finding]) -> list[Content]:
    """The descriptions below the element, one for each container of Dublin Core; none where there is none."""
    return [_content(container, elements, root, place, found) for container, elements in _containers(root)]


def header(record: Any) -> dict[str, list[str]]:
    """The header of an OAI-PMH record under keys of its own; `oai.status` tells a deleted one."""
    told: dict[str, list[str]] = {}
    for head in record.iterchildren(f"{{{OAI_NAMESPACE}}}header"):
        if status := head.get("status"):
            told["oai.status"] = [status]
        for element in _elements(head):
            if text := (element.text or "").strip():
                told.setdefault(f"oai.{etree.QName(element).localname}", []).append(text)
    for about in record.iterchildren(f"{{{OAI_NAMESPACE}}}about"):
        told.setdefault("oai.about", []).append(etree.tostring(about, encoding="unicode", with_tail=False))
    return told


def _containers(root: Any) -> list[tuple[Any, list[Any]]]:
    if etree.QName(root).localname == "dublin_core":
        return [(root, list(_elements(root)))]
    containers = dict.fromkeys(
        element.getparent()
        for element in root.iter(f"{{{DC_NAMESPACE}}}*", f"{{{DCTERMS_NAMESPACE}}}*", "dcvalue")
        if element is not root and not _wraps(element) and not _is_term(element.getparent())
    )
    if containers:
        return [(container, list(_elements(container))) for container in containers]
    for container in root.iter():
        plain = [element for element in _elements(container) if not _namespace(element)]
        if any(normalise_key(element.tag) for element in plain):
            return [(container, plain)]
        if len(plain) > 1:
            break  # no wrapper, and no element that is known
    return []


def _wraps(element: Any) -> bool:
    """True for a wrapper in a namespace of Dublin Core itself, such as `<dc xmlns="…/dc/elements/1.1/">`."""
    return not _is_term(element) and any(_namespace(each) in _PREFIXES for each in _elements(element))


def _is_term(element: Any) -> bool:
    name = etree.QName(element)
    return name.namespace in _PREFIXES and normalise_key(name.localname) is not None


def _content(container: Any, elements: list[Any], root: Any, place: Place, found: list[Finding]) -> Content:
    values: dict[str, list[Any]] = {}
    lines: dict[str, int] = {}
    names: list[str] = []
    top = _top(container, root)
    for element, key in (*((e, _key(e, container)) for e in elements), *_beside(container, top)):
        values.setdefault(key, []).append(_item(element, place, found))
        lines.setdefault(key, place.line(element) or 0)
    for element in dict.fromkeys((top, container)):
        for name, text in element.attrib.items():
            if name in _NAMED_BY:
                names.append(text)
            if name in _NAMED_BY or (element is top and not name.startswith("{") and container is not root):
                key = f"{etree.QName(element).localname}@{etree.QName(name).localname}"
                values.setdefault(key, []).append(text)
    if _namespace(top) == OAI_NAMESPACE:
        told = header(top)
        names += told.get("oai.identifier", ())
        values.update(told)
    return Content(values, lines, tuple(names))


def _top(container: Any, root: Any) -> Any:
    """The element that holds all that belongs to the description: the OAI-PMH record, else the root."""
    record = f"{{{OAI_NAMESPACE}}}record"
    return next((each for each in container.iterancestors() if each.tag == record), root)


def _beside(container: Any, top: Any) -> Iterator[tuple[Any, str]]:
    """The simple elements beside the container and beside the wrappers round it."""
    inner = container
    while inner is not top:
        outer = inner.getparent()
        for element in _elements(outer):
            if element is not inner and not len(element) and (element.text or "").strip():
                local = etree.QName(element).localname
                yield element, local if classify(local).kind in _FILE_FACTS else _key(element, outer)
        inner = outer


def _elements(parent: Any) -> Iterator[Any]:
    return (element for element in parent if isinstance(element.tag, str))


def _namespace(element: Any) -> str | None:
    return etree.QName(element).namespace


def _key(element: Any, container: Any) -> str:
    name = etree.QName(element)
    if name.localname == "dcvalue" and element.get("element"):  # DSpace Simple Archive Format
        qualifier = element.get("qualifier") or "none"
        key = f"{container.get('schema') or 'dc'}.{element.get('element')}"
        return key if qualifier == "none" else f"{key}.{qualifier}"
    if name.namespace is None:
        return name.localname
    if prefix := _PREFIXES.get(str(name.namespace)):
        return f"{prefix}.{name.localname}"
    key = f"{element.prefix or name.namespace}:{name.localname}"
    # A prefix such as dc bound to a namespace that is not Dublin Core's.
    return f"{{{name.namespace}}}{name.localname}" if claims_dublin_core(key) else key


def _item(element: Any, place: Place, found: list[Finding]) -> dict[str, str] | str:
    text = "".join(element.itertext())
    if len(element) and not any((each or "").strip() for each in (element.text, *(c.tail for c in element))):
        parts = (piece.strip() for piece in element.itertext())  # elements alone: parts, not prose
        text = " ".join(filter(None, parts))
    lang = element.get(_XML_LANG) or element.get("language")
    scheme: str | None = element.get(_XSI_TYPE)
    unqualified: str | None = element.get("type")
    if scheme is None and unqualified:
        scheme = unqualified
        line = place.line(element)
        found.append(
            note(
                "DESC-XML-TYPE",
                f"{place.name}:{line}",
                f"type=“{unqualified[:80]}” is read as xsi:type",
                at=At(file=place.name, line=line),
                expected="xsi:type",
            )
        )
    uri = element.get(_RDF_RESOURCE)
    if not text.strip() and uri:
        text = uri
    about = {"lang": lang, "scheme": scheme, "uri": uri}
    if not any(part and part.strip() for part in about.values()):
        return text
    stated = {key: part for key, part in about.items() if part and part.strip()}
    return {"value": text, **stated}

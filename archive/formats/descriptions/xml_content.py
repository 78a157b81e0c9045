"""What an XML element says of a document: oai_dc, qualified Dublin Core in any wrapper, DSpace's dcvalue.

Beside the Dublin Core a record's other simple elements and its attributes are kept, and of an OAI-PMH record
its header.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final, NamedTuple

from lxml import etree

from archive.core.descriptions.dcterms import (
    DC_NAMESPACE,
    DCTERMS_NAMESPACE,
    claims_dublin_core,
    normalise_key,
)
from archive.core.findings import At, Finding, error, note
from archive.core.limits.descriptions import LONGEST_XML_KEPT
from archive.core.text import printable
from archive.formats.descriptions.columns import Kind, classify
from archive.formats.descriptions.xml_beside import (
    around,
    beside,
    elements_of,
    holds_elements,
    unread_access,
)
from archive.formats.descriptions.xml_kept import Allowance, KeptTooLongError, alone
from archive.formats.descriptions.xml_kinds import is_foreign
from archive.formats.descriptions.xml_layout import OAI_NAMESPACE
from archive.formats.descriptions.xml_prose import text_of
from archive.formats.descriptions.xml_values import (
    RDF,
    attributes,
    items_of,
    language_in,
    said_beside,
    scheme_of,
)

_RDF_ABOUT = f"{RDF}about"
_PREFIXES = {DC_NAMESPACE: "dc", DCTERMS_NAMESPACE: "dcterms"}
_OF_DSPACE: Final = "schema"  # an attribute of `dublin_core`: it stands in the keys
_NAMED_BY: Final = (_RDF_ABOUT, "id", "identifier")  # attributes that name what a record describes
_OF_SERVERS: Final = frozenset(f"{{{OAI_NAMESPACE}}}{name}" for name in ("header", "about"))  # read apart
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


def contents(root: Any, place: Place, found: list[Finding]) -> list[Content] | Finding:
    """The descriptions below the element, one for each container of Dublin Core; none where there is none.

    The error where they bring more to keep than one record may.
    """
    room = Allowance()
    containers = _containers(root)
    described = around(container for container, _ in containers)
    several: list[Content] = []
    try:
        for container, inner in containers:
            top = _top(container, root)
            own = ((element, _key(element, container)) for element in inner)
            keyed = chain(own, _beside(container, top, described))
            several.append(_content(container, keyed, top, _Gathering(place, found, room)))
    except KeptTooLongError:
        return _too_long(place, root)
    return several


def header(record: Any) -> dict[str, list[str]]:
    """The header of an OAI-PMH record under keys of its own; `oai.status` tells a deleted one."""
    told: dict[str, list[str]] = {}
    for head in record.iterchildren(f"{{{OAI_NAMESPACE}}}header"):
        if status := head.get("status"):
            told["oai.status"] = [status]
        for element in elements_of(head):
            if text := (element.text or "").strip():
                told.setdefault(f"oai.{etree.QName(element).localname}", []).append(text)
    return told


def _containers(root: Any) -> list[tuple[Any, list[Any]]]:
    if etree.QName(root).localname == "dublin_core":
        return [(root, list(elements_of(root)))]
    stating = (f"{{{DC_NAMESPACE}}}*", f"{{{DCTERMS_NAMESPACE}}}*", "dcvalue", f"{RDF}Description")
    containers = dict.fromkeys(
        holder for element in root.iter(*stating) if (holder := _holder(element, root)) is not None
    )
    if containers:
        return [(container, list(elements_of(container))) for container in containers]
    if is_foreign(root):
        return []
    for container in root.iter():
        plain = [element for element in elements_of(container) if not _namespace(element)]
        if any(normalise_key(element.tag) for element in plain):
            return [(container, list(elements_of(container)))]
        if len(plain) > 1:
            break  # no wrapper, and no element that is known
    return []


def _holder(element: Any, root: Any) -> Any:
    """What the description is in that an element belongs to; None where it belongs to none."""
    if element.tag == f"{RDF}Description":
        return element if _states_by_attributes(element) else None
    is_value = element is not root and not _wraps(element) and not _is_term(element.getparent())
    return element.getparent() if is_value else None


def _states_by_attributes(element: Any) -> bool:
    return any(etree.QName(name).namespace in _PREFIXES for name in element.attrib)


def _properties(container: Any) -> Iterator[tuple[str, str]]:
    """What the attributes of a description state, as elements in it would (RDF 1.1 XML Syntax §2.5)."""
    for name, text in container.attrib.items():
        space, local = etree.QName(name).namespace, etree.QName(name).localname
        if prefix := _PREFIXES.get(str(space)):
            yield f"{prefix}.{local}", text
    for name, text in attributes(container):
        if ":" in name and not claims_dublin_core(name):
            yield name, text


def _wraps(element: Any) -> bool:
    """True for a wrapper in a namespace of Dublin Core itself, such as `<dc xmlns="…/dc/elements/1.1/">`."""
    return not _is_term(element) and any(_namespace(each) in _PREFIXES for each in elements_of(element))


def _is_term(element: Any) -> bool:
    name = etree.QName(element)
    return name.namespace in _PREFIXES and normalise_key(name.localname) is not None


class _Gathering:
    """What the elements of one description, and those beside it, say: see Content."""

    def __init__(self, place: Place, found: list[Finding], room: Allowance) -> None:
        self.values: dict[str, list[Any]] = {}
        self.lines: dict[str, int] = {}
        self._place, self._found, self._room = place, found, room

    def take(self, element: Any, key: str, language: str | None) -> None:
        """The values of an element, with what else it says under a key of its own."""
        self.put(key, items_of(element, classify(key).term, language), element)
        if more := said_beside(element):
            self._room.take(more.get("xml", ""))
            what = "elements in" if "xml" in more else "attributes of"
            said = f"what the {what} “{printable(key[:80])}” say beside its text is"
            self.keep(f"/{key}", [{"value": text_of(element).strip(), **more}], said, element)
        if element.attrib and scheme_of(element)[1]:
            self._found.append(_unqualified_type(element, self._place))

    def take_unread(self, element: Any, key: str) -> None:
        """An element whose form is that of no value, so that its key is refused."""
        self.put(key, [{"xml": self.alone(element)}], element)

    def keep_whole(self, element: Any, key: str) -> None:
        """An element beside the description that holds others: nothing of it is a value."""
        said = f"the element “{printable(key[:80])}”, which stands beside the description, is"
        self.keep(f"/{self._room.take(key)}", [{"xml": self.alone(element)}], said, element)

    def keep(self, key: str, items: list[Any], what: str, element: Any) -> None:
        """Keeps the items, and says so once for each key."""
        if key not in self.values:
            self._found.append(_kept(what, key, self._place, element))
        self.values.setdefault(key, []).extend(items)

    def alone(self, element: Any) -> str:
        """The element as it stands; KeptTooLongError where no room is left for it."""
        return self._room.take(alone(element))

    def put(self, key: str, items: list[Any], element: Any) -> None:
        """The items under a key, which stands where the first of its elements does."""
        self.values.setdefault(self._room.take(key), []).extend(items)
        self.lines.setdefault(key, self._place.line(element) or 0)


def _content(container: Any, keyed: Iterable[tuple[Any, str]], top: Any, gathering: _Gathering) -> Content:
    values, names = gathering.values, []
    for key, text in _properties(container):
        gathering.put(key, [text], container)
    language = language_in(container)
    for element, key in keyed:
        if access := unread_access(element):
            gathering.take_unread(element, access)
        elif element.getparent() is not container and holds_elements(element):
            gathering.keep_whole(element, key)
        else:
            gathering.take(element, key, language)
    if between := _between(container):
        gathering.keep("/text", between, "the text between the elements is", container)
    for element in dict.fromkeys((top, container)):
        for name, text in element.attrib.items():
            if name in _NAMED_BY:
                names.append(text)
            if (name in _NAMED_BY or not name.startswith("{")) and name != _OF_DSPACE:
                key = f"{etree.QName(element).localname}@{etree.QName(name).localname}"
                values.setdefault(key, []).append(text)
    if _namespace(top) == OAI_NAMESPACE:
        told = header(top)
        names += told.get("oai.identifier", ())
        values.update(told)
        if about := [gathering.alone(each) for each in top.iterchildren(f"{{{OAI_NAMESPACE}}}about")]:
            values["oai.about"] = about
    return Content(values, gathering.lines, tuple(names))


def _between(container: Any) -> list[Any]:
    """The texts that stand in a description and in none of its elements."""
    pieces = (container.text, *(child.tail for child in container))
    return [text for piece in pieces if piece and (text := piece.strip())]


def _top(container: Any, root: Any) -> Any:
    """The element that holds all that belongs to the description: the OAI-PMH record, else the root."""
    record = f"{{{OAI_NAMESPACE}}}record"
    return next((each for each in container.iterancestors() if each.tag == record), root)


def _beside(container: Any, top: Any, described: frozenset[Any]) -> Iterator[tuple[Any, str]]:
    """The elements beside the container and beside the wrappers round it, with their keys."""
    for element, outer in beside(container, top, described):
        if _namespace(top) != OAI_NAMESPACE or element.tag not in _OF_SERVERS:
            local = etree.QName(element).localname
            yield element, local if classify(local).kind in _FILE_FACTS else _key(element, outer)


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


def _kept(what: str, key: str, place: Place, element: Any) -> Finding:
    line = place.line(element)
    message = f"{what} kept as {printable(key[:80])}"
    return note("DESC-READ-AS", f"{place.name}:{line}", message, at=At(file=place.name, line=line))


def _too_long(place: Place, element: Any) -> Finding:
    line = place.line(element)
    return error(
        "DESC-TOO-LARGE",
        f"{place.name}:{line}",
        "elements in values, and names of elements, are longer together than what can be kept of a record",
        at=At(file=place.name, line=line),
        expected=f"at most {LONGEST_XML_KEPT:,} characters",
    )


def _unqualified_type(element: Any, place: Place) -> Finding:
    line = place.line(element)
    return note(
        "DESC-XML-TYPE",
        f"{place.name}:{line}",
        f"type=“{element.get('type')[:80]}” is read as xsi:type",
        at=At(file=place.name, line=line),
        expected="xsi:type",
    )

"""Reads `metadata/premis.xml` back: what the index needs and only the bag knows.

Documents may come from damaged or hostile bags: no entities, no DTD, no network, and libxml2's own limits on
depth and size stand.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from typing import Any, Final

from lxml import etree

from archive.core.agents import Agent, AgentKind
from archive.core.errors import BagFormatError
from archive.core.events import EventType
from archive.core.text import printable
from archive.formats.premis import parts
from archive.formats.premis.names import exact_name, parse_time
from archive.formats.premis.record import PremisSummary, SummaryEvent, SummaryFile

_IN: Final = f"{{{parts.NAMESPACE}}}"
_XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_URN: Final = "urn:uuid:"
_ROOT: Final = f"{_IN}premis"
_OBJECT, _EVENT, _AGENT = f"{_IN}object", f"{_IN}event", f"{_IN}agent"
_LINK: Final = f"{_IN}linkingObjectIdentifier"
_WHOLE: Final = 1 << 16  # bytes that are parsed at once: a third cheaper for one file, which most are of
_SAFELY: Final[Mapping[str, Any]] = {
    "no_network": True,
    "resolve_entities": False,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def read_premis(data: bytes) -> PremisSummary:
    """What the document states; raises BagFormatError where it is not a PREMIS 3 document without a DTD."""
    identifiers: dict[str, str] = {}
    source: str | None = None
    files: list[SummaryFile] = []
    told: list[SummaryEvent] = []
    agents: list[Agent | None] = []
    awaiting = False
    for element in _parse(data) if len(data) <= _WHOLE else _stream(data):
        if element.tag == _OBJECT:
            kind = (element.get(_XSI_TYPE) or "").rpartition(":")[2]
            if kind == "file":
                files.append(_file(element))
            elif kind in ("representation", "intellectualEntity") and not identifiers:
                identifiers = _identifiers(element)
                name = element.find(f"{_IN}originalName")
                source = None if name is None else exact_name(name.text or "")
        elif element.tag == _EVENT:
            told.append(_event(element))
            awaiting = awaiting or _awaits(element)
        elif element.tag == _AGENT:
            agents.append(_agent(element))
    events = tuple(told)
    ingestion = next((event for event in events if event.type == EventType.INGESTION), None)
    cells = _labelled(ingestion, parts.CELLS)
    if cells is not None:  # texts of a description, which nothing that lists events is to show
        events = tuple(event._replace(details=_without_cells(event.details)) for event in events)
    reference = identifiers.get(parts.DECLARED_REFERENCE)
    return PremisSummary(
        bag=identifiers.get(parts.UUID, "").removeprefix(_URN) or None,
        reference=reference if reference is not None else identifiers.get(parts.REFERENCE),
        declared=reference is not None,
        source=source,
        source_label=_labelled(ingestion, parts.SOURCE),
        ingested=ingestion.time if ingestion else None,
        run=_labelled(ingestion, parts.RUN),
        accession=_labelled(ingestion, parts.ACCESSION),
        columns=_labelled(ingestion, parts.COLUMNS),
        cells=cells,
        awaiting=awaiting,
        files=tuple(files),
        events=events,
        agents=tuple(filter(None, agents)),
    )


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(**_SAFELY)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise _not_well_formed(trouble) from None
    _require_premis(root)
    return root


def _stream(data: bytes) -> Iterator[etree._Element]:
    """The same elements of a document of many files, each gone once the one after the next is asked for.

    A tree takes six times the bytes of its document. The links of an event to each file are not kept either.
    """
    reading = etree.iterparse(
        BytesIO(data), events=("start", "end"), tag=(_ROOT, _OBJECT, _EVENT, _AGENT, _LINK), **_SAFELY
    )
    root: etree._Element | None = None
    try:
        for event, element in reading:
            if root is None:
                root = element.getroottree().getroot()
                _require_premis(root)
            if event == "start":
                continue
            if element.tag == _LINK:
                _forget_before(element, lambda before: before.tag == _LINK)
            elif element.getparent() is root:
                yield element
                _forget_before(element, lambda _: True)
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise _not_well_formed(trouble) from None
    if root is None:
        raise BagFormatError("premis.xml: expected a PREMIS 3 document")


def _forget_before(element: etree._Element, is_needless: Callable[[etree._Element], bool]) -> None:
    """Takes the elements before this one out of the tree, with their texts, as long as they are needless.

    This one stays, though it is read. What libxml2 has of the document may end in the text behind it, and it
    goes on with that text in the last node of the tree: it must not become another one.
    """
    above = element.getparent()
    while above is not None and (before := element.getprevious()) is not None and is_needless(before):
        before.clear()  # else lxml asks of each of its children where its namespace is from
        above.remove(before)


def _not_well_formed(trouble: Exception) -> BagFormatError:
    return BagFormatError(f"premis.xml: not well-formed: {printable(str(trouble))}")


def _require_premis(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise BagFormatError("premis.xml: a document type declaration is not accepted")
    if root.tag != _ROOT:
        raise BagFormatError(f"premis.xml: expected a PREMIS 3 document, found {printable(str(root.tag))}")


@cache
def _qualified(path: str) -> str:
    return "/".join(_IN + name for name in path.split("/"))


def _text(element: etree._Element, path: str) -> str | None:
    """The text at a path of PREMIS names, or None where there is no such element."""
    found = element.find(_qualified(path))
    return None if found is None else found.text or ""


def _identifiers(element: etree._Element) -> dict[str, str]:
    return {
        _text(each, "objectIdentifierType") or "": _text(each, "objectIdentifierValue") or ""
        for each in element.findall(f"{_IN}objectIdentifier")
    }


def _file(element: etree._Element) -> SummaryFile:
    size = _text(element, "objectCharacteristics/size") or ""
    return SummaryFile(
        path=_text(element, "storage/contentLocation/contentLocationValue") or "",
        original=exact_name(_text(element, "originalName") or ""),
        bytes=int(size) if size.isascii() and size.isdigit() and len(size) < 20 else None,
        modified=_modified(element),
        digests=tuple(
            (
                _text(fixity, "messageDigestAlgorithm") or "",
                _text(fixity, "messageDigest") or "",
                _text(fixity, "messageDigestOriginator"),
            )
            for fixity in element.iterfind(f"{_IN}objectCharacteristics/{_IN}fixity")
        ),
        puids=tuple(
            key.text or ""
            for key in element.iterfind(
                f"{_IN}objectCharacteristics/{_IN}format/{_IN}formatRegistry/{_IN}formatRegistryKey"
            )
        ),
        media_type=next(
            (
                (note.text or "").removeprefix(parts.MEDIA_TYPE)
                for note in element.iterfind(f"{_IN}objectCharacteristics/{_IN}format/{_IN}formatNote")
                if (note.text or "").startswith(parts.MEDIA_TYPE)
            ),
            "",
        ),
    )


def _modified(element: etree._Element) -> int | None:
    for each in element.findall(f"{_IN}significantProperties"):
        if _text(each, "significantPropertiesType") == parts.MODIFIED:
            return parse_time(_text(each, "significantPropertiesValue") or "")
    return None


def _event(element: etree._Element) -> SummaryEvent:
    return SummaryEvent(
        id=_text(element, "eventIdentifier/eventIdentifierValue") or "",
        type=_text(element, "eventType") or "",
        time=_text(element, "eventDateTime") or "",
        outcome=_text(element, "eventOutcomeInformation/eventOutcome"),
        details=tuple(
            detail.text or "" for detail in element.iterfind(f"{_IN}eventDetailInformation/{_IN}eventDetail")
        ),
        agents=tuple(
            (_text(link, "linkingAgentIdentifierValue") or "", _text(link, "linkingAgentRole") or "")
            for link in element.iterfind(f"{_IN}linkingAgentIdentifier")
        ),
    )


def _awaits(event: etree._Element) -> bool:
    note = "eventOutcomeInformation/eventOutcomeDetail/eventOutcomeDetailNote"
    return (_text(event, note) or "").startswith(parts.AWAITING)


def _labelled(event: SummaryEvent | None, label: str) -> str | None:
    for detail in event.details if event else ():
        if detail.startswith(label):
            return exact_name(detail.removeprefix(label))
    return None


def _without_cells(details: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(detail for detail in details if not detail.startswith(parts.CELLS))


def _agent(element: etree._Element) -> Agent | None:
    """The agent, or None where its kind is not among ours."""
    try:
        kind = AgentKind(_text(element, "agentType") or "")
    except ValueError:
        return None
    return Agent(
        id=_text(element, "agentIdentifier/agentIdentifierValue") or "",
        name=_text(element, "agentName") or "",
        kind=kind,
        version=_text(element, "agentVersion"),
    )

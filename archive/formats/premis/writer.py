"""PREMIS 3 of a bag at ingest, at the speed of string joining: it is written once per document.

The document is a `representation` (bag id, reference, original path) that includes one `file` per payload
file. The modification time of a file is a significant property of it: PREMIS has no other honest place, since
`dateCreatedByApplication` is a statement about the content that a file system cannot make, and keeping it is
what the archive promises. Steps of the workflow that were left out are events with the outcome "not done".
"""

from typing import Final

from archive.core.digests import Algorithm
from archive.core.events import EventOutcome, EventType, event_id
from archive.core.submission import SubmittedBag
from archive.formats.format_identification import FormatIdentification, Identification
from archive.formats.premis import parts
from archive.formats.premis.names import time_text, xml_name
from archive.formats.premis.parts import EventTemplate
from archive.formats.premis.record import IngestContext, PremisFile, PremisRecord
from archive.formats.xml_text import xml_text

# Numbers of the ingest events within their bag; they are part of the events' ids and never change.
INGESTION: Final = 0
DIGEST_CALCULATION: Final = 1
FIXITY_CHECK: Final = 2
FORMAT_IDENTIFICATION: Final = 3
VALIDATION: Final = 4
VIRUS_CHECK: Final = 5
FILENAME_CHANGE: Final = 6
BAG_VALIDATION: Final = 7

_FILE_OPENING: Final = (
    f'<object xsi:type="file">\n<objectIdentifier><objectIdentifierType>{parts.LOCAL}</objectIdentifierType>'
    "<objectIdentifierValue>"
)
_MODIFIED_OPENING: Final = (
    f"<significantProperties><significantPropertiesType>{parts.MODIFIED}</significantPropertiesType>"
    "<significantPropertiesValue>"
)
_CHARACTERISTICS: Final = "<objectCharacteristics>\n<compositionLevel>0</compositionLevel>\n"
_LOCATION: Final = (
    "<storage><contentLocation><contentLocationType>path in the bag</contentLocationType>"
    "<contentLocationValue>"
)


class PremisWriter:
    """Writes the `metadata/premis.xml` of each document of one ingest run."""

    def __init__(self, context: IngestContext) -> None:
        self._context = context
        self._sha512 = parts.fixity_opening(Algorithm.SHA512)
        self._own = parts.fixity_closing(context.originator)
        self._depositor = parts.fixity_closing(context.depositor or "depositor")
        self._person = parts.link_to_agent(context.agent, "implementer")
        self._program = parts.link_to_agent(context.software, "executing program")
        agents = [context.agent, context.software]
        agents += [agent for agent in (context.identification, context.scanner) if agent is not None]
        distinct = {agent.id: agent for agent in agents}
        self._agents = "".join(parts.agent_xml(agent) for agent in distinct.values())
        self._ingestions: dict[str | None, EventTemplate] = {}
        self._calculation = self._event(
            DIGEST_CALCULATION,
            EventType.MESSAGE_DIGEST_CALCULATION,
            details=("SHA-512, from the bytes of the source as they were copied",),
        )
        self._fixity = self._event(
            FIXITY_CHECK,
            EventType.FIXITY_CHECK,
            details=("the digests that came with the submission, against the bytes received",),
        )
        self._format = self._format_event()
        self._virus = self._virus_event()
        self._change = self._event(
            FILENAME_CHANGE,
            EventType.FILENAME_CHANGE,
            details=("stored under a name that every system reads alike; originalName has the one received",),
        )
        self._validations: dict[tuple[bool, int], EventTemplate] = {}

    def xml(self, record: PremisRecord) -> bytes:
        """The document's PREMIS, valid under premis-v3-0.xsd; the same record gives the same bytes."""
        bag = record.bag
        time = xml_text(record.ingested)
        whole = parts.representation_xml(
            bag, record.reference, declared=record.declared, source=record.source
        )
        objects: list[str] = [parts.HEAD, whole]
        links: list[str] = []
        checked: list[str] = []
        renamed: list[str] = []
        for file in record.files:
            value = f"{bag}/{xml_text(file.path)}"
            link = parts.link_to_object(parts.LOCAL, value)
            links.append(link)
            if file.depositor:
                checked.append(link)
            if not file.original.endswith(file.path[5:]):
                renamed.append(link)
            objects.append(self._file(file, bag, value))
        document = parts.link_to_object(parts.UUID, f"urn:uuid:{bag}")
        files = "".join(links) or document  # a document without files: the events concern the whole
        events = [
            (self._ingestion(record), document + files if links else document),
            (self._calculation, files),
            (self._fixity, "".join(checked)),
            (self._format, files),
            (self._validation(record), document),
            (self._virus, files),
            (self._change, "".join(renamed)),
        ]
        if record.submitted is not None:
            events.append((self._bag_validation(record.submitted), document))
        objects += [
            template.xml(event_id(bag, template.number), time, concerned)
            for template, concerned in events
            if concerned
        ]
        objects += (self._agents, parts.TAIL)
        return "".join(objects).encode()

    def _file(self, file: PremisFile, bag: str, value: str) -> str:
        modified = (
            ""
            if file.modified is None
            else f"{_MODIFIED_OPENING}{time_text(file.modified)}"
            "</significantPropertiesValue></significantProperties>\n"
        )
        theirs = "".join(
            f"{parts.fixity_opening(digest.algorithm)}{digest.value}{self._depositor}"
            for digest in file.depositor
        )
        return (
            f"{_FILE_OPENING}{value}</objectIdentifierValue></objectIdentifier>\n{modified}"
            f"{_CHARACTERISTICS}{self._sha512}{file.sha512}{self._own}{theirs}<size>{file.bytes}</size>\n"
            f"{_formats_xml(file.identification)}</objectCharacteristics>\n"
            f"<originalName>{xml_text(xml_name(file.original))}</originalName>\n"
            f"{_LOCATION}{xml_text(file.path)}</contentLocationValue></contentLocation></storage>\n"
            f"{parts.INCLUDED_OPENING}urn:uuid:{bag}{parts.INCLUDED_CLOSING}"
        )

    def _event(
        self,
        number: int,
        event: EventType,
        *,
        details: tuple[str, ...] = (),
        outcome: EventOutcome = EventOutcome.SUCCESS,
        note: str | None = None,
        program: str | None = None,
    ) -> EventTemplate:
        agents = self._person + (program or self._program)
        return EventTemplate(number, event, outcome, agents=agents, details=details, note=note)

    def _format_event(self) -> EventTemplate:
        tool = self._context.identification
        if tool is None:
            return self._event(
                FORMAT_IDENTIFICATION,
                EventType.FORMAT_IDENTIFICATION,
                outcome=EventOutcome.NOT_DONE,
                note="no identification program was used",
            )
        return self._event(
            FORMAT_IDENTIFICATION,
            EventType.FORMAT_IDENTIFICATION,
            note="each file's format says what was found",
            program=parts.link_to_agent(tool, "executing program"),
        )

    def _virus_event(self) -> EventTemplate:
        scanner = self._context.scanner
        if scanner is None:
            return self._event(
                VIRUS_CHECK,
                EventType.VIRUS_CHECK,
                outcome=EventOutcome.NOT_DONE,
                note="no virus scanner was used",
            )
        return self._event(
            VIRUS_CHECK,
            EventType.VIRUS_CHECK,
            note="nothing was reported",
            program=parts.link_to_agent(scanner, "executing program"),
        )

    def _ingestion(self, record: PremisRecord) -> EventTemplate:
        """The event, made once for each table; cells that are kept belong to one document."""
        template = self._ingestions.get(record.columns) if record.cells is None else None
        if template is None:
            details = _ingestion_details(self._context, record)
            template = self._event(INGESTION, EventType.INGESTION, details=details)
            if record.cells is None:
                self._ingestions[record.columns] = template
        return template

    def _validation(self, record: PremisRecord) -> EventTemplate:
        key = (record.awaiting, record.warnings)
        template = self._validations.get(key)
        if template is None:
            notes = [parts.AWAITING] if record.awaiting else []
            if record.warnings:
                notes.append(f"Warnings: {record.warnings}.")
            template = self._event(
                VALIDATION,
                EventType.VALIDATION,
                details=(f"the description against {self._context.schema}",),
                outcome=EventOutcome.WARNING if notes else EventOutcome.SUCCESS,
                note=" ".join(notes) or None,
            )
            self._validations[key] = template
        return template

    def _bag_validation(self, bag: SubmittedBag) -> EventTemplate:
        return self._event(
            BAG_VALIDATION,
            EventType.VALIDATION,
            details=(f"the bag in which the document came, BagIt {bag.version}, against RFC 8493",),
            outcome=EventOutcome.WARNING if bag.warnings else EventOutcome.SUCCESS,
            note=f"Valid, with warnings: {bag.warnings}." if bag.warnings else "Valid.",
        )


def _ingestion_details(context: IngestContext, record: PremisRecord) -> tuple[str, ...]:
    details = [parts.labelled(parts.RUN, context.run), parts.labelled(parts.SOURCE, context.source)]
    if context.accession is not None:
        details.append(parts.labelled(parts.ACCESSION, context.accession))
    for label, text in ((parts.COLUMNS, record.columns), (parts.CELLS, record.cells)):
        if text is not None:
            details.append(parts.labelled(label, text))
    return tuple(details)


def _formats_xml(identification: Identification | None) -> str:
    if identification is None:
        return parts.FORMAT_NOT_LOOKED_AT
    if identification.formats:
        return "".join(_format_xml(each) for each in identification.formats)
    note = (
        f"could not be looked at: {identification.trouble}"
        if identification.trouble
        else "the program knows no such format"
    )
    return (
        f"<format><formatDesignation><formatName>{parts.NOT_IDENTIFIED}</formatName></formatDesignation>"
        f"<formatNote>{xml_text(note)}</formatNote></format>\n"
    )


def _format_xml(found: FormatIdentification) -> str:
    version = f"<formatVersion>{xml_text(found.version)}</formatVersion>" if found.version else ""
    said = (("media type", found.mime), ("basis", found.basis), ("warning", found.warning))
    notes = "".join(f"<formatNote>{label}: {xml_text(text)}</formatNote>" for label, text in said if text)
    return (
        f"<format><formatDesignation><formatName>{xml_text(found.name or found.puid)}</formatName>{version}"
        "</formatDesignation><formatRegistry><formatRegistryName>PRONOM</formatRegistryName>"
        f"<formatRegistryKey>{xml_text(found.puid)}</formatRegistryKey></formatRegistry>{notes}</format>\n"
    )


def premis_xml(context: IngestContext, record: PremisRecord) -> bytes:
    """The PREMIS of a single document; for many of one run, keep a `PremisWriter`."""
    return PremisWriter(context).xml(record)

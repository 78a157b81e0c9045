"""PREMIS 3 of a revision: who changed a description, when, against which schema."""

from typing import Final, NamedTuple

from archive.core.agents import Agent
from archive.core.events import EventOutcome, EventType, event_id
from archive.formats.premis import parts
from archive.formats.premis.parts import EventTemplate
from archive.formats.xml_text import xml_text

# Revision 2 is the first that has an event here: numbers below 16 belong to the ingest, and each revision
# takes two.
_FIRST: Final = 16


class RevisionRecord(NamedTuple):
    """One new description; `previous` is the sha512 of the tag manifest it replaces, `terms` what changed.

    `declared` tells whether the reference was brought by the archivist.
    """

    bag: str
    reference: str
    revision: int
    changed: str
    agent: Agent
    software: Agent
    schema: str
    previous: str
    terms: tuple[str, ...] = ()
    warnings: int = 0
    declared: bool = False


def revision_xml(record: RevisionRecord) -> bytes:
    """The `premis.xml` of `metadata/revisions/<number>/`; the reason, being free text, is in the notes."""
    agents = parts.link_to_agent(record.agent, "implementer") + parts.link_to_agent(
        record.software, "executing program"
    )
    first = _FIRST + 2 * (record.revision - 2)
    details = [f"revision: {record.revision}", f"replaces the tag manifest with SHA-512: {record.previous}"]
    if record.terms:
        details.append("changed: " + ", ".join(record.terms))
    modification = EventTemplate(
        first,
        EventType.METADATA_MODIFICATION,
        EventOutcome.SUCCESS,
        agents=agents,
        details=tuple(details),
    )
    validation = EventTemplate(
        first + 1,
        EventType.VALIDATION,
        EventOutcome.WARNING if record.warnings else EventOutcome.SUCCESS,
        agents=agents,
        details=(f"the description against {record.schema}",),
        note=f"Warnings: {record.warnings}." if record.warnings else None,
    )
    link = parts.link_to_object(parts.UUID, f"urn:uuid:{record.bag}")
    time = xml_text(record.changed)
    pieces = [
        parts.HEAD,
        parts.representation_xml(record.bag, record.reference, declared=record.declared, source=None),
        *(each.xml(event_id(record.bag, each.number), time, link) for each in (modification, validation)),
        *(parts.agent_xml(agent) for agent in {a.id: a for a in (record.agent, record.software)}.values()),
        parts.TAIL,
    ]
    return "".join(pieces).encode()

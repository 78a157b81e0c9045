"""The pieces that PREMIS documents of bags are put together from: constant text, made once."""

from typing import Final

from archive.core.agents import Agent
from archive.core.digests import PREMIS_NAMES, Algorithm
from archive.core.events import EventOutcome, EventType
from archive.formats.premis.names import xml_name
from archive.formats.xml_text import xml_attribute, xml_text

NAMESPACE: Final = "http://www.loc.gov/premis/v3"
_LOC: Final = "http://id.loc.gov/vocabulary/preservation/"

HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<premis xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} http://www.loc.gov/standards/premis/v3/premis-v3-0.xsd"'
    ' version="3.0">\n'
)
TAIL: Final = "</premis>\n"

# Types of identifiers, and the words by which the reader finds things again.
UUID: Final = "UUID"
LOCAL: Final = "local"
REFERENCE: Final = "reference"
DECLARED_REFERENCE: Final = "reference (declared)"
MODIFIED: Final = "file modification time"
RUN: Final = "run: "
ACCESSION: Final = "accession: "
SOURCE: Final = "source: "
MEDIA_TYPE: Final = "media type: "
COLUMNS: Final = "columns: "
CELLS: Final = "cells: "
AWAITING: Final = "The description is awaited; the archive supplied the title."

NOT_IDENTIFIED: Final = "not identified"
FORMAT_NOT_LOOKED_AT: Final = (
    f"<format><formatDesignation><formatName>{NOT_IDENTIFIED}</formatName></formatDesignation>"
    "<formatNote>no identification was made</formatNote></format>\n"
)

# id.loc.gov lists these; SHA-224, SHA-3 and BLAKE2 go without a valueURI.
_HASH_URIS: Final = {
    algorithm: f"{_LOC}cryptographicHashFunctions/{algorithm.value}"
    for algorithm in (Algorithm.MD5, Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA384, Algorithm.SHA512)
}


def algorithm_name(algorithm: Algorithm) -> str:
    """The algorithm as the PREMIS vocabulary spells it; its BagIt label in capitals where it does not."""
    return PREMIS_NAMES.get(algorithm) or algorithm.value.upper().replace("_", "-")


def fixity_opening(algorithm: Algorithm) -> str:
    """Everything of a `fixity` before its digest."""
    uri = _HASH_URIS.get(algorithm)
    attribute = f' valueURI="{uri}"' if uri else ""
    name = algorithm_name(algorithm)
    return f"<fixity><messageDigestAlgorithm{attribute}>{name}</messageDigestAlgorithm><messageDigest>"


def fixity_closing(originator: str) -> str:
    """Everything of a `fixity` after its digest."""
    return (
        f"</messageDigest><messageDigestOriginator>{xml_text(originator)}"
        "</messageDigestOriginator></fixity>\n"
    )


def link_to_object(kind: str, value: str) -> str:
    """A linkingObjectIdentifier; `value` is XML already."""
    return (
        f"<linkingObjectIdentifier><linkingObjectIdentifierType>{kind}</linkingObjectIdentifierType>"
        f"<linkingObjectIdentifierValue>{value}</linkingObjectIdentifierValue></linkingObjectIdentifier>\n"
    )


def link_to_agent(agent: Agent, role: str) -> str:
    """A linkingAgentIdentifier; role is "implementer" or "executing program"."""
    return (
        f"<linkingAgentIdentifier><linkingAgentIdentifierType>{LOCAL}</linkingAgentIdentifierType>"
        f"<linkingAgentIdentifierValue>{xml_text(agent.id)}</linkingAgentIdentifierValue>"
        f'<linkingAgentRole valueURI="{_LOC}eventRelatedAgentRole/{role[:3]}">'
        f"{role}</linkingAgentRole></linkingAgentIdentifier>\n"
    )


def agent_xml(agent: Agent) -> str:
    """An agent in full."""
    version = f"<agentVersion>{xml_text(agent.version)}</agentVersion>\n" if agent.version else ""
    return (
        f"<agent>\n<agentIdentifier><agentIdentifierType>{LOCAL}</agentIdentifierType>"
        f"<agentIdentifierValue>{xml_text(agent.id)}</agentIdentifierValue></agentIdentifier>\n"
        f"<agentName>{xml_text(agent.name)}</agentName>\n"
        f'<agentType authority="agentType" valueURI="{xml_attribute(agent.kind.uri)}">{agent.kind.value}'
        f"</agentType>\n{version}</agent>\n"
    )


def event_type_xml(event: EventType) -> str:
    """An eventType with its place in the vocabulary."""
    return f'<eventType authority="eventType" valueURI="{event.uri}">{event.value}</eventType>\n'


def details_xml(details: tuple[str, ...]) -> str:
    """One eventDetailInformation for each text."""
    return "".join(
        f"<eventDetailInformation><eventDetail>{xml_text(detail)}</eventDetail></eventDetailInformation>\n"
        for detail in details
    )


def labelled(label: str, value: str) -> str:
    """A detail that the reader finds again by its label, without loss."""
    return label + xml_name(value)


def outcome_xml(outcome: EventOutcome, note: str | None = None) -> str:
    """An eventOutcomeInformation."""
    uri = f' authority="eventOutcome" valueURI="{outcome.uri}"' if outcome.uri else ""
    detail = (
        f"<eventOutcomeDetail><eventOutcomeDetailNote>{xml_text(note)}</eventOutcomeDetailNote>"
        "</eventOutcomeDetail>"
        if note
        else ""
    )
    return (
        f"<eventOutcomeInformation><eventOutcome{uri}>{outcome.value}</eventOutcome>{detail}"
        "</eventOutcomeInformation>\n"
    )


EVENT_OPENING: Final = (
    f"<event>\n<eventIdentifier><eventIdentifierType>{UUID}</eventIdentifierType><eventIdentifierValue>"
)
EVENT_AFTER_ID: Final = "</eventIdentifierValue></eventIdentifier>\n"
EVENT_BEFORE_TIME: Final = "<eventDateTime>"
EVENT_AFTER_TIME: Final = "</eventDateTime>\n"
EVENT_CLOSING: Final = "</event>\n"


class EventTemplate:
    """An event with places left for its id, its time and the objects it concerns."""

    __slots__ = ("after_id", "after_time", "number")

    def __init__(
        self,
        number: int,
        event: EventType,
        outcome: EventOutcome,
        *,
        agents: str,
        details: tuple[str, ...] = (),
        note: str | None = None,
    ) -> None:
        self.number = number
        self.after_id = EVENT_AFTER_ID + event_type_xml(event) + EVENT_BEFORE_TIME
        self.after_time = EVENT_AFTER_TIME + details_xml(details) + outcome_xml(outcome, note) + agents

    def xml(self, identifier: str, time: str, links: str) -> str:
        """The event; all arguments are XML already."""
        return f"{EVENT_OPENING}{identifier}{self.after_id}{time}{self.after_time}{links}{EVENT_CLOSING}"


_INCLUDED_IN: Final = (
    f'<relationship><relationshipType authority="relationshipType" valueURI="{_LOC}relationshipType/str">'
    'structural</relationshipType><relationshipSubType authority="relationshipSubType"'
    f' valueURI="{_LOC}relationshipSubType/isi">is included in</relationshipSubType>'
    f"<relatedObjectIdentifier><relatedObjectIdentifierType>{UUID}</relatedObjectIdentifierType>"
    "<relatedObjectIdentifierValue>"
)
INCLUDED_OPENING: Final = _INCLUDED_IN
INCLUDED_CLOSING: Final = (
    "</relatedObjectIdentifierValue></relatedObjectIdentifier></relationship>\n</object>\n"
)


def representation_xml(bag: str, reference: str, *, declared: bool, source: str | None) -> str:
    """The document as a whole: the files of the bag, which together are what was received."""
    kind = DECLARED_REFERENCE if declared else REFERENCE
    name = "" if source is None else f"<originalName>{xml_text(xml_name(source))}</originalName>\n"
    return (
        f'<object xsi:type="representation">\n<objectIdentifier><objectIdentifierType>{UUID}'
        f"</objectIdentifierType><objectIdentifierValue>urn:uuid:{bag}</objectIdentifierValue>"
        f"</objectIdentifier>\n<objectIdentifier><objectIdentifierType>{kind}</objectIdentifierType>"
        f"<objectIdentifierValue>{xml_text(reference)}</objectIdentifierValue></objectIdentifier>\n"
        f"{name}</object>\n"
    )

"""Event types and outcomes in the words of the Library of Congress, and the ids of events in bags.

Source: id.loc.gov/vocabulary/preservation/eventType (2018) and …/eventOutcome.
"""

import hashlib
from enum import StrEnum
from typing import Final

EVENT_TYPES: Final = "http://id.loc.gov/vocabulary/preservation/eventType/"
EVENT_OUTCOMES: Final = "http://id.loc.gov/vocabulary/preservation/eventOutcome/"


class EventType(StrEnum):
    """What happened."""

    DEACCESSION = "deaccession"
    DELETION = "deletion"
    DISSEMINATION = "dissemination"
    FILENAME_CHANGE = "filename change"
    FIXITY_CHECK = "fixity check"
    FORMAT_IDENTIFICATION = "format identification"
    INGESTION = "ingestion"
    MESSAGE_DIGEST_CALCULATION = "message digest calculation"
    METADATA_MODIFICATION = "metadata modification"
    POLICY_ASSIGNMENT = "policy assignment"
    QUARANTINE = "quarantine"
    RECOVERY = "recovery"
    REPLICATION = "replication"
    VALIDATION = "validation"
    VIRUS_CHECK = "virus check"

    @property
    def uri(self) -> str:
        """The term's IRI, which PREMIS writes as valueURI."""
        return EVENT_TYPES + _CODES[self]


_CODES: Final = {
    EventType.DEACCESSION: "dea",
    EventType.DELETION: "del",
    EventType.DISSEMINATION: "dis",
    EventType.FILENAME_CHANGE: "fil",
    EventType.FIXITY_CHECK: "fix",
    EventType.FORMAT_IDENTIFICATION: "for",
    EventType.INGESTION: "ing",
    EventType.MESSAGE_DIGEST_CALCULATION: "mes",
    EventType.METADATA_MODIFICATION: "mem",
    EventType.POLICY_ASSIGNMENT: "poa",
    EventType.QUARANTINE: "qua",
    EventType.RECOVERY: "rec",
    EventType.REPLICATION: "rep",
    EventType.VALIDATION: "val",
    EventType.VIRUS_CHECK: "vir",
}


class EventOutcome(StrEnum):
    """How it ended. `NOT_DONE` is ours: the step exists in the workflow and was left out, and says so."""

    SUCCESS = "success"
    WARNING = "warning"
    FAIL = "fail"
    NOT_DONE = "not done"

    @property
    def uri(self) -> str | None:
        """The term's IRI, or None where the vocabulary has no such term."""
        return None if self is EventOutcome.NOT_DONE else EVENT_OUTCOMES + self.value[:3]


NUMBERED_EVENTS: Final = 0x1000


def event_id(bag_id: str, number: int) -> str:
    """The id of a bag's event: a UUID of version 8 (RFC 9562 §5.8), the same whenever it is asked for.

    It is the bag's own UUIDv7 with 8 as its version and the event's number in place of the twelve random bits
    behind it: 48 bits of time and 62 random bits still tell bags apart, an eye sees which bag it belongs to,
    and it costs no digest. Numbers above 4095 take the first sixteen bytes of a sha256 instead.
    """
    if 0 <= number < NUMBERED_EVENTS:
        return f"{bag_id[:14]}8{number:03x}{bag_id[18:]}"
    text = hashlib.sha256(f"{bag_id}/{number}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-b{text[17:20]}-{text[20:32]}"

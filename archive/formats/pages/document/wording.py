"""What the page of a document says in its own words: how it stands, what the evidence proves and does not.

Every sentence is a function of the reports; nothing is read and no clock is asked.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from archive.formats.pages.trust import is_outside
from archive.formats.pages.values import day, moment

_WORD: Final = re.compile("(?<=[a-z])(?=[A-Z])")


class Standing(NamedTuple):
    """How a document stands: its words, and the tone and mark that the page gives them."""

    words: str
    tone: str
    mark: str


_LAST_LOOK: Final = {
    "intact": Standing("Held, intact when last read", "good", "check"),
    "damaged": Standing("Held, damaged when last read", "bad", "cross"),
    "missing": Standing("Missing when last looked for", "bad", "cross"),
    "unreadable": Standing("Held, could not be read when last looked at", "unsure", "question"),
}
_ADVERSE: Final = frozenset({"damaged", "missing"})
_BROKEN: Final = Standing("The evidence is broken", "broken", "break")
_DOUBTFUL: Final = Standing("Held, but not as it was recorded", "bad", "cross")
_WITHDRAWN: Final = Standing("Withdrawn: not held any more", "unsure", "out")
_DISPOSED: Final = Standing("Disposed of: destroyed", "none", "void")
_NEVER: Final = Standing("Held, not audited yet", "none", "dash")
# What happened -> tone and mark; colour is never the only sign.
_EVENTS: Final = {
    "ingestion": ("good", "in"),
    "description changed": ("none", "pen"),
    "withdrawal": ("unsure", "out"),
    "disposal": ("bad", "void"),
}


def standing(document: Mapping[str, Any], evidence: Mapping[str, Any]) -> Standing:
    """The verdict at the head of the page: the evidence first, then what became of it, then the last look."""
    if evidence["outcome"] != "proven":
        return _BROKEN if evidence["outcome"] == "broken" else Standing("Not all could be read", *_UNSURE)
    if document["state"] != "held":
        return _WITHDRAWN if document["state"] == "withdrawn" else _DISPOSED
    if document["description"] is None:
        return _DOUBTFUL
    # A repair ends with a reading of the whole bag.
    looks = [*evidence["checks"], *(event for event in document["timeline"] if event["type"] == "repaired")]
    outcomes = [str(look["outcome"]) for look in sorted(looks, key=lambda look: int(look["index"]))]
    if not outcomes:
        return _NEVER
    read = next((outcome for outcome in reversed(outcomes) if outcome != "unreadable"), "")
    return _LAST_LOOK.get(read if read in _ADVERSE else outcomes[-1], _NEVER)


_UNSURE: Final = ("unsure", "question")


def lead(document: Mapping[str, Any], keeper: str) -> str:
    """One sentence: who has it since when, or what became of it."""
    since = moment(document["ingested"])
    match document["state"]:
        case "withdrawn":
            return (
                f"{keeper} took this document in on {since} and does not hold it any more. Its bytes are set"
                " aside in quarantine; the reference is never given again."
            )
        case "disposed":
            return (
                f"{keeper} took this document in on {since}. Its bytes, its description and the notes about"
                " it were destroyed on somebody’s authority. What is left is what the ledger keeps for good."
            )
    return f"{keeper} holds this document since {since}."


def event_look(kind: str) -> tuple[str, str]:
    """Tone and mark of an event."""
    return _EVENTS.get(kind, ("none", "dot"))


def label(term: str) -> str:
    """A DCMI term as people read it: `dateAccepted` is “Date accepted”."""
    text = _WORD.sub(" ", term).lower()
    return text[:1].upper() + text[1:]


def fixity(evidence: Mapping[str, Any]) -> str:
    """How often it was looked at, how it came out, and how much of that somebody outside attests."""
    checks: Sequence[Mapping[str, Any]] = evidence["checks"]
    if not checks:
        return "No recorded audit has read it yet: what is known of its bytes is what the ingest recorded."
    intact = sum(check["outcome"] == "intact" for check in checks)
    attested = sum(check["attested"] for check in checks)
    times = {1: "Once", 2: "Twice"}.get(len(checks), f"{len(checks):,} times")
    text = f"{times} since its ingest an audit looked at it; {intact:,} found it intact."
    if not is_outside(evidence["trust"]):
        return f"{text} None is attested from outside: no mark of others was brought when this page was made."
    until = evidence["trust"]["until"]
    reach = f" up to {day(until)}" if until else ""
    return (
        f"{text} {attested:,} of {len(checks):,} were on record by the time of the mark from outside{reach}."
    )


def cannot_prove(document: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[str]:
    """What the reader must not conclude."""
    points = [
        "That the bytes are intact today: this page tells of past checks and has read no document.",
        "That the document is genuine or rightly described: words and names are the archive’s.",
    ]
    if not is_outside(evidence["trust"]):
        points.insert(
            0,
            "That nobody with the signing key made up all of it: no checkpoint kept elsewhere was brought"
            " (--trust), and no witness, auditor or time-stamp.",
        )
    if document["state"] == "disposed":
        points[-2] = "What the destroyed bytes were: only their digest is known."
    return points

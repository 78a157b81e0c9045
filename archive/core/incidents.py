"""Incidents: one for each damage, from the audit that found it first to the one that finds it no more.

Pure: what an audit or a repair means for the incidents that are open is decided here, kept elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any, Final, NamedTuple

from archive.core.findings import Severity, is_unseen
from archive.core.text import lossless

ID_LENGTH: Final = 32
# What says that nobody could look, or that it was not written down, is no damage.
_NO_DAMAGE: Final = frozenset({"AUDIT-NOT-RECORDED", "AUDIT-WAITING-ALTERED"})
_GONE: Final = "FIX-BAG-MISSING"


class IncidentState(StrEnum):
    """How far an incident has come."""

    OPEN = "open"
    REPAIRED = "repaired"  # good bytes were put back; no audit has looked since
    CLOSED = "closed"  # an audit looked, and it is not there any more


class Damage(NamedTuple):
    """What makes damage the same damage: the finding's code and its place (as JSON, to carry any name)."""

    code: str
    place: str


def incident_id(salt: str, run: str, bag: str, damage: Damage) -> str:
    """The id of the incident that an audit run opens: nobody guesses a path from it without the salt.

    The first 32 digits of HMAC-SHA-256; the key is `salt` of archive.toml, as for the ids of people.
    """
    text = f"{run}\0{bag}\0{damage.code}\0{damage.place}".encode("utf-8", "surrogatepass")
    return hmac.new(salt.encode(), text, hashlib.sha256).hexdigest()[:ID_LENGTH]


def damages(findings: Iterable[Any]) -> list[Damage]:
    """The damage that findings in JSON state, each once; what could not be read is none."""
    found: dict[Damage, None] = {}
    for one in findings:
        if not isinstance(one, dict) or one.get("severity") != Severity.ERROR:
            continue
        code = one.get("code")
        if isinstance(code, str) and code not in _NO_DAMAGE and not code.endswith("UNREADABLE"):
            found[Damage(code, place_json(one.get("place", "")))] = None
    return list(found)


def all_was_seen(findings: Any) -> bool:
    """False where findings in JSON say that something could not be looked at, or are none."""
    return isinstance(findings, list) and not any(map(_is_unseen, findings))


def _is_unseen(finding: Any) -> bool:
    code = finding.get("code") if isinstance(finding, dict) else None
    return not isinstance(code, str) or is_unseen(code)


def place_json(place: Any) -> str:
    """A place, as a text or as lossless JSON, in one spelling."""
    return json.dumps(lossless(place), ensure_ascii=True, sort_keys=True)


def closed_by(
    found: Collection[Damage], open_now: Iterable[tuple[Damage, bool]], *, intact: bool
) -> list[Damage]:
    """The open incidents of a bag (damage, whether it was repaired) that an audit of all of it closes.

    An intact bag closes all. A damaged one closes what was repaired and is not found any more: other damage
    that is not found may be hidden by what is. A bag that is gone shows nothing.
    """
    if intact:
        return [damage for damage, _ in open_now]
    if any(damage.code == _GONE for damage in found):
        return []
    return [damage for damage, repaired in open_now if repaired and damage not in found]

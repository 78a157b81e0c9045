"""The keys of a ledger, from entry 0 on: each signs the one that follows it; a lost one is replaced unsigned.

A `key changed` entry carries the signature of the key before it over `change_statement`, so that the chain is
proven from the entries alone. A `key replaced` entry has none: whoever could write to the archive could have
made it, and trust begins anew there.
"""

import base64
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.core.ledger.entries import Entry, EntryType, make_entry
from archive.core.ledger.note import Verifier, VerifierKey
from archive.core.ledger.note_keys import strict_base64

KEY_TYPES: Final = frozenset({EntryType.KEY_CHANGED.value, EntryType.KEY_REPLACED.value})
CHANGE_ENTRIES: Final = 2  # of one commit: the change of the key, the settings that name it
_STATEMENT: Final = "archive key change v1"


class WhyReplaced(StrEnum):
    """Why a key did not sign the one that follows it."""

    LOST = "lost"
    BEHIND = "behind"  # it is at hand, and signed more than is left of the ledger: it signs no second history


def change_statement(previous: VerifierKey, key: VerifierKey, index: int) -> bytes:
    """What the old key signs: four lines, namely a fixed one, both verifier keys, the index of the entry."""
    return f"{_STATEMENT}\n{previous}\n{key}\n{index}\n".encode()


def key_changed(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    previous: VerifierKey,
    key: VerifierKey,
    signature: bytes,
    note: str | None = None,
) -> bytes:
    """From this entry on `key` signs; `signature` is the old key's over `change_statement`."""
    return make_entry(
        EntryType.KEY_CHANGED,
        time=time,
        agents=agents,
        run=run,
        previous=str(previous),
        key=str(key),
        signature=base64.b64encode(signature).decode(),
        note=note,
    )


def key_replaced(
    *,
    time: str,
    agents: Sequence[str],
    run: str,
    previous: VerifierKey,
    key: VerifierKey,
    signed: int | None = None,
    note: str | None = None,
) -> bytes:
    """From this entry on `key` signs, and the old one did not sign this.

    It is lost; or, where `signed` is the size of the last ledger that it signed, what it signed is.
    """
    return make_entry(
        EntryType.KEY_REPLACED,
        time=time,
        agents=agents,
        run=run,
        previous=str(previous),
        key=str(key),
        why=WhyReplaced.LOST if signed is None else WhyReplaced.BEHIND,
        signed=signed,
        note=note,
    )


def reason_of_replacement(why: object, signed: object) -> str:
    """The members of a `key replaced` entry in words, with the key before as their subject.

    Entries of earlier versions have neither, and their note alone tells the two reasons apart.
    """
    if why == WhyReplaced.LOST:
        return "it was declared lost"
    if why == WhyReplaced.BEHIND:
        entries = f"{signed:,} entries" if isinstance(signed, int) else "entries"
        return f"it had signed {entries}, and the archive was restored from fewer"
    return (
        "it was declared lost, or the archive was restored from fewer entries than it had signed (its note)"
    )


@dataclass(frozen=True, slots=True)
class KeyLink:
    """One key of a ledger: it signs checkpoints of more than `entry` entries, until the next one does.

    `is_signed` is false where the key before it did not sign it: at entry 0, and where a key was replaced.
    `replaced` is the reason in words where it was. `run` is the one that changed it, empty at entry 0.
    """

    key: VerifierKey
    entry: int
    time: str
    is_signed: bool
    replaced: str = ""
    run: str = ""


class Lead(StrEnum):
    """Where a verifier key that somebody brings stands in the chain."""

    CURRENT = "current"  # it signs today
    SIGNED = "signed"  # each key from it to today's signed the next
    BROKEN = "broken"  # it was one of the keys, but a later one was not signed by the one before
    UNKNOWN = "unknown"  # it never was a key of this ledger


class KeyChain:
    """The keys as the entries name them, taken in the order of the ledger."""

    def __init__(self, verify: Verifier) -> None:
        self._verify = verify
        self.links: list[KeyLink] = []

    @property
    def current(self) -> VerifierKey | None:
        """The key that signs what comes next; None before entry 0 was taken, or where it names none."""
        return self.links[-1].key if self.links else None

    def key_at(self, size: int) -> VerifierKey | None:
        """The key that signs a checkpoint of so many entries."""
        place = bisect_left(self.links, size, key=lambda link: link.entry)
        return self.links[place - 1].key if place else None

    def handed_over(self, size: int) -> VerifierKey | None:
        """The key that signs a checkpoint of so many entries beside the one that follows it.

        It is the one that ends there: its change and the settings that follow from it are one commit.
        """
        place = bisect_left(self.links, size, key=lambda link: link.entry) - 1
        link = self.links[place] if place > 0 else None
        if link is None or not link.is_signed or link.entry + CHANGE_ENTRIES != size:
            return None
        return self.links[place - 1].key

    def take(self, index: int, entry: Entry) -> list[str]:
        """Take an entry that names a key; returns what is wrong with it, nothing for any other entry.

        A key that is wrongly introduced still is the one that is expected from there on: what follows is
        judged by it, and the fault is named once.
        """
        if index == 0:
            if (first := _parsed(entry.get("key"))) is not None:
                self.links.append(KeyLink(first, 0, entry.time, is_signed=False))
            return []
        if entry.type not in KEY_TYPES:
            return []
        key, before = _parsed(entry.get("key")), self.current
        if key is None:
            return ["names no verifier key"]
        troubles = []
        if before is not None:
            if key.name != before.name:
                troubles.append(f"names a key of {key.name}, not of {before.name}")
            if entry.get("previous") != str(before):
                troubles.append("does not follow the key that was in force")
        is_change = entry.type == EntryType.KEY_CHANGED
        if is_change and before is not None and not self._is_signed(entry, before, key, index):
            troubles.append("the signature of the key before it does not hold")
        reason = "" if is_change else reason_of_replacement(entry.get("why"), entry.get("signed"))
        signed = is_change and not troubles
        self.links.append(
            KeyLink(key, index, entry.time, is_signed=signed, replaced=reason, run=entry.run or "")
        )
        return troubles

    def _is_signed(self, entry: Entry, before: VerifierKey, key: VerifierKey, index: int) -> bool:
        try:
            signature = strict_base64(str(entry.get("signature")))
        except ValueError:
            return False
        return self._verify(before.public, signature, change_statement(before, key, index))


def lead(links: Sequence[KeyLink], brought: VerifierKey) -> Lead:
    """How the key that somebody brought leads to the one in force; the newest use of a key counts."""
    place = next((at for at in range(len(links) - 1, -1, -1) if links[at].key == brought), None)
    if place is None:
        return Lead.UNKNOWN
    later = links[place + 1 :]
    if not later:
        return Lead.CURRENT
    return Lead.SIGNED if all(link.is_signed for link in later) else Lead.BROKEN


def _parsed(value: object) -> VerifierKey | None:
    try:
        return VerifierKey.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None

"""What can be wrong with a ledger, as coded findings, and the verdict over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from archive.core.findings import Finding, Severity
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.key_chain import KeyLink


class LedgerCode(StrEnum):
    """The code of each finding about a ledger; published, never reused."""

    CHECKPOINT_MISSING = "LEDGER-CHECKPOINT-MISSING"  # no `checkpoint`, or no copy of it under its size
    CHECKPOINT_ALTERED = "LEDGER-CHECKPOINT-ALTERED"  # malformed, or no signature of the key that holds
    CHECKPOINT_CONTRADICTED = "LEDGER-CHECKPOINT-CONTRADICTED"  # signed, but the entries give another root
    ROLLBACK = "LEDGER-ROLLBACK"  # a larger checkpoint was signed
    UNFINISHED = "LEDGER-UNFINISHED"  # a commit was begun and not made; nothing of it counts
    BEYOND = "LEDGER-BEYOND"  # bytes beyond the checkpoint; they are not ledger
    BUNDLE_MISSING = "LEDGER-BUNDLE-MISSING"
    BUNDLE_TORN = "LEDGER-BUNDLE-TORN"  # fewer or more bytes than its entries have
    ENTRY_ALTERED = "LEDGER-ENTRY-ALTERED"  # not the bytes that the tree was made of
    ENTRY_MALFORMED = "LEDGER-ENTRY-MALFORMED"  # in the tree, but no entry
    ENTRY_NEWER = "LEDGER-ENTRY-NEWER"  # written by a newer version of the format
    FIRST_ENTRY = "LEDGER-FIRST-ENTRY"  # entry 0 names another key or origin
    KEY_CHAIN = "LEDGER-KEY-CHAIN"  # a key is not the one that the keys before it lead to
    KEY_REPLACED = "LEDGER-KEY-REPLACED"  # a key was replaced without the signature of the one before
    TILE_MISSING = "LEDGER-TILE-MISSING"
    TILE_ALTERED = "LEDGER-TILE-ALTERED"
    CLOCK_BACK = "LEDGER-CLOCK-BACK"  # an entry's time is before its predecessor's
    UNKNOWN_FILE = "LEDGER-UNKNOWN-FILE"
    NOT_A_FILE = "LEDGER-NOT-A-FILE"  # a link, folder or device in a file's place
    LINKED = "FIX-LINK"  # a link in a folder's place: what was read behind it can hold all the same
    UNREADABLE = "LEDGER-UNREADABLE"  # storage did not answer; nothing is known


SEVERITIES = {
    LedgerCode.UNFINISHED: Severity.NOTE,
    LedgerCode.BEYOND: Severity.NOTE,
    LedgerCode.CLOCK_BACK: Severity.NOTE,
    LedgerCode.UNKNOWN_FILE: Severity.WARNING,
    LedgerCode.KEY_REPLACED: Severity.WARNING,
}
_PUT_BACK_OR_ASIDE = (
    "put the file back from another copy of the archive: in the archive itself archive repair --ledger does"
    " that, and sets an earlier checkpoint aside that no copy has"
)
_REMEDIES = {
    LedgerCode.CHECKPOINT_ALTERED: _PUT_BACK_OR_ASIDE,
    LedgerCode.NOT_A_FILE: _PUT_BACK_OR_ASIDE,
    LedgerCode.UNREADABLE: "check the disk, then verify again",
    LedgerCode.LINKED: "make it a folder again: what lies elsewhere can be exchanged unseen",
    LedgerCode.ENTRY_NEWER: "use a newer release of archive",
    LedgerCode.UNKNOWN_FILE: "move it away if it is not wanted: it is no part of the ledger",
    LedgerCode.BEYOND: "nothing to do: the next writing command removes it",
    LedgerCode.UNFINISHED: "nothing to do: the next writing command removes it",
    LedgerCode.CLOCK_BACK: "the order of the entries is that of the ledger, whatever the clock said",
    LedgerCode.KEY_CHAIN: "compare the archive with its other copies: somebody else's key signed this one",
    LedgerCode.KEY_REPLACED: "ask the archive, by another way than this copy, why it replaced its key then;"
    " what no checkpoint kept outside covers before that entry rests on its word alone",
    LedgerCode.ROLLBACK: "find out who put an older state in place; compare with the other copies",
}
_DAMAGE_REMEDY = "put the file back from another copy of the archive, then verify again"


def ledger_finding(
    code: LedgerCode, place: str, message: str, *, expected: str | None = None, found: str | None = None
) -> Finding:
    """A finding with the severity and remedy of its code."""
    return Finding(
        code=code.value,
        severity=SEVERITIES.get(code, Severity.ERROR),
        place=place,
        message=message,
        expected=expected,
        found=found,
        remedy=_REMEDIES.get(code, _DAMAGE_REMEDY),
    )


class LedgerOutcome(StrEnum):
    """What verifying a ledger established."""

    PROVEN = "proven"  # every entry below the checkpoint is in the tree that the key signed
    BROKEN = "broken"  # something that the checkpoint covers does not hold
    UNREADABLE = "unreadable"  # nothing contradicts the checkpoint, but not everything could be read


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """The findings about a ledger, and the size and root that its entries gave.

    `root` is None where the tree could not be computed; `checkpoint` is the one it was judged by, None where
    there was none to judge by. `keys` is the chain of keys as the entries gave it.
    """

    findings: tuple[Finding, ...]
    size: int
    root: bytes | None
    checkpoint: Checkpoint | None
    keys: tuple[KeyLink, ...] = ()

    @property
    def outcome(self) -> LedgerOutcome:
        """Broken outweighs unreadable; warnings and notes break nothing."""
        return judge(self.findings)


def judge(findings: Iterable[Finding]) -> LedgerOutcome:
    """The outcome that findings about a ledger amount to; a linked folder alone contradicts nothing."""
    errors = {finding.code for finding in findings if finding.severity is Severity.ERROR}
    if errors - {LedgerCode.UNREADABLE.value, LedgerCode.LINKED.value}:
        return LedgerOutcome.BROKEN
    return LedgerOutcome.UNREADABLE if LedgerCode.UNREADABLE in errors else LedgerOutcome.PROVEN

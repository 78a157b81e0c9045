"""The ledger's part of an audit: verified first, and the only source of what is expected."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.checkpoint import Checkpoint
from archive.core.entries import Entry, parse_entry
from archive.core.errors import ArchiveError
from archive.core.findings import Finding
from archive.core.ledger_findings import LedgerCode, LedgerOutcome
from archive.core.text import printable
from archive.services.audit.request import AuditRequest
from archive.services.evidence.verification import LedgerReport, TrustBasis, verify_ledger
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.audit_plan import AuditPlan
from archive.storage.durable import NotAPlainFileError
from archive.storage.ledger_folder import CHECKPOINTS, LedgerFolder

# What these say is about entries themselves: where one of them is found, some promise is not known.
_ENTRY_CODES: Final = frozenset(
    code.value
    for code in (
        LedgerCode.BUNDLE_MISSING,
        LedgerCode.BUNDLE_TORN,
        LedgerCode.CHECKPOINT_CONTRADICTED,
        LedgerCode.ENTRY_ALTERED,
        LedgerCode.ENTRY_MALFORMED,
        LedgerCode.ENTRY_NEWER,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """On whose word the verdict rests.

    `basis` is `self` or `checkpoint`; `until` the time of the last entry that the supplied checkpoint covers
    and `size` how many it covers; `key` the key that was verified with, `key_supplied` whether the auditor
    brought it.
    """

    basis: str
    until: str | None = None
    size: int | None = None
    key: str = ""
    key_supplied: bool = False

    @property
    def statement(self) -> str:
        """The same as a person reads it."""
        signed = "; signed by the key that you supplied" if self.key_supplied else ""
        if self.basis == "checkpoint":
            until = f", which covers it up to {self.until}" if self.until else ""
            return f"proven against the checkpoint of {self.size:,} entries that you supplied{until}{signed}"
        if self.basis == "self":
            alone = "" if self.key_supplied else " only"
            return f"consistent with itself{alone}{signed}: nothing outside this archive vouches for it yet"
        return "none: the evidence does not hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The state to judge by, and what is wrong with it; `checkpoint` is None where none can be believed.

    `is_complete` is false where entries could not be believed or read, so that some promises are not known.
    """

    outcome: LedgerOutcome
    checkpoint: Checkpoint | None
    findings: tuple[Finding, ...]
    trust: Trust
    note: str
    is_complete: bool

    @property
    def holds(self) -> bool:
        """True where the ledger was verified in full and nothing contradicts it."""
        return self.outcome is LedgerOutcome.PROVEN


def judge_ledger(
    target: OpenedArchive, request: AuditRequest, plan: AuditPlan, progress: Progress
) -> Evidence:
    """Recomputes the ledger from its entries and fills the plan with what they promise.

    Raises ConfigurationError where a key or checkpoint that was supplied is none.
    """
    counted = _Counted(plan.take_entry)
    verdict = verify_ledger(
        target,
        key=request.key,
        trust=[Path(path) for path in request.trust],
        on_parsed=counted.take,
        progress=progress,
    )
    size = verdict.checkpoint.size if verdict.checkpoint is not None else 0
    plan.close_entries(size)
    doubted = any(finding.code in _ENTRY_CODES for finding in verdict.findings)
    return Evidence(
        outcome=verdict.outcome,
        checkpoint=verdict.checkpoint,
        findings=verdict.findings,
        trust=_trust(target, verdict),
        note=_note(target, size),
        is_complete=counted.count == size > 0 and not doubted,
    )


class _Counted:
    """Counts what it hands on."""

    def __init__(self, take: Callable[[int, Entry], None]) -> None:
        self._take = take
        self.count = 0

    def take(self, index: int, entry: Entry) -> None:
        """The next entry."""
        self._take(index, entry)
        self.count += 1


def _trust(target: OpenedArchive, verdict: LedgerReport) -> Trust:
    supplied = verdict.key_supplied
    if verdict.basis is TrustBasis.CHECKPOINT:
        until = _time_of_last(target, verdict.until or 0)
        return Trust(
            basis="checkpoint", until=until, size=verdict.until, key=verdict.key, key_supplied=supplied
        )
    return Trust(basis="self", key=verdict.key, key_supplied=supplied)


def _time_of_last(target: OpenedArchive, size: int) -> str | None:
    try:
        return parse_entry(target.ledger.entry(size - 1)).time if size else None
    except ArchiveError:
        return None


def _note(target: OpenedArchive, size: int) -> str:
    """The signed note of the checkpoint judged by, which a writer may have replaced meanwhile."""
    folder = LedgerFolder(str(target.root))
    try:
        raw = folder.read_note(f"{CHECKPOINTS}/{size}") or target.ledger.checkpoint_bytes()
    except (ArchiveError, NotAPlainFileError):
        return ""
    return "\n".join(map(printable, raw.decode("utf-8", "replace").split("\n")))

"""The ledger's part of an audit: verified first, and the only source of what is expected."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.errors import ArchiveError, EvidenceError, StorageError
from archive.core.findings import Finding, Severity
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry
from archive.core.ledger.ledger_findings import LedgerCode, LedgerOutcome
from archive.core.ledger.trust import Trust
from archive.core.limits.output import REFUSAL_FINDINGS
from archive.core.text import printable
from archive.services.audit.request import AuditRequest
from archive.services.evidence.brought import Brought
from archive.services.evidence.verification import verify_ledger
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.audits.plan import AuditPlan
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.ledger.folder import CHECKPOINTS, LedgerFolder

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
class Evidence:
    """The state to judge by, and what is wrong with it; `checkpoint` is None where none can be believed.

    `is_complete` is false where entries could not be believed or read, so that some promises are not known.
    `extends` tells whether the ledger that an audit by it is recorded in holds, where that is another one
    than it was taken from; None where it is the same.
    """

    outcome: LedgerOutcome
    checkpoint: Checkpoint | None
    findings: tuple[Finding, ...]
    trust: Trust
    note: str
    is_complete: bool
    extends: bool | None = None

    @property
    def holds(self) -> bool:
        """True where the ledger was verified in full and nothing contradicts it."""
        return self.outcome is LedgerOutcome.PROVEN

    @property
    def may_be_recorded(self) -> bool:
        """True where the ledger that is extended by the record holds: nothing is signed over another."""
        return self.holds if self.extends is None else self.extends


def require_proven(evidence: Evidence, consequence: str, remedy: str) -> None:
    """Raises EvidenceError where the ledger does not hold, StorageError where it could not be read in full.

    `consequence` ends the sentence: "so that …". The remedy is that of the first of the two.
    """
    if evidence.holds:
        return
    errors_first = sorted(evidence.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    found = tuple(errors_first[:REFUSAL_FINDINGS])
    if evidence.outcome is LedgerOutcome.UNREADABLE:
        message = f"the ledger could not be read in full, {consequence}"
        raise StorageError(message, remedy="look at the storage, then run it again", findings=found)
    raise EvidenceError(f"the ledger does not hold, {consequence}", remedy=remedy, findings=found)


def judge_ledger(
    target: OpenedArchive,
    request: AuditRequest,
    plan: AuditPlan,
    progress: Progress,
    also: Callable[[int, Entry], None] | None = None,
    *,
    until: int | None = None,
) -> Evidence:
    """Recomputes the ledger from its entries and fills the plan with what they promise.

    `also` is told each entry as it is read, before the tree over all of them is proven. With `until` only
    with what the entries before that one promise, for a copy of that earlier state: then the checkpoint is
    that of this size, which the ledger proves. Raises ConfigurationError where a key or checkpoint that was
    supplied is none.
    """
    counted = _Counted(plan.take_entry, also, until)
    verdict = verify_ledger(
        target,
        on_parsed=counted.take,
        progress=progress,
        **brought_with(request),
    )
    checkpoint = verdict.checkpoint
    size = checkpoint.size if checkpoint is not None else 0
    complete = counted.count == size > 0
    if checkpoint is not None and until is not None and until < size:
        size = until
        try:
            checkpoint = Checkpoint(checkpoint.origin, until, target.ledger.root_at(until))
        except ArchiveError:  # a torn tile, of which the verdict tells
            checkpoint = None
    plan.close_entries(size)
    doubted = any(finding.code in _ENTRY_CODES for finding in verdict.findings)
    return Evidence(
        outcome=verdict.outcome,
        checkpoint=checkpoint,
        findings=verdict.findings,
        trust=verdict.trust,
        note=_note(target, size),
        is_complete=complete and not doubted,
    )


def brought_with(request: AuditRequest) -> Brought:
    """What the asker brought to hold a ledger against, with the checkpoint that says what was held."""
    brought = request.brought.copy()
    if request.at is not None:
        brought["trust"] = [*brought.get("trust", ()), Path(request.at)]
    return brought


class _Counted:
    """Counts every entry, and hands on those before `until`."""

    def __init__(
        self,
        take: Callable[[int, Entry], None],
        also: Callable[[int, Entry], None] | None,
        until: int | None,
    ) -> None:
        self._take = take
        self._also = also
        self._until = until
        self.count = 0

    def take(self, index: int, entry: Entry) -> None:
        """The next entry."""
        if self._until is None or index < self._until:
            self._take(index, entry)
        if self._also is not None:
            self._also(index, entry)
        self.count += 1


def _note(target: OpenedArchive, size: int) -> str:
    """The signed note of the checkpoint judged by, which a writer may have replaced meanwhile."""
    folder = LedgerFolder(str(target.root))
    try:
        raw = folder.read_note(f"{CHECKPOINTS}/{size}") or target.ledger.checkpoint_bytes()
    except (ArchiveError, NotAPlainFileError):
        return ""
    return "\n".join(map(printable, raw.decode("utf-8", "replace").split("\n")))

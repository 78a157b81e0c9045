"""The ledger verified for somebody who asks: by what key, against what they kept, on whose word it rests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from archive.core.findings import Finding, error
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry, EntryType
from archive.core.ledger.ledger_findings import LedgerOutcome, judge
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.trust import Trust, TrustBasis
from archive.services.evidence import standing
from archive.services.evidence.basis import Marks, basis_of
from archive.services.evidence.brought import Brought
from archive.services.evidence.comparison import Comparison, compare
from archive.services.evidence.cosigned import best_witnessed, own_notes, witness_keys
from archive.services.evidence.kept import KeptNote, RootsAt, read_kept
from archive.services.evidence.keys import Keys
from archive.services.evidence.signed_statements import SignedStatements
from archive.services.evidence.stamps import Stamps
from archive.services.evidence.verifying_key import first_entry, supplied_key, verifying_key
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress, SilentProgress
from archive.storage.keys import key_intents
from archive.storage.ledger.ranges import LedgerRanges

_TICK = 1024  # entries between two words to the progress bar


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """What was established; `proven` is how many entries kept checkpoints prove, also where others fail."""

    outcome: LedgerOutcome
    trust: Trust
    proven: int
    checkpoint: Checkpoint | None
    last_time: str | None
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Seen:
    """What the pass over the entries leaves behind."""

    progress: Progress
    also: Callable[[int, Entry], None] | None
    first: Entry | None = None
    settings: tuple[int, str] | None = None
    last_time: str | None = None
    count: int = 0
    known_to: int = 0  # entries from the first on without a gap

    def take(self, index: int, entry: Entry) -> None:
        if index == 0:
            self.first = entry
        if entry.type == EntryType.SETTINGS_CHANGED:
            self.settings = index, str(entry.get("settings"))
        self.last_time = entry.time
        if index == self.known_to:
            self.known_to += 1
        self.count += 1
        if not self.count % _TICK:
            self.progress.advance(_TICK)
        if self.also is not None:
            self.also(index, entry)

    def gap_before(self, checkpoint: Checkpoint | None) -> int | None:
        """The first entry that is missing of those a checkpoint covers; None where all are there."""
        is_whole = checkpoint is not None and self.count >= checkpoint.size
        return None if is_whole else self.known_to


def verify_ledger(
    archive: OpenedArchive,
    *,
    on_parsed: Callable[[int, Entry], None] | None = None,
    progress: Progress | None = None,
    **brought: Unpack[Brought],
) -> LedgerReport:
    """Recomputes the ledger from its entries and compares it with everything that can contradict it.

    `brought` is what the asker supplies; `on_parsed` gets every well-formed entry, which counts only where
    the outcome is `proven`. Raises ConfigurationError where a key or a file that was brought is none; what is
    wrong with the evidence comes back as findings.
    Nothing is written, no private key is needed. About 10 µs an entry.
    """
    supplied = supplied_key(brought.get("key"))
    kept = [note for path in brought.get("trust", ()) for note in read_kept(path)]
    findings: list[Finding] = []
    verifier = verifying_key(archive, supplied)
    if verifier is None:
        return _unsigned(archive, supplied, findings)
    stamps = Stamps.of(archive.root, brought.get("tsa_roots", ()))
    statements = SignedStatements.of(archive.root, brought.get("signers", ()))
    witnessing = witness_keys(brought.get("witnesses", ()))
    cosigned = [*kept, *(own_notes(archive) if witnessing else ())]
    wanted = {*(each.checkpoint.size for each in cosigned), *stamps.sizes, *statements.sizes}
    own = LedgerRanges(str(archive.root)).signed_roots() if wanted else {}
    roots = RootsAt({*own, *wanted})
    seen = _Seen(progress or SilentProgress(), on_parsed)
    seen.progress.begin("verifying the ledger", None, "entries")
    try:
        verdict = archive.ledger.verify(
            str(verifier), on_entry=roots.take if wanted else None, on_parsed=seen.take
        )
    finally:
        seen.progress.end()
    keys = Keys(verdict.keys, verifier, supplied, known_to=seen.gap_before(verdict.checkpoint))
    findings += keys.brought(seen.first)
    believed, doubted = _sorted_out(kept, keys, findings)
    findings += verdict.findings
    announced = key_intents.announced_changes(archive.layout.staging)
    findings += standing.settings_findings(
        archive.settings,
        seen.first or first_entry(archive),
        seen.settings,
        verdict.keys,
        changing=standing.is_key_changing(archive.settings, verdict.keys, announced, verdict.size),
        is_whole=verdict.checkpoint is None or seen.gap_before(verdict.checkpoint) is None,
    )
    proven = 0
    if verdict.checkpoint is not None:
        held = _held_against(archive, believed, doubted, verdict.checkpoint, roots, own)
        findings += held.findings
        proven = held.proven
    stamps.judge(keys, verdict.checkpoint, roots.roots, own)
    statements.judge(verdict.checkpoint, roots.roots, own)
    findings += [*stamps.findings, *statements.findings]
    marked = [each for each in cosigned if keys.finding(each) is None or keys.may_have_signed(each)]
    witnessed = best_witnessed(witnessing, marked, roots.roots, findings)
    if verdict.outcome is LedgerOutcome.PROVEN:
        findings += standing.key_findings(archive.ledger, keys.current)
    outcome = judge(findings)
    marks = Marks(
        proven=proven if believed else None,
        witnessed=witnessed,
        stamped=stamps.best,
        stated=statements.best,
    )
    return LedgerReport(
        outcome=outcome,
        trust=basis_of(archive, outcome, marks, keys.current, supplied),
        proven=proven,
        checkpoint=verdict.checkpoint,
        last_time=seen.last_time,
        findings=tuple(findings),
    )


def _sorted_out(
    kept: Sequence[KeptNote], keys: Keys, findings: list[Finding]
) -> tuple[list[KeptNote], list[KeptNote]]:
    """Those that a key signed while it was in force, and the others; why these prove nothing is found.

    Where the key that signed one may be named by entries that are missing, nothing is said of it.
    """
    believed, doubted = [], []
    for each in kept:
        if (finding := keys.finding(each)) is None:
            believed.append(each)
            continue
        if keys.may_have_signed(each):
            continue
        findings.append(finding)
        if finding.code == "LEDGER-OTHER-KEY":
            doubted.append(each)
    return believed, doubted


def _held_against(
    archive: OpenedArchive,
    believed: Sequence[KeptNote],
    doubted: Sequence[KeptNote],
    now: Checkpoint,
    roots: RootsAt,
    own: Mapping[int, bytes],
) -> Comparison:
    """Compares with the kept checkpoints; one that another key signed only shows what differs."""
    ranges = LedgerRanges(str(archive.root))
    held = compare(believed, now, roots.roots, ranges, own)
    same_name = [each for each in doubted if each.checkpoint.origin == now.origin]
    differs = compare(same_name, now, roots.roots, ranges, own)
    return Comparison((*held.findings, *differs.findings), held.proven)


def _unsigned(archive: OpenedArchive, supplied: VerifierKey | None, findings: list[Finding]) -> LedgerReport:
    findings.append(
        error(
            "LEDGER-NO-KEY",
            "archive.toml:key",
            "not a verifier key, so that no signature can be verified",
            found=archive.settings.key,
            remedy="restore archive.toml from another copy, or bring the key: --key VKEY",
        )
    )
    return LedgerReport(
        outcome=LedgerOutcome.BROKEN,
        trust=Trust(basis=TrustBasis.NONE, key=archive.settings.key, key_supplied=supplied is not None),
        proven=0,
        checkpoint=None,
        last_time=None,
        findings=tuple(findings),
    )

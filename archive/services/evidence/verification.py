"""The ledger verified for somebody who asks: by what key, against what they kept, on whose word it rests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.core.checkpoint import Checkpoint
from archive.core.entries import Entry, EntryType, parse_entry
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding, error
from archive.core.ledger_findings import LedgerOutcome, judge
from archive.core.note import NoteError, VerifierKey, parse
from archive.core.trust import Trust, TrustBasis
from archive.services.evidence import standing
from archive.services.evidence.comparison import Comparison, compare
from archive.services.evidence.cosigned import WitnessedState, best_witnessed, own_notes, witness_keys
from archive.services.evidence.kept import KeptNote, RootsAt, read_kept, signature_finding
from archive.services.evidence.keys import Keys
from archive.services.evidence.stamps import StampedState, Stamps
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress, SilentProgress
from archive.storage import key_intents
from archive.storage.ledger_ranges import LedgerRanges

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

    def take(self, index: int, entry: Entry) -> None:
        if index == 0:
            self.first = entry
        if entry.type == EntryType.SETTINGS_CHANGED:
            self.settings = index, str(entry.get("settings"))
        self.last_time = entry.time
        self.count += 1
        if not self.count % _TICK:
            self.progress.advance(_TICK)
        if self.also is not None:
            self.also(index, entry)


def verify_ledger(
    archive: OpenedArchive,
    *,
    key: str | None = None,
    trust: Sequence[Path] = (),
    tsa_roots: Sequence[Path] = (),
    witnesses: Sequence[str] = (),
    on_parsed: Callable[[int, Entry], None] | None = None,
    progress: Progress | None = None,
) -> LedgerReport:
    """Recomputes the ledger from its entries and compares it with everything that can contradict it.

    `key` is the verifier key that the asker brought, `trust` are checkpoints, proofs or receipts kept,
    `tsa_roots` files with root certificates of time-stamping authorities, `witnesses` keys of witnesses;
    `on_parsed` gets every well-formed entry, which counts only where the outcome is `proven`. Raises
    ConfigurationError where one of them is none; what is wrong with the evidence comes back as findings.
    Nothing is written, no private key is needed. About 10 µs an entry.
    """
    supplied = supplied_key(key)
    kept = [note for path in trust for note in read_kept(path)]
    findings: list[Finding] = []
    verifier = _verifier(archive, supplied)
    if verifier is None:
        return _unsigned(archive, supplied, findings)
    stamps = Stamps.of(archive.root, tsa_roots)
    witnessing = witness_keys(witnesses)
    cosigned = [*kept, *(own_notes(archive) if witnessing else ())]
    wanted = {*(each.checkpoint.size for each in cosigned), *stamps.sizes}
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
    keys = Keys(verdict.keys, verifier, supplied)
    findings += keys.brought(seen.first)
    believed, doubted = _sorted_out(kept, keys.believed, findings)
    findings += verdict.findings
    announced = key_intents.announced_keys(archive.layout.staging)
    findings += standing.settings_findings(
        archive.settings, seen.first or _first_entry(archive), seen.settings, verdict.keys, announced
    )
    proven = 0
    if verdict.checkpoint is not None:
        held = _held_against(archive, believed, doubted, verdict.checkpoint, roots, own)
        findings += held.findings
        proven = held.proven
    stamps.judge(keys.known, verdict.checkpoint, roots.roots, own)
    findings += stamps.findings
    marked = [each for each in cosigned if signature_finding(each, *keys.believed) is None]
    witnessed = best_witnessed(witnessing, marked, roots.roots, findings)
    if verdict.outcome is LedgerOutcome.PROVEN:
        findings += standing.key_findings(archive.ledger, keys.current)
    outcome = judge(findings)
    return LedgerReport(
        outcome=outcome,
        trust=_trust(
            archive, outcome, keys.current, supplied, proven if believed else None, stamps.best, witnessed
        ),
        proven=proven,
        checkpoint=verdict.checkpoint,
        last_time=seen.last_time,
        findings=tuple(findings),
    )


def _sorted_out(
    kept: Sequence[KeptNote], keys: Sequence[VerifierKey], findings: list[Finding]
) -> tuple[list[KeptNote], list[KeptNote]]:
    """Those that one of the keys signed, and those that another signed; why others prove nothing is found."""
    believed, doubted = [], []
    for each in kept:
        if (finding := signature_finding(each, *keys)) is None:
            believed.append(each)
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


def supplied_key(key: str | None) -> VerifierKey | None:
    """The verifier key that the asker brought; ConfigurationError where the text is none."""
    if key is None:
        return None
    try:
        return VerifierKey.parse(key.strip())
    except ValueError as trouble:
        raise ConfigurationError(
            f"--key: not a verifier key: {trouble}", remedy="copy the whole line that `archive init` showed"
        ) from trouble


def _verifier(archive: OpenedArchive, supplied: VerifierKey | None) -> VerifierKey | None:
    """The key to verify with: the asker's, that of archive.toml, of a change under way, or of entry 0.

    The first of them that signed the checkpoint; whether it is the right one the entries tell. None where
    none of them is a key.
    """
    first = _first_entry(archive)
    named = [
        archive.settings.key,
        *key_intents.announced_keys(archive.layout.staging),
        str(first.get("key")) if first else "",
    ]
    candidates = [supplied] if supplied else []
    candidates += [known for text in named if (known := _parsed(text))]
    signers = _signers(archive)
    chosen = next((each for each in candidates if (each.name, each.key_id) in signers), None)
    return chosen or next(iter(candidates), None)


def _parsed(text: str) -> VerifierKey | None:
    try:
        return VerifierKey.parse(text)
    except ValueError:
        return None


def _signers(archive: OpenedArchive) -> set[tuple[str, bytes]]:
    """Names and ids of the keys that claim to have signed the checkpoint."""
    try:
        note = parse(archive.ledger.checkpoint_bytes())
    except (ArchiveError, NoteError):
        return set()
    return {(line.name, line.key_id) for line in note.signatures}


def _first_entry(archive: OpenedArchive) -> Entry | None:
    """Entry 0 as it stands there, unverified."""
    try:
        return parse_entry(archive.ledger.entry(0))
    except ArchiveError:
        return None


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


def _trust(
    archive: OpenedArchive,
    outcome: LedgerOutcome,
    verifier: VerifierKey,
    supplied: VerifierKey | None,
    proven: int | None,
    stamped: StampedState | None,
    witnessed: WitnessedState | None,
) -> Trust:
    """The basis that covers most; where two cover as much, the mark that somebody outside dated."""
    brought = supplied is not None
    if outcome is not LedgerOutcome.PROVEN:
        return Trust(basis=TrustBasis.NONE, key=str(verifier), key_supplied=brought)
    reached = max(proven or 0, stamped.size if stamped is not None else 0)
    if witnessed is not None and witnessed.size >= reached:
        return Trust(
            basis=TrustBasis.WITNESS,
            until=witnessed.time,
            size=witnessed.size,
            by=witnessed.by,
            key=str(verifier),
            key_supplied=brought,
        )
    if stamped is not None and stamped.size > (proven or 0):
        return Trust(
            basis=TrustBasis.TIMESTAMP,
            until=stamped.time,
            size=stamped.size,
            by=(stamped.by,) if stamped.by else (),
            key=str(verifier),
            key_supplied=brought,
        )
    if proven is None:
        basis = TrustBasis.KEY if brought else TrustBasis.SELF
        return Trust(basis=basis, key=str(verifier), key_supplied=brought)
    return Trust(
        basis=TrustBasis.CHECKPOINT,
        until=time_of_last(archive, proven),
        size=proven,
        key=str(verifier),
        key_supplied=brought,
    )


def time_of_last(archive: OpenedArchive, size: int) -> str | None:
    """The time of the last of the first `size` entries; None where it cannot be read."""
    try:
        return parse_entry(archive.ledger.entry(size - 1)).time if size else None
    except ArchiveError:
        return None

"""The ledger verified for somebody who asks: by what key, against what they kept, on whose word it rests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from archive.core.checkpoint import Checkpoint
from archive.core.entries import Entry, EntryType, parse_entry
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding, error
from archive.core.key_chain import KeyLink
from archive.core.ledger_findings import LedgerOutcome, judge
from archive.core.note import NoteError, VerifierKey, parse
from archive.services.evidence import standing
from archive.services.evidence.kept import KeptNote, RootsAt, compare, read_kept, signature_finding
from archive.services.evidence.keys import Keys
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress, SilentProgress
from archive.storage import key_intents
from archive.storage.ledger_folder import LedgerFolder

_TICK = 1024  # entries between two words to the progress bar


class TrustBasis(StrEnum):
    """On whose word the verdict about a ledger rests."""

    NONE = "none"  # the evidence does not hold, or could not be read
    SELF = "self"  # consistent with itself, by the key that its own archive.toml names
    KEY = "key"  # signed by the key that the asker brought
    CHECKPOINT = "checkpoint"  # extends the checkpoint that the asker brought


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """What was established; `until` is the size of the largest kept checkpoint that the ledger extends.

    `key` signs today; `keys` are all from entry 0 on, as far as the entries could be read.
    """

    outcome: LedgerOutcome
    basis: TrustBasis
    until: int | None
    key: str
    key_supplied: bool
    keys: tuple[KeyLink, ...] = ()
    checkpoint: Checkpoint | None = None
    last_time: str | None = None
    findings: tuple[Finding, ...] = ()


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
    on_parsed: Callable[[int, Entry], None] | None = None,
    progress: Progress | None = None,
) -> LedgerReport:
    """Recomputes the ledger from its entries and compares it with everything that can contradict it.

    `key` is the verifier key that the asker brought, `trust` are files with checkpoints kept earlier;
    `on_parsed` gets every well-formed entry, which counts only where the outcome is `proven`. Raises
    ConfigurationError where one of them is none; what is wrong with the evidence comes back as findings.
    Nothing is written, no private key is needed. About 10 µs an entry.
    """
    supplied = _supplied(key)
    kept = [read_kept(path) for path in trust]
    findings: list[Finding] = []
    verifier = _verifier(archive, supplied)
    if verifier is None:
        return _unsigned(archive, supplied, findings)
    roots = RootsAt(each.checkpoint.size for each in kept)
    seen = _Seen(progress or SilentProgress(), on_parsed)
    seen.progress.begin("verifying the ledger", None, "entries")
    try:
        verdict = archive.ledger.verify(
            str(verifier), on_entry=roots.take if kept else None, on_parsed=seen.take
        )
    finally:
        seen.progress.end()
    chain = Keys(verdict.keys, verifier)
    findings += chain.brought(supplied)
    signed = []
    for each in kept:
        if (finding := signature_finding(each, chain.known)) is None:
            signed.append(each)
        else:
            findings.append(finding)
    findings += verdict.findings
    announced = key_intents.announced_keys(archive.layout.staging)
    findings += standing.settings_findings(
        archive.settings, seen.first or _first_entry(archive), seen.settings, verdict.keys, announced
    )
    if verdict.outcome is LedgerOutcome.PROVEN and verdict.checkpoint is not None:
        sizes = LedgerFolder(str(archive.root)).checkpoint_sizes()
        findings += compare(signed, verdict.checkpoint, roots.roots, sizes)
        findings += standing.key_findings(archive.ledger, chain.current)
    outcome = judge(findings)
    basis, until = _basis(outcome, signed, supplied)
    return LedgerReport(
        outcome=outcome,
        basis=basis,
        until=until,
        key=str(chain.current),
        key_supplied=supplied is not None,
        keys=verdict.keys,
        checkpoint=verdict.checkpoint,
        last_time=seen.last_time,
        findings=tuple(findings),
    )


def _supplied(key: str | None) -> VerifierKey | None:
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
        basis=TrustBasis.NONE,
        until=None,
        key=archive.settings.key,
        key_supplied=supplied is not None,
        checkpoint=None,
        last_time=None,
        findings=tuple(findings),
    )


def _basis(
    outcome: LedgerOutcome, signed: Sequence[KeptNote], supplied: VerifierKey | None
) -> tuple[TrustBasis, int | None]:
    if outcome is not LedgerOutcome.PROVEN:
        return TrustBasis.NONE, None
    if signed:
        return TrustBasis.CHECKPOINT, max(each.checkpoint.size for each in signed)
    return (TrustBasis.KEY if supplied else TrustBasis.SELF), None

"""A proof or receipt checked without any archive: what it proves, on whose word, and of which documents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding, Severity, error, note, warning
from archive.core.ledger.entries import Entry, parse_entry
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.tlog_proof import EntryProof
from archive.core.ledger.trust import Trust, TrustBasis
from archive.core.limits.output import CHECKPOINTS_NAMED
from archive.core.text import printable
from archive.services.evidence.cosigned import WitnessedState, best_witnessed, witness_keys
from archive.services.evidence.kept import KeptNote, read_kept, signature_finding
from archive.services.evidence.kept_files import BroughtFile, read_brought
from archive.services.evidence.proof_documents import CheckedDocument, DocumentOutcome, check_documents
from archive.services.evidence.proof_histories import contradictions
from archive.services.evidence.stated_proof import BroughtStatement, stated_by
from archive.services.evidence.verifying_key import supplied_key
from archive.services.surroundings import Progress, SilentProgress

_OF_THE_FILE = frozenset({"PROOF-MANIFEST-FOREIGN", "PROOF-PAGE-DIFFERS"})


class ProofOutcome(StrEnum):
    """What checking a proof established."""

    PROVEN = "proven"  # every entry is in the tree of its checkpoint
    BROKEN = "broken"  # an entry, a signature or a supplied checkpoint contradicts it
    UNRELATED = "unrelated"  # nothing contradicts it, but what was supplied cannot be judged or related to it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofReport:
    """What was established; `entries` are the proven ones by their index."""

    outcome: ProofOutcome
    trust: Trust
    origin: str
    sizes: tuple[int, ...]
    entries: dict[int, Entry]
    documents: tuple[CheckedDocument, ...]
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """5: broken evidence; 1: a document differs; 3: something could not be looked at."""
        if self.outcome is ProofOutcome.BROKEN:
            return 5
        outcomes = {each.outcome for each in self.documents}
        if DocumentOutcome.OTHER in outcomes:
            return 1
        looked = self.outcome is ProofOutcome.PROVEN and DocumentOutcome.UNREADABLE not in outcomes
        return 0 if looked else 3


def check_proof(
    path: Path,
    *,
    documents: Sequence[Path] = (),
    key: str | None = None,
    trust: Sequence[Path] = (),
    witnesses: Sequence[str] = (),
    statement: BroughtStatement | None = None,
    progress: Progress | None = None,
) -> ProofReport:
    """Checks every proof in the file, by the key and marks brought, and holds documents to it.

    Raises ConfigurationError where the file, a key or a checkpoint is none, or the proofs are of several
    ledgers, StorageError where they cannot be read. What does not hold comes back as findings. Nothing is
    written.
    """
    supplied = supplied_key(key)
    brought = read_brought(path)
    if not brought.is_proof:
        raise ConfigurationError(
            f"{path}: neither a proof nor a receipt",
            remedy="archive ledger verify --trust takes a bare checkpoint",
        )
    kept = [each for trusted in trust for each in read_kept(trusted)]
    findings: list[Finding] = []
    entries = _entries(brought, findings)
    notes = _notes(brought)
    _require_one_ledger(brought.place, notes)
    signed = _signatures([*notes, *kept], supplied, findings)
    related = _relate(notes, kept, findings)
    findings += contradictions(brought, notes, kept)
    stated = {each.checkpoint.size: each.checkpoint.root for each in notes}
    witnessed = best_witnessed(witness_keys(witnesses), notes, stated, findings)
    if len(notes) > 1:  # the proofs lead to several checkpoints, of which only one may have been seen
        witnessed = None
    auditor = stated_by(statement, notes, findings) if statement is not None else None
    about_documents: list[Finding] = []
    checked = check_documents(brought, entries, documents, about_documents, progress or SilentProgress())
    outcome = _outcome([*findings, *(each for each in about_documents if each.code in _OF_THE_FILE)])
    findings += about_documents
    return ProofReport(
        outcome=outcome,
        trust=_trust(
            outcome,
            notes,
            entries,
            supplied if signed else None,
            witnessed,
            stated=auditor,
            related=related and bool(kept),
        ),
        origin=notes[0].checkpoint.origin,
        sizes=tuple(sorted({each.checkpoint.size for each in notes})),
        entries=entries,
        documents=tuple(checked),
        findings=tuple(findings),
    )


def _entries(brought: BroughtFile, findings: list[Finding]) -> dict[int, Entry]:
    entries: dict[int, Entry] = {}
    for proof in brought.proofs:
        place = f"{brought.place}: entry {proof.index}"
        if proof.entry is None:
            findings.append(error("PROOF-ENTRY-MISSING", place, "the proof came without its entry"))
        elif not proof.holds:
            size = proof.checkpoint().size
            message = f"entry and hashes do not give the root of its checkpoint of {size} entries"
            findings.append(error("PROOF-BROKEN", place, message))
        else:
            try:
                entries[proof.index] = parse_entry(proof.entry)
            except ArchiveError as trouble:
                findings.append(error("PROOF-ENTRY-MISSING", place, trouble.message))
    return entries


def _notes(brought: BroughtFile) -> list[KeptNote]:
    seen: dict[bytes, EntryProof] = {proof.note: proof for proof in brought.proofs}
    return [KeptNote(brought.place, proof.signed_note(), proof.checkpoint()) for proof in seen.values()]


def _require_one_ledger(place: str, notes: Sequence[KeptNote]) -> None:
    origins = sorted({each.checkpoint.origin for each in notes})
    if len(origins) > 1:
        raise ConfigurationError(
            f"{printable(place)}: proofs of several ledgers: {printable(', '.join(origins))}",
            remedy="check the proofs of each by themselves",
        )


def _signatures(notes: Iterable[KeptNote], key: VerifierKey | None, findings: list[Finding]) -> bool:
    """True where the key that was brought signed all of them."""
    if key is None:
        message = "no key was brought: anybody could have made this checkpoint"
        findings.append(note("PROOF-NO-KEY", next(iter(notes)).place, message, remedy="--key VKEY"))
        return False
    found = [finding for each in notes if (finding := signature_finding(each, key)) is not None]
    findings += found
    return not found


def _relate(notes: Sequence[KeptNote], kept: Sequence[KeptNote], findings: list[Finding]) -> bool:
    """True where every checkpoint of the proofs is among those that were brought."""
    by_size: dict[int, dict[tuple[str, bytes], list[KeptNote]]] = {}
    for each in kept:
        same_size = by_size.setdefault(each.checkpoint.size, {})
        same_size.setdefault((each.checkpoint.origin, each.checkpoint.root), []).append(each)
    first_sizes = sorted(by_size)[:CHECKPOINTS_NAMED]
    sizes = ", ".join(map(str, first_sizes)) + (", …" if len(by_size) > len(first_sizes) else "")
    related = True
    for each in notes:
        checkpoint = each.checkpoint
        same = by_size.get(checkpoint.size, {})
        if kept and not same:
            related = False
            findings.append(
                warning(
                    "PROOF-OTHER-CHECKPOINT",
                    each.place,
                    f"leads to a checkpoint of {checkpoint.size} entries; brought was one of {sizes}",
                    remedy="ask for a proof at your checkpoint: archive ledger prove ID --at FILE",
                )
            )
        own = checkpoint.origin, checkpoint.root
        others = (other for tree, group in same.items() if tree != own for other in group)
        for other in islice(others, CHECKPOINTS_NAMED):
            related = False
            findings.append(_fork(each, other))
    return related


def _fork(proof: KeptNote, kept: KeptNote) -> Finding:
    expected, found = (
        f"{each.checkpoint.origin} root {each.checkpoint.root.hex()}" for each in (kept, proof)
    )
    message = f"leads to another ledger of {kept.checkpoint.size} entries than the checkpoint in {kept.place}"
    remedy = "keep both files: one of the two histories is not the true one"
    return error("LEDGER-FORK", proof.place, message, expected=expected, found=found, remedy=remedy)


def _outcome(findings: Sequence[Finding]) -> ProofOutcome:
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return ProofOutcome.BROKEN
    return ProofOutcome.UNRELATED if Severity.WARNING in severities else ProofOutcome.PROVEN


def _trust(
    outcome: ProofOutcome,
    notes: Sequence[KeptNote],
    entries: dict[int, Entry],
    key: VerifierKey | None,
    witnessed: WitnessedState | None,
    *,
    stated: str | None,
    related: bool,
) -> Trust:
    text = str(key) if key is not None else ""
    if outcome is ProofOutcome.BROKEN:
        return Trust(basis=TrustBasis.NONE, key=text, key_supplied=key is not None)
    if witnessed is not None:
        return Trust(
            basis=TrustBasis.WITNESS,
            until=witnessed.time,
            size=witnessed.size,
            by=witnessed.by,
            key=text,
            key_supplied=key is not None,
        )
    if related or stated is not None:
        size = min(each.checkpoint.size for each in notes)
        last = entries.get(size - 1)  # its time is known where it is the very entry that is proven
        return Trust(
            basis=TrustBasis.CHECKPOINT if related else TrustBasis.STATEMENT,
            size=size,
            until=last.time if last is not None else None,
            by=() if related or stated is None else (stated,),
            key=text,
            key_supplied=key is not None,
        )
    return Trust(basis=TrustBasis.KEY if key else TrustBasis.SELF, key=text, key_supplied=key is not None)

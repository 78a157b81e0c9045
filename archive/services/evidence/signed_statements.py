"""The statements of auditors that an archive keeps, judged by the signers that the asker brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.core.errors import StorageError
from archive.core.findings import Finding, error, note, warning
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import Note
from archive.core.ledger.statement import Statement, StatementError
from archive.services.evidence.comparison import compare
from archive.services.evidence.kept import KeptNote
from archive.services.evidence.signature_verdict import SignatureOutcome
from archive.services.evidence.signers import Signers
from archive.storage.ledger.ranges import LedgerRanges
from archive.storage.ledger.statements import StoredStatement, stored_statements

_PLACE = "ledger/statements"
_PUT_BACK = "put it back from another copy of the archive; without it the ledger only lacks this mark"


@dataclass(frozen=True, slots=True)
class StatedState:
    """The largest state that a valid statement names, and who signed for it."""

    size: int
    by: tuple[str, ...]


class SignedStatements:
    """The statements of one archive; nothing is proven by them before they are judged."""

    def __init__(self, archive: Path, signers: Signers | None) -> None:
        self.findings: list[Finding] = []
        self.best: StatedState | None = None
        self._archive = archive
        self._signers = signers
        self._stored: list[tuple[StoredStatement, Checkpoint]] = []

    @classmethod
    def of(cls, archive: Path, signer_files: Sequence[Path]) -> "SignedStatements":
        """Reads them; ConfigurationError where a file of signers is none. Damage is among the findings."""
        statements = cls(archive, Signers.read(signer_files) if signer_files else None)
        try:
            for stored in stored_statements(archive):
                statements._take(stored)
        except StorageError as trouble:
            statements._unread(_PLACE, trouble)
        return statements

    @property
    def sizes(self) -> set[int]:
        """How many entries each of them names."""
        return {checkpoint.size for _, checkpoint in self._stored}

    def judge(self, now: Checkpoint | None, roots: Mapping[int, bytes], signed: Mapping[int, bytes]) -> None:
        """Holds each against its signature and then against the entries; as `Stamps.judge`.

        One whose signer nobody knows says nothing, either way.
        """
        if self._stored and self._signers is None:
            count = f"{len(self._stored)} statement{'s' if len(self._stored) > 1 else ''}"
            message = f"{count} kept here; without the signer's key none of them is judged"
            remedy = "archive ledger verify --signer FILE"
            self.findings.append(note("LEDGER-STATEMENT-UNJUDGED", _PLACE, message, remedy=remedy))
        for stored, checkpoint in self._stored:
            by = self._signer(stored)
            if by is None or now is None:
                continue
            kept = KeptNote(stored.place, Note(checkpoint.text(), ()), checkpoint)
            if checkpoint.origin != now.origin:
                self._broken(stored, f"signed by {by}, about another ledger: {checkpoint.origin}")
                continue
            compared = compare([kept], now, roots, LedgerRanges(str(self._archive)), signed)
            self.findings += compared.findings
            if not compared.findings:
                self._count(checkpoint.size, by)

    def _signer(self, stored: StoredStatement) -> str | None:
        """Who signed it, once that is certain; what stands in the way becomes a finding."""
        if self._signers is None:
            return None
        verdict = self._signers.judge(stored.statement, stored.signature)
        match verdict.outcome:
            case SignatureOutcome.VALID:
                return verdict.by
            case SignatureOutcome.UNTRUSTED:
                remedy = "bring the key of whoever signed it too: --signer FILE"
                found = warning("LEDGER-STATEMENT-UNTRUSTED", stored.place, verdict.reason, remedy=remedy)
                self.findings.append(found)
            case SignatureOutcome.UNJUDGED:
                remedy = "look again where OpenSSH is installed"
                found = note("LEDGER-STATEMENT-UNJUDGED", stored.place, verdict.reason, remedy=remedy)
                self.findings.append(found)
            case SignatureOutcome.INVALID:
                self._broken(stored, verdict.reason)
        return None

    def _count(self, size: int, by: str) -> None:
        if self.best is None or size > self.best.size:
            self.best = StatedState(size, (by,))
        elif size == self.best.size:
            self.best = StatedState(size, tuple(sorted({*self.best.by, by})))

    def _take(self, stored: StoredStatement) -> None:
        if stored.unread is not None:
            self._unread(stored.place, stored.unread)
            return
        if stored.trouble is not None:
            self._broken(stored, stored.trouble)
            return
        try:
            self._stored.append((stored, Statement.parse(stored.statement).checkpoint))
        except StatementError as trouble:
            self._broken(stored, f"no statement: {trouble}")

    def _broken(self, stored: StoredStatement, reason: str) -> None:
        message = f"does not hold: {reason}"
        self.findings.append(error("LEDGER-STATEMENT-ALTERED", stored.place, message, remedy=_PUT_BACK))

    def _unread(self, place: str, trouble: StorageError) -> None:
        self.findings.append(error("LEDGER-UNREADABLE", place, trouble.message, remedy=trouble.remedy))

"""The time-stamps that an archive keeps, judged beside its ledger: by the roots that the asker brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.core.errors import StorageError
from archive.core.findings import Finding, error, note, warning
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError, parse
from archive.services.evidence.comparison import compare
from archive.services.evidence.kept import KeptNote, signature_finding
from archive.services.evidence.keys import Keys
from archive.storage.ledger.ranges import LedgerRanges
from archive.storage.ledger.timestamps import StoredTimestamp, stored_timestamps

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_PLACE = "ledger/timestamps"
_PUT_BACK = "put it back from another copy of the archive; without it the ledger only lacks this mark"


@dataclass(frozen=True, slots=True)
class StampedState:
    """What the best time-stamp proves: so many entries were there at that time, says that authority."""

    size: int
    time: str
    by: str | None


def _better(one: StampedState | None, other: StampedState) -> StampedState:
    """The larger state; of two stamps over the same one the earlier says more."""
    if one is None or other.size > one.size:
        return other
    return other if other.size == one.size and other.time < one.time else one


@dataclass(slots=True)
class Stamps:
    """The time-stamps of one archive; nothing is proven by them before they are judged."""

    archive: Path
    roots: Sequence["Certificate"]
    findings: list[Finding]
    _stored: list[tuple[StoredTimestamp, KeptNote]]
    best: StampedState | None = None

    @classmethod
    def of(cls, archive: Path, root_files: Sequence[Path]) -> "Stamps":
        """Reads them; ConfigurationError where a root is none. What is damaged is among the findings."""
        roots: Sequence[Certificate] = ()
        if root_files:
            from archive.services.evidence.timestamping import load_root_files

            roots = load_root_files(root_files)
        stamps = cls(archive, roots, [], [])
        stamps._read()
        return stamps

    @property
    def sizes(self) -> set[int]:
        """How many entries each of them covers."""
        return {kept.checkpoint.size for _, kept in self._stored}

    def judge(
        self,
        keys: Keys,
        now: Checkpoint | None,
        roots: Mapping[int, bytes],
        signed: Mapping[int, bytes],
    ) -> None:
        """Holds each against the ledger's keys and entries and, where roots were brought, its own signature.

        `roots` has those of the entries at `sizes`, `signed` those that the archive's own checkpoints sign.
        Of one whose key may be named by entries that are missing nothing is said.
        """
        believed = []
        keys = keys.of_anybody
        for stored, kept in self._stored:
            if (finding := signature_finding(kept, *keys.known)) is not None:
                if not keys.may_have_signed(kept):
                    self.findings.append(finding)
            elif now is not None:
                compared = compare([kept], now, roots, LedgerRanges(str(self.archive)), signed)
                self.findings += compared.findings
                if not compared.findings:
                    believed.append((stored, kept))
        if believed and not self.roots:
            count = f"{len(believed)} time-stamp{'s' if len(believed) > 1 else ''}"
            message = f"{count} kept here; without the authority's root certificate none of them is judged"
            remedy = "archive ledger verify --tsa-root FILE.pem"
            self.findings.append(note("LEDGER-TIMESTAMP-UNJUDGED", _PLACE, message, remedy=remedy))
            return
        for stored, kept in believed:
            self._judge_token(stored, kept)

    def _judge_token(self, stored: StoredTimestamp, kept: KeptNote) -> None:
        from archive.formats.timestamps import TokenOutcome, judge_token

        verdict = judge_token(stored.request, stored.response, stored.checkpoint, self.roots)
        match verdict.outcome:
            case TokenOutcome.VALID:
                state = StampedState(kept.checkpoint.size, verdict.time or "", verdict.by)
                self.best = _better(self.best, state)
            case TokenOutcome.UNTRUSTED:
                message = f"no root that you brought vouches for it: {verdict.reason}"
                remedy = "bring the root certificate of its authority too: --tsa-root FILE.pem"
                self.findings.append(
                    warning("LEDGER-TIMESTAMP-UNTRUSTED", stored.place, message, remedy=remedy)
                )
            case TokenOutcome.INVALID:
                self._broken(stored, verdict.reason)

    def _broken(self, stored: StoredTimestamp, reason: str) -> None:
        self.findings.append(
            error("LEDGER-TIMESTAMP-ALTERED", stored.place, f"does not hold: {reason}", remedy=_PUT_BACK)
        )

    def _read(self) -> None:
        try:
            for stored in stored_timestamps(self.archive):
                if stored.unread is not None:
                    self._unread(stored.place, stored.unread)
                    continue
                if stored.trouble is not None:
                    self._broken(stored, stored.trouble)
                    continue
                try:
                    signed = parse(stored.checkpoint)
                    kept = KeptNote(stored.place, signed, Checkpoint.parse_text(signed.text))
                except NoteError as trouble:
                    self._broken(stored, f"its checkpoint is none: {trouble}")
                else:
                    self._stored.append((stored, kept))
        except StorageError as trouble:
            self._unread(_PLACE, trouble)

    def _unread(self, place: str, trouble: StorageError) -> None:
        self.findings.append(error("LEDGER-UNREADABLE", place, trouble.message, remedy=trouble.remedy))

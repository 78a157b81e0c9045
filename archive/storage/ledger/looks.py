"""Looks at a ledger's files whose trouble becomes a finding: absent, not a file and unreadable stay apart."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from archive.core.errors import EvidenceError, StorageError
from archive.core.findings import Finding
from archive.core.ledger.ledger_findings import LedgerCode, ledger_finding
from archive.core.ledger.tiles import TilePath
from archive.core.limits.output import LEDGER_FINDINGS
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.ledger.folder import LEDGER, LedgerFolder, Listed

T = TypeVar("T")


class Looks:
    """Reads files of a ledger and gathers what is found about it, in the order in which it is found.

    Of each code LEDGER_FINDINGS are kept: whoever plants a thousand strays hides nothing that weighs more.
    """

    def __init__(self, folder: LedgerFolder) -> None:
        self._folder = folder
        self._findings: list[Finding] = []
        self._counts: Counter[LedgerCode] = Counter()

    def find(
        self,
        code: LedgerCode,
        place: str,
        message: str,
        *,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        """Add a finding; the place is a name below `ledger/`, or `entry N`."""
        self._counts[code] += 1
        if self._counts[code] <= LEDGER_FINDINGS:
            where = place if place.startswith("entry ") else f"{LEDGER}/{place}".rstrip("/")
            self._findings.append(ledger_finding(code, where, message, expected=expected, found=found))

    def findings(self) -> tuple[Finding, ...]:
        """Everything found, with one more of each code of which there are more than the limit."""
        more = (
            ledger_finding(code, LEDGER, f"{count - LEDGER_FINDINGS:,} more findings of this kind")
            for code, count in self._counts.items()
            if count > LEDGER_FINDINGS
        )
        return (*self._findings, *more)

    def note(self, name: str) -> tuple[bytes | None, bool]:
        """(bytes of a signed note or None, True where the reason for None is a finding already)."""
        return self._look(name, lambda: self._folder.read_note(name))

    def note_beyond(self, name: str) -> bytes | None:
        """The bytes of a note that no checkpoint covers, or None; what is no file there is no ledger."""
        try:
            return self._folder.read_note(name)
        except NotAPlainFileError:
            if not self.is_in_the_way(name):
                self.find(LedgerCode.BEYOND, name, "not a plain file of the size it can have")
        except StorageError as trouble:
            self.find(LedgerCode.UNREADABLE, name, trouble.message)
        return None

    def is_in_the_way(self, name: str) -> bool:
        """True, with a finding, for a folder beyond the end that no writer removes: it holds something."""
        if not self._folder.has_folder(name, filled=True):
            return False
        message = (
            "a folder that holds something, where a file belongs: nothing is recorded before it is moved away"
        )
        self.find(LedgerCode.UNKNOWN_FILE, name, message)
        return True

    def quiet_note(self, name: str) -> bytes | None:
        """The bytes of a signed note, or None; trouble is reported by other looks."""
        try:
            return self._folder.read_note(name)
        except (NotAPlainFileError, StorageError):
            return None

    def at_tile(
        self, tile: TilePath, missing: LedgerCode, has_moved: Callable[[], bool]
    ) -> tuple[TilePath, bytes | None]:
        """A tile or bundle, or the wider one in its place.

        The wider one alone is a finding, unless a writer superseded the tile since its checkpoint was read.
        """
        raw, reported = self._look(str(tile), lambda: self._folder.read_exact(tile))
        if raw is not None:
            return tile, raw
        wider, _ = self._look(str(tile), lambda: self._folder.find(tile)) if not reported else (None, True)
        if not reported and (wider is None or not has_moved()):
            self.find(missing, str(tile), "missing")
        return wider if wider is not None else (tile, None)

    def superseded(self, tile: TilePath) -> bytes | None:
        """The bytes of a tile or bundle of an earlier checkpoint; that there are none is no finding."""
        return self._look(str(tile), lambda: self._folder.read_exact(tile))[0]

    def silently(self, tile: TilePath) -> bytes | None:
        """The bytes of a tile, or of a wider one in its place; trouble is reported by other looks."""
        try:
            found = self._folder.find(tile)
        except (NotAPlainFileError, StorageError):
            return None
        return found[1] if found is not None else None

    def names(self, listing: Callable[[], Iterable[str]]) -> list[str]:
        """The names of a folder, in order; trouble becomes a finding."""
        return list(self._guarded(listing))

    def listed(self, walk: Callable[[], Iterator[Listed]]) -> Iterator[Listed]:
        """What a walk lists; trouble ends it with a finding."""
        return self._guarded(walk)

    def _guarded(self, listing: Callable[[], Iterable[T]]) -> Iterator[T]:
        try:
            yield from listing()
        except StorageError as trouble:
            self.find(LedgerCode.UNREADABLE, "", trouble.message)
        except EvidenceError as trouble:
            self.find(LedgerCode.NOT_A_FILE, "", trouble.message)

    def _look(self, name: str, look: Callable[[], T | None]) -> tuple[T | None, bool]:
        try:
            return look(), False
        except NotAPlainFileError:
            self.find(LedgerCode.NOT_A_FILE, name, "not a plain file of the size it can have")
        except StorageError as trouble:
            self.find(LedgerCode.UNREADABLE, name, trouble.message)
        return None, True

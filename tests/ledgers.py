"""Ledgers for tests: a few commits, with a key kept beside."""

from collections.abc import Callable, Sequence
from pathlib import Path

from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.ledger_findings import LedgerVerdict
from archive.core.ledger.tiles import decode_bundle, encode_bundle
from archive.storage.keys.signing_key import Key, create_key
from archive.storage.ledger.files import LedgerFiles

ORIGIN = "archive.example/letters"


class LedgerUnderTest:
    """An archive folder with a ledger, its key, and short ways to write to it."""

    def __init__(self, archive: Path, key: Key) -> None:
        self.archive = archive
        self.key = key
        self.files = LedgerFiles(str(archive))

    @property
    def folder(self) -> Path:
        """The ledger's folder."""
        return self.archive / "ledger"

    def create(self) -> Checkpoint:
        """Begin it with its entry 0."""
        first = entries.archive_created(
            time=entries.timestamp(0), agents=["a"], archive="u", origin=ORIGIN, key=self.key.vkey
        )
        return self.files.create(first, self.key.signer, self.key.last_signed)

    def append(self, *marks: int) -> Checkpoint:
        """Commit an entry for each mark."""
        return self.files.append([entry(mark) for mark in marks], self.key.signer, self.key.last_signed)

    def tree(self) -> dict[str, bytes]:
        """Every file of the ledger by its name."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


def entry(mark: int) -> bytes:
    """An entry told apart by its mark, which is also its time."""
    return entries.settings_changed(time=entries.timestamp(mark), agents=["a"], settings=f"{mark:08x}")


def make_ledger(folder: Path, commits: Sequence[int] = ()) -> LedgerUnderTest:
    """A ledger of entry 0 and then so many entries in each commit, marked by their index."""
    key = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(folder / "keys")})
    archive = folder / "archive"
    archive.mkdir()
    ledger = LedgerUnderTest(archive, key)
    size = ledger.create().size
    for count in commits:
        size = ledger.append(*range(size, size + count)).size
    return ledger


def verified(ledger: LedgerUnderTest) -> LedgerVerdict:
    """What a verification says of it, by its own key."""
    return ledger.files.verify(ledger.key.vkey)


def found(ledger: LedgerUnderTest) -> list[tuple[str, str]]:
    """Code and place of each finding."""
    return [(finding.code, finding.place) for finding in verified(ledger).findings]


def edit_bundle(ledger: LedgerUnderTest, name: str, edit: Callable[[list[bytes]], object]) -> None:
    """Changes the entries of a bundle, and nothing that is made of them."""
    path = ledger.folder / name
    width = 256 if ".p" not in name else int(path.name)
    entries, _ = decode_bundle(path.read_bytes(), width)
    edit(entries)
    path.write_bytes(encode_bundle(entries))

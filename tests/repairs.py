"""An archive of five documents with a good copy beside it, for tests of what becomes of damage."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.archives import described, make_archive, overwrite
from tests.changes import Changing

PAGES = {"pages/p1.txt": b"page one\n", "pages/p2.txt": b"page two\n", "pages/deep/p3.txt": b"page three\n"}
LARGE = bytes(range(256)) * 6000  # more than is read at once


def make_repairable(folder: Path) -> None:
    """a.txt (described twice), b.txt, pages/ (three files), large.bin, empty.txt; `copy/` is the same."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(folder, patch)
        made.ingest(
            {
                "a.txt": b"one",
                "a.txt.dc.json": described("A letter", date="1918"),
                "b.txt": b"two",
                "large.bin": LARGE,
                "empty.txt": b"",
            }
        )
        rows = b"filename,dc.title\npages,Three pages\n"
        made.ingest({**PAGES, "metadata.csv": rows}, name="more")
        from archive.cli.frame import run

        arguments = ["describe", made.bag(_first(made.root)).name[-8:], "--set", "dc.title=Again", "--yes"]
        assert run(["-C", str(made.root), *arguments]) == 0
        shutil.copytree(made.root, folder / "copy", symlinks=True)


def _first(root: Path) -> str:
    import csv

    with open(root / "holdings.csv", encoding="utf-8-sig") as stream:
        return next(csv.DictReader(stream))["reference"]


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of every file, and mode of every folder, below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path.relative_to(folder))] = (path.lstat().st_mode, content)
    return found


def times_of(bags: Path) -> dict[str, int]:
    """The time of modification of every payload file below a folder of bags."""
    files = (path for path in bags.glob("*/*/data/**/*") if path.is_file())
    return {str(path.relative_to(bags)): path.stat().st_mtime_ns for path in files}


class Repairing(Changing):
    """The archive, its copy, and what they hold."""

    @property
    def copy(self) -> Path:
        """A copy as good as the archive was."""
        return self.made.folder / "copy"

    def good(self, source: str) -> Path:
        """The same bag in the copy."""
        return self.copy / self.bag(source).relative_to(self.root)

    def damage(self) -> list[str]:
        """The codes and places of what an audit finds."""
        report = self("audit", "--read-only", code=1)
        return [one["code"] for bag in report["bags"] for one in bag["findings"]]

    def require_as_copy(self) -> None:
        """Every bag is byte for byte that of the copy, and everything that looks at the archive agrees.

        Every document has the time of modification that it came with.
        """
        assert files_of(self.root / "bags") == files_of(self.copy / "bags")
        assert times_of(self.root / "bags") == times_of(self.copy / "bags")
        self.require_whole()


def loosen(bag: Path) -> None:
    """Lets the test write into a bag."""
    for folder in (bag, *(path for path in bag.rglob("*") if path.is_dir() and not path.is_symlink())):
        folder.chmod(0o755)


def altered(archive: Repairing, source: str = "b.txt") -> Path:
    """A bag whose one payload file has other bytes."""
    bag = archive.bag(source)
    overwrite(bag / "data" / source, b"bad")
    return bag


def set_aside(archive: Changing) -> list[Path]:
    """What lies in quarantine of damaged bags, without the records."""
    files = (archive.root / "quarantine").rglob("*")
    return sorted(path for path in files if not path.is_dir() and path.name != "record.json")


def repairs(archive: Repairing) -> list[dict[str, Any]]:
    """The entries of the ledger about them."""
    known = map(json.loads, archive.made.opened.ledger.entries())
    return [entry for entry in known if entry["type"] == "repaired"]

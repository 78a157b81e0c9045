"""An archive of three documents in this process, and the commands that change what is held."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.catalog.index_reading import reading_index
from archive.storage.index import IndexRow
from tests.archives import MadeArchive, described, make_archive

RARE_WORD = "Zanzibar"  # of a description; it has to be gone once that is disposed of


class Changing:
    """The archive, and short ways to call a command and to look at what came of it."""

    def __init__(self, made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> None:
        self.made = made
        self._capsys = capsys

    @property
    def root(self) -> Path:
        """The archive's folder."""
        return self.made.root

    def __call__(self, *arguments: str, code: int | None = 0) -> Any:
        """The JSON report of a command that has to end with that code (None: any)."""
        self._capsys.readouterr()
        found = run(["-C", str(self.root), *arguments, "--format", "json"])
        printed = self._capsys.readouterr()
        assert code is None or found == code, f"{arguments}: exit {found}\n{printed.out}\n{printed.err}"
        return json.loads(printed.out)

    def text(self, *arguments: str, code: int = 0) -> str:
        """What a command prints for people."""
        self._capsys.readouterr()
        assert run(["-C", str(self.root), *arguments]) == code
        return self._capsys.readouterr().out

    def configure(self, text: str) -> None:
        """Puts tables behind those of archive.toml; one that is there already gives way."""
        path = self.root / "archive.toml"
        path.write_text(path.read_text().replace("[description]\n", "", 1) + "\n" + text)

    def row(self, source: str) -> IndexRow:
        """The document with that original path; as it is called now, where it was disposed of."""
        with reading_index(self.made.opened) as reading:
            (row,) = [row for row in reading.index.list(state=None) if row.source == source]
            return row

    def reference(self, source: str) -> str:
        """Its reference."""
        return self.row(source).reference

    def bag(self, source: str) -> Path:
        """Its folder in `bags/`."""
        return self.made.opened.layout.bag(self.row(source).bag)

    def audit(self, code: int = 0) -> list[tuple[str, str]]:
        """(code, place) of every finding of an audit that is no note."""
        report = self("audit", "--read-only", code=code)
        found = [one for bag in report["bags"] for one in bag["findings"]] + report["findings"]
        return [(one["code"], one["place"]) for one in found if one["severity"] != "note"]

    def require_whole(self) -> None:
        """Everything that looks at the archive agrees that nothing is wrong with it."""
        assert self.audit() == []
        assert self("catalog", "verify")["findings"] == []
        assert self("ledger", "verify")["outcome"] == "proven"
        for arguments in (["list"], ["status"], ["history"]):
            assert self(*arguments)["findings"] == []


def make_changing(folder: Path) -> None:
    """Documents a.txt (described), b.txt (awaiting), c.txt (with a reference of the archivist's)."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(folder, patch)
        made.ingest(
            {
                "a.txt": b"one",
                "a.txt.dc.json": described(f"A letter from {RARE_WORD}", date="1918"),
                "b.txt": b"two",
            }
        )
        table = b"filename,reference,dc.title\nc.txt,Box 3,The third\n"
        made.ingest({"c.txt": b"three", "metadata.csv": table}, name="more")

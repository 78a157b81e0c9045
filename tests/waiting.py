"""An archive whose key is encrypted, for tests of audits that wait for its passphrase."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.canonical import readable
from archive.core.ledger.entries import Entry, parse_entry
from archive.storage.audits.waiting_runs import WaitingRuns
from archive.storage.keys import files as key_files
from tests.archives import MadeArchive, make_archive


class Locked:
    """An archive whose key is encrypted, and short ways to ask with and without its passphrase."""

    def __init__(self, made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> None:
        self.made = made
        self.root = made.root
        self._capsys = capsys

    def ask(self, *words: str, opened: bool = False) -> tuple[int, Any]:
        """Exit code and JSON document of a command."""
        more = ["--passphrase-file", str(self.made.folder / "phrase")] if opened else []
        self._capsys.readouterr()
        code = run(["-C", str(self.root), "--format", "json", *words, *more])
        return code, json.loads(self._capsys.readouterr().out)

    def wait(self, *words: str) -> str:
        """An audit that waits; returns its run."""
        code, report = self.ask("audit", *words)
        assert (code, report["recorded"]) == (3, False)
        return str(report["run"])

    def sign(self) -> tuple[int, Any]:
        """`key sign`, with the passphrase."""
        return self.ask("key", "sign", opened=True)

    def entries(self) -> list[Entry]:
        """The ledger."""
        return [parse_entry(raw) for raw in self.made.opened.ledger.entries()]

    def about(self, run: str) -> list[Entry]:
        """The entries of a run."""
        return [entry for entry in self.entries() if entry.run == run]

    def codes(self) -> tuple[int, list[str]]:
        """Exit code and codes of findings of an audit that writes nothing."""
        code, report = self.ask("audit", "--read-only")
        return code, [finding["code"] for finding in report["findings"]]

    def restate(self, run: str, **members: Any) -> None:
        """Put another statement in place of the one of a run, as if it had been written so."""
        path = self.statements / f"{run}.json"
        statement = json.loads(path.read_bytes())
        statement.pop("sha512", None)
        path.write_bytes(readable({**statement, **members}))

    @property
    def statements(self) -> Path:
        """Where statements of runs that wait lie."""
        return Path(WaitingRuns.of(self.made.opened.settings.archive_id).folder)


def make_locked(folder: Path) -> None:
    """An archive with two documents and an encrypted key, whose keys lie with it: to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_files, "_COST", 16)
        made = make_archive(folder, patch)
        made.ingest({"a.txt": b"one", "b.txt": b"two"})
        (folder / "phrase").write_text("open sesame\n")
        phrase = str(folder / "phrase")
        assert run(["-q", "-C", str(made.root), "key", "passphrase", "--new-passphrase-file", phrase]) == 0


def copy_of(
    made: Path, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Locked:
    """What `make_locked` made, copied to a new folder with keys of its own, and no passphrase at hand."""
    patch.delenv("ARCHIVE_KEY_PASSPHRASE", raising=False)
    patch.setenv("ARCHIVE_KEY_DIR", str(folder / "keys"))
    shutil.copytree(made, folder)
    return Locked(MadeArchive(folder), capsys)

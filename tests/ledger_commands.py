"""`archive ledger` over an archive of a few entries, for tests."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.ledger import entries
from archive.services.init import init
from archive.services.surroundings import Surroundings
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.signing_key import Key
from archive.storage.ledger.files import LedgerFiles

BAGS = [f"0192aaaa-bbbb-7ccc-8ddd-eeeeeeee{number:04d}" for number in range(8)]
RUN = "0192aaaa-bbbb-7ccc-8ddd-ffffffffffff"


class Archive:
    """An archive with a few entries, and short ways to write to it and to ask about it."""

    def __init__(self, root: Path, key: Key, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.key = key
        self._capsys = capsys

    @property
    def files(self) -> LedgerFiles:
        """Its ledger."""
        return LedgerFiles(str(self.root))

    def append(self, *numbers: int, state: LastSigned | None = None, mark: str = "a") -> None:
        """Commits the ingestion of some bags; `mark` tells forked histories apart."""
        made = [
            entries.ingestion(
                time=entries.timestamp(1_800_000_000_000 + number),
                agents=[mark],
                bag=BAGS[number],
                run=RUN,
                file_count=1,
                byte_count=2,
                payload=("sha512", "0" * 128),
                tagmanifest="1" * 128,
                reference=f"2026-00000{number}",
            )
            for number in numbers
        ]
        self.files.append(made, self.key.signer, state or self.key.last_signed)

    def fork(self, folder: Path) -> tuple["Archive", LastSigned]:
        """A copy, and a state of the key that does not remember what was signed since."""
        shutil.copytree(self.root, folder / "copy")
        (folder / "state").mkdir()
        return Archive(folder / "copy", self.key, self._capsys), LastSigned(
            str(folder / "state"), self.key.vkey
        )

    def keep(self, path: Path) -> Path:
        """Today's checkpoint, as an auditor keeps it."""
        path.write_bytes(self.files.checkpoint_bytes())
        return path

    def ask(self, *words: str | Path) -> tuple[int, str]:
        """Exit code and stdout of a command in text."""
        code = run(["-C", str(self.root), "ledger", *map(str, words)])
        return code, self._capsys.readouterr().out

    def report(self, *words: str | Path, schema: str = "ledger-report") -> tuple[int, dict[str, Any]]:
        """Exit code and JSON document of a command, judged by its schema."""
        code, out = self.ask(*words, "--format", "json")
        document: dict[str, Any] = json.loads(out)
        if document["kind"] != "error":
            assert schemas.explain(schema, document) == []
        return code, document

    def codes(self, *words: str | Path) -> tuple[int, list[tuple[str, str]]]:
        """Exit code of `verify`, and code and severity of each finding."""
        code, document = self.report("verify", *words)
        return code, [(each["code"], each["severity"]) for each in document["findings"]]


def make_ledger_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Archive:
    """Entries 0 and 1 of init, then three ingestions in two commits: five entries."""
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
    made = init(
        tmp_path / "archive",
        name="Valley",
        institution="",
        contact="",
        agent="Ana",
        surroundings=Surroundings(),
    )
    archive = Archive(tmp_path / "archive", made.key, capsys)
    archive.append(0)
    archive.append(1, 2)
    return archive

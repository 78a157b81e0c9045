"""An archive with its keys, for tests of `archive key`."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.ledger.note import VerifierKey
from tests.archives import MadeArchive

PHRASE = "correct horse"


class Keeper:
    """An archive with its keys, and short ways to ask about them."""

    def __init__(self, made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> None:
        self.made = made
        self.folder = made.folder
        self.root = made.root
        self._capsys = capsys

    @property
    def vkey(self) -> str:
        """The key that archive.toml names."""
        return self.made.opened.settings.key

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.folder / "keys"

    def file(self, vkey: str | None = None) -> Path:
        """Where the private key lies."""
        return self.keys / VerifierKey.parse(vkey or self.vkey).key_id.hex() / "key.pem"

    def phrase(self, text: str = PHRASE, name: str = "phrase") -> str:
        """A file with a passphrase."""
        path = self.folder / name
        path.write_text(f"{text}\n")
        return str(path)

    def ask(self, *words: str, root: Path | None = None) -> tuple[int, Any]:
        """Exit code and JSON document of a command."""
        self._capsys.readouterr()
        code = run(["-C", str(root or self.root), "--format", "json", *words])
        return code, json.loads(self._capsys.readouterr().out)

    def do(self, *words: str, root: Path | None = None) -> Any:
        """The document of a command that ends well."""
        code, document = self.ask(*words, root=root)
        assert code == 0, document
        return document

    def backup(self) -> Path:
        """A backup that is encrypted."""
        target = self.folder / f"backup{len(list(self.folder.iterdir()))}.txt"
        self.do("key", "backup", "--to", str(target), "--new-passphrase-file", self.phrase())
        return target

    def restore(self, backup: Path, *words: str, root: Path | None = None) -> tuple[int, Any]:
        """Puts a backup back."""
        return self.ask("key", "restore", str(backup), "--passphrase-file", self.phrase(), *words, root=root)

    def grow(self) -> None:
        """Adds two entries to the ledger."""
        self.do("audit")

    def lose(self) -> None:
        """The key and everything beside it is gone."""
        shutil.rmtree(self.file().parent)

    def findings(self, *words: str, root: Path | None = None) -> tuple[int, list[str]]:
        """Exit code and codes of `ledger verify`."""
        code, document = self.ask("ledger", "verify", *words, root=root)
        return code, [finding["code"] for finding in document["findings"]]

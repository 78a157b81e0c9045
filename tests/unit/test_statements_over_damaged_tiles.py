"""A damaged tile is damage: no statement is called one of another ledger because of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from archive.cli.frame import run
from archive.core.errors import EvidenceError
from tests.archives import MadeArchive, make_archive, overwrite
from tests.ledgers import make_ledger

Command = Callable[..., Any]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive with a document, and a checkpoint that was handed out before that."""
    made = make_archive(tmp_path, monkeypatch)
    (tmp_path / "earlier").write_bytes((made.root / "ledger/checkpoint").read_bytes())
    made.ingest({"a.txt": b"a"})
    (tmp_path / "now").write_bytes((made.root / "ledger/checkpoint").read_bytes())
    return made


@pytest.fixture
def command(made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command over it: its exit code is the one given; what it printed."""

    def ran(*words: str | Path, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["-C", str(made.root), *map(str, words)]) == code
        printed = capsys.readouterr()
        return printed.out + printed.err

    return ran


def _damage_a_tile(made: MadeArchive) -> None:
    tile = made.root / f"ledger/tile/0/000.p/{made.opened.checkpoint().size}"
    raw = bytearray(tile.read_bytes())
    raw[-1] ^= 1
    overwrite(tile, bytes(raw))


@pytest.mark.parametrize("about", ["earlier", "now"])
def test_a_true_checkpoint_is_not_called_false(made: MadeArchive, command: Command, about: str) -> None:
    _damage_a_tile(made)
    target = made.folder / "statement.txt"
    words = ("ledger", "statement", "--at", made.folder / about, "--says", "x", "--out", target)
    if about == "now":  # that is the very checkpoint, whose signature was verified
        command(*words)
        return
    said = " ".join(command(*words, code=5).split())
    assert "never was" not in said
    assert "the tiles of the ledger do not give the root signed" in said
    assert "archive repair --ledger" in said


def test_a_true_statement_is_kept_beside_a_damaged_tile(made: MadeArchive, command: Command) -> None:
    text, signature, signer = (made.folder / name for name in ("statement.txt", "s.sig", "auditor.pub"))
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    command("ledger", "statement", "--says", "x", "--out", text)
    signature.write_bytes(key.sign(text.read_bytes()))
    signer.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    _damage_a_tile(made)
    command("ledger", "keep", text, "--signature", signature, "--signer", signer)


@pytest.mark.parametrize("size", [7, 255, 257, 300])
def test_a_ledger_with_a_damaged_tile_denies_none_of_its_states(tmp_path: Path, size: int) -> None:
    ledger = make_ledger(tmp_path, [307])
    root = ledger.files.root_at(size)
    tile = ledger.folder / ("tile/0/000" if size < 256 else "tile/0/001.p/52")
    raw = bytearray(tile.read_bytes())
    raw[(size - 1) % 256 * 32] ^= 1
    overwrite(tile, bytes(raw))
    with pytest.raises(EvidenceError, match="do not give the root signed at size 308"):
        ledger.files.extends(size, root)

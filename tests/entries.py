"""Entries of a ledger, damaged by their type."""

from pathlib import Path

from tests.archives import overwrite
from tests.changes import Changing


def _bundle(changing: Changing) -> Path:
    return max((changing.root / "ledger/tile/entries/000.p").iterdir(), key=lambda path: int(path.name))


def alter(changing: Changing, kind: str) -> None:
    """Flips a bit in the newest entry of a type."""
    path = _bundle(changing)
    raw = bytearray(path.read_bytes())
    entry = raw.rindex(f'"type":"{kind}"'.encode())
    raw[raw.rindex(b'"time":"', 0, entry) + 11] ^= 1
    overwrite(path, bytes(raw))


def cut(changing: Changing, kind: str) -> None:
    """Tears the bundle in the middle of the newest entry of a type: what follows is gone with it."""
    path = _bundle(changing)
    raw = path.read_bytes()
    overwrite(path, raw[: raw.rindex(f'"type":"{kind}"'.encode())])

"""An archive in copies to be damaged, and the two verifiers that judge them."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.storage.keys.signing_key import load_key

ROOT = Path(__file__).parent.parent.parent.parent
VERIFIER = ROOT / "independent" / "verify_archive.py"
Printed = pytest.CaptureFixture[str]
Damage = Callable[["Copy"], object]


class Copy:
    """A copy of an archive to be damaged, and what its auditor kept."""

    def __init__(self, folder: Path, vkey: str, verifier: ModuleType) -> None:
        self.folder = folder
        self.root = folder / "archive"
        self.kept = folder / "kept"
        self.vkey = vkey
        self._verifier = verifier

    def independent(self, what: str, *words: str | Path) -> int:
        """Exit code of the independent verifier."""
        path = words[0] if what == "proof" else self.root
        rest = words[1:] if what == "proof" else words
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["verify_archive.py", what, str(path), *map(str, rest)])
            code: int = self._verifier.main()
        return code

    def file(self, pattern: str) -> Path:
        """The first file that fits, ready to be changed."""
        path = min(self.root.glob(pattern))
        for each in (path.parent, path):
            each.chmod(0o755 if each.is_dir() else 0o644)
        return path

    def flip(self, pattern: str) -> None:
        """Turns a bit in the middle."""
        path = self.file(pattern)
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)

    def sign(self, size: int, root: bytes) -> bytes:
        """A checkpoint that the archive's own key signs, true or not."""
        signer = load_key(self.vkey).signer
        return sign_checkpoint(Checkpoint(signer.key.name, size, root), [signer])


def link(path: Path) -> None:
    outside = path.parents[4] / "outside"
    shutil.move(path, outside)
    path.symlink_to(outside)

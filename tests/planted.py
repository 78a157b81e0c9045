"""Files that desktop programs leave, put into bags."""

import os
from pathlib import Path

from tests.repairs import loosen


def plant(bag: Path, *names: str) -> None:
    """Files of these names in a bag, whose folders are read-only again afterwards."""
    loosen(bag)
    for name in names:
        (bag / name).parent.mkdir(parents=True, exist_ok=True)
        (bag / name).write_bytes(os.fsencode(name))
    close(bag)


def close(bag: Path) -> None:
    for folder in (bag, *(path for path in bag.rglob("*") if path.is_dir() and not path.is_symlink())):
        folder.chmod(0o555)

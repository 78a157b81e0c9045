"""What a command staged, by name: for the sync of file systems that cannot be synced as a whole."""

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path, *more: str) -> Iterator[str]:
    """`more`, then every file below the folder; walked only where files are synced one by one."""
    yield from more
    for parent, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(parent, name)


def folders_below(folder: Path) -> Iterator[str]:
    """The folder and every one below it, deepest first."""
    for parent, _, _ in os.walk(folder, topdown=False):
        yield parent

"""Asks a cold disk for whole bags before they are read: many small files are a matter of queue depth.

What a cold audit costs beside a warm one is measured by benchmarks/audit.py (docs/performance.md).
"""

import contextlib
import os

from archive.core.limits.bags import READ_AHEAD_DEPTH

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FILES = 64  # of one folder: beyond that its own reading is long enough


def ask_for_bag(shard: int, bag: str) -> None:
    """Lets the kernel begin to read a bag's files; nothing is judged here, and no trouble is reported."""
    if not hasattr(os, "posix_fadvise"):
        return
    with contextlib.suppress(OSError):
        _ask(os.open(bag, _FOLDER, dir_fd=shard), READ_AHEAD_DEPTH)


def _ask(folder: int, depth: int) -> None:
    try:
        with os.scandir(folder) as listing:
            entries = [entry for entry, _ in zip(listing, range(FILES), strict=False)]
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                ask_for_file(folder, entry.name)
            elif depth and entry.is_dir(follow_symlinks=False):
                _ask(os.open(entry.name, _FOLDER, dir_fd=folder), depth - 1)
    finally:
        os.close(folder)


def ask_for_file(folder: int, name: str) -> None:
    """Lets the kernel begin to read one file of an open folder; OSError where it cannot be opened."""
    descriptor = os.open(name, _FILE, dir_fd=folder)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_WILLNEED)
    finally:
        os.close(descriptor)

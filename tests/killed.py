"""A command killed before one of its own calls that change the disk; the calls of SQLite go by."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from archive.cli.frame import run
from tests.crash.scenes import in_child

KILLED = 137  # as a shell calls the end by SIGKILL
_CHANGING = (
    *("write", "mkdir", "rename", "replace", "link", "symlink", "unlink", "rmdir"),
    *("fsync", "fdatasync", "chmod", "utime", "truncate", "ftruncate"),
)
_MADE = os.O_CREAT | os.O_TRUNC


def run_killed(words: list[str], at: int) -> int:
    """The exit code of a command that dies before the call of that number, where it comes so far."""

    def body() -> int:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        _count_down(at)
        return run(words)

    return in_child(body)


def _count_down(left: int) -> None:
    """Has this process die before the call of that number from now."""

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(KILLED)
            return call(*args, **options)

        return counting

    patch, opened = pytest.MonkeyPatch(), os.open
    makes = counted(opened)

    def opening(path: Any, flags: int, *args: Any, **options: Any) -> int:
        descriptor: int = (makes if flags & _MADE else opened)(path, flags, *args, **options)
        return descriptor

    for name in _CHANGING:
        patch.setattr(os, name, counted(getattr(os, name)))
    patch.setattr(os, "open", opening)

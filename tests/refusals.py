"""Storage that does not answer, for what is to be told apart from missing and altered."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest


def refuse(patch: pytest.MonkeyPatch, call: str, place: Path) -> None:
    """Lets a call of `os` fail with EIO at one place, whoever asks and whatever for."""
    really = getattr(os, call)

    def refusing(path: Any, *rest: Any, **options: Any) -> Any:
        if not isinstance(path, int) and os.fsdecode(path) == str(place):
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(place))
        return really(path, *rest, **options)

    patch.setattr(os, call, refusing)


def refuse_at(patch: pytest.MonkeyPatch, name: str, path: Path, *, at: int = 0, lasting: bool = True) -> None:
    """Calls of `os` with that path fail from the `at`-th, or only the `at`-th, as on a disk with a fault."""
    real = getattr(os, name)
    seen = 0

    def refusing(place: Any, *rest: Any, **options: Any) -> Any:
        nonlocal seen
        if not isinstance(place, int) and os.path.abspath(os.fsdecode(place)) == str(path):
            seen += 1
            if seen - 1 == at or (lasting and seen > at):
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return real(place, *rest, **options)

    patch.setattr(os, name, refusing)


def refuse_named(patch: pytest.MonkeyPatch, name: str, *, times: int = -1) -> None:
    """A file of that name is not opened, so many times; by default never."""
    real, left = os.open, times

    def refusing(place: Any, *rest: Any, **options: Any) -> int:
        nonlocal left
        if place == name and left:
            left -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(place, *rest, **options)

    patch.setattr(os, "open", refusing)

"""Calls that only look, refused in a forked child: a look that was refused is an answer to nothing.

The other half of `tests/crash/sabotage.py`, which strikes the calls that change the disk.
"""

import builtins
import contextlib
import errno
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Final

# No answer about the thing itself, which ENOENT, ENOTDIR and ELOOP are.
ERRORS: Final = (errno.EIO, errno.ESTALE, errno.EACCES, errno.EMFILE, errno.ENOMEM)
_LOOKS: Final = ("open", "scandir", "listdir", "stat", "lstat", "fstat", "read", "readv", "pread", "readlink")
_DEEP: Final = 4  # frames of ours that tell one place from another


class Refusals:
    """Stands before every look that code of ours takes and refuses the `at`-th; None only counts.

    What it met is written to the file `told`, which outlives the child: the places, or the place refused.
    """

    def __init__(self, told: Path, at: int | None = None, error: int = errno.EIO) -> None:
        self._told = told
        self._at = at
        self._error = error
        self._places: list[list[str]] = []
        self._count = 0

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """In front of the calls of this process, for as long as the context lasts."""
        real, real_open = {name: getattr(os, name) for name in _LOOKS}, io.open
        for name, call in real.items():
            setattr(os, name, self._guard(name, call))
        builtins.open = io.open = self._guard("stream", real_open)
        try:
            yield
        finally:
            for name, call in real.items():
                setattr(os, name, call)
            builtins.open = io.open = real_open
            self._told.write_text(json.dumps(self._places), encoding="utf-8")

    def _guard(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            place = _place(name)
            if place is None or not _only_looks(name, given, named):
                return real(*given, **named)
            number = self._count
            self._count += 1
            if self._at is None:
                self._places.append(place)
            elif number == self._at:
                self._places.append(place)
                raise OSError(self._error, os.strerror(self._error), _named(given))
            return real(*given, **named)

        return call


def worth_refusing(told: Path) -> list[int]:
    """The numbers of the first and of the last look from every place of a clean run."""
    places = [tuple(place) for place in json.loads(told.read_bytes())]
    last = {place: number for number, place in enumerate(places)}
    first = {place: number for number, place in reversed(list(enumerate(places)))}
    return sorted({*first.values(), *last.values()})


def _only_looks(name: str, given: tuple[Any, ...], named: dict[str, Any]) -> bool:
    if name == "stream":
        mode = named.get("mode", given[1] if len(given) > 1 else "r")
        return not isinstance(given[0], int) and not set("wxa+") & set(mode)
    return name != "open" or not (len(given) > 1 and given[1] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR))


def _named(given: tuple[Any, ...]) -> str | bytes | None:
    return given[0] if given and isinstance(given[0], str | bytes) else None


def _place(name: str) -> list[str] | None:
    """The lines of ours that look; None where nobody of ours does."""
    place = [name]
    above: FrameType | None = sys._getframe(2)
    while above is not None and len(place) <= _DEEP:
        module = str(above.f_globals.get("__name__", ""))
        if module.startswith("archive."):
            place.append(f"{module}:{above.f_lineno}")
        above = above.f_back
    return place if len(place) > 1 else None

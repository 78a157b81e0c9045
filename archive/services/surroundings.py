"""What a service takes from the world beside the disk: time, chance, and somewhere to say how far it is."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Progress(Protocol):
    """Told how far long work is; a terminal may draw it."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A stretch of work begins; `total` in `unit`s (`documents`, `bytes`), None where it is not known."""

    def advance(self, count: int) -> None:
        """So many units more are done."""

    def end(self) -> None:
        """The stretch is done."""


class SilentProgress:
    """Says nothing."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """Nothing is drawn."""

    def advance(self, count: int) -> None:
        """Nothing is drawn."""

    def end(self) -> None:
        """Nothing is drawn."""


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Milliseconds since 1970, random bytes, progress; tests give their own."""

    now: Callable[[], int] = _milliseconds
    random: Callable[[int], bytes] = os.urandom
    progress: Progress = field(default_factory=SilentProgress)

"""An ingest that runs beside the test: how far it has come, who its workers are, and its end."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from tests.crash.scenes import Scene

SECONDS = 120  # a hang, not a measurement
PAUSE = 0.002  # seconds between two looks


class Phase(StrEnum):
    """What an ingest has done, by what then lies on the disk."""

    BEGUN = "begun"
    STAGING = "staging"
    ANNOUNCED = "announced"  # bags are renamed and the ledger grows, the index is filled beside it
    COMMITTED = "committed"
    ENDED = "ended"


@dataclass(frozen=True)
class Look:
    """The state of an archive before a command, to tell what the command has done."""

    scene: Scene
    checkpoint: bytes
    left: frozenset[str]  # staging folders of runs that were killed

    @classmethod
    def at(cls, scene: Scene) -> Self:
        """The state now."""
        return cls(scene, _checkpoint(scene), frozenset(os.listdir(scene.root / "staging")))

    def reached(self, phase: Phase) -> bool:
        """True once the command has come so far; of its end nothing is known here."""
        match phase:
            case Phase.BEGUN:
                return True
            case Phase.STAGING:
                return any(self._staged("0*"))
            case Phase.ANNOUNCED:
                return any(self._staged("bags-*.jsonl"))
            case Phase.COMMITTED:
                return _checkpoint(self.scene) != self.checkpoint
            case Phase.ENDED:
                return False

    def _staged(self, pattern: str) -> Iterator[Path]:
        staging = self.scene.root / "staging"
        for name in set(os.listdir(staging)) - self.left:
            with contextlib.suppress(FileNotFoundError):  # it has just been removed
                yield from (staging / name).glob(pattern)


def _checkpoint(scene: Scene) -> bytes:
    return (scene.root / "ledger" / "checkpoint").read_bytes()


class Running:
    """A command with a process group of its own; none of its processes is left at the end of the context."""

    def __init__(self, scene: Scene, command: Sequence[str]) -> None:
        self.process = scene.begin(command)
        self.code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        self.wait()

    def has_ended(self) -> bool:
        """True once it has; `code` is then its exit code, negative where a signal ended it."""
        if self.code is None:
            ended, status = os.waitpid(self.process, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if ended else None
        return self.code is not None

    def wait(self, look: Look | None = None, phase: Phase = Phase.ENDED) -> None:
        """Until the command has ended, or has come so far since that look."""
        deadline = time.monotonic() + SECONDS
        while not self.has_ended() and not (look is not None and look.reached(phase)):
            assert time.monotonic() < deadline, f"{phase} never came"
            time.sleep(PAUSE)

    def workers(self) -> list[int]:
        """The processes that it has begun, while it lives; see proc_pid_task(5)."""
        try:
            found = Path(f"/proc/{self.process}/task/{self.process}/children").read_text()
        except OSError:
            return []
        return [int(word) for word in found.split()]


def wait_for_end(processes: Sequence[int]) -> None:
    """Until processes that nobody here began have ended by themselves; an AssertionError if they do not."""
    deadline = time.monotonic() + SECONDS
    while any(map(_lives, processes)):
        assert time.monotonic() < deadline, "workers outlive their driver"
        time.sleep(PAUSE)


def _lives(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"

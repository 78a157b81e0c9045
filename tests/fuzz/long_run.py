"""Gives every target its minutes, over as many runs and processes as that takes."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.campaign import Say, Tally, step
from tests.fuzz.target import Target

TURN = 20.0  # seconds of processor time after which what a target came to is told


class _Turn(NamedTuple):
    """What a process says of a turn; see `Tally`."""

    seed: int
    said: list[str]
    executions: int
    seconds: float
    slowest: float
    crashes: dict[str, int]


_targets: dict[str, Target] = {}  # for the processes: what draws inputs cannot be sent to them


def run_each(
    targets: Sequence[Target],
    had: Mapping[str, float],
    *,
    least: float,
    seconds: float,
    jobs: int,
    seed: int,
    folder: Path | None,
    say: Say,
) -> Iterator[tuple[Tally, int]]:
    """Run targets in turns until each has had `least` seconds, or all together have run for `seconds`.

    `had` is what each had before; who had least is next. Gives the tally of each turn as it ends, with the
    seed of it: turns count theirs from `seed`.
    """
    _targets.update((target.name, target) for target in targets)
    spent = {target.name: had.get(target.name, 0.0) for target in targets}
    running: dict[Future[_Turn], str] = {}
    end = time.monotonic() + seconds
    with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
        while True:
            idle = [name for name in spent if spent[name] < least and name not in running.values()]
            idle.sort(key=lambda name: spent[name])
            for name in idle[: jobs - len(running)] if time.monotonic() < end else ():
                running[pool.submit(_turn, name, min(TURN, least), seed, folder)] = name
                seed += 1
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                name, turn = running.pop(done), done.result()
                spent[name] += turn.seconds
                for line in turn.said:
                    say(line)
                yield Tally(_targets[name], *turn[2:]), turn.seed


def _turn(name: str, seconds: float, seed: int, folder: Path | None) -> _Turn:
    tally = Tally(_targets[name])
    said: list[str] = []
    while tally.seconds < seconds:
        step(tally, seed, folder, said.append)
    return _Turn(seed, said, tally.executions, tally.seconds, tally.slowest, tally.crashes)

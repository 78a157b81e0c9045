"""The crash matrix: every command that writes × every fault × every call that the fault can hit."""

import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from tests.crash.commands import COMMANDS, Trials
from tests.crash.faults import ERRORS, FAULTS, Fault


@dataclass(frozen=True)
class Point:
    """One command with one fault at one call."""

    command: str
    fault: Fault
    at: int

    def __str__(self) -> str:
        return f"{self.command}  {self.fault}  call {self.at}"


@dataclass(frozen=True)
class Struck:
    """What came of a point: what did not hold, or None."""

    point: Point
    wrong: str | None


def chosen(commands: Sequence[str], faults: Sequence[str]) -> tuple[list[str], list[Fault]]:
    """Commands and faults whose names begin with one of the words; all where there is none."""
    names = [name for name in COMMANDS if not commands or any(name.startswith(word) for word in commands)]
    found = [
        fault
        for fault in Fault
        if not faults or any(fault.lower().startswith(word.lower()) for word in faults)
    ]
    return names, found


def points(trials: Trials, command: str, fault: Fault) -> list[Point]:
    """Every point of one cell of the matrix."""
    return [Point(command, fault, at) for at in trials[command].points(fault)]


def spread(found: Sequence[Point], count: int, salt: int = 0) -> list[Point]:
    """At most so many of the points, evenly; others for each salt."""
    if len(found) <= count:
        return list(found)
    stride = len(found) / count
    places = {int(number * stride + salt * stride / 7) % len(found) for number in range(count)}
    return [found[place] for place in sorted(places)]


def whole(trials: Trials, command: str) -> Iterator[Point]:
    """Every call with every fault; of the errors, which differ by number only, one at each call in turn."""
    for fault in FAULTS:
        found = points(trials, command, fault)
        if fault in ERRORS:
            share = ERRORS.index(fault)
            found = [point for point in found if point.at % len(ERRORS) == share]
        yield from found


def strike_all(trials: Trials, wanted: Sequence[Point], jobs: int) -> Iterator[Struck]:
    """The points in their order, struck in so many processes."""
    for command, fault in {(point.command, point.fault): None for point in wanted}:
        trials[command].prepare(fault)  # once, before the processes that use it
    if jobs == 1:
        yield from (_strike(trials, point) for point in wanted)
        return
    _shared.append(trials)
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
            yield from pool.map(_strike_shared, wanted, chunksize=4)
    finally:
        _shared.clear()


_shared: list[Trials] = []  # what forked processes find ready


def _strike_shared(point: Point) -> Struck:
    return _strike(_shared[0], point)


def _strike(trials: Trials, point: Point) -> Struck:
    try:
        trials[point.command].strike(point.fault, point.at)
    except AssertionError as broken:
        return Struck(point, str(broken) or traceback.format_exc(limit=-1))
    except Exception:  # noqa: BLE001 - a point that cannot be judged is reported like one that fails
        return Struck(point, traceback.format_exc())
    return Struck(point, None)


def require_all(struck: Iterable[Struck]) -> None:
    """AssertionError that names every point at which something did not hold."""
    broken = [f"{one.point}: {one.wrong}" for one in struck if one.wrong is not None]
    assert not broken, "\n".join(broken)

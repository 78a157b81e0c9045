"""Compares commands fairly: alternating, each in a process of its own, each run in a fresh folder.

with Workspace() as space:
    table = compare(
        [
            Case(name="cp -r", command=lambda run: copy_command(corpus, run / "copy"), documents=10_000),
            Case(name="obvious script", command=lambda run: command("bag-each", corpus, run / "bags")),
        ],
        space=space,
        title="Making bags of corpus S",
    )
print(table.text(), table.ratio("obvious script", "cp -r"))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.process import Usage, run
from benchmarks.surroundings import drop_caches, surroundings
from benchmarks.table import Row, Table
from benchmarks.workspace import Workspace

RUNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command to time.

    `command` gets the run's fresh folder and gives the arguments; `prepare` fills that folder first and is
    not timed. `codes` are the exit codes of a run that did its work. A `cold` case has the page cache emptied
    just before it. `documents` is what the rate counts.
    """

    name: str
    command: Callable[[Path], Sequence[str]]
    prepare: Callable[[Path], object] | None = None
    codes: Collection[int] = (0,)
    cold: bool = False
    documents: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def _once(case: Case, space: Workspace, *, sample_memory: bool = False) -> Usage:
    folder = space.fresh()
    try:
        if case.prepare is not None:
            case.prepare(folder)
        arguments = case.command(folder)
        if case.cold:
            drop_caches()
        return run(arguments, codes=case.codes, environment=case.environment, sample_memory=sample_memory)
    finally:
        space.release(folder)


def peak_memory(case: Case, space: Workspace) -> int | None:
    """Peak of one run in bytes, all its processes together; None where the system has no /proc."""
    return _once(case, space, sample_memory=True).peak_memory


def compare(
    cases: Sequence[Case],
    *,
    runs: int = RUNS,
    warm_ups: int = 1,
    memory: bool = False,
    space: Workspace | None = None,
    title: str = "",
) -> Table:
    """Times the cases in turn (A B C, A B C, …), `runs` rounds after `warm_ups` that are not counted.

    With `memory` every case has one more run, for its peak memory, which is not timed. Without a workspace
    one is made in the default place and removed at the end. Raises RunFailedError at the first run that fails
    and PermissionError where a cold case cannot be cold.
    """
    if space is None:
        with Workspace() as own:
            return compare(cases, runs=runs, warm_ups=warm_ups, memory=memory, space=own, title=title)
    timed: dict[str, list[Usage]] = {case.name: [] for case in cases}
    if len(timed) != len(cases):
        raise ValueError("every case needs a name of its own")
    for turn in range(-warm_ups, runs):
        for case in cases:
            usage = _once(case, space)
            if turn >= 0:
                timed[case.name].append(usage)
    peaks = {case.name: peak_memory(case, space) for case in cases if memory}
    rows = tuple(
        Row(
            name=case.name,
            runs=tuple(timed[case.name]),
            cold=case.cold,
            documents=case.documents,
            peak_memory=peaks.get(case.name),
        )
        for case in cases
    )
    return Table(title=title, surroundings=surroundings(space.path), rows=rows)

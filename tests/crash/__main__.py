"""The crash matrix as a command: what it covers (`--list`), or all or a part of it, struck now.

    python -m tests.crash --list
    python -m tests.crash --command copy --fault kill --fault lost
    python -m tests.crash --command ingest --fault power-xfs --spread 20 --jobs 2
    python -m tests.crash --command "ledger keep" --fault EIO --at 3
    python -m tests.crash --spread 10 --report docs/crash-matrix.md

Exit 0 where everything held, 1 where a point failed, 2 where nothing was chosen.
"""

import argparse
import sys
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.crash.commands import COMMANDS, Trials
from tests.crash.disks import missing_for
from tests.crash.faults import POWER_CUTS, Fault
from tests.crash.matrix import Point, chosen, points, spread, strike_all
from tests.crash.reports import Cell, add_to
from tests.crash.scenes import in_memory


def main(words: Sequence[str]) -> int:
    """Prints the table, or strikes the chosen points and prints what failed and a count of each cell."""
    wanted = _parser().parse_args(words)
    commands, faults = chosen(wanted.command, wanted.fault)
    if not commands or not faults:
        _say("no command or fault of that name: see --list")
        return 2
    with in_memory() as folder:
        trials = Trials(folder)
        if wanted.list:
            cells = {(name, fault): points(trials, name, fault) for name in commands for fault in faults}
            _print_table(commands, faults, Counter({cell: len(found) for cell, found in cells.items()}))
            return 0
        return _run(trials, commands, _possible(faults), wanted)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--list", action="store_true", help="only say how many points each cell has")
    parser.add_argument("--command", action="append", default=[], help="commands that begin so; repeatable")
    parser.add_argument("--fault", action="append", default=[], help="faults that begin so; repeatable")
    parser.add_argument("--spread", type=int, metavar="N", help="at most N points of each cell, evenly")
    parser.add_argument("--at", type=int, metavar="CALL", help="only this call")
    parser.add_argument("--report", type=Path, metavar="FILE", help="put what was struck into this page")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="points struck at once")
    return parser


def _possible(faults: Sequence[Fault]) -> list[Fault]:
    """The faults that can be made here; says what keeps the others from it."""
    found = []
    for fault in faults:
        why = missing_for(fault.removeprefix("power-")) if fault in POWER_CUTS else None
        if why is None:
            found.append(fault)
        else:
            _say(f"{fault}: left out: {why}")
    return found


def _run(trials: Trials, commands: list[str], faults: list[Fault], wanted: argparse.Namespace) -> int:
    struck: Counter[tuple[str, Fault]] = Counter()
    broken: Counter[tuple[str, Fault]] = Counter()
    begun = time.monotonic()
    for command in commands:
        all_of = {fault: points(trials, command, fault) for fault in faults}
        here: list[Point] = []
        for found in all_of.values():
            some = [point for point in found if wanted.at in {None, point.at}]
            here += spread(some, wanted.spread or len(some))
        for one in strike_all(trials, here, wanted.jobs):
            cell = (command, one.point.fault)
            struck[cell] += 1
            if one.wrong is not None:
                broken[cell] += 1
                _say(f"BROKEN {one.point}\n    {one.wrong}")
        _say(f"{time.monotonic() - begun:7.0f} s  {command}: {len(here)} points")
        if wanted.report is not None:
            cells = {
                fault: Cell(struck[command, fault], len(found), broken[command, fault])
                for fault, found in all_of.items()
                if struck[command, fault]
            }
            add_to(wanted.report, command, cells, f"{datetime.now(UTC):%Y-%m-%d}", list(COMMANDS))
    _print_table(commands, faults, struck)
    _say(f"{broken.total()} of {struck.total()} points are broken")
    return 1 if broken else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _print_table(
    commands: Sequence[str], faults: Sequence[Fault], counts: Counter[tuple[str, Fault]]
) -> None:
    width = max(len(name) for name in [*commands, "all"])
    columns = [max(len(fault), 5) for fault in faults]
    heads = "  ".join(fault.rjust(column) for fault, column in zip(faults, columns, strict=True))
    _say(f"{'':{width}}  {heads}  {'all':>6}")
    for name in [*commands, "all"]:
        of = commands if name == "all" else [name]
        row = [sum(counts[each, fault] for each in of) for fault in faults]
        cells = "  ".join(f"{number:{column}}" for number, column in zip(row, columns, strict=True))
        _say(f"{name:{width}}  {cells}  {sum(row):6}")


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads beside a fork
    sys.exit(main(sys.argv[1:]))

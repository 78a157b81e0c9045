"""One level of folders below `bags/` or two: what publishing and listing cost, in time and inodes (ADR 0002).

    python -m benchmarks.shard_levels [--base DIR] [--rounds N] [BAGS…]

Bags are empty folders with the ids of real ones, made in a staging folder, renamed into place, made durable
by one sync, and listed as an audit lists them, once from memory and once from the disk. Above 200,000 bags
only one of the 256 first folders is filled, as full as it would be: figures are then of that slice.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from archive.core.ids import RANDOM_BYTES, uuid7
from benchmarks.surroundings import drop_caches, surroundings
from benchmarks.workspace import Workspace

BAGS = (10_000, 100_000, 10_000_000)
WHOLE_UP_TO = 200_000
ROUNDS = 5
STARTED = 1_790_000_000_000  # milliseconds; the ids' time

Shard = Callable[[str], str]
LAYOUTS: dict[str, Shard] = {
    "one level": lambda bag: bag[-2:],
    "two levels": lambda bag: f"{bag[-4:-2]}/{bag[-2:]}",
}


class Figures(NamedTuple):
    """Seconds to publish, to list from memory and from the disk (None where caches cannot be dropped).

    `folders` and `kilobytes` are what the levels themselves take, bags not counted.
    """

    publish: float
    list: float
    list_cold: float | None
    folders: int
    kilobytes: int


def identifiers(bags: int) -> list[str]:
    """The ids of so many bags, or of those of them that two levels would put below `00`."""
    chance = random.Random(bags)
    whole = bags <= WHOLE_UP_TO
    count = bags if whole else bags // 256
    made = (uuid7(STARTED + number, chance.randbytes(RANDOM_BYTES)) for number in range(count))
    return list(made) if whole else [_in_first(bag) for bag in made]


def _in_first(bag: str) -> str:
    """The id with zeros where two levels look first."""
    return f"{bag[:-4]}00{bag[-2:]}"


def measure(root: Path, shard: Shard, bags: list[str], *, cold: bool) -> Figures:
    """One layout filled and listed once below an empty folder."""
    staging, target = root / "staging", root / "bags"
    staging.mkdir()
    target.mkdir()
    for bag in bags:
        os.mkdir(f"{staging}/{bag}")
    os.sync()
    began = time.perf_counter()
    made: set[str] = set()
    for bag in bags:
        name = shard(bag)
        if name not in made:
            os.makedirs(f"{target}/{name}", exist_ok=True)
            made.add(name)
        os.rename(f"{staging}/{bag}", f"{target}/{name}/{bag}")
    os.sync()
    published = time.perf_counter() - began
    warm = _timed(target, len(bags))
    from_disk = _timed(target, len(bags)) if cold and _caches_dropped() else None
    folders, kilobytes = _cost(str(target))
    return Figures(published, warm, from_disk, folders, kilobytes)


def _caches_dropped() -> bool:
    """False where this user may not drop the caches of the kernel."""
    try:
        drop_caches()
    except OSError:
        return False
    return True


def _cost(folder: str) -> tuple[int, int]:
    """Inodes and kilobytes of the folders between `bags/` and the bags."""
    folders = kilobytes = 0
    with os.scandir(folder) as listing:
        for entry in listing:
            if len(entry.name) == 2:
                inner = _cost(entry.path)
                folders += 1 + inner[0]
                kilobytes += entry.stat().st_blocks // 2 + inner[1]
    return folders, kilobytes


def _timed(target: Path, expected: int) -> float:
    began = time.perf_counter()
    found = sum(1 for _ in _bags(str(target)))
    elapsed = time.perf_counter() - began
    if found != expected:
        raise RuntimeError(f"{found} bags listed, {expected} made")
    return elapsed


def _bags(folder: str) -> Iterator[str]:
    """Every bag below the folder; an id is longer than the name of a shard."""
    with os.scandir(folder) as listing:
        for entry in listing:
            if len(entry.name) > 2:
                yield entry.name
            elif entry.is_dir(follow_symlinks=False):
                yield from _bags(entry.path)


def compare(bags: int, rounds: int, space: Workspace, *, cold: bool = True) -> dict[str, list[Figures]]:
    """Both layouts alternately, each time in a fresh folder; `cold` empties the caches of the machine."""
    # In one level a slice lies in `00`; in two its bags are spread over `00/00` to `00/ff`.
    names = identifiers(bags)
    one = names if bags <= WHOLE_UP_TO else [f"{bag[:-4]}{bag[-2:]}00" for bag in names]
    chosen = {"one level": one, "two levels": names}
    figures: dict[str, list[Figures]] = {name: [] for name in LAYOUTS}
    for number in range(rounds):
        order = list(LAYOUTS) if number % 2 == 0 else list(reversed(LAYOUTS))
        for name in order:
            folder = space.fresh()
            figures[name].append(measure(folder, LAYOUTS[name], chosen[name], cold=cold))
            space.release(folder)
    return figures


def summary(bags: int, figures: dict[str, list[Figures]]) -> dict[str, object]:
    """Medians of both layouts, and the ratio of two levels to one."""
    medians = {name: _medians(runs) for name, runs in figures.items()}
    one, two = medians["one level"], medians["two levels"]
    ratios = {
        field: round(two[field] / one[field], 2) for field in one if one[field] and two.get(field) is not None
    }
    return {
        "bags": bags,
        "slice": bags > WHOLE_UP_TO,
        "one level": one,
        "two levels": two,
        "two levels / one level": ratios,
    }


def _medians(runs: list[Figures]) -> dict[str, float]:
    columns = zip(Figures._fields, zip(*runs, strict=True), strict=True)
    return {field: round(statistics.median(values), 4) for field, values in columns if None not in values}


def main() -> int:
    """Prints one line per layout and number of bags, then everything as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bags", nargs="*", type=int, default=list(BAGS))
    parser.add_argument("--base", type=Path, help="a folder on the file system to measure")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    results = []
    with Workspace(options.base) as space:
        where = surroundings(space.path)
        print(where)
        for bags in options.bags:
            result = summary(bags, compare(bags, options.rounds, space))
            results.append(result)
            for name in (*LAYOUTS, "two levels / one level"):
                print(f"{bags:>10,}  {name:<22}  {result[name]}")
            sys.stdout.flush()
    print(json.dumps({"surroundings": where.to_json(), "results": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

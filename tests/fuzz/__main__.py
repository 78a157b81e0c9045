"""`python -m tests.fuzz`: gives every parser what nobody would write, for as long as it is told to."""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.page import PageError
from tests.fuzz.campaign import Tally, run, table
from tests.fuzz.execution import execute
from tests.fuzz.long_run import run_each
from tests.fuzz.page import check_page, row, rows_in, write_page
from tests.fuzz.swelling import swelling
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


def main(arguments: Sequence[str]) -> int:
    """0 where every law held, 1 where some input broke one, 2 for wrong use."""
    options = _parser().parse_args(arguments)
    if options.swell and options.write is not None:
        sys.stderr.write("--write: swellings are not counted there\n")
        return 2
    chosen = _chosen(options.target, options.family)
    if options.swell:
        chosen = [swollen for target in chosen if (swollen := swelling(target)) is not None]
    if options.again is not None:
        return _again(chosen, options.again)
    if options.write is not None:
        try:
            check_page(options.write)
        except (OSError, PageError) as trouble:
            sys.stderr.write(f"--write {options.write}: {trouble}\n")
            return 2
    seed = int.from_bytes(os.urandom(4), "big") if options.seed is None else options.seed
    _say(f"seed {seed}, {len(chosen)} targets, {options.minutes:g} minutes\n")
    folder = Path(options.crashes)
    if options.each is not None:
        tallies = _run_each(chosen, seed, folder, options)
    else:
        tallies = run(chosen, seed=seed, seconds=60 * options.minutes, folder=folder, say=_say)
        _enter(options.write, tallies, seed)
    sys.stdout.write(table(tallies))
    return 1 if any(tally.crashes for tally in tallies) else 0


def _run_each(chosen: Sequence[Target], seed: int, folder: Path, options: argparse.Namespace) -> list[Tally]:
    """Turns of all until each has had its minutes; what a turn came to is entered as it ends."""
    known = rows_in(options.write.read_text(encoding="utf-8")) if options.write is not None else {}
    had = {name: float(row.seconds) for name, row in known.items()}
    tallies = {target.name: Tally(target) for target in chosen}
    turns = run_each(
        chosen,
        had,
        least=60 * options.each,
        seconds=60 * options.minutes,
        jobs=options.jobs,
        seed=seed,
        folder=folder,
        say=_say,
    )
    with contextlib.suppress(KeyboardInterrupt):
        for turn, of in turns:
            tallies[turn.target.name].add(turn)
            _enter(options.write, [turn], of)
    return list(tallies.values())


def _enter(page: Path | None, tallies: Sequence[Tally], seed: int) -> None:
    if page is not None:
        day = time.strftime("%Y-%m-%d")
        ran = {each.target.name: row(each, day=day, seed=seed) for each in tallies if each.executions}
        write_page(page, TARGETS, ran)


def _parser() -> argparse.ArgumentParser:
    names = [target.name for target in TARGETS]
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together (10)")
    parser.add_argument(
        "--each",
        type=float,
        metavar="MINUTES",
        help="until each target has had so many, those of --write too",
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="with --each: targets run at once")
    parser.add_argument("--target", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--family", choices=sorted({target.family for target in TARGETS}))
    parser.add_argument("--seed", type=int, metavar="N", help="the same number draws the same inputs")
    parser.add_argument(
        "--crashes", default="fuzz-crashes", metavar="FOLDER", help="inputs that break a law go there"
    )
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="add what the targets came to, as in docs/fuzzing.md"
    )
    parser.add_argument(
        "--swell", action="store_true", help="inputs in which one thing stands thousands of times"
    )
    parser.add_argument("--again", type=Path, metavar="FILE", help="one kept input, given to --target")
    return parser


def _chosen(names: Sequence[str] | None, family: str | None) -> list[Target]:
    return [
        target
        for target in TARGETS
        if (not names or target.name in names) and family in (None, target.family)
    ]


def _again(chosen: Sequence[Target], path: Path) -> int:
    if len(chosen) != 1:
        sys.stderr.write("--again needs one --target\n")
        return 2
    try:
        data = path.read_bytes()
    except OSError as trouble:
        sys.stderr.write(f"--again {path}: {trouble.strerror}\n")
        return 2
    crash = execute(chosen[0].check, data)
    sys.stdout.write("every law held\n" if crash is None else crash.report + "\n")
    return 0 if crash is None else 1


def _say(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

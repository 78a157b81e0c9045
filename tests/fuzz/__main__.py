"""`python -m tests.fuzz`: gives every parser what nobody would write, for as long as it is told to."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.page import PageError
from tests.fuzz.campaign import run, table
from tests.fuzz.execution import execute
from tests.fuzz.page import check_page, row, write_page
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


def main(arguments: Sequence[str]) -> int:
    """0 where every law held, 1 where some input broke one, 2 for wrong use."""
    options = _parser().parse_args(arguments)
    if options.again is not None:
        return _again(options.target, options.again)
    if options.write is not None:
        try:
            check_page(options.write)
        except (OSError, PageError) as trouble:
            sys.stderr.write(f"--write {options.write}: {trouble}\n")
            return 2
    seed = int.from_bytes(os.urandom(4), "big") if options.seed is None else options.seed
    chosen = _chosen(options.target, options.family)
    sys.stdout.write(f"seed {seed}, {len(chosen)} targets, {options.minutes:g} minutes\n")
    sys.stdout.flush()
    folder = Path(options.crashes)
    tallies = run(chosen, seed=seed, seconds=60 * options.minutes, folder=folder, say=_say)
    sys.stdout.write(table(tallies))
    if options.write is not None:
        day = time.strftime("%Y-%m-%d")
        ran = {each.target.name: row(each, day=day, seed=seed) for each in tallies if each.executions}
        write_page(options.write, TARGETS, ran)
    return 1 if any(tally.crashes for tally in tallies) else 0


def _parser() -> argparse.ArgumentParser:
    names = [target.name for target in TARGETS]
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together (10)")
    parser.add_argument("--target", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--family", choices=sorted({target.family for target in TARGETS}))
    parser.add_argument("--seed", type=int, metavar="N", help="the same number draws the same inputs")
    parser.add_argument(
        "--crashes", default="fuzz-crashes", metavar="FOLDER", help="inputs that break a law go there"
    )
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="enter what the targets came to, as in docs/fuzzing.md"
    )
    parser.add_argument("--again", type=Path, metavar="FILE", help="one kept input, given to --target")
    return parser


def _chosen(names: Sequence[str] | None, family: str | None) -> list[Target]:
    return [
        target
        for target in TARGETS
        if (not names or target.name in names) and family in (None, target.family)
    ]


def _again(names: Sequence[str] | None, path: Path) -> int:
    chosen = _chosen(names, None) if names else []
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

"""Measures the claims of docs/performance.md, side by side with the peers.

    python -m benchmarks [--documents N] [--quick] [--only ingest,audit] [--base DIR]
                         [--json FILE] [--write PAGE]

Exit 0 says that everything was run, not that every target was met: what a figure means, people decide.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import archive
from benchmarks import audit, bag, copy, descriptions, evidence, ingest, memory, startup, verify
from benchmarks.claims import Report, Verdict, claims_of
from benchmarks.corpus import DOCUMENTS
from benchmarks.page import PageError, replaced, write_results
from benchmarks.setting import Setting
from benchmarks.surroundings import Surroundings, surroundings
from benchmarks.workspace import Workspace, disk_base

SCRIPTS: dict[str, Callable[[Setting], Report]] = {
    "startup": startup.measure,
    "descriptions": descriptions.measure,
    "ingest": ingest.measure,
    "audit": audit.measure,
    "bag": bag.measure,
    "copy": copy.measure,
    "verify": verify.measure,
    "evidence": evidence.measure,
    "memory": memory.measure,
}
ROUNDS = 3
QUICK_DOCUMENTS = 1_000


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in SCRIPTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    return tuple(name for name in SCRIPTS if name in names)


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("needs at least 1")
    return count


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--documents", type=_count, help=f"in the corpus [{DOCUMENTS}; {QUICK_DOCUMENTS} when quick]"
    )
    parser.add_argument("--rounds", type=_count, help=f"of each comparison [{ROUNDS}; 1 when quick]")
    parser.add_argument(
        "--quick", action="store_true", help="a smoke run: too small and too short to judge by"
    )
    parser.add_argument(
        "--only", type=_names, default=tuple(SCRIPTS), metavar="NAMES", help=", ".join(SCRIPTS)
    )
    parser.add_argument("--base", type=Path, metavar="DIR", help="a folder on the file system to write to")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured to a file")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="replace the results in a Markdown page")
    return parser


def _disk(space: Workspace, stack: ExitStack) -> Workspace | None:
    """One workspace on a disk for the whole run: nothing on it is deleted before the end."""
    base = space.path.parent
    on_disk = disk_base(base)
    if on_disk is None or on_disk == base:
        return space if on_disk else None
    return stack.enter_context(Workspace(on_disk))


def _summary(where: Surroundings, documents: int, *, quick: bool) -> str:
    """One sentence on what was run where, for the head of the results."""
    kind = "A smoke run, too short to judge by" if quick else "Measured"
    return f"{kind}: archive {archive.__version__}, corpus of {documents:,} documents; {where}."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the scripts, prints tables and claims, and writes what was asked for."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write is not None:
        if options.only != tuple(SCRIPTS):
            parser.error("--write replaces all results: it cannot be used with --only")
        try:  # before minutes of measuring, not after them
            replaced(options.write.read_text(encoding="utf-8"), "")
        except (PageError, OSError) as trouble:
            parser.error(f"--write {options.write}: {trouble}")
    documents = options.documents or (QUICK_DOCUMENTS if options.quick else DOCUMENTS)
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    reports: list[Report] = []
    with ExitStack() as stack:
        space = stack.enter_context(Workspace(options.base))
        setting = Setting(space=space, disk=_disk(space, stack), documents=documents, rounds=rounds)
        where = surroundings(space.path)
        summary = _summary(where, documents, quick=options.quick)
        print(summary, end="\n\n", flush=True)
        for name in options.only:
            report = SCRIPTS[name](setting)
            reports.append(report)
            print(report.text(), flush=True)
    claims = claims_of(reports)
    counts = ", ".join(f"{sum(claim.verdict is kind for claim in claims)} {kind}" for kind in Verdict)
    print(f"{len(claims)} claims: {counts}")
    if options.json is not None:
        result = {
            "kind": "benchmark",
            "version": 2,
            "archive": archive.__version__,
            "documents": documents,
            "quick": options.quick,
            "surroundings": where.to_json(),
            "reports": [report.to_json() for report in reports],
        }
        options.json.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.write is not None:
        write_results(options.write, reports, summary)
    return 0


if __name__ == "__main__":
    sys.exit(main())

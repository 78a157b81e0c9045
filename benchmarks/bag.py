"""A folder made into one bag, against bagit over a copy of it, and against the bare copy."""

from pathlib import Path

from benchmarks.claims import Report, faster, within
from benchmarks.peers import copy_and_bag_command, copy_command
from benchmarks.setting import Setting, program
from benchmarks.timing import Case, compare

OURS = "archive bag"
ONE = "cp -r, then bagit.py"
TWO = "cp -r, then bagit.py --processes 2"
COPY = "cp -r"

_FILES_PER_DOCUMENT = 2  # of the corpus: a text and its sidecar


def measure(setting: Setting) -> Report:
    """All make the same bag with SHA-512, each time in a fresh folder; only ours reads back and syncs.

    As many files as the setting has documents. Unless there is one round only, a warm-up loads the programs.
    """
    source = setting.corpus(max(setting.documents // _FILES_PER_DOCUMENT, 1))
    files = max(setting.documents // _FILES_PER_DOCUMENT, 1) * _FILES_PER_DOCUMENT
    table = compare(
        _cases(setting, source, files),
        runs=setting.rounds,
        warm_ups=min(1, setting.rounds - 1),
        space=setting.space,
        title=f"One bag of {files:,} files",
    )
    claims = (
        faster(f"a bag against `{ONE}`", table, OURS, ONE, at_least=2),
        faster(f"a bag against `{TWO}`", table, OURS, TWO, at_least=2),
        within(f"a bag against `{COPY}`", table, OURS, COPY, at_most=4),
    )
    return Report(name="bag", claims=claims, tables=(table,))


def _cases(setting: Setting, source: Path, files: int) -> list[Case]:
    return [
        Case(
            name=OURS,
            command=lambda folder: [*program(), "bag", str(source), "--to", str(folder / "bag")],
            environment=setting.environment,
            documents=files,
        ),
        Case(
            name=ONE,
            command=lambda folder: copy_and_bag_command(source, folder / "bag", processes=1),
            documents=files,
        ),
        Case(
            name=TWO,
            command=lambda folder: copy_and_bag_command(source, folder / "bag", processes=2),
            documents=files,
        ),
        Case(name=COPY, command=lambda folder: copy_command(source, folder / "copy"), documents=files),
    ]

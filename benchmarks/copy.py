"""A second copy written and read again, against rclone and rsync doing as much of it as they do."""

import shutil
from pathlib import Path

from benchmarks.claims import Bound, Claim, Report, within
from benchmarks.peers import (
    copy_command,
    copy_then_compare_command,
    download_check_command,
    rsync_check_command,
)
from benchmarks.process import run
from benchmarks.setting import Setting, program
from benchmarks.table import Table
from benchmarks.timing import Case, compare

OURS = "archive copy"
TARS = "archive copy --as tar"
RCLONE = "rclone copy, then rclone check --download"
RSYNC = "rsync -a, then rsync -rcn"
COPY = "cp -r"
AUDIT = "archive audit --copy"
AUDIT_TARS = "archive audit --copy, of tars"
RCLONE_CHECK = "rclone check --download"
RSYNC_CHECK = "rsync -rcn"

_AT_MOST = 2.0


def measure(setting: Setting) -> Report:
    """All copy the bags of one archive to a fresh folder, then read them again; only ours syncs and records.

    rclone and rsync compare the copy with the archive, so that both are read and damage of the archive is
    copied; ours compares each with the ledger, and so reads the copy alone. rclone compares bytes, rsync
    digests of its own choice (xxHash where it can), ours SHA-512.
    """
    home = setting.space.fresh()
    archive = setting.filled_archive(home, setting.documents)
    warm_ups = min(1, setting.rounds - 1)
    copying = compare(
        _copying(setting, archive),
        runs=setting.rounds,
        warm_ups=warm_ups,
        space=setting.space,
        title=f"A second copy of {setting.documents:,} bags",
    )
    made = {form: setting.space.fresh() / form for form in ("folder", "tar")}
    for form, folder in made.items():
        run(_copy_command(archive, folder, form), environment=setting.environment)
    reading = compare(
        _reading(setting, archive, made),
        runs=setting.rounds,
        warm_ups=warm_ups,
        space=setting.space,
        title=f"A copy of {setting.documents:,} bags read again",
    )
    for folder in (home, *(path.parent for path in made.values())):
        setting.space.release(folder)
    claims = (
        _claim("a second copy", copying, OURS, RCLONE, "rclone"),
        _claim("a second copy", copying, OURS, RSYNC, "rsync"),
        _claim("reading a copy again", reading, AUDIT, RCLONE_CHECK, "rclone"),
        _claim("reading a copy again", reading, AUDIT, RSYNC_CHECK, "rsync"),
    )
    return Report(name="copy", claims=claims, tables=(copying, reading))


def _claim(what: str, table: Table, ours: str, theirs: str, tool: str) -> Claim:
    name = f"{what} against `{theirs}`"
    if shutil.which(tool) is None:
        note = f"{tool} is not installed"
        return Claim(
            name=name, unit="× its time", bound=Bound.AT_MOST, target=_AT_MOST, measured=None, note=note
        )
    return within(name, table, ours, theirs, at_most=_AT_MOST)


def _copy_command(archive: Path, folder: Path, form: str) -> list[str]:
    return [*program(), "-C", str(archive), "copy", "--to", str(folder), "--as", form]


def _audit_command(archive: Path, folder: Path) -> list[str]:
    return [*program(), "-C", str(archive), "audit", "--copy", str(folder)]


def _copying(setting: Setting, archive: Path) -> list[Case]:
    bags = archive / "bags"

    def ours(name: str, form: str) -> Case:
        return Case(
            name=name,
            command=lambda folder: _copy_command(archive, folder / "copy", form),
            environment=setting.environment,
            documents=setting.documents,
        )

    def theirs(name: str, tool: str) -> Case:
        return Case(
            name=name,
            command=lambda folder: copy_then_compare_command(tool, bags, folder / "copy"),
            documents=setting.documents,
        )

    peers = [
        theirs(name, tool) for name, tool in ((RCLONE, "rclone"), (RSYNC, "rsync")) if shutil.which(tool)
    ]
    bare = Case(
        name=COPY,
        command=lambda folder: copy_command(bags, folder / "copy"),
        documents=setting.documents,
    )
    return [ours(OURS, "folder"), ours(TARS, "tar"), *peers, bare]


def _reading(setting: Setting, archive: Path, made: dict[str, Path]) -> list[Case]:
    bags, copy = archive / "bags", made["folder"] / "bags"

    def ours(name: str, folder: Path) -> Case:
        return Case(
            name=name,
            command=lambda _: _audit_command(archive, folder),
            environment=setting.environment,
            documents=setting.documents,
        )

    def theirs(name: str, command: list[str]) -> Case:
        return Case(name=name, command=lambda _: command, documents=setting.documents)

    cases = [ours(AUDIT, made["folder"]), ours(AUDIT_TARS, made["tar"])]
    if shutil.which("rclone"):
        cases.append(theirs(RCLONE_CHECK, download_check_command(bags, copy)))
    if shutil.which("rsync"):
        cases.append(theirs(RSYNC_CHECK, rsync_check_command(bags, copy)))
    return cases

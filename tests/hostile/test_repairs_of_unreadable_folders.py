"""`repair --unreadable` of folders in a bag that may not be read, by one whom modes bind."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.core.repair_record import Displaced, RepairRecord
from archive.storage.bags.held_bag import HeldBag
from archive.storage.bags.movable import make_read_only, require_movable
from tests.e2e.command import TIMEOUT, Command
from tests.refusals import refuse_named

UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


def bound(archive: Command, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """What a command answers to somebody whom modes bind."""
    privileged = not os.geteuid()
    if privileged and shutil.which("setpriv") is None:
        pytest.skip("setpriv is not here, and root reads everything")
    return subprocess.run(
        [
            *(UNPRIVILEGED if privileged else ()),
            sys.executable,
            "-m",
            "archive",
            "-C",
            archive.root,
            *arguments,
        ],
        capture_output=True,
        text=True,
        env=archive.environment() | {"PYTHONPATH": os.getcwd()},
        timeout=TIMEOUT,
        check=False,
    )


def moving(bag: Path, path: str, outcome: str) -> RepairRecord:
    """The record of a repair that moves one path out of a bag."""
    aside = (Displaced(path=path, outcome=outcome),)
    return RepairRecord(bag=bag.name, run="r", time="t", entry=0, whole=False, set_aside=aside, restored=())


def bag_of(archive: Command) -> Path:
    """The one bag."""
    return next(archive.root.glob("bags/*/*"))


@pytest.mark.parametrize("closed", ["metadata", "data", "."])
@pytest.mark.parametrize("mode", [0o000, 0o111, 0o444])
def test_a_folder_that_may_not_be_read_is_set_aside(
    copied: Command, tmp_path: Path, closed: str, mode: int
) -> None:
    (bag_of(copied) / closed).chmod(mode)
    done = bound(copied, "repair", "--all", "--from", tmp_path / "copy", "--yes", "--unreadable")
    assert done.returncode == 0, done.stdout + done.stderr
    assert bound(copied, "audit").returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_bytes(b"b")
    assert bound(copied, "ingest", other, "--describe-later", "--no-identify").returncode == 0


def test_one_that_stays_closed_holds_up_no_repair_of_other_files(copied: Command, tmp_path: Path) -> None:
    bag = bag_of(copied)
    for path in (bag / "data", bag / "data/a.txt"):
        path.chmod(0o755)
    (bag / "data/a.txt").write_bytes(b"b")
    (bag / "metadata").chmod(0)
    done = bound(copied, "repair", "--all", "--from", tmp_path / "copy", "--yes")
    assert done.returncode == 3, done.stdout + done.stderr  # metadata/ is left as it is
    assert (bag / "data/a.txt").read_bytes() == b"a"
    assert stat.S_IMODE((bag / "metadata").stat().st_mode) == 0
    assert not list(copied.root.glob("staging/0*"))


def test_a_folder_that_nobody_here_may_open_is_said_before_anything_is_announced(
    copied: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = bag_of(copied)
    record = moving(bag, "metadata", "unreadable")
    require_movable(copied.root, record)
    refused = (bag / "metadata").lstat().st_ino
    real = os.chmod

    def chmod(path: "int | str", mode: int, **rest: bool) -> None:
        if os.stat(path).st_ino == refused:
            raise PermissionError(1, "Operation not permitted")
        real(path, mode, **rest)

    monkeypatch.setattr(os, "chmod", chmod)
    with pytest.raises(StorageError, match=r"metadata: cannot .*: Operation not permitted"):
        require_movable(copied.root, record)


def test_only_what_was_written_to_has_to_be_made_read_only(
    copied: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = bag_of(copied)
    record = moving(bag, "data/stranger", "unlisted")
    for name in ("data", "metadata"):
        (bag / name).chmod(0o755)
    with HeldBag(copied.root, bag.name) as held:
        with monkeypatch.context() as patch:
            refuse_named(patch, "metadata")
            make_read_only(held, record)
        assert stat.S_IMODE((bag / "data").stat().st_mode) == 0o555
        (bag / "data").chmod(0o755)
        with monkeypatch.context() as patch:
            refuse_named(patch, "data")
            with pytest.raises(OSError, match="Input/output"):
                make_read_only(held, record)
        make_read_only(held, record)
    assert stat.S_IMODE((bag / "data").stat().st_mode) == 0o555


def test_a_folder_that_was_written_to_and_stays_writable_is_said(
    copied: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = bag_of(copied)
    record = moving(bag, "data/stranger", "unlisted")
    (bag / "data").chmod(0o755)
    real, refused = os.fchmod, (bag / "data").stat().st_ino

    def fchmod(descriptor: int, mode: int) -> None:
        if os.fstat(descriptor).st_ino == refused:
            raise PermissionError(13, "Permission denied")
        real(descriptor, mode)

    monkeypatch.setattr(os, "fchmod", fchmod)
    with HeldBag(copied.root, bag.name) as held, pytest.raises(PermissionError):
        make_read_only(held, record)

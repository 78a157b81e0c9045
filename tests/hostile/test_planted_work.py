"""Links and folders without end planted where work in progress lies: removed as what they are, or refused."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.services.ingest.request import OnError
from archive.storage.intents import remove_tree
from tests.changes import Changing
from tests.interrupted import die_at_commit

RUN = "01a1ffff-0000-7000-8000-000000000001"
DEPTH = 1500  # deeper than Python calls itself


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder beside the archive that others may read, with a file in it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "kept.txt").write_bytes(b"kept")
    (folder / "kept.txt").chmod(0o644)
    return folder


def mode(path: Path) -> int:
    """Who may do what with it."""
    return path.stat().st_mode & 0o777


def make_deep(folder: Path) -> None:
    """A folder that holds one that holds one, without end."""
    folder.mkdir(parents=True)
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("a", dir_fd=descriptor)
        inner = os.open("a", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)


def test_an_audit_that_is_a_link_is_removed_and_what_it_leads_to_stays_as_it_is(
    changing: Changing, elsewhere: Path
) -> None:
    (elsewhere / "kept.txt").unlink()
    link = changing.root / "audits" / RUN
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    changing("catalog", "rebuild")
    assert (os.path.lexists(link), mode(elsewhere)) == (False, 0o755)


def test_work_on_a_copy_that_is_a_link_is_removed_and_what_it_leads_to_stays_as_it_is(
    changing: Changing, elsewhere: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    changing("copy", "--to", str(copy))
    (copy / ".unfinished-copy").symlink_to(elsewhere)
    changing("copy", "--to", str(copy))
    assert mode(elsewhere) == 0o755
    assert (elsewhere / "kept.txt").read_bytes() == b"kept"
    assert not os.path.lexists(copy / ".unfinished-copy")


def test_a_link_that_cannot_be_removed_at_once_gives_nothing_else_another_mode(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "link").symlink_to(elsewhere / "kept.txt")
    unlink = os.unlink

    def refuse(path: str, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None:  # as a folder does that may not be written to
            raise PermissionError(13, "Permission denied", path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse)
    remove_tree(folder)
    assert (folder.exists(), mode(elsewhere / "kept.txt")) == (False, 0o644)


def test_a_file_with_another_name_that_cannot_be_removed_at_once_keeps_its_mode(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    os.link(elsewhere / "kept.txt", folder / "second")
    unlink = os.unlink

    def refuse(path: str, *, dir_fd: int | None = None) -> None:
        if dir_fd is not None:
            raise PermissionError(13, "Permission denied", path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse)
    remove_tree(folder)
    assert (folder.exists(), mode(elsewhere / "kept.txt")) == (False, 0o644)


def test_what_cannot_be_removed_closes_the_folder_above_it_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    (shared / "work").mkdir(parents=True)
    shared.chmod(0o775)

    def refuse(path: str, *, dir_fd: int | None = None) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty", path)  # somebody else's file lies in it

    with monkeypatch.context() as patch:
        patch.setattr(os, "rmdir", refuse)
        with pytest.raises(StorageError, match="cannot be removed"):
            remove_tree(shared / "work")
    assert mode(shared) == 0o775


def _in_staging(changing: Changing, _copy: Path) -> tuple[Path, list[str]]:
    return changing.root / "staging" / RUN, ["catalog", "rebuild"]


def _on_a_copy(changing: Changing, copy: Path) -> tuple[Path, list[str]]:
    changing("copy", "--to", str(copy))
    return copy / ".unfinished-copy", ["copy", "--to", str(copy)]


@pytest.mark.parametrize("place", [_in_staging, _on_a_copy])
def test_folders_without_end_are_named_with_what_to_do(
    changing: Changing, tmp_path: Path, place: Callable[[Changing, Path], tuple[Path, list[str]]]
) -> None:
    folder, command = place(changing, tmp_path / "copy")
    make_deep(folder)
    try:
        refused = changing(*command, code=3)
        assert f"{folder}: cannot be removed" in refused["message"]
        assert "by hand" in refused["remedy"]
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)


@pytest.mark.parametrize("put", [os.symlink, os.link])
def test_the_manifest_of_an_interrupted_run_is_written_through_no_link(
    changing: Changing,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    put: Callable[[Path, Path], None],
) -> None:
    _interrupt(changing, monkeypatch)
    (staged,) = changing.root.glob("staging/*/intent.json")
    key = changing.made.folder / "kept.txt"
    shutil.move(elsewhere / "kept.txt", key)  # beside the archive, so that it can have a second name
    put(key, staged.with_name("run.json"))
    changing("catalog", "rebuild")
    assert (key.read_bytes(), mode(key)) == (b"kept", 0o644)
    changing.require_whole()


def _interrupt(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ingest that dies before the second of its commits."""
    with monkeypatch.context() as patch:
        die_at_commit(patch, 2)
        files = {"d.txt": b"four", "e.txt": b"five"}
        with pytest.raises(KeyboardInterrupt):
            changing.made.ingest(files, name="third", on_error=OnError.CONTINUE)


def test_a_lock_that_is_another_name_of_a_file_is_held_and_not_written_over(changing: Changing) -> None:
    kept = changing.made.folder / "kept.txt"
    kept.write_bytes(b"kept")
    lock = changing.root / "staging/.lock"
    lock.unlink()
    os.link(kept, lock)
    changing("catalog", "rebuild")
    assert kept.read_bytes() == b"kept"

"""A copy that is put back to an older state: damage that was mended since is found there again."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import StorageError
from archive.services.copies.bags import CopiedBags
from archive.services.copies.run import CopyRun
from tests.archives import overwrite
from tests.changes import Changing


def copy(changing: Changing, disk: Path, *arguments: str, code: int = 0) -> Any:
    """The report of a run."""
    return changing("copy", "--to", str(disk), "--jobs", "1", *arguments, code=code)


def below_two(changing: Changing) -> list[str]:
    """The sources of the documents that have fewer than two good copies."""
    return [one["source"] for one in changing("list", "--copies-below", "2")["documents"]]


def on(disk: Path, changing: Changing, source: str) -> Path:
    """The payload of a document on a copy in folders."""
    return disk / changing.bag(source).relative_to(changing.root) / "data" / source


def damage(changing: Changing, disk: Path, source: str = "b.txt") -> None:
    """A recorded audit finds a document on the copy damaged."""
    overwrite(on(disk, changing, source), b"tow")
    changing("audit", "--copy", str(disk), code=1)
    assert below_two(changing) == [source]


def image(disk: Path) -> Callable[[], None]:
    """The copy as it is now, to be put back later."""
    kept = disk.with_name("image")
    shutil.copytree(disk, kept)

    def put_back() -> None:
        shutil.rmtree(disk)
        shutil.copytree(kept, disk)

    return put_back


@pytest.fixture
def disk(changing: Changing, tmp_path: Path) -> Path:
    """A copy of the archive of three documents."""
    copy(changing, tmp_path / "red")
    return tmp_path / "red"


def test_damage_that_a_rolled_back_copy_has_again_is_mended_again(changing: Changing, disk: Path) -> None:
    damage(changing, disk)
    put_back = image(disk)
    copy(changing, disk)
    changing("audit", "--copy", str(disk))
    put_back()
    assert copy(changing, disk, "--dry-run")["counts"]["planned"] == 1
    report = copy(changing, disk)
    assert (report["counts"]["planned"], report["counts"]["written"]) == (1, 1)
    assert on(disk, changing, "b.txt").read_bytes() == b"two"
    assert below_two(changing) == []
    changing("audit", "--copy", str(disk))
    changing.require_whole()


def test_another_folder_of_the_same_copy_is_no_mended_one(changing: Changing, disk: Path) -> None:
    overwrite(on(disk, changing, "b.txt"), b"tow")
    second = disk.with_name("second")
    shutil.copytree(disk, second)
    changing("audit", "--copy", str(second), code=1)
    assert copy(changing, second)["counts"]["written"] == 1
    assert copy(changing, disk)["counts"]["written"] == 1
    assert on(disk, changing, "b.txt").read_bytes() == b"two"


def test_what_was_mended_and_is_whole_is_read_and_not_written(changing: Changing, disk: Path) -> None:
    put_back = image(disk)
    damage(changing, disk)
    copy(changing, disk)
    put_back()
    report = copy(changing, disk)
    assert (report["counts"]["planned"], report["counts"]["written"]) == (0, 0)
    assert below_two(changing) == []
    assert copy(changing, disk, "--dry-run")["counts"]["planned"] == 0


def test_what_an_audit_found_mended_by_hand_may_be_damaged_again(changing: Changing, disk: Path) -> None:
    damage(changing, disk)
    put_back = image(disk)
    overwrite(on(disk, changing, "b.txt"), b"two")
    changing("audit", "--copy", str(disk))
    changing("audit", "--copy", str(disk), changing.reference("a.txt"))
    assert below_two(changing) == []  # nothing says that it is another state
    put_back()
    assert copy(changing, disk)["counts"]["written"] == 1


def test_an_audit_of_a_few_documents_that_sees_the_older_state_is_enough(
    changing: Changing, disk: Path
) -> None:
    damage(changing, disk)
    put_back = image(disk)
    copy(changing, disk)
    put_back()
    changing("audit", "--copy", str(disk), changing.reference("a.txt"))
    assert below_two(changing) == ["b.txt"]
    before = changing("status")["places"]
    changing.made.rebuild()
    assert changing("status")["places"] == before
    assert copy(changing, disk)["counts"]["written"] == 1
    assert below_two(changing) == []


def test_a_run_over_the_older_state_that_was_cut_off_leaves_it_in_doubt(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(changing, disk)
    put_back = image(disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    copy(changing, disk)
    put_back()

    def pulled(*_: object) -> None:
        raise StorageError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(CopiedBags, "bring", pulled)
        copy(changing, disk, code=3)
    assert below_two(changing) == ["b.txt", "d.txt"]
    assert copy(changing, disk)["counts"]["written"] == 2
    assert below_two(changing) == []


def test_a_run_that_was_cut_off_does_not_write_again_what_it_mended(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(changing, disk)

    def pulled(*_: object) -> None:
        raise StorageError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(CopyRun, "_conclude", pulled)
        assert copy(changing, disk, code=3)["counts"]["written"] == 1
    assert below_two(changing) == []
    assert copy(changing, disk)["counts"]["written"] == 0


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_a_withdrawn_bag_that_was_mended_is_read_where_it_lies(
    changing: Changing, tmp_path: Path, form: str
) -> None:
    disk = tmp_path / "blue"
    copy(changing, disk, "--as", form)
    changing("withdraw", changing.row("b.txt").bag, "--reason", "asked back")
    copy(changing, disk)
    bag = changing.row("b.txt").bag
    (found,) = (disk / "quarantine/withdrawn").glob(f"*/{bag}*")
    target = found if form == "tar" else found / "data/b.txt"
    good = target.read_bytes()
    overwrite(target, good.replace(b"two", b"tow"))
    changing("audit", "--copy", str(disk), code=1)
    put_back = image(disk)
    assert copy(changing, disk)["counts"]["written"] == 1
    put_back()
    assert copy(changing, disk)["counts"]["written"] == 1
    changing("audit", "--copy", str(disk))


def due(changing: Changing, disk: Path, code: int) -> tuple[int, list[str]]:
    """How many bags an audit of what is due on the copy reads, and which are not intact."""
    report = changing("audit", "--copy", str(disk), "--older-than", "30d", "--jobs", "1", code=code)
    return report["scope"]["selected"], [each["id"] for each in report["bags"]]


def test_no_check_of_a_later_state_puts_off_what_a_rolled_back_copy_holds(
    changing: Changing, disk: Path
) -> None:
    damage(changing, disk)
    put_back = image(disk)
    copy(changing, disk)
    changing("audit", "--copy", str(disk))
    assert due(changing, disk, 0) == (0, [])
    put_back()
    assert due(changing, disk, 1) == (3, [changing.row("b.txt").bag])
    assert due(changing, disk, 0) == (0, [])  # a check of what it is now counts
    copy(changing, disk)
    assert due(changing, disk, 0) == (0, [])

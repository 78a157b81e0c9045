"""A copy that another command brings on meanwhile is ahead of what was read before, and of nothing more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import StorageError
from archive.services.audit import copy as auditing
from archive.services.copies import run as copying
from archive.services.copies.bags import CopiedBags
from tests.changes import Changing
from tests.copying import codes, copy


def meanwhile(
    patch: pytest.MonkeyPatch, module: Any, act: Callable[[], object], before: str = "copied_state"
) -> None:
    """Does something once, when the archive's checkpoint was read and nothing of the copy was.

    Or before another function of the module is called.
    """
    asked = getattr(module, before)

    def after(*arguments: Any, **options: Any) -> Any:
        patch.setattr(module, before, asked)
        act()
        return asked(*arguments, **options)

    patch.setattr(module, before, after)


@pytest.fixture
def behind(changing: Changing, disk: Path) -> Changing:
    """An archive with a copy that lacks two documents and a new description."""
    copy(changing, disk)
    changing.made.ingest({"more.txt": b"more", "most.txt": b"most"}, name="more")
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Now known")
    return changing


def test_a_copy_that_was_brought_on_meanwhile_is_no_older_state_of_the_archive(
    behind: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, copying, lambda: copy(behind, disk))
    report = copy(behind, disk)
    assert (report["outcome"], codes(report)) == ("complete", [])
    audit = behind("audit", "--copy", str(disk))
    assert (audit["outcome"], codes(audit)) == ("intact", [])


def test_nor_is_it_for_a_dry_run(behind: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, copying, lambda: copy(behind, disk))
    assert codes(copy(behind, disk, "--dry-run")) == []


@pytest.mark.parametrize("form", ["folder", "tar"])
@pytest.mark.parametrize("more", [(), ("--read-only",)])
def test_nor_is_it_for_an_audit(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, form: str, more: tuple[str, ...]
) -> None:
    copy(changing, disk, "--as", form)
    changing.made.ingest({"more.txt": b"more"}, name="more")
    meanwhile(monkeypatch, auditing, lambda: copy(changing, disk))
    report = changing("audit", "--copy", str(disk), *more)
    assert (report["outcome"], codes(report)) == ("intact", [])
    assert changing("audit", "--copy", str(disk))["outcome"] == "intact"


def test_nor_where_the_key_was_changed_meanwhile(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)

    def change() -> None:
        changing("key", "rotate")
        copy(changing, disk)

    meanwhile(monkeypatch, auditing, change)
    report = changing("audit", "--copy", str(disk), "--read-only")
    assert (report["outcome"], codes(report)) == ("intact", [])


@pytest.mark.parametrize("more", [(), ("--as", "tar")])
@pytest.mark.parametrize("ends", [True, False])
def test_a_copy_that_was_begun_in_the_same_new_folder_meanwhile_is_not_entered_twice(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], ends: bool
) -> None:
    def other() -> None:
        if ends:
            copy(changing, disk)
            return
        with monkeypatch.context() as failing:
            failing.setattr(CopiedBags, "bring", cut_short)
            copy(changing, disk, code=3)

    meanwhile(monkeypatch, copying, other, before="writing")
    refused = copy(changing, disk, *more, code=6)
    assert "another run began a copy here" in refused["message"]
    changing.made.opened.refresh()
    assert len(changing.made.opened.settings.copies) == 1
    assert copy(changing, disk)["copies"] == [{"good": 2, "documents": 3}]
    assert sorted(path.suffix for path in (disk / "bags").glob("*/*")) == ["", "", ""]
    changing.require_whole()


def cut_short(*_: object) -> None:
    """The end of a run that could write nothing."""
    raise StorageError("the disk is full")


def test_the_same_copy_that_was_brought_on_before_its_folder_was_locked_is_gone_on_with(
    behind: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, copying, lambda: copy(behind, disk), before="writing")
    report = copy(behind, disk)
    assert (report["outcome"], report["counts"]["written"]) == ("complete", 0)

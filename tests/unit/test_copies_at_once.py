"""A copy that another command brings on meanwhile is ahead of what was read before, and of nothing more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.services.audit import copy as auditing
from archive.services.copies import run as copying
from tests.changes import Changing
from tests.copying import codes, copy


def meanwhile(patch: pytest.MonkeyPatch, module: Any, act: Callable[[], object]) -> None:
    """Does something once, when the archive's checkpoint was read and nothing of the copy was."""
    asked = module.copied_state

    def after(*arguments: Any, **options: Any) -> Any:
        patch.setattr(module, "copied_state", asked)
        act()
        return asked(*arguments, **options)

    patch.setattr(module, "copied_state", after)


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

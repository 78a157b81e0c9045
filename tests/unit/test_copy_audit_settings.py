"""The archive.toml of a copy: accused by a ledger that can tell, not by one that lost its end."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.services.copies import run
from archive.services.copies.run import CopyRun
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy, cut_off


@pytest.fixture
def later(changing: Changing, disk: Path) -> Path:
    """A copy of settings that were recorded after its first state, whose ledger is kept beside it."""
    copy(changing, disk)
    shutil.copytree(disk / "ledger", disk.parent / "ledger")
    changing.configure('[audits]\nevery = "80 days"\n')
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Anew", "--reason", "read it")
    copy(changing, disk)
    return disk


def put_back(disk: Path, kind: str) -> None:
    """Earlier evidence of the copy comes back, or the last of it is lost."""
    before = disk.parent / "ledger"
    if kind == "the checkpoint":
        shutil.copyfile(before / "checkpoint", disk / "ledger/checkpoint")
    elif kind == "the ledger":
        shutil.rmtree(disk / "ledger")
        shutil.copytree(before, disk / "ledger")
    else:
        bundle = max((disk / "ledger/tile/entries/000.p").iterdir(), key=lambda path: int(path.name))
        overwrite(bundle, bundle.read_bytes()[: bundle.stat().st_size // 2])


@pytest.mark.parametrize("kind", ["the checkpoint", "the ledger", "half the bundle"])
def test_the_right_settings_are_not_accused_by_a_ledger_of_the_copy_that_lost_their_entry(
    changing: Changing, later: Path, kind: str
) -> None:
    put_back(later, kind)
    report = changing("audit", "--copy", str(later), "--read-only", "--jobs", "1", code=None)
    assert "COPY-SETTINGS" not in {one["code"] for one in report["findings"]}


@pytest.mark.parametrize("kind", ["as they were", "the checkpoint", "half the bundle"])
def test_settings_that_no_ledger_records_are_accused_whatever_the_copys_says(
    changing: Changing, later: Path, kind: str
) -> None:
    put_back(later, kind) if kind != "as they were" else None
    settings = later / "archive.toml"
    overwrite(settings, settings.read_bytes() + b"# a word\n")
    report = changing("audit", "--copy", str(later), "--read-only", "--jobs", "1", code=None)
    told = {one["code"] for one in report["findings"] if one["severity"] == "error"}
    assert "COPY-SETTINGS" in told


def test_a_copy_alone_with_half_of_its_bundle_does_not_accuse_its_settings(
    changing: Changing, later: Path
) -> None:
    put_back(later, "half the bundle")
    changing.root.rename(changing.root.with_name("away"))
    report = changing("-C", str(later), "audit", "--read-only", "--jobs", "1", code=5)
    assert "COPY-SETTINGS" not in {one["code"] for one in report["findings"]}


def _says_that_it_is_not_finished(marker: Path) -> None:
    said = marker.read_text()
    marker.write_text(said.replace('"finished": true', '"finished": false'))
    assert marker.read_text() != said


@pytest.mark.parametrize(
    "edit", [_says_that_it_is_not_finished, Path.unlink, lambda path: path.write_text("x")]
)
def test_no_marker_of_a_copy_puts_off_that_its_settings_and_its_page_are_looked_at(
    changing: Changing, disk: Path, edit: Callable[[Path], None]
) -> None:
    copy(changing, disk)
    for name in ("archive.toml", "README.html"):
        overwrite(disk / name, (disk / name).read_bytes() + b"# a word\n")
    edit(disk / "copy.json")
    report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=1)
    told = {one["code"] for one in report["findings"]} - {"COPY-MARKER"}
    assert told == {"COPY-SETTINGS", "COPY-DERIVED"}


@pytest.mark.parametrize("last", ["archive.toml", "README.html", "copy.json"])
def test_a_copy_that_was_cut_off_is_not_accused_of_what_that_leaves_though_the_next_run_was_cut_off_too(
    changing: Changing, disk: Path, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing.configure('[audits]\nevery = "80 days"\n')
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Anew", "--reason", "read it")
    real = os.rename

    def dies(source: Any, target: Any, **options: Any) -> None:
        if os.path.basename(os.fsdecode(target)) == last and options:
            raise KeyboardInterrupt
        real(source, target, **options)

    def unmarked(run: CopyRun, *, finished: bool) -> None:
        if finished:
            raise KeyboardInterrupt
        mark(run, finished=False)

    def dies_at_once(*_: Any) -> None:
        raise KeyboardInterrupt

    mark = CopyRun._mark
    at_its_end = (CopyRun, "_mark", unmarked) if last == "copy.json" else (os, "rename", dies)
    for broken in (at_its_end, (run, "enter_place", dies_at_once)):
        with monkeypatch.context() as patch:
            patch.setattr(*broken)
            copy(changing, disk, code=130)
        report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1")
        assert not {"COPY-SETTINGS", "COPY-DERIVED"} & {one["code"] for one in report["findings"]}
        assert "has not ended" in report["copy"]


@pytest.mark.parametrize("is_changed", [False, True])
def test_settings_altered_on_a_copy_that_was_cut_off_are_damage(
    changing: Changing, disk: Path, is_changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the archive's own were changed meanwhile: the run may have brought either."""
    copy(changing, disk)
    if is_changed:
        changing.configure('[audits]\nevery = "80 days"\n')
    changing.made.ingest({"d.txt": b"four"}, name="later")
    cut_off(changing, disk, monkeypatch)
    report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1")
    assert "has not ended" in report["copy"]
    assert "COPY-SETTINGS" not in {one["code"] for one in report["findings"]}
    settings = disk / "archive.toml"
    overwrite(settings, settings.read_bytes() + b"# a word\n")
    report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=1)
    assert "COPY-SETTINGS" in {one["code"] for one in report["findings"] if one["severity"] == "error"}
    copy(changing, disk)
    assert settings.read_bytes() == (changing.root / "archive.toml").read_bytes()


def _linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("gone")


UNMARKED: dict[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "link": _linked,
    "damaged": lambda path: overwrite(path, b"x"),
}


@pytest.mark.parametrize("text", [b"x = [", b"", None])
@pytest.mark.parametrize("marker", UNMARKED)
def test_a_copy_that_names_no_archive_is_told_by_its_path_and_how_it_is_mended(
    changing: Changing, disk: Path, marker: str, text: bytes | None
) -> None:
    copy(changing, disk)
    settings = disk / "archive.toml"
    settings.unlink()
    if text is not None:
        settings.write_bytes(text)
    UNMARKED[marker](disk / "copy.json")
    told = changing("audit", "--copy", str(disk), code=2)
    if text is None and marker == "gone":
        assert "not a copy of an archive (it holds no archive.toml)" in told["message"]
        return
    assert told["message"].startswith(f"{settings}: ")
    assert "put the archive.toml of the archive there" in told["remedy"]
    assert ("copy.json" in told["remedy"]) == (marker != "gone")
    shutil.copyfile(changing.root / "archive.toml", settings)
    (disk / "copy.json").unlink(missing_ok=True)
    changing("audit", "--copy", str(disk))
    copy(changing, disk)
    assert changing("audit", "--copy", str(disk))["findings"] == []


def test_damaged_settings_of_a_copy_that_has_its_marker_are_named_once(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    overwrite(disk / "archive.toml", b"x = [")
    (told,) = changing("audit", "--copy", str(disk), code=1)["findings"]
    assert (told["code"], told["place"]) == ("COPY-SETTINGS", "archive.toml")
    assert told["message"].startswith("not valid TOML")

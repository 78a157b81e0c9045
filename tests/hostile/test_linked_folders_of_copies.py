"""Links in place of folders below the top of a copy: each is named, and nothing is read behind it."""

import os
from pathlib import Path
from typing import Any

import pytest

from archive.core.exit_codes import FINDINGS
from tests.changes import Changing
from tests.copying import FORMS, copy

_FOLDERS = {
    "the run of a repair of a bag": "quarantine/damaged/[0-9a-f][0-9a-f]/*/*",
    "the bag of a repair": "quarantine/damaged/[0-9a-f][0-9a-f]/*",
    "the run of a repair of litter": "quarantine/damaged/archive/*",
    "the archive's own repairs": "quarantine/damaged/archive",
    "what repairs set aside": "quarantine/damaged",
    "notes": "notes/*",
    "an audit": "audits/*",
    "runs": "runs",
}


@pytest.fixture(params=FORMS)
def copied(changing: Changing, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy with the records of two repairs, a note and the results of an audit."""
    disk = tmp_path / "copy"
    changing("describe", changing.reference("b.txt"), "--set", "title=New", "--reason", "why")
    copy(changing, disk, "--as", request.param)
    letter = changing.bag("a.txt") / "data" / "a.txt"
    letter.chmod(0o644)
    letter.write_bytes(b"eno")
    changing("audit", "--jobs", "1", code=FINDINGS)
    changing("repair", "--from", str(disk), "--yes")
    (changing.root / "bags/.DS_Store").write_bytes(b"x")
    changing("tidy", "--yes")
    copy(changing, disk)
    return disk


def _linked(disk: Path, pattern: str, outside: Path) -> str:
    """Moves that folder of the copy elsewhere and leaves a link; its place in the copy."""
    folder = min(disk.glob(pattern))
    for above in (folder, folder.parent):
        above.chmod(0o755)
    folder.rename(outside)
    folder.symlink_to(outside)
    return folder.relative_to(disk).as_posix()


def _both_ways(changing: Changing, disk: Path, code: int) -> list[list[Any]]:
    """The findings of an audit of the copy from the archive, and of one by itself."""
    told = []
    for words in (("audit", "--copy", str(disk)), ("-C", str(disk), "audit")):
        report = changing(*words, "--read-only", "--jobs", "1", code=code)
        assert report["copy"] is not None
        told.append([one for one in report["findings"] if one["severity"] == "error"])
    return told


@pytest.mark.parametrize("name", _FOLDERS)
def test_a_link_in_place_of_a_folder_of_a_copy_is_named(
    changing: Changing, copied: Path, name: str, tmp_path: Path
) -> None:
    assert _both_ways(changing, copied, 0) == [[], []]
    place = _linked(copied, _FOLDERS[name], tmp_path / "outside")
    for found in _both_ways(changing, copied, FINDINGS):
        assert place in {one["place"] for one in found}


@pytest.mark.parametrize("name", [name for name, place in _FOLDERS.items() if "damaged" in place])
def test_no_record_of_a_repair_is_read_behind_a_link_on_a_copy(
    changing: Changing, copied: Path, name: str, tmp_path: Path
) -> None:
    place = _linked(copied, _FOLDERS[name], tmp_path / "outside")
    for record in (tmp_path / "outside").rglob("record.json"):
        os.chmod(record, 0o644)
        record.write_bytes(b"read all the same")
    for found in _both_ways(changing, copied, FINDINGS):
        assert [(one["code"], one["place"]) for one in found] == [("FIX-LINK", place)]


def test_what_no_repair_brought_to_a_copy_is_named(changing: Changing, copied: Path) -> None:
    strangers = {
        f"quarantine/damaged/archive/{name}" for name in ("01a1fe21-9e8c-72fa-a762-2ad3bb5ce999", "x")
    }
    for place in strangers:
        (copied / place).mkdir()
    for words in (("audit", "--copy", str(copied)), ("-C", str(copied), "audit")):
        report = changing(*words, "--read-only", "--jobs", "1")
        told = {one["place"] for one in report["findings"] if one["code"] == "QUARANTINE-UNKNOWN"}
        assert told == strangers


@pytest.mark.parametrize("of", ["archive", "copy"])
def test_a_link_is_no_audit_that_waits_for_a_signature(changing: Changing, tmp_path: Path, of: str) -> None:
    disk = tmp_path / "copy"
    copy(changing, disk)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/plan.json").write_text('{"unsigned": true}')
    place = "audits/01a1fe21-9e8c-72fa-a762-2ad3bb5ce999"
    root = disk if of == "copy" else changing.root
    (root / "audits").mkdir(exist_ok=True)
    (root / place).symlink_to(tmp_path / "outside")
    report = changing("-C", str(root), "audit", "--read-only", "--jobs", "1", code=FINDINGS)
    assert [(one["code"], one["place"]) for one in report["findings"]] == [("AUDIT-UNKNOWN", place)]


_OF_DISPOSED = (
    "bags/*", "quarantine/withdrawn/*", "quarantine/withdrawn/*/*", "quarantine/withdrawn/*/*/data",
    "quarantine/withdrawn", "quarantine/damaged/[0-9a-f][0-9a-f]/*",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pattern", _OF_DISPOSED)
def test_a_copy_does_not_say_that_what_lies_behind_a_link_is_destroyed(
    changing: Changing, tmp_path: Path, form: str, pattern: str
) -> None:
    if form == "tar" and pattern.endswith("data"):
        return
    disk, bag = tmp_path / "copy", changing.row("a.txt").bag
    copy(changing, disk, "--as", form)
    letter = changing.bag("a.txt") / "data" / "a.txt"
    letter.chmod(0o644)
    letter.write_bytes(b"eno")
    changing("audit", "--jobs", "1", code=FINDINGS)
    changing("repair", "--from", str(disk), "--yes")
    for source in ("b.txt", "c.txt"):  # one of each shard, so that nothing else is behind the link
        changing("withdraw", changing.reference(source), "--reason", "why", "--yes")
        changing("dispose", changing.reference(source), "--authority", "B", "--yes")
    copy(changing, disk, "--yes")
    changing("withdraw", bag, "--reason", "why", "--yes")
    if not pattern.startswith("bags"):
        copy(changing, disk)
    changing("dispose", bag, "--authority", "B", "--yes")
    folder = next(found for found in disk.glob(pattern) if any(bag in str(one) for one in _all(found)))
    place = _linked(disk, folder.relative_to(disk).as_posix(), tmp_path / "outside")
    report = copy(changing, disk, "--yes", code=FINDINGS)
    assert [one["place"] for one in report["findings"] if one["code"] == "COPY-LINK"] == [place]
    assert report["outcome"] == "incomplete"
    assert report["counts"]["destroyed"] == 0
    assert report["counts"]["kept_disposed"] >= 1
    assert list(_all(tmp_path / "outside"))[1:] or form == "tar"
    (disk / place).unlink()
    copy(changing, disk, "--yes")


def _all(top: Path) -> list[Path]:
    """The path and everything below it."""
    return [top, *top.rglob("*")]

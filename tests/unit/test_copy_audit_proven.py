"""What a copy is judged by: the state that is proven, whatever its own files say of it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.services.opened import open_archive
from archive.storage.keys.signing_key import load_key
from archive.storage.layout import bag_path
from archive.storage.ledger.timestamps import put_timestamp
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy, cut_off, files_of

STATES = ("gone", "an earlier one", "none kept", "a small one under a large name")


def audit(archive: Changing, disk: Path, *more: str, code: int = 0) -> Any:
    """The report of an audit of the copy."""
    return archive("audit", "--copy", str(disk), "--jobs", "1", *more, code=code)


def roll_back(disk: Path, kind: str) -> None:
    """Leaves the ledger of a copy without its checkpoint, and a marker that says it is of its beginning."""
    marker = disk / "copy.json"
    document = json.loads(marker.read_text())
    document["ledger"]["size"] = 2
    marker.write_text(json.dumps(document))
    kept = disk / "ledger/checkpoints"
    (disk / "ledger/checkpoint").unlink()
    if kind == "an earlier one":
        shutil.copyfile(kept / "1", disk / "ledger/checkpoint")
    elif kind == "none kept":
        shutil.rmtree(kept)
    elif kind == "a small one under a large name":
        shutil.copyfile(kept / "1", kept / "99999")


@pytest.mark.parametrize("kind", STATES)
def test_neither_the_marker_nor_an_earlier_checkpoint_hides_what_a_copy_lost(
    changing: Changing, disk: Path, kind: str
) -> None:
    copy(changing, disk)
    roll_back(disk, kind)
    shutil.rmtree(disk / bag_path(changing.row("b.txt").bag))
    overwrite(disk / bag_path(changing.row("a.txt").bag) / "data/a.txt", b"eno")
    report = audit(changing, disk, code=1)
    assert {bag["reference"]: bag["outcome"] for bag in report["bags"]} == {
        changing.reference("a.txt"): "damaged",
        changing.reference("b.txt"): "missing",
    }
    assert report["scope"]["held"] == 3
    assert copy(changing, disk)["counts"]["written"] == 2
    if kind != "a small one under a large name":  # what the archive does not have is left alone
        assert files_of(disk) == files_of(changing.root)


def test_a_marker_that_says_a_larger_state_than_anything_else_on_the_copy_is_named_and_written_anew(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    marker = disk / "copy.json"
    marker.write_text(marker.read_text().replace('"size": ', '"size": 9'))
    report = audit(changing, disk, "--read-only")
    assert [one["place"] for one in report["findings"] if one["code"] == "COPY-MARKER"] == ["copy.json"]
    assert copy(changing, disk)["outcome"] == "complete"
    assert audit(changing, disk)["findings"] == []


def test_a_copy_without_a_checkpoint_whose_entries_go_beyond_those_of_the_archive_is_not_touched(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    copy(changing, disk)
    shutil.copytree(changing.root, tmp_path / "older")
    changing.made.ingest({"d.txt": b"four"}, name="later")
    copy(changing, disk)
    shutil.rmtree(changing.root)
    shutil.copytree(tmp_path / "older", changing.root)
    (disk / "ledger/checkpoint").unlink()
    shutil.rmtree(disk / "ledger/checkpoints")
    before = files_of(disk)
    assert "ahead of the archive" in copy(changing, disk, code=5)["message"]
    assert files_of(disk) == before


def test_a_run_cut_off_before_the_checkpoint_of_the_copy_raises_no_alarm(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Anew", "--reason", "read it")
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    changing("audit")
    cut_off(changing, disk, monkeypatch)
    newest = max((disk / "ledger/checkpoints").iterdir(), key=lambda path: int(path.name))
    assert newest.read_bytes() != (disk / "ledger/checkpoint").read_bytes(), "it was cut off between them"
    report = audit(changing, disk, "--read-only")
    assert (report["outcome"], report["bags"]) == ("intact", [])
    assert copy(changing, disk)["outcome"] == "complete"
    assert audit(changing, disk)["findings"] == []


def test_a_mark_in_the_copy_over_another_history_is_told(changing: Changing, disk: Path) -> None:
    """The key signed two ledgers of as many entries: whose stamp shows it is all the same."""
    copy(changing, disk)
    now = open_archive(disk).checkpoint()
    key = load_key(changing.made.opened.settings.key)
    other = sign_checkpoint(Checkpoint(now.origin, now.size, bytes(32)), [key.signer])
    place = put_timestamp(disk, now.size, other, b"asked", b"answered")
    report = audit(changing, disk, code=5)
    assert [one["place"] for one in report["findings"] if one["code"] == "LEDGER-FORK"] == [place]
    assert report["outcome"] == "evidence-broken"

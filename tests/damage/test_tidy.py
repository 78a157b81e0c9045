"""Litter of desktop programs goes to quarantine, all of it and nothing else; the archive is whole again."""

import errno
import json
import os
import shutil
import subprocess
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest

from archive.core.limits.bags import MAX_DEPTH
from archive.core.repair_record import exact
from archive.services.repair import own_litter
from archive.services.tidy import run as tidying
from archive.storage.bags.bag_restoration import Staged
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy
from tests.planted import close, plant
from tests.repairs import files_of, loosen

LITTER = "FIX-LITTER"


def aside(archive: Changing) -> list[str]:
    """The contents of what was set aside."""
    return [os.fsdecode(path.read_bytes()) for path in kept(archive)]


def kept(archive: Changing) -> list[Path]:
    """What was set aside, without the records."""
    files = (archive.root / "quarantine/damaged").rglob("*")
    return sorted(path for path in files if not path.is_dir() and path.name != "record.json")


def whys(report: Any) -> list[tuple[str, str]]:
    """(path, why) of what was left."""
    inner = [one for bag in report["bags"] for one in bag["left"]]
    return [(one["path"], one["why"]) for one in (*inner, *report["beside_left"])]


def test_what_was_all_that_was_wrong_is_gone_and_every_bag_is_as_it_was(changing: Changing) -> None:
    before = files_of(changing.root / "bags")
    for source in ("a.txt", "b.txt"):
        plant(changing.bag(source), ".DS_Store", "data/Thumbs.db", "metadata/~$x.docx")
    assert {code for code, _ in changing.audit(code=1)} == {"FIX-LITTER", "FIX-SIZE"}
    report = changing("tidy")
    assert [bag["outcome"] for bag in report["bags"]] == ["intact", "intact"]
    assert report["counts"] == {"found": 6, "bags": 2, "left": 0, "damaged": 0, "missing": 0, "unreadable": 0}
    assert files_of(changing.root / "bags") == before
    assert sorted(aside(changing)) == sorted([".DS_Store", "data/Thumbs.db", "metadata/~$x.docx"] * 2)
    changing.require_whole()


def test_wherever_an_audit_names_litter_beside_the_bags_it_is_set_aside(changing: Changing) -> None:
    shard = changing.bag("a.txt").parent.name
    changing("audit")
    (audit,) = (changing.root / "audits").iterdir()
    note = min((changing.root / "notes").iterdir())
    places = [
        "bags",
        f"bags/{shard}",
        "ledger",
        "ledger/checkpoints",
        "runs",
        "audits",
        f"audits/{audit.name}",
    ]
    places += ["notes", f"notes/{note.name}", "quarantine"]
    for place in places:
        (changing.root / place / "desktop.ini").write_bytes(place.encode())
    named = [place for _, place in changing.audit(code=1)]
    assert sorted(named) == sorted(f"{place}/desktop.ini" for place in places)
    report = changing("tidy")
    assert sorted(one["path"] for one in report["beside"]) == sorted(named)
    assert sorted(aside(changing)) == sorted(places)
    changing.require_whole()


def test_what_a_manifest_lists_belongs_to_its_document(changing: Changing) -> None:
    files = {"pages/p1.txt": b"one", "pages/Thumbs.db": b"of the document"}
    changing.made.ingest({**files, "metadata.csv": b"filename,dc.title\npages,Pages\n"}, name="folder")
    (listed,) = changing.root.glob("bags/*/*/data/**/Thumbs.db")
    bag = next(above.parent for above in listed.parents if above.name == "data")
    before = files_of(bag)
    plant(bag, "Thumbs.db")
    assert changing("tidy")["counts"]["found"] == 1
    assert files_of(bag) == before
    assert aside(changing) == ["Thumbs.db"]
    changing.require_whole()


def test_a_withdrawn_bag_is_tidied_where_it_lies_and_a_disposal_destroys_that_too(changing: Changing) -> None:
    reference, bag = changing.reference("b.txt"), changing.bag("b.txt").name
    changing("withdraw", reference, "--reason", "x", "--yes")
    (place,) = (changing.root / "quarantine/withdrawn").glob(f"*/{bag}")
    before = files_of(place)
    plant(place, "data/Thumbs.db")
    (row,) = changing("tidy")["bags"]
    assert (row["state"], row["outcome"]) == ("withdrawn", "intact")
    assert files_of(place) == before
    assert aside(changing) == ["data/Thumbs.db"]
    changing.require_whole()
    changing("dispose", reference, "--authority", "x", "--yes")
    assert aside(changing) == []
    changing.require_whole()


def test_a_bag_that_is_damaged_beside_is_rid_of_its_litter_and_said_to_be_damaged(changing: Changing) -> None:
    bag = changing.bag("a.txt")
    plant(bag, "Thumbs.db")
    overwrite(bag / "data/a.txt", b"bad")
    report = changing("tidy", code=1)
    assert [one["outcome"] for one in report["bags"]] == ["damaged"]
    assert report["counts"]["damaged"] == 1
    assert (bag / "data/a.txt").read_bytes() == b"bad"
    assert changing.audit(code=1) == [("FIX-ALTERED", "data/a.txt")]


@pytest.mark.parametrize("name", ["manifest-sha512.txt", "tagmanifest-sha512.txt"])
def test_where_no_manifest_can_be_believed_nothing_is_taken_for_litter(changing: Changing, name: str) -> None:
    bag = changing.bag("a.txt")
    plant(bag, "data/Thumbs.db")
    overwrite(bag / name, (bag / name).read_bytes().replace(b"a", b"b"))
    report = changing("tidy", code=1)
    assert [path for path, _ in whys(report)] == ["data/Thumbs.db"]
    assert (bag / "data/Thumbs.db").exists()


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_is_of_another_kind_than_its_name_stays_and_is_said(changing: Changing, kind: str) -> None:
    place = changing.root / "bags/desktop.ini"
    match kind:
        case "folder":
            place.mkdir()
            (place / "letter.doc").write_bytes(b"x")
        case "link":
            place.symlink_to("/etc/passwd")
        case _:
            os.mkfifo(place)
    report = changing("tidy", code=1)
    assert [path for path, _ in whys(report)] == ["bags/desktop.ini"]
    assert os.path.lexists(place)
    assert report["run"] is None


@pytest.mark.parametrize("where", ["bag", "beside"])
@pytest.mark.parametrize("inside", ["file", "link"])
def test_a_folder_of_litter_goes_whole_unless_it_holds_a_link(
    changing: Changing, where: str, inside: str
) -> None:
    above = changing.bag("a.txt") if where == "bag" else changing.root / "bags"
    loosen(changing.bag("a.txt"))
    (above / "__MACOSX/deep").mkdir(parents=True)
    if inside == "file":
        (above / "__MACOSX/deep/._a").write_bytes(b"litter")
    else:
        (above / "__MACOSX/deep/._a").symlink_to("/etc/passwd")
        (above / "__MACOSX/._b").write_bytes(b"litter")
    close(changing.bag("a.txt"))
    report = changing("tidy", code=0 if inside == "file" else 1)
    assert (above / "__MACOSX").exists() == (inside == "link")
    assert report["counts"]["found"] == (inside == "file")
    if inside == "file":
        assert aside(changing) == ["litter"]
        changing.require_whole()


def test_folders_planted_too_deep_to_follow_stay(changing: Changing) -> None:
    folder = changing.root / "bags/__MACOSX"
    folder.joinpath(*["deep"] * (MAX_DEPTH + 1)).mkdir(parents=True)
    assert whys(changing("tidy", code=1)) == [("bags/__MACOSX", f"more than {MAX_DEPTH} folders deep")]


def test_an_empty_folder_of_litter_goes_too(changing: Changing) -> None:
    bag = changing.bag("a.txt")
    loosen(bag)
    (bag / "data/.Trashes").mkdir()
    close(bag)
    assert changing("tidy")["counts"]["found"] == 1
    changing.require_whole()


def test_the_folder_of_a_file_system_stays(changing: Changing) -> None:
    (changing.root / "bags/lost+found").mkdir()
    assert whys(changing("tidy", code=1)) == [("bags/lost+found", "the file system needs it")]
    assert (changing.root / "bags/lost+found").is_dir()


def test_what_is_no_litter_is_not_touched(changing: Changing) -> None:
    bag = changing.bag("a.txt")
    plant(bag, "data/stranger.txt", "new/.DS_Store")
    (changing.root / "bags/notes.txt").write_bytes(b"x")
    changing("tidy", code=1)
    assert (bag / "data/stranger.txt").exists()
    assert (bag / "new").is_dir()
    assert (changing.root / "bags/notes.txt").exists()
    assert aside(changing) == ["new/.DS_Store"]


def test_a_dry_run_says_it_and_writes_nothing(changing: Changing) -> None:
    plant(changing.bag("a.txt"), "Thumbs.db")
    (changing.root / "runs/.DS_Store").write_bytes(b"x")
    before = files_of(changing.root)
    report = changing("tidy", "--dry-run", code=1)
    assert report["counts"]["found"] == 2
    assert (report["run"], report["bags"][0]["outcome"]) == (None, None)
    assert files_of(changing.root) == before


def test_the_same_command_again_finds_and_writes_nothing(changing: Changing) -> None:
    plant(changing.bag("a.txt"), "Thumbs.db")
    changing("tidy")
    before = files_of(changing.root)
    report = changing("tidy")
    assert (report["run"], report["counts"]["found"]) == (None, 0)
    assert files_of(changing.root) == before


def test_the_same_litter_left_again_comes_to_another_place(changing: Changing) -> None:
    for _ in range(2):
        plant(changing.bag("a.txt"), "Thumbs.db")
        (changing.root / "bags/.DS_Store").write_bytes(b"beside")
        changing("tidy")
    assert sorted(aside(changing)) == ["Thumbs.db", "Thumbs.db", "beside", "beside"]
    changing.require_whole()


def test_ledger_and_record_say_what_was_set_aside(changing: Changing) -> None:
    bag = changing.bag("a.txt")
    plant(bag, "Thumbs.db")
    (changing.root / "bags/.DS_Store").write_bytes(b"beside")
    size = changing.made.opened.checkpoint().size
    run = changing("tidy", "--agent", "Ana Example")["run"]
    of_bag, own = map(json.loads, changing.made.opened.ledger.entries(size))
    for entry, place in ((of_bag, f"{bag.name[-2:]}/{bag.name}"), (own, "archive")):
        record = changing.root / "quarantine/damaged" / place / run / "record.json"
        assert entry["record"] == sha512(record.read_bytes()).hexdigest()
        told = (entry["type"], entry["run"], entry["outcome"], entry["restored"], entry["moved"])
        assert told == ("repaired", run, "intact", 0, 1)
    assert (of_bag["bag"], "bag" in own) == (bag.name, False)
    (row,) = json.loads(record.read_bytes())["files"]
    assert (row["path"], row["found"]) == ("bags/.DS_Store", sha512(b"beside").hexdigest())


@pytest.mark.parametrize("where", ["bag", "beside"])
def test_an_audit_watches_over_litter_that_was_set_aside(changing: Changing, where: str) -> None:
    if where == "bag":
        plant(changing.bag("a.txt"), "Thumbs.db")
    else:
        (changing.root / "runs/Thumbs.db").write_bytes(b"x")
    changing("tidy")
    (file,) = kept(changing)
    overwrite(file, b"other")
    assert changing.audit() == [("QUARANTINE-ALTERED", str(file.relative_to(changing.root)))]


def test_an_incident_of_litter_is_repaired_by_it(changing: Changing) -> None:
    plant(changing.bag("a.txt"), "Thumbs.db")
    (changing.root / "bags/.DS_Store").write_bytes(b"x")
    changing("audit", code=1)
    assert len(changing("incidents")["incidents"]) == 2
    changing("tidy")
    assert {one["state"] for one in changing("incidents")["incidents"]} == {"repaired"}
    changing("audit")
    assert changing("incidents")["incidents"] == []


def test_without_the_index_it_is_the_same(changing: Changing) -> None:
    plant(changing.bag("a.txt"), "Thumbs.db")
    (changing.root / "catalog.sqlite").unlink()
    assert changing("tidy")["counts"]["found"] == 1
    changing.require_whole()


def test_a_copy_is_not_tidied(changing: Changing, tmp_path: Path) -> None:
    copy(changing, tmp_path / "disk")
    (tmp_path / "disk/bags/.DS_Store").write_bytes(b"x")
    shutil.copy(changing.root / "archive.toml", tmp_path / "disk")
    assert changing("-C", str(tmp_path / "disk"), "tidy", code=2)["kind"] == "error"
    assert (tmp_path / "disk/bags/.DS_Store").exists()


def test_on_the_word_of_a_ledger_that_does_not_hold_nothing_moves(changing: Changing) -> None:
    plant(changing.bag("a.txt"), "Thumbs.db")
    bundle = next(path for path in (changing.root / "ledger/tile/entries").rglob("*") if path.is_file())
    overwrite(bundle, bundle.read_bytes().replace(b"ingestion", b"ingestioN", 1))
    changing("tidy", code=5)
    assert (changing.bag("a.txt") / "Thumbs.db").exists()


def test_storage_that_refuses_is_exit_3_and_nothing_moves(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    plant(changing.bag("a.txt"), "Thumbs.db")
    monkeypatch.setattr(Staged, "seal", refuse)
    changing("tidy", code=3)
    assert (changing.bag("a.txt") / "Thumbs.db").exists()
    assert [path.name for path in (changing.root / "staging").iterdir()] == [".lock"]


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="only root can mount read-only")
def test_an_archive_on_a_read_only_medium_is_looked_at_and_not_tidied(
    changing: Changing, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no mount is allowed here")
    try:
        shutil.copytree(changing.root, disk / "archive", symlinks=True)
        (disk / "archive/bags/Thumbs.db").write_bytes(b"x")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert changing("-C", str(disk / "archive"), "tidy", "--dry-run", code=1)["counts"]["found"] == 1
        assert changing("-C", str(disk / "archive"), "tidy", code=3)["kind"] == "error"
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("place", ["quarantine/damaged", "quarantine/damaged/archive"])
def test_what_stands_in_the_place_of_quarantine_is_a_conflict_before_anything_moves(
    changing: Changing, place: str, tmp_path: Path
) -> None:
    (changing.root / "runs/Thumbs.db").write_bytes(b"x")
    (changing.root / place).parent.mkdir(exist_ok=True)
    (changing.root / place).symlink_to(tmp_path)
    changing("tidy", code=6)
    assert (changing.root / "runs/Thumbs.db").exists()
    assert [path.name for path in (changing.root / "staging").iterdir()] == [".lock"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["._a\x1b[31m", "._a\x1b[31m\udcff"])
def test_names_that_would_move_a_cursor_are_escaped_for_people_and_exact_for_programs(
    changing: Changing, name: str
) -> None:
    plant(changing.bag("a.txt"), name)
    (changing.root / "bags" / name).write_bytes(b"x")
    printed = changing.text("tidy", "--dry-run", code=1)
    assert "\x1b" not in printed
    assert printed.count(r"._a\x1b[31m") == 2
    report = changing("tidy")
    assert exact(report["beside"][0]["path"]) == f"bags/{name}"
    assert len(kept(changing)) == 2
    changing.require_whole()
    assert changing("tidy")["counts"]["found"] == 0


def test_it_says_how_much_of_what_kind_where_it_went_and_what_to_do(changing: Changing) -> None:
    for source in ("a.txt", "b.txt"):
        plant(changing.bag(source), ".DS_Store", "Thumbs.db")
    printed = changing.text("tidy")
    assert "4 things left by desktop programs: 4 in 2 documents, 0 beside them" in printed
    assert "2  a macOS folder setting" in printed
    assert "in quarantine/damaged/; nothing was deleted" in printed
    assert "2 documents read in full since: 2 intact, 0 damaged" in printed
    assert "no litter" in changing.text("tidy")


def test_many_bags_are_tidied_in_several_commits(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "BATCH_BAGS", 1)
    for source in ("a.txt", "b.txt", "c.txt"):
        plant(changing.bag(source), "Thumbs.db")
    before = len(list((changing.root / "ledger/checkpoints").iterdir()))
    assert changing("tidy")["counts"]["bags"] == 3
    assert len(list((changing.root / "ledger/checkpoints").iterdir())) == before + 3
    changing.require_whole()


def test_a_large_file_of_that_name_is_set_aside_without_being_read(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.services.tidy import bag_litter, beside

    monkeypatch.setattr(bag_litter, "LITTER_BYTES", 3)
    monkeypatch.setattr(beside, "LITTER_BYTES", 3)
    plant(changing.bag("a.txt"), "Thumbs.db")
    (changing.root / "bags/Thumbs.db").write_bytes(b"four")
    changing("tidy")
    records = [json.loads(path.read_bytes()) for path in (changing.root / "quarantine").rglob("record.json")]
    found = [
        row.get("found", row.get("sha512"))
        for one in records
        for row in one.get("files", one.get("set_aside"))
    ]
    assert found == [None, None]
    changing.require_whole()


def test_the_history_says_what_was_set_aside(changing: Changing) -> None:
    (changing.root / "bags/Thumbs.db").write_bytes(b"x")
    changing("tidy")
    assert "1 thing that did not belong in the archive set aside" in changing.text("history")


def test_an_audit_names_the_command_and_for_a_copy_what_can_be_done_there(
    changing: Changing, tmp_path: Path
) -> None:
    copy(changing, tmp_path / "disk")
    for root in (changing.root, tmp_path / "disk"):
        (root / "bags/Thumbs.db").write_bytes(b"x")
    own = changing("audit", "--read-only", code=1)
    other = changing("audit", "--copy", str(tmp_path / "disk"), "--read-only", code=1)
    remedies = [
        one["remedy"] for report in (own, other) for one in report["findings"] if one["code"] == LITTER
    ]
    assert remedies == ["archive tidy sets it aside", "remove it"]


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "bags/../../outside", "bags//outside", "."])
def test_a_planted_record_moves_nothing_from_outside(changing: Changing, path: str) -> None:
    outside = changing.root.parent / "outside"
    outside.write_bytes(b"mine")
    (changing.root / "bags/Thumbs.db").write_bytes(b"litter")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_litter, "_move", _cut_off)
        changing("tidy", code=130)
    (record,) = (changing.root / "staging").glob("*/record.json")
    document = json.loads(record.read_bytes())
    document["files"][0]["path"] = path
    overwrite(record, json.dumps(document).encode())
    assert changing("tidy", code=6)["kind"] == "error"
    assert outside.read_bytes() == b"mine"


def _cut_off(*_: object) -> None:
    raise KeyboardInterrupt

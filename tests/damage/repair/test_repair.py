"""Damage of every kind is put right from good bytes, and from nothing else; what was damaged is kept."""

import json
import shutil
from pathlib import Path

import pytest

from archive.core.errors import ConflictError
from archive.core.expectation import Expectation
from archive.core.repair_record import Displaced, RepairRecord
from archive.storage.bags import bag_restoration
from tests.archives import make_archive, overwrite
from tests.builders import DAMAGES, HeldBag, damage
from tests.repairs import LARGE, Repairing, altered, files_of, loosen, set_aside

TAGS = (
    "tagmanifest-sha512.txt",
    "manifest-sha512.txt",
    "bagit.txt",
    "bag-info.txt",
    "metadata/dublin-core.json",
    "metadata/premis.xml",
    "metadata/revisions/0002/dublin-core.json",
    "metadata/revisions/0002/previous-tag-manifest.txt",
)


QUICK = [("data/a.txt", kind) for kind in DAMAGES] + [
    (path, kind)
    for path, kind in zip(TAGS, ("flip", "delete", "link", "empty", "folder", "fifo") * 2, strict=False)
]
REST = [(path, kind) for path in TAGS for kind in DAMAGES if (path, kind) not in QUICK]


@pytest.mark.parametrize(
    ("path", "kind"), [*QUICK, *(pytest.param(*one, marks=pytest.mark.slow) for one in REST)]
)
def test_a_damaged_file_is_put_back_from_the_copy(archive: Repairing, path: str, kind: str) -> None:
    bag = archive.bag("a.txt")
    loosen(bag)
    (bag / path).chmod(0o644)
    damage(bag / path, kind)
    for outside in (archive.root / "bags").glob("outside-*"):  # what a link leads to
        outside.rename(archive.made.folder / outside.name)
    bad = (bag / path).read_bytes() if (bag / path).is_file() and not (bag / path).is_symlink() else None
    report = archive("repair", "--all", "--from", str(archive.copy))
    assert report["counts"]["repaired"] == 1
    archive.require_as_copy()
    if bad is not None:
        assert [one.read_bytes() for one in set_aside(archive)] == [bad]


@pytest.mark.parametrize("path", ["data/large.bin", "data/empty.txt"])
def test_large_and_empty_files_are_put_back(archive: Repairing, path: str) -> None:
    bag = archive.bag(path.removeprefix("data/"))
    overwrite(bag / path, LARGE[::-1])
    archive("repair", "--all", "--from", str(archive.copy))
    archive.require_as_copy()


@pytest.mark.parametrize("what", ["deleted", "link", "file", "emptied", "other bag", "overgrown"])
def test_a_bag_that_is_not_there_any_more_is_put_back_whole(archive: Repairing, what: str) -> None:
    bag = archive.bag("pages/")
    loosen(bag)
    if what == "overgrown":
        for number in range(1200):
            (bag / f"{number}").touch()
    else:
        shutil.rmtree(bag)
    if what == "link":
        bag.symlink_to(archive.good("pages/"))
    elif what == "file":
        bag.write_bytes(b"no folder")
    elif what == "emptied":
        bag.mkdir()
    elif what == "other bag":
        shutil.copytree(archive.bag("a.txt"), bag)
    report = archive("repair", "--all", "--from", str(archive.copy))
    assert report["counts"]["repaired"] == 1
    archive.require_as_copy()


def test_an_index_made_while_a_bag_was_missing_knows_its_document_again(archive: Repairing) -> None:
    source = archive.row("b.txt").source
    shutil.rmtree(archive.bag(source))
    archive("catalog", "rebuild", code=None)
    archive("repair", "--all", "--from", str(archive.copy), "--yes")
    archive.require_as_copy()


def test_a_consistently_forged_bag_is_put_back(archive: Repairing) -> None:
    bag = archive.bag("b.txt")
    loosen(bag)
    for path in bag.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (bag / "data/b.txt").write_bytes(b"a forgery")
    HeldBag(bag, Expectation(bag.name, 0, "", None, None, 0, 0)).rewrite_manifests()
    archive("repair", "--all", "--from", str(archive.copy))
    for path in bag.rglob("*"):  # the forger's modes were not part of it
        path.chmod(0o555 if path.is_dir() else 0o444)
    archive.require_as_copy()
    assert b"a forgery" in [one.read_bytes() for one in set_aside(archive)]


def test_two_swapped_bags_are_both_put_back(archive: Repairing) -> None:
    one, other = archive.bag("a.txt"), archive.bag("b.txt")
    for bag in (one, other):
        bag.chmod(0o755)
    one.rename(archive.root / "swap")
    other.rename(one)
    (archive.root / "swap").rename(other)
    assert archive("repair", "--all", "--from", str(archive.copy))["counts"]["repaired"] == 2
    archive.require_as_copy()


@pytest.mark.parametrize(
    "path", ["data/more.txt", "new/folder/x", "data/.DS_Store", "metadata/revisions/0003/x", "x\n\udcff"]
)
def test_what_nothing_vouches_for_is_moved_to_quarantine(archive: Repairing, path: str) -> None:
    bag = archive.bag("a.txt")
    loosen(bag)
    (bag / path).parent.mkdir(parents=True, exist_ok=True)
    (bag / path).write_bytes(b"whose?")
    report = archive("repair", "--all")
    assert report["counts"]["repaired"] == 1
    archive.require_as_copy()
    assert [one.read_bytes() for one in set_aside(archive)] == [b"whose?"]


def test_a_file_under_another_name_is_given_its_own_back_without_any_copy(archive: Repairing) -> None:
    bag = archive.bag("pages/")
    loosen(bag)
    (bag / "data/deep/p3.txt").rename(bag / "data/p3-copy.txt")
    archive("repair", "--all")
    archive.require_as_copy()


@pytest.mark.parametrize(
    ("source", "gone"),
    [("a.txt", ("tagmanifest",)), ("pages/", ("manifest",))]
    + [(source, ("tagmanifest", "manifest")) for source in ("a.txt", "pages/", "empty.txt")],
)
def test_manifests_are_written_anew_from_the_files_without_any_copy(
    archive: Repairing, source: str, gone: tuple[str, ...]
) -> None:
    bag = archive.bag(source)
    loosen(bag)
    for name in gone:
        overwrite(bag / f"{name}-sha512.txt", b"nonsense\n")
    archive("repair", "--all")
    archive.require_as_copy()


def test_without_good_bytes_nothing_is_touched(archive: Repairing) -> None:
    altered(archive)
    overwrite(archive.good("b.txt") / "data/b.txt", b"also bad")
    before = files_of(archive.root)
    report = archive("repair", "--all", "--from", str(archive.copy), code=1)
    assert (report["run"], report["counts"]["lacking"]) == (None, 1)
    assert report["bags"][0]["restore"][0]["place"] is None
    after = files_of(archive.root)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} <= {
        "catalog.sqlite",  # whoever holds the archive for writing may touch it
        "staging/.lock",
    }


def test_what_can_be_put_back_is_and_the_rest_is_left(archive: Repairing) -> None:
    bag = archive.bag("pages/")
    overwrite(bag / "data/p1.txt", b"bad")
    overwrite(bag / "data/p2.txt", b"bad")
    overwrite(archive.good("pages/") / "data/p2.txt", b"also bad")
    report = archive("repair", "--all", "--from", str(archive.copy), code=1)
    assert report["counts"]["partly"] == 1
    assert ((bag / "data/p1.txt").read_bytes(), (bag / "data/p2.txt").read_bytes()) == (
        b"page one\n",
        b"bad",
    )
    entry = json.loads(list(archive.made.opened.ledger.entries())[-1])
    assert (entry["type"], entry["outcome"], entry["restored"]) == ("repaired", "damaged", 1)
    assert archive.damage() == ["FIX-ALTERED"]


def test_a_plan_writes_nothing(archive: Repairing) -> None:
    altered(archive)
    before = files_of(archive.root)
    report = archive("repair", "--all", "--plan", "--from", str(archive.copy), code=1)
    assert report["counts"]["repairable"] == 1
    assert files_of(archive.root) == before


def test_nothing_is_repaired_on_the_word_of_a_broken_ledger(archive: Repairing) -> None:
    bag = altered(archive)
    (bundle, *_) = [path for path in (archive.root / "ledger/tile/entries").rglob("*") if path.is_file()]
    overwrite(bundle, bundle.read_bytes().replace(b"ingestion", b"ingestien", 1))
    assert archive("repair", "--all", "--from", str(archive.copy), code=5)["kind"] == "error"
    assert (bag / "data/b.txt").read_bytes() == b"bad"


def test_a_copy_of_another_archive_gives_nothing(
    archive: Repairing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered(archive)
    with monkeypatch.context() as patch:
        other = make_archive(tmp_path / "other", patch)
        other.ingest({"b.txt": b"not two"})
    report = archive("repair", "--all", "--from", str(other.root), code=1)
    assert report["counts"]["lacking"] == 1


def test_without_an_id_all_that_is_known_as_damaged_is_repaired_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({f"{number:02}.txt": b"%d" % number for number in range(25)})
    archive = Repairing(made, capsys)
    shutil.copytree(made.root, archive.copy, symlinks=True)
    for payload in made.root.glob("bags/*/*/data/*"):
        overwrite(payload, b"bad")
    archive("audit", code=1)
    report = archive("repair", "--from", str(archive.copy))
    assert (report["looked"], report["counts"]["repaired"]) == (25, 25)
    assert archive("status")["counts"]["damaged"] == 0


def test_all_bags_come_back_where_their_folder_is_gone(archive: Repairing) -> None:
    for bag in archive.root.glob("bags/*/*"):
        loosen(bag)
    shutil.rmtree(archive.root / "bags")
    report = archive("repair", "--all", "--from", str(archive.copy))
    assert report["counts"]["repaired"] == 5
    archive.require_as_copy()


@pytest.mark.parametrize("folder", ["bags", "shard", "quarantine", "quarantine/damaged"])
@pytest.mark.parametrize("what", ["link", "file"])
def test_what_stands_in_the_place_of_a_folder_is_told_before_anything_moves(
    archive: Repairing, folder: str, what: str
) -> None:
    bag = archive.bag("b.txt")
    elsewhere = archive.made.folder / "elsewhere"
    if folder == "shard":
        shutil.copytree(bag.parent, elsewhere)
    else:
        elsewhere.mkdir()
    path = bag.parent if folder == "shard" else archive.root / folder
    if folder in {"bags", "shard"}:
        for each in archive.root.glob("bags/*/*") if folder == "bags" else (bag,):
            loosen(each)
        shutil.rmtree(path)
    else:
        loosen(bag)
        shutil.rmtree(bag)
        if path.exists():
            shutil.rmtree(path)
        path.parent.mkdir(exist_ok=True)
    if what == "link":
        path.symlink_to(elsewhere)
    else:
        path.write_bytes(b"")
    before = files_of(elsewhere), files_of(archive.root / "bags")
    is_own_link = what == "link" and folder in {"bags", "quarantine"}  # no writer writes through one
    report = archive("repair", bag.name, "--from", str(archive.copy), code=3 if is_own_link else 6)
    assert ("is a link" if is_own_link else "is no folder") in report["message"]
    assert (files_of(elsewhere), files_of(archive.root / "bags")) == before
    path.unlink()
    archive("repair", "--all", "--from", str(archive.copy))  # no announced work stands in its way
    assert files_of(archive.root / "bags") == files_of(archive.copy / "bags")


def test_a_recovery_moves_nothing_from_behind_a_link_that_came_since(archive: Repairing) -> None:
    bag = archive.bag("b.txt")
    elsewhere, staging = archive.made.folder / "elsewhere", archive.made.folder / "staging"
    (staging / bag.name / "new").mkdir(parents=True)
    bag.parent.rename(elsewhere)
    bag.parent.symlink_to(elsewhere)
    before = files_of(elsewhere)
    run = "01a1ffff-0000-7000-8000-000000000001"
    record = RepairRecord(
        bag=bag.name,
        run=run,
        time="",
        entry=2,
        whole=True,
        set_aside=(Displaced(path="", outcome="unlisted"),),
        restored=(),
    )
    with pytest.raises(ConflictError, match="is no folder"):
        bag_restoration.set_aside(archive.root, staging, record)
    assert files_of(elsewhere) == before

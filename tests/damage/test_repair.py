"""Damage of every kind is put right from good bytes, and from nothing else; what was damaged is kept."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from archive.core.expectation import Expectation
from tests.archives import make_archive, overwrite
from tests.builders import DAMAGES, HeldBag, damage
from tests.repairs import LARGE, Repairing, files_of, loosen, make_repairable

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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repairable")
    make_repairable(folder)
    return folder


@pytest.fixture
def archive(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repairing:
    from tests.archives import MadeArchive

    shutil.copytree(made, tmp_path / "scene", symlinks=True)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "scene/keys"))
    return Repairing(MadeArchive(tmp_path / "scene"), capsys)


def set_aside(archive: Repairing) -> list[Path]:
    """What lies in quarantine of damaged bags, without the records."""
    files = (archive.root / "quarantine").rglob("*")
    return sorted(path for path in files if not path.is_dir() and path.name != "record.json")


# -- every kind of damage to every class of file -----------------------------------------------------------


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


# -- where good bytes come from ----------------------------------------------------------------------------


def altered(archive: Repairing, source: str = "b.txt") -> Path:
    """A bag whose one payload file has other bytes."""
    bag = archive.bag(source)
    overwrite(bag / "data" / source, b"bad")
    return bag


@pytest.mark.parametrize("kind", ["file", "folder of files", "bag", "tar", "tar.gz", "copy in tars"])
def test_good_bytes_are_found_in_every_kind_of_place(archive: Repairing, kind: str, tmp_path: Path) -> None:
    bag = altered(archive)
    good = archive.good("b.txt")
    place = tmp_path / "place"
    match kind:
        case "file":
            place.write_bytes(b"two")
        case "folder of files":
            (place / "deep").mkdir(parents=True)
            (place / "deep/any name").write_bytes(b"two")
            (place / "other").write_bytes(b"three")
        case "bag":
            shutil.copytree(good, place)
        case "tar" | "tar.gz":
            flags = "-czf" if kind == "tar.gz" else "-cf"
            subprocess.run(["tar", flags, place, "-C", good.parent, good.name], check=True)
        case _:
            shard = place / "bags" / bag.parent.name
            shard.mkdir(parents=True)
            subprocess.run(
                ["tar", "--format=ustar", "-cf", shard / f"{bag.name}.tar", "-C", good.parent, good.name],
                check=True,
            )
    report = archive("repair", "--all", "--from", str(place))
    assert report["counts"]["repaired"] == 1
    assert report["bags"][0]["restore"][0]["place"] == str(place)
    archive.require_as_copy()


def test_what_was_set_aside_is_looked_through_too(archive: Repairing) -> None:
    bag = archive.bag("b.txt")
    shutil.copytree(bag, archive.made.folder / "aside")
    overwrite(bag / "data/b.txt", b"bad")
    archive("repair", "--all", "--from", str(archive.copy))
    (kept,) = set_aside(archive)
    overwrite(kept, b"two")
    overwrite(bag / "data/b.txt", b"bad again")
    report = archive("repair", "--all")
    assert report["bags"][0]["restore"][0]["place"] == "quarantine"
    assert (bag / "data/b.txt").read_bytes() == b"two"


def test_archive_and_copies_damaged_each_elsewhere_give_every_document_back(
    archive: Repairing, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    shutil.copytree(archive.copy, second, symlinks=True)
    pristine = files_of(archive.copy / "bags")
    for source in ("a.txt", "b.txt", "pages/", "large.bin"):
        bag = archive.bag(source)
        loosen(bag)
        for path in (bag / "data").rglob("*.*"):
            overwrite(path, b"archive")
    shutil.rmtree(archive.good("a.txt"), ignore_errors=True)
    overwrite(archive.good("pages/") / "data/p1.txt", b"first copy")
    overwrite(second / archive.bag("pages/").relative_to(archive.root) / "data/p2.txt", b"second copy")
    overwrite(archive.good("b.txt") / "tagmanifest-sha512.txt", b"first copy")
    overwrite(second / archive.bag("b.txt").relative_to(archive.root) / "manifest-sha512.txt", b"second")
    report = archive("repair", "--all", "--from", str(archive.copy), "--from", str(second))
    assert report["counts"]["repaired"] == 4
    assert files_of(archive.root / "bags") == pristine
    archive.require_whole()


# -- never anything but the recorded digest ----------------------------------------------------------------


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


# -- hostile places ----------------------------------------------------------------------------------------


def test_links_pipes_and_devices_in_a_place_are_passed_over(archive: Repairing, tmp_path: Path) -> None:
    altered(archive)
    place = tmp_path / "place"
    place.mkdir()
    os.mkfifo(place / "fifo")
    (place / "link").symlink_to(archive.good("b.txt") / "data/b.txt")
    (place / "zero").symlink_to("/dev/zero")
    (place / "loop").symlink_to(place)
    assert archive("repair", "--all", "--from", str(place), code=1)["counts"]["lacking"] == 1


def test_a_pipe_in_the_place_of_a_good_file_is_not_waited_for(archive: Repairing) -> None:
    altered(archive)
    good = archive.good("b.txt")
    loosen(good)
    (good / "data/b.txt").unlink()
    os.mkfifo(good / "data/b.txt")
    assert archive("repair", "--all", "--from", str(archive.copy), code=1)["counts"]["lacking"] == 1


def test_a_bag_of_the_copy_that_is_a_link_is_not_followed(archive: Repairing, tmp_path: Path) -> None:
    altered(archive)
    good = archive.good("b.txt")
    good.chmod(0o755)
    good.rename(tmp_path / "moved")
    good.symlink_to(tmp_path / "moved")
    assert archive("repair", "--all", "--from", str(archive.copy), code=1)["counts"]["lacking"] == 1


@pytest.mark.parametrize("kind", ["fifo", "nothing", "itself"])
def test_a_place_that_can_hold_nothing_is_refused(archive: Repairing, tmp_path: Path, kind: str) -> None:
    place = str(tmp_path / "place")
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "itself":
        place = str(archive.root)
    archive("repair", "--all", "--from", place, code=2)


def test_a_bomb_in_a_place_ends_soon(archive: Repairing, tmp_path: Path) -> None:
    import gzip

    altered(archive)
    place = tmp_path / "bomb.tar.gz"
    place.write_bytes(gzip.compress(bytes(1 << 28)))
    assert archive("repair", "--all", "--from", str(place), code=1)["counts"]["lacking"] == 1


# -- afterwards --------------------------------------------------------------------------------------------


def test_the_ledger_and_the_record_say_what_was_done(archive: Repairing) -> None:
    from hashlib import sha512

    bag = altered(archive)
    arguments = ("--from", str(archive.copy), "--reason", "the disk fell")
    run = archive("repair", archive.reference("b.txt"), *arguments)["run"]
    entry = json.loads(list(archive.made.opened.ledger.entries())[-1])
    assert (entry["bag"], entry["run"], entry["outcome"]) == (bag.name, run, "intact")
    assert entry["before"] == sha512(b"bad").hexdigest()
    assert entry["after"] == sha512(b"two").hexdigest()
    (record,) = (archive.root / "quarantine").rglob("record.json")
    assert sha512(record.read_bytes()).hexdigest() == entry["record"]
    told = json.loads(record.read_bytes())
    assert told["restored"][0]["place"] == str(archive.copy)
    assert "tagmanifest" not in entry
    (event,) = [one for one in archive("history", bag.name)["events"] if one["type"] == "repaired"]
    assert (event["reason"], event["event_type"]) == ("the disk fell", "recovery")


def test_an_audit_watches_over_what_was_set_aside_and_its_record(archive: Repairing) -> None:
    altered(archive)
    archive("repair", "--all", "--from", str(archive.copy))
    archive.require_whole()
    (kept,) = set_aside(archive)
    overwrite(kept, b"worse")
    assert [code for code, _ in archive.audit()] == ["QUARANTINE-ALTERED"]
    (record,) = (archive.root / "quarantine").rglob("record.json")
    overwrite(record, b"{}")
    assert [code for code, _ in archive.audit(code=1)] == ["QUARANTINE-RECORD"]


def test_a_disposal_destroys_what_was_set_aside_too(archive: Repairing) -> None:
    altered(archive)
    archive("repair", "--all", "--from", str(archive.copy))
    reference = archive.reference("b.txt")
    archive("withdraw", reference, "--reason", "x", "--yes")
    archive("dispose", reference, "--authority", "x", "--yes")
    assert set_aside(archive) == []
    assert archive.audit() == []


def test_without_an_id_what_the_last_audit_found_is_repaired(archive: Repairing) -> None:
    altered(archive)
    assert archive("repair")["looked"] == 0
    archive("audit", code=1)
    assert archive("repair", "--from", str(archive.copy))["counts"]["repaired"] == 1
    assert archive("repair")["looked"] == 0
    archive.require_whole()


def test_many_damaged_bags_are_repaired_in_several_commits(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.services.repair import run

    monkeypatch.setattr(run, "BATCH_BAGS", 2)
    shutil.rmtree(archive.root / "bags")
    (archive.root / "bags").mkdir()
    before = archive.made.opened.checkpoint().size
    assert archive("repair", "--all", "--from", str(archive.copy))["counts"]["repaired"] == 5
    entries = [json.loads(raw)["type"] for raw in archive.made.opened.ledger.entries(before)]
    assert entries == ["repaired"] * 5
    assert len(list((archive.root / "ledger/checkpoints").iterdir())) >= 3
    archive.require_as_copy()


def test_a_rebuilt_index_says_the_same_of_repairs_and_incidents(archive: Repairing) -> None:
    altered(archive)
    archive("audit", code=1)
    archive("repair", "--from", str(archive.copy))
    told = archive("incidents", "--all"), archive("history", archive.bag("b.txt").name)["events"]
    archive("catalog", "rebuild")
    assert (archive("incidents", "--all"), archive("history", archive.bag("b.txt").name)["events"]) == told

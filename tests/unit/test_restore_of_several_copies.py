"""`archive restore` from copies that differ: what no digest decides comes from the youngest or best one."""

import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.copies import run as copying
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import FORMS, codes, copy
from tests.refusals import refuse_named
from tests.restoring import bag_on, lose, restore


def _cut_off(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("older_first", [True, False])
def test_a_profile_comes_from_the_youngest_copy_in_whatever_order_they_are_named(
    changing: Changing, disk: Path, older_first: bool
) -> None:
    older = disk.with_name("older")
    house = changing.root / "profiles" / "house.csv"
    house.parent.mkdir()
    house.write_text("propertyID,mandatory\ndc:title,true\n")
    copy(changing, older)
    house.write_text("propertyID,mandatory\ndc:date,true\n")
    copy(changing, disk)
    lose(changing)
    restore(changing, *((older, disk) if older_first else (disk, older)))
    assert house.read_text() == "propertyID,mandatory\ndc:date,true\n"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("emptied_first", [True, False])
def test_a_bag_that_no_copy_has_whole_comes_from_the_one_where_least_is_wrong_with_it(
    changing: Changing, disk: Path, emptied_first: bool, form: str
) -> None:
    emptied = disk.with_name("emptied")
    copy(changing, emptied)
    copy(changing, disk, "--as", form)
    row = changing.row("b.txt")
    (bag_on(emptied, row.bag) / "data" / "b.txt").unlink()
    (bag_on(emptied, row.bag) / "bag-info.txt").unlink()
    if form == "folder":
        overwrite(bag_on(disk, row.bag) / "bag-info.txt", b"Contact-Name: nobody\n")
    else:
        (tar,) = disk.glob(f"bags/*/{row.bag}.tar")
        overwrite(tar, tar.read_bytes().replace(b"Payload-Oxum", b"Payload-oxum"))
    lose(changing)
    report = restore(changing, *((emptied, disk) if emptied_first else (disk, emptied)), code=1)
    (told,) = report["documents"]
    assert [one["place"] for one in told["findings"]] == ["bag-info.txt"]
    assert (changing.bag("b.txt") / "data" / "b.txt").read_bytes() == b"two"
    assert not (changing.root / ".unfinished-copy").exists()


def test_a_copy_that_was_cut_off_before_its_ledger_came_gives_the_bags_that_it_has(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = disk.with_name("begun")
    copy(changing, disk)
    with monkeypatch.context() as patch:
        patch.setattr(copying, "conclude", _cut_off)
        assert run(["-C", str(changing.root), "copy", "--to", str(begun), "--jobs", "1"]) == 130
    assert not (begun / "ledger").exists()
    bag = changing.row("b.txt").bag
    (bag_on(disk, bag) / "data" / "b.txt").unlink()
    lose(changing)
    assert "no ledger" in restore(changing, begun, code=2)["message"]
    report = restore(changing, begun, disk, code=1)
    assert (codes(report), report["counts"]["whole"]) == (["RESTORE-BEHIND"], 3)
    assert (changing.bag("b.txt") / "data" / "b.txt").read_bytes() == b"two"


def _two_copies_of_many(changing: Changing, disk: Path) -> tuple[Path, Path, str]:
    """Two copies with a bag of forty files; its id."""
    files = {f"box/{number:02d}.txt": b"%d" % number for number in range(40)}
    changing.made.ingest({**files, "metadata.csv": b"filename,dc.title\nbox,A box\n"}, name="many")
    other = disk.with_name("other")
    copy(changing, disk)
    copy(changing, other)
    bags = [bag.name for bag in disk.glob("bags/*/*") if len(list((bag / "data").rglob("*.txt"))) >= 40]
    return disk, other, bags[0]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("lost", ["payload", "manifest", "half of the payload, and its manifest"])
def test_of_copies_that_all_lack_something_the_one_with_most_of_the_payload_gives_the_bag(
    changing: Changing, disk: Path, order: int, lost: str
) -> None:
    first, second, bag = _two_copies_of_many(changing, disk)
    payload = sorted((bag_on(first, bag) / "data").rglob("*.txt"))
    for path in payload[:5]:
        overwrite(path, b"altered")
    for folder in bag_on(second, bag).rglob("*"):
        folder.chmod(0o755 if folder.is_dir() else 0o644)
    (bag_on(second, bag) / "manifest-sha512.txt").unlink()
    others = sorted((bag_on(second, bag) / "data").rglob("*.txt"))
    if lost == "payload":
        shutil.rmtree(bag_on(second, bag) / "data")
    elif lost == "manifest":
        for path in others[:10]:
            overwrite(path, b"altered")
    else:
        for path in others[20:]:
            path.unlink()
    lose(changing)
    restore(changing, *(first, second)[::order], code=1)
    (came,) = changing.root.glob(f"bags/*/{bag}")
    texts = [path.read_bytes() for path in (came / "data").rglob("*.txt")]
    assert (len(texts), texts.count(b"altered")) == (40, 5)


@pytest.mark.parametrize("order", [1, -1])
def test_the_copy_with_the_payload_gives_the_bag_though_less_of_all_else_is_wrong_on_another(
    changing: Changing, disk: Path, order: int
) -> None:
    other = disk.with_name("other")
    copy(changing, disk)
    copy(changing, other)
    bag = changing.row("b.txt").bag
    (bag_on(disk, bag) / "data" / "b.txt").unlink()
    for name in ("bag-info.txt", "bagit.txt"):
        overwrite(bag_on(other, bag) / name, b"altered")
    lose(changing)
    restore(changing, *(disk, other)[::order], code=1)
    assert (changing.bag("b.txt") / "data" / "b.txt").read_bytes() == b"two"


def test_an_older_copy_that_is_whole_is_enough_where_the_newest_ledger_gives_no_state(
    changing: Changing, disk: Path
) -> None:
    older = disk.with_name("older")
    copy(changing, older)
    for number in range(6):
        changing("describe", changing.reference("a.txt"), "--set", f"dc.title=Title {number}")
    copy(changing, disk)
    shutil.rmtree(disk / "ledger/tile/entries")
    lose(changing)
    report = restore(changing, disk, older, code=1)
    assert [one["code"] for one in report["findings"]] == ["RESTORE-BEHIND"]
    assert report["counts"]["whole"] == 3


@pytest.mark.parametrize("form", FORMS)
def test_a_payload_file_that_somebody_added_to_comes_back_as_it_is(
    changing: Changing, disk: Path, form: str
) -> None:
    row, letter = changing.row("b.txt"), changing.bag("b.txt") / "data" / "b.txt"
    if form == "folder":
        copy(changing, disk)
        overwrite(bag_on(disk, row.bag) / "data" / "b.txt", b"two and more")
    else:
        copy(changing, disk, "--as", form)
        (tar,) = disk.glob(f"bags/*/{row.bag}.tar")
        folder = disk.with_name("unpacked")
        with tarfile.open(tar) as packed:
            packed.extractall(folder, filter="data")
        overwrite(folder / row.bag / "data" / "b.txt", b"two and more")
        tar.unlink()
        with tarfile.open(tar, "w") as packed:
            packed.add(folder / row.bag, row.bag)
    lose(changing)
    (told,) = restore(changing, disk, code=1)["documents"]
    assert [one["code"] for one in told["findings"]] == ["FIX-ALTERED"]
    assert letter.read_bytes() == b"two and more"


def test_a_bag_that_could_not_be_read_is_named_so_in_an_archive_that_is_made_without_it(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    row = changing.row("b.txt")
    lose(changing)
    with monkeypatch.context() as refusing:
        refuse_named(refusing, "b.txt")
        report = restore(changing, disk, code=1, more=("--unreadable",))
    assert "RESTORE-UNREAD" in [one["code"] for one in report["findings"]]
    assert row.bag in str(report["findings"])

"""Links in place of folders below the top of an archive: named, and nothing is destroyed behind them."""

import os
from pathlib import Path

import pytest

from archive.core.exit_codes import CONFLICT, FINDINGS
from archive.services.opened import open_archive
from tests.changes import Changing
from tests.copying import copy


def _link(folder: Path) -> Path:
    """Moves the folder out of the archive, and puts a link in its place; where it lies then."""
    outside = Path(os.environ["ARCHIVE_KEY_DIR"]).parent / "outside"
    outside.mkdir(exist_ok=True)
    moved = outside / folder.name
    mode = folder.parent.stat().st_mode
    folder.parent.chmod(0o755)
    folder.rename(moved)
    folder.symlink_to(moved)
    folder.parent.chmod(mode)
    return moved


@pytest.mark.parametrize(
    "name",
    [
        "ledger",
        *(f"ledger/{name}" for name in ("checkpoints", "tile", "tile/0", "tile/entries", "tile/0/000.p")),
    ],
)
def test_a_link_in_place_of_a_folder_of_the_ledger_is_named(changing: Changing, name: str) -> None:
    _link(changing.root / name)
    assert changing.audit(code=FINDINGS) == [("FIX-LINK", name)]
    verified = changing("ledger", "verify", code=FINDINGS)
    assert [(one["code"], one["place"]) for one in verified["findings"]] == [("FIX-LINK", name)]
    assert verified["outcome"] == "proven"  # what is read behind it holds


@pytest.mark.parametrize("kind", ["timestamps", "statements"])
@pytest.mark.parametrize("inner", ["", "/1-mark"])
def test_a_link_in_place_of_marks_from_outside_is_named(changing: Changing, kind: str, inner: str) -> None:
    (changing.root / f"ledger/{kind}/1-mark").mkdir(parents=True)
    _link(changing.root / f"ledger/{kind}{inner}")
    verified = changing("ledger", "verify", code=None)
    assert ("FIX-LINK", f"ledger/{kind}{inner}") in [
        (one["code"], one["place"]) for one in verified["findings"]
    ]


@pytest.fixture
def withdrawn(changing: Changing) -> str:
    """The id of a document that was withdrawn."""
    bag = changing.row("b.txt").bag
    changing("withdraw", bag, "--reason", "why", "--yes")
    return bag


def _place(level: str, bag: str) -> str:
    return "quarantine/withdrawn" + {"top": "", "shard": f"/{bag[-2:]}", "bag": f"/{bag[-2:]}/{bag}"}[level]


@pytest.mark.parametrize("level", ["top", "shard"])
def test_a_link_in_place_of_a_folder_of_withdrawn_bags_is_named_and_not_followed(
    changing: Changing, withdrawn: str, level: str
) -> None:
    place = _place(level, withdrawn)
    _link(changing.root / place)
    bag = _place("bag", withdrawn)
    assert sorted(changing.audit(code=FINDINGS)) == [("FIX-LINK", place), ("QUARANTINE-UNREADABLE", bag)]


@pytest.mark.parametrize("level", ["top", "shard", "bag"])
def test_no_disposal_is_signed_of_what_lies_behind_a_link(
    changing: Changing, withdrawn: str, level: str
) -> None:
    place = _place(level, withdrawn)
    moved = _link(changing.root / place)
    before = open_archive(changing.root).checkpoint().size
    refused = changing("dispose", withdrawn, "--authority", "B", "--yes", code=CONFLICT)
    assert refused["message"] == f"{place}: is no folder"
    assert open_archive(changing.root).checkpoint().size == before
    assert list(moved.rglob("bagit.txt"))


def test_no_withdrawal_is_signed_of_a_bag_that_lies_behind_a_link(changing: Changing) -> None:
    bag = changing.bag("b.txt")
    moved = _link(bag)
    refused = changing("withdraw", bag.name, "--reason", "why", "--yes", code=CONFLICT)
    assert refused["message"] == f"{bag.relative_to(changing.root)}: is no folder"
    assert changing.row("b.txt").state == "held"
    bag.unlink()
    moved.rename(bag)
    changing("withdraw", bag.name, "--reason", "why", "--yes")


@pytest.mark.parametrize("name", ["data", "data/b.txt", "metadata/dublin-core.json"])
def test_no_disposal_is_signed_of_a_bag_of_which_a_part_lies_behind_a_link(
    changing: Changing, withdrawn: str, name: str
) -> None:
    place = f"{_place('bag', withdrawn)}/{name}"
    moved = _link(changing.root / place)
    before = open_archive(changing.root).checkpoint().size
    refused = changing("dispose", withdrawn, "--authority", "B", "--yes", code=CONFLICT)
    assert refused["message"] == f"{place}: is a link, and what it leads to would stay"
    assert open_archive(changing.root).checkpoint().size == before
    assert moved.exists()
    (changing.root / place).parent.chmod(0o755)
    (changing.root / place).unlink()
    changing("dispose", withdrawn, "--authority", "B", "--yes")


@pytest.mark.parametrize("above", [0, 1, 2], ids=["file", "files", "run"])
def test_no_disposal_is_signed_where_what_a_repair_set_aside_lies_behind_a_link(
    changing: Changing, repaired: Path, above: int
) -> None:
    bag = changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "why", "--yes")
    place = (repaired / "files" / "data", repaired / "files", repaired)[above]
    _link(changing.root / place)
    refused = changing("dispose", bag, "--authority", "B", "--yes", code=CONFLICT)
    assert refused["message"] == f"{place}: is a link, and what it leads to would stay"
    assert changing.row("a.txt").state == "withdrawn"


def test_no_disposal_is_signed_where_a_note_of_the_document_is_a_link(changing: Changing) -> None:
    bag = changing.row("a.txt").bag
    changing("describe", bag, "--set", "title=New", "--reason", "a secret")
    (note,) = (path for path in (changing.root / "notes").rglob("*.json") if "a secret" in path.read_text())
    changing("withdraw", bag, "--reason", "why", "--yes")
    _link(note)
    refused = changing("dispose", bag, "--authority", "B", "--yes", code=CONFLICT)
    assert str(note.relative_to(changing.root)) in refused["message"]
    assert changing.row("a.txt").state == "withdrawn"


def test_no_disposal_is_signed_where_notes_lie_behind_a_link(changing: Changing, withdrawn: str) -> None:
    shard = min((changing.root / "notes").iterdir())
    _link(shard)
    before = open_archive(changing.root).checkpoint().size
    refused = changing("dispose", withdrawn, "--authority", "B", "--yes", code=CONFLICT)
    assert refused["message"] == f"notes/{shard.name}: is a link, and what it leads to would stay"
    assert open_archive(changing.root).checkpoint().size == before


@pytest.fixture
def repaired(changing: Changing, tmp_path: Path) -> Path:
    """Where a repair set aside what was wrong with a bag, below the archive."""
    copy(changing, tmp_path / "copy")
    letter = changing.bag("a.txt") / "data" / "a.txt"
    letter.chmod(0o644)
    letter.write_bytes(b"eno")
    changing("audit", "--jobs", "1", code=FINDINGS)
    changing("repair", "--yes")
    (record,) = (changing.root / "quarantine/damaged").glob("*/*/*/record.json")
    return record.parent.relative_to(changing.root)


def test_what_repairs_set_aside_is_not_read_behind_a_link_in_place_of_quarantine(
    changing: Changing, repaired: Path
) -> None:
    moved = _link(changing.root / "quarantine")
    (record,) = moved.glob("damaged/*/*/*/record.json")
    record.chmod(0o644)
    record.write_bytes(b"read all the same")
    assert sorted(changing.audit(code=FINDINGS)) == [
        ("FIX-LINK", "quarantine"), ("QUARANTINE-UNREADABLE", "quarantine"),
    ]  # fmt: skip


@pytest.mark.parametrize("above", [0, 1, 2, 3], ids=["run", "bag", "shard", "damaged"])
def test_a_link_in_place_of_a_folder_of_what_repairs_set_aside_is_named_and_not_followed(
    changing: Changing, repaired: Path, above: int
) -> None:
    place = (repaired, *repaired.parents)[above]
    _link(changing.root / place)
    assert changing.audit(code=FINDINGS) == [("FIX-LINK", str(place))]


def test_a_link_in_place_of_what_a_repair_of_the_archives_own_files_set_aside_is_named(
    changing: Changing,
) -> None:
    place = "quarantine/damaged/archive/01a1fe21-9e8c-72fa-a762-2ad3bb5ce999"
    (changing.root / place).mkdir(parents=True)
    _link(changing.root / place)
    assert changing.audit(code=FINDINGS) == [("FIX-LINK", place)]


def test_a_link_in_place_of_a_shard_of_bags_is_named(changing: Changing) -> None:
    shard = changing.bag("b.txt").parent
    _link(shard)
    assert ("FIX-UNLISTED", f"bags/{shard.name}") in changing.audit(code=FINDINGS)

"""Bags and entries of the ledger forged to fit each other, where no index contradicts them.

The index is a cache: copies and restored archives have none, and anybody may delete it. Then ledger and bags
are read.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.archives import overwrite
from tests.changes import Changing
from tests.forged import alter_entries, forge

Refused = Callable[[tuple[str, ...], str, Path], None]

COPIES = [
    ("export", "ID", "--to", "OUT"),
    ("export", "ID", "--as", "bag", "--to", "OUT"),
    ("export", "ID", "--as", "mets", "--to", "OUT"),
    ("export", "ID", "--as", "ro-crate", "--to", "OUT"),
    ("open", "ID", "--to", "OUT"),
]
SHOWN = ("show", "ID")
READERS = [
    *COPIES,
    SHOWN,
    ("show", "ID", "--as", "mets"),
    ("catalog", "export", "--what", "descriptions"),
    ("list",),
    ("search", "letter"),
    ("status",),
    ("history",),
    ("history", "ID"),
    ("incidents",),
    ("report",),
    ("receipt", "ID", "--to", "OUT"),
    ("ledger", "prove", "ID"),
    ("ledger", "pack", "--out", "OUT"),
]


@pytest.fixture(params=READERS, ids=" ".join)
def words(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """A command that reads what the index has."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def refused(changing: Changing, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Has a command end with 5, say why and what to do, and leave nothing where it was to write."""

    def refused(words: tuple[str, ...], bag: str, out: Path) -> None:
        filled = [{"ID": bag, "OUT": str(out)}.get(word, word) for word in words]
        capsys.readouterr()
        assert run(["-C", str(changing.root), *filled]) == 5
        printed = capsys.readouterr()
        assert "not those that were signed" in printed.err
        assert "archive ledger verify" in printed.err
        assert not printed.out
        assert not out.is_file()
        assert not [path for path in out.rglob("*") if path.is_file()]

    return refused


def forget(changing: Changing) -> None:
    (changing.root / "catalog.sqlite").unlink()


def hash_tiles(changing: Changing) -> list[Path]:
    return [path for path in (changing.root / "ledger/tile/0").rglob("*") if path.is_file()]


@pytest.mark.parametrize("tags", [True, False], ids=["to the tag manifest", "to the manifest"])
def test_without_an_index_no_forged_entry_is_believed(
    changing: Changing, refused: Refused, tmp_path: Path, words: tuple[str, ...], tags: bool
) -> None:
    bag = changing.row("a.txt").bag
    forge(changing, "a.txt", tags=tags)
    forget(changing)
    refused(words, bag, tmp_path / "out.html")


def test_an_index_of_before_is_brought_up_to_date_by_no_forged_entry(
    changing: Changing, refused: Refused, tmp_path: Path, words: tuple[str, ...]
) -> None:
    shutil.copyfile(changing.root / "catalog.sqlite", tmp_path / "before")
    changing.made.ingest({"d.txt": b"six"}, name="later")
    bag = changing.row("d.txt").bag
    forge(changing, "d.txt")
    shutil.copyfile(tmp_path / "before", changing.root / "catalog.sqlite")
    refused(words, bag, tmp_path / "out.html")


def test_nor_by_a_forged_entry_that_a_new_one_is_about(
    changing: Changing, refused: Refused, tmp_path: Path
) -> None:
    shutil.copyfile(changing.root / "catalog.sqlite", tmp_path / "before")
    bag = changing.row("a.txt").bag
    changing("describe", bag, "--set", "dc.title=Other")
    alter_entries(changing, [(b'"reference":"2026-000001"', b'"reference":"2026-000007"')])
    shutil.copyfile(tmp_path / "before", changing.root / "catalog.sqlite")
    refused(("list",), bag, tmp_path / "out.html")


@pytest.mark.parametrize("words", [*(each for each in COPIES if "bag" not in each), SHOWN], ids=" ".join)
@pytest.mark.parametrize("tags", [True, False], ids=["to the tag manifest", "to the manifest"])
def test_with_an_index_a_document_is_judged_by_no_forged_entry(
    changing: Changing, refused: Refused, tmp_path: Path, words: tuple[str, ...], tags: bool
) -> None:
    bag = changing.row("a.txt").bag
    forge(changing, "a.txt", tags=tags)
    refused(words, bag, tmp_path / "out.html")
    with_other = [
        {"ID": changing.row("b.txt").bag, "OUT": str(tmp_path / "b")}.get(one, one) for one in words
    ]
    changing(*with_other)


def test_nothing_is_signed_that_a_forged_entry_says(
    changing: Changing, refused: Refused, tmp_path: Path
) -> None:
    bag = changing.row("a.txt").bag
    forge(changing, "a.txt")
    size = changing.made.opened.checkpoint().size
    told = changing("withdraw", bag, "--reason", "asked back", "--yes", code=5)
    assert "not those that were signed" in told["message"]
    assert changing.made.opened.checkpoint().size == size


@pytest.mark.parametrize("words", [("list",), ("show", "ID"), ("export", "ID", "--to", "OUT")], ids=" ".join)
def test_a_copy_with_forged_entries_is_not_read_as_the_archive(
    changing: Changing, refused: Refused, tmp_path: Path, words: tuple[str, ...]
) -> None:
    bag, copy = changing.row("a.txt").bag, tmp_path / "disk"
    forge(changing, "a.txt")
    shutil.copytree(changing.root, copy, ignore=shutil.ignore_patterns("catalog.sqlite", "staging"))
    refused(("-C", str(copy), *words), bag, tmp_path / "out.html")


def test_a_forged_copy_is_found_by_its_audit_and_gives_no_archive_back(
    changing: Changing, tmp_path: Path
) -> None:
    copy = changing.root.with_name("disk")  # of one file system with the archive
    changing("copy", "--to", str(copy), "--jobs", "1")
    genuine = changing.root.rename(changing.root.with_name("genuine"))
    shutil.copytree(copy, changing.root, symlinks=True)
    forge(changing, "a.txt")
    shutil.rmtree(copy)
    changing.root.rename(copy)
    genuine.rename(changing.root)
    assert changing("audit", "--copy", str(copy), "--read-only", code=None)["outcome"] != "intact"
    assert run(["restore", str(copy), "--to", str(tmp_path / "new")]) == 5


@pytest.mark.parametrize("index", ["behind", "without"])
def test_damaged_tiles_alone_keep_nobody_from_reading_good_entries(
    changing: Changing, tmp_path: Path, index: str
) -> None:
    bag, before = changing.row("a.txt").bag, tmp_path / "before"
    shutil.copyfile(changing.root / "catalog.sqlite", before)
    changing.made.ingest({"d.txt": b"six"}, name="later")
    for tile in hash_tiles(changing):
        overwrite(tile, bytes(len(tile.read_bytes())))
    forget(changing)
    if index == "behind":
        shutil.copyfile(before, changing.root / "catalog.sqlite")
    assert len(changing("list")["documents"]) == 4
    changing("open", bag, "--to", str(tmp_path / "open"))
    changing("export", bag, "--to", str(tmp_path / "export"))

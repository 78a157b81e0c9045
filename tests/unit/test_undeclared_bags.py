"""What looks like a bag and does not say so: it is taken as a folder, and that is said."""

from pathlib import Path

import pytest

from tests.archives import MadeArchive, make_archive
from tests.conformance.bag_cases.bag import Bag, build, good, sealed, without
from tests.submitted import ingest

UNDECLARED = without(sealed(good(algorithms=("md5", "sha512"))), "bagit.txt")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A new archive."""
    return make_archive(tmp_path, monkeypatch)


def said(archive: MadeArchive, bag: Bag, below: str = "", **options: tuple[str, ...]) -> list[str]:
    """Of which folders it is said that they look like bags; the bag is a SOURCE, or below it."""
    build(bag, archive.folder / "taken" / below)
    told = ingest(archive, archive.folder / "taken", **options)
    assert (told.code, told.verdicts) == (0, {})
    return told.places_of("SRC-BAG-UNDECLARED")


@pytest.mark.parametrize("declaration", [{}, {"BAGIT.TXT": good()["bagit.txt"]}])
def test_a_folder_that_looks_like_a_bag_without_its_declaration_is_named_once(
    archive: MadeArchive, declaration: Bag
) -> None:
    assert said(archive, UNDECLARED | declaration) == ["taken/"]


def test_so_is_one_inside_a_folder(archive: MadeArchive) -> None:
    assert said(archive, UNDECLARED, "shelf/b") == ["shelf/b"]


@pytest.mark.parametrize(
    "folder",
    [
        without(UNDECLARED, "manifest-md5.txt", "manifest-sha512.txt"),
        {"manifest-md5.txt": b"", "letter.txt": b"x"},
        {"manifest-md5.txt": b"", "data": b"x"},
        {"data/letter.txt": b"x", "lists/manifest-md5.txt": b""},
    ],
    ids=["no payload manifest", "no payload folder", "a file called data", "apart"],
)
def test_a_folder_with_less_than_that_is_a_folder(archive: MadeArchive, folder: Bag) -> None:
    assert said(archive, folder) == []


def test_whoever_leaves_the_declaration_out_is_told_nothing_of_it(archive: MadeArchive) -> None:
    assert said(archive, good(), exclude=("bagit.txt",)) == []


def test_of_a_declared_bag_inside_a_folder_one_thing_is_said(archive: MadeArchive) -> None:
    assert said(archive, good(), "shelf/b") == []

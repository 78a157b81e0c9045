"""What of a bag is litter: by name and kind, with nothing that vouches for it, and what stays instead."""

import pytest

from archive.core.litter import is_folder_litter, litter
from archive.core.obstacles import Obstacle
from archive.services.repair.contents import Contents
from archive.services.tidy.bag_litter import litter_of
from archive.storage.bags.bag_files import BagReading
from archive.storage.disk.descriptors import Hindrance

LISTED = {"bagit.txt": "", "data/a.txt": "", "data/__MACOSX/listed": "", "data/Thumbs.db": ""}


def reading(*files: str, empty: tuple[str, ...] = (), odd: dict[str, Obstacle] | None = None) -> BagReading:
    made = BagReading()
    made.files = dict.fromkeys((*LISTED, *files), ("", 7))
    made.empty = list(empty)
    made.odd = {path: Hindrance(obstacle, "") for path, obstacle in (odd or {}).items()}
    return made


def judged(made: BagReading, *, payload_known: bool = True) -> tuple[list[str], list[str]]:
    found = litter_of(made, Contents(LISTED, {}, payload_known))
    return [one.path for one in found.litter], [one.path for one in found.left]


def test_nothing_that_is_listed_is_litter() -> None:
    assert judged(reading()) == ([], [])


@pytest.mark.parametrize(
    "path",
    [".DS_Store", "data/.DS_Store", "data/__MACOSX/.DS_Store", "x/y/desktop.ini", "Icon\r", "x/Icon\uf00d"],
)
def test_a_file_of_that_name_that_is_not_listed_is(path: str) -> None:
    assert judged(reading(path)) == ([path], [])


def test_a_folder_goes_as_one_from_its_highest_name_of_litter() -> None:
    made = reading("x/.Trashes/a", "x/.Trashes/__MACOSX/b", empty=("x/.Trashes/c",))
    assert judged(made) == (["x/.Trashes"], [])


def test_a_stranger_in_a_listed_folder_of_that_name_is_no_litter() -> None:
    assert judged(reading("data/__MACOSX/letter.doc")) == ([], [])


def test_an_empty_folder_above_a_listed_file_is_none() -> None:
    assert judged(reading(empty=("data/__MACOSX",))) == ([], [])


@pytest.mark.parametrize(
    ("made", "path"),
    [
        (reading("Thumbs.db/inner"), "Thumbs.db"),
        (reading(empty=("desktop.ini",)), "desktop.ini"),
        (reading("$RECYCLE.BIN"), "$RECYCLE.BIN"),
        (reading("lost+found/x"), "lost+found"),
        (reading(".Trashes/a", odd={".Trashes/b/link": Obstacle.LINK}), ".Trashes"),
        (reading(".Trashes/a", odd={".Trashes/b": Obstacle.UNREADABLE}), ".Trashes"),
        (reading(odd={".DS_Store": Obstacle.UNREADABLE}), ".DS_Store"),
    ],
)
def test_what_is_not_surely_that_stays_and_is_named(made: BagReading, path: str) -> None:
    assert judged(made) == ([], [path])


@pytest.mark.parametrize("kind", [Obstacle.LINK, Obstacle.SPECIAL])
@pytest.mark.parametrize(
    ("path", "top"),
    [(".DS_Store", ".DS_Store"), ("x/.Trashes/a", "x/.Trashes"), ("Thumbs.db/a", "Thumbs.db")],
)
def test_a_link_of_that_name_stays_and_is_named_as_looked_at(kind: Obstacle, path: str, top: str) -> None:
    found = litter_of(reading(odd={path: kind}), Contents(LISTED, {}, True))
    assert [(one.path, one.unread) for one in found.left] == [(top, False)]
    assert not found.litter


@pytest.mark.parametrize("path", ["data/Thumbs.db", "data/__MACOSX", "x/link"])
def test_a_link_in_a_listed_place_or_of_another_name_is_for_others_to_name(path: str) -> None:
    assert judged(reading(odd={path: Obstacle.LINK})) == ([], [])


def test_where_the_payload_is_not_known_only_litter_beside_it_goes() -> None:
    made = reading("Thumbs.db", "data/.DS_Store")
    assert judged(made, payload_known=False) == (["Thumbs.db"], ["data/.DS_Store"])


def test_without_any_manifest_everything_stays() -> None:
    found = litter_of(reading("x/.DS_Store"), None)
    assert not found.litter
    assert [one.path for one in found.left] == ["data/Thumbs.db", "data/__MACOSX", "x/.DS_Store"]


def test_in_an_overgrown_bag_everything_stays() -> None:
    made = reading(".DS_Store")
    made.overflow = True
    assert judged(made) == ([], [".DS_Store"])


@pytest.mark.parametrize("name", [".Trash-1000", "System Volume Information", "__MACOSX", "LOST+FOUND"])
def test_folders_are_known_as_such(name: str) -> None:
    assert litter(name)
    assert is_folder_litter(name)


@pytest.mark.parametrize("name", [".DS_Store", "._a", "~$a.docx", ".nfs00000001", "a:Zone.Identifier"])
def test_files_are_known_as_such(name: str) -> None:
    assert litter(name)
    assert not is_folder_litter(name)

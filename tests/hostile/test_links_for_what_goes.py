"""Links where work in progress moves what is destroyed or taken back: nothing goes to where they lead."""

import os
import shutil
from hashlib import sha512
from pathlib import Path

import pytest

from archive.storage.bags.bag_revision import take_back
from archive.storage.bags.set_aside import destroy
from archive.storage.intents import IntendedBag, announce
from archive.storage.layout import quarantine_path
from tests.changes import Changing
from tests.intended import RUN, forge


@pytest.fixture
def elsewhere(changing: Changing) -> Path:
    """A folder on the same disk that somebody else reads."""
    folder = changing.root.parent / "elsewhere"
    folder.mkdir()
    return folder


def _digest(bag: Path) -> str:
    return sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()


def test_what_is_disposed_of_is_destroyed_and_not_moved_elsewhere(
    changing: Changing, elsewhere: Path
) -> None:
    bag = changing.bag("b.txt").name
    changing("withdraw", changing.reference("b.txt"), "--reason", "why", "--yes")
    staging = changing.root / "staging" / RUN
    staging.mkdir()
    (staging / "doomed").symlink_to(elsewhere)
    destroy(changing.root, staging, [bag])
    assert not (changing.root / quarantine_path(bag)).exists()
    assert list(elsewhere.iterdir()) == []


def test_what_an_unfinished_ingest_published_is_taken_back_and_not_moved_elsewhere(
    changing: Changing, elsewhere: Path
) -> None:
    bag = changing.root / "bags" / RUN[-2:] / RUN
    shutil.copytree(changing.bag("b.txt"), bag)
    forged = forge(changing)
    announce(forged, 1, [IntendedBag(RUN, _digest(bag), None, None)])
    (forged.folder / "swept").symlink_to(elsewhere)
    changing("catalog", "rebuild")
    assert (bag.exists(), list(elsewhere.iterdir())) == (False, [])


def test_what_an_unfinished_description_added_is_taken_back_and_not_moved_elsewhere(
    changing: Changing, elsewhere: Path
) -> None:
    bag = changing.bag("b.txt")
    (bag / "metadata").chmod(0o755)
    (bag / "metadata/revisions/0002").mkdir(parents=True)
    staging = changing.root / "staging" / RUN
    staging.mkdir()
    (staging / "swept").symlink_to(elsewhere)
    take_back(changing.root, staging, IntendedBag(bag.name, "0" * 128, _digest(bag), 2))
    assert not (bag / "metadata/revisions").exists()
    assert list(elsewhere.iterdir()) == []
    assert not os.path.islink(staging / "swept")

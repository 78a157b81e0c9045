"""Links in the place of shards of `bags/`, so that bags of somebody else are moved: they stay there."""

import shutil
from hashlib import sha512
from pathlib import Path

import pytest

from archive.core.exit_codes import CONFLICT
from archive.storage.bags.set_aside import set_aside
from archive.storage.intents import IntendedBag, announce
from tests.changes import Changing
from tests.intended import RUN, forge


@pytest.fixture
def elsewhere(changing: Changing) -> Path:
    """A folder of another archive, on the same disk."""
    folder = changing.root.parent / "elsewhere"
    folder.mkdir()
    return folder


def test_an_unfinished_ingest_takes_back_no_bag_behind_a_link(changing: Changing, elsewhere: Path) -> None:
    bags = changing.root / "bags"
    free = next(name for name in ("00", "01", "02", "03") if not (bags / name).exists())
    bag = elsewhere / (RUN[:-2] + free)
    shutil.copytree(min(bags.glob("*/*")), bag)
    (bags / free).symlink_to(elsewhere)
    digest = sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()
    announce(forge(changing), 1, [IntendedBag(bag.name, digest, None, None)])
    changing("catalog", "rebuild")
    assert (bag / "bagit.txt").is_file()


def _link_to(bag: Path, elsewhere: Path) -> Path:
    """The bag as it lies elsewhere, with a link in the place of its shard."""
    shard = bag.parent
    for bag_of_shard in list(shard.iterdir()):  # by chance there is another one
        bag_of_shard.rename(elsewhere / bag_of_shard.name)
    shard.rmdir()
    shard.symlink_to(elsewhere)
    return elsewhere / bag.name


def test_no_bag_is_withdrawn_from_behind_a_link(changing: Changing, elsewhere: Path) -> None:
    reference = changing.reference("b.txt")
    bag = _link_to(changing.bag("b.txt"), elsewhere)
    refused = changing("withdraw", reference, "--reason", "why", "--yes", code=CONFLICT)
    assert refused["message"] == f"bags/{bag.name[-2:]}: is no folder"
    assert (bag / "bagit.txt").is_file()


def test_an_unfinished_withdrawal_moves_no_bag_behind_a_link(changing: Changing, elsewhere: Path) -> None:
    bag = _link_to(changing.bag("b.txt"), elsewhere)
    mode = bag.stat().st_mode
    set_aside(changing.root, [bag.name])
    assert bag.stat().st_mode == mode

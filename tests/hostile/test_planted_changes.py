"""An unfinished change planted in staging: the next writer does to no document but what the ledger says."""

from hashlib import sha512
from pathlib import Path

import pytest

from archive.core.ledger.entries import EntryType, parse_entry
from archive.storage import intents
from archive.storage.intents import IntendedBag
from tests.changes import Changing

RUN = "01a1ffff-0000-7000-8000-000000000001"


def plant(changing: Changing, command: str, *bags: IntendedBag, run: str = RUN, size: int = 0) -> Path:
    """An unfinished command that names these bags, begun from the ledger of that size (0: today's)."""
    archive = changing.made.opened
    size = size or archive.checkpoint().size
    root = archive.ledger.root_at(size).hex()
    staging = changing.root / "staging"
    started = "2026-01-01T00:00:00.000Z"
    intent = intents.begin(staging, run=run, command=command, started=started, size=size, root=root)
    intents.announce(intent, 1, bags)
    return intent.folder


def last_run(changing: Changing, kind: EntryType) -> tuple[str, int]:
    """The run of the last entry of that type, and how many entries came before it."""
    entries = [parse_entry(raw) for raw in changing.made.opened.ledger.entries()]
    index = max(number for number, entry in enumerate(entries) if entry.type == kind)
    return str(entries[index].run), index


def tag_manifest(bag: Path) -> str:
    """The digest of a bag's tag manifest."""
    return sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()


def test_a_disposal_of_before_destroys_no_other_withdrawn_document(changing: Changing) -> None:
    for name in ("a.txt", "b.txt"):
        changing("withdraw", changing.row(name).bag, "--reason", "asked back")
    changing("dispose", changing.row("a.txt").bag, "--authority", "Board", "--yes")
    run, size = last_run(changing, EntryType.DISPOSAL)
    bag = changing.row("b.txt").bag
    plant(changing, intents.DISPOSE, IntendedBag(bag, "0" * 128), run=run, size=size)
    changing("catalog", "rebuild")
    aside = changing.root / f"quarantine/withdrawn/{bag[-2:]}/{bag}/data/b.txt"
    assert aside.read_bytes() == b"two"
    changing.require_whole()


def test_a_withdrawal_of_before_sets_no_other_document_aside(changing: Changing) -> None:
    changing("withdraw", changing.row("a.txt").bag, "--reason", "asked back")
    run, size = last_run(changing, EntryType.WITHDRAWAL)
    bag = changing.bag("b.txt")
    plant(changing, intents.WITHDRAW, IntendedBag(bag.name, tag_manifest(bag)), run=run, size=size)
    changing("catalog", "rebuild")
    assert (bag / "data/b.txt").read_bytes() == b"two"
    changing.require_whole()


@pytest.fixture
def described_anew(changing: Changing) -> tuple[Path, str, str]:
    """A document with a second description: its bag, and the digests of its tag manifests."""
    bag = changing.bag("b.txt")
    before = tag_manifest(bag)
    changing("describe", bag.name, "--set", "title=Bell", "--reason", "heard it")
    return bag, before, tag_manifest(bag)


def test_a_description_in_force_is_not_taken_back(
    changing: Changing, described_anew: tuple[Path, str, str]
) -> None:
    bag, before, now = described_anew
    plant(changing, intents.DESCRIBE, IntendedBag(bag.name, now, before, 2))
    changing("catalog", "rebuild")
    assert tag_manifest(bag) == now
    changing.require_whole()


def test_no_revision_is_taken_out_that_the_tag_manifest_lists(
    changing: Changing, described_anew: tuple[Path, str, str]
) -> None:
    bag, _, now = described_anew
    plant(changing, intents.DESCRIBE, IntendedBag(bag.name, "0" * 128, now, 2))
    changing("catalog", "rebuild")
    assert (bag / "metadata/revisions/0002").is_dir()
    changing.require_whole()

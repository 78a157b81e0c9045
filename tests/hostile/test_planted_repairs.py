"""An unfinished repair planted in staging: the next writer moves nothing that is not its own."""

import json
import os
import shutil
from pathlib import Path

import pytest

from archive.core.litter_record import litter_record
from archive.core.repair_record import Displaced
from archive.services.repair.committing import FACTS
from archive.storage.bags.bag_restoration import RECORD
from tests.changes import Changing
from tests.planted_repairs import RUN, plant

OTHER = "01a1ffff-0000-7000-8000-000000000002"


@pytest.fixture
def kept(changing: Changing) -> Path:
    """A file beside the archive that is nobody's business."""
    path = changing.made.folder / "elsewhere/kept.txt"
    path.parent.mkdir()
    path.write_bytes(b"kept")
    return path


@pytest.mark.parametrize("way", ["..", "data/../..", "."])
def test_a_path_that_leads_out_of_the_bag_moves_nothing(changing: Changing, kept: Path, way: str) -> None:
    climbs = f"{way}/../../../{kept.parent.name}/{kept.name}" if way != "." else "./data/a.txt"
    planted = plant(changing, climbs)
    refused = changing("catalog", "rebuild", code=6)
    assert "an unfinished repair cannot be taken up" in refused["message"]
    assert kept.read_bytes() == b"kept"
    assert planted.exists()


@pytest.mark.parametrize("instead", [{"bag": OTHER}, {"run": OTHER}, {"bag": "../../elsewhere"}])
def test_a_record_of_another_repair_is_not_carried_out(
    changing: Changing, kept: Path, instead: dict[str, str]
) -> None:
    plant(changing, "data/a.txt", **instead)
    changing("catalog", "rebuild", code=6)
    assert kept.read_bytes() == b"kept"


def test_nothing_is_put_back_from_behind_a_link_in_staging(changing: Changing, kept: Path) -> None:
    folder = plant(changing, "elsewhere/kept.txt")
    os.symlink(kept.parent, next(folder.glob("*/new")) / "elsewhere")
    changing("catalog", "rebuild")
    assert kept.read_bytes() == b"kept"


@pytest.mark.parametrize("what", ["ledger", "archive.toml", "the bag", "a document called Thumbs.db"])
def test_what_is_no_litter_is_not_set_aside_as_litter(changing: Changing, what: str) -> None:
    bag = changing.bag("a.txt")
    inside = bag / "data/Thumbs.db"
    os.rename(bag / "data/a.txt", inside)  # a name of litter says nothing of what lies in a bag
    path = {"the bag": bag, "a document called Thumbs.db": inside}.get(what, changing.root / what)
    planted = plant_litter(changing, os.path.relpath(path, changing.root))
    refused = changing("catalog", "rebuild", code=6)
    assert "cannot be taken up: names what is no litter" in refused["message"]
    assert path.exists()
    assert planted.exists()


def plant_litter(changing: Changing, path: str) -> Path:
    """Litter being set aside, with that path as what is litter; its folder in staging."""
    folder = plant(changing, "data/a.txt")
    shutil.rmtree(next(folder.glob("*/new")).parent)
    (folder / "bags-000001.jsonl").write_bytes(b"")
    record = litter_record(RUN, [Displaced(path=path, outcome="unlisted")])
    (folder / RECORD).write_bytes(record)
    return folder


@pytest.mark.parametrize(
    "facts",
    [
        {"time": "yesterday"},
        {"agents": ["Anna Maria Huber"]},
        {"agents": ["agent-" + "0" * 16] * 100},
        {"notes": ["\0"]},
        {"notes": ["a text that no ledger can forget"]},
    ],
    ids=str,
)
def test_nothing_is_signed_that_is_no_entry_or_tells_of_people(
    changing: Changing, facts: dict[str, object]
) -> None:
    folder = plant(changing, "data/a.txt")
    path = folder / FACTS
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))
    size = changing.made.opened.checkpoint().size
    refused = changing("catalog", "rebuild", code=6)
    assert "an unfinished repair cannot be taken up" in refused["message"]
    assert changing.made.opened.checkpoint().size == size
    assert changing.bag("a.txt").joinpath("data/a.txt").exists()


@pytest.mark.parametrize("member", ["sha512", "before"])
def test_nothing_is_signed_that_a_record_calls_a_digest_and_is_none(changing: Changing, member: str) -> None:
    path = next(plant(changing, "data/a.txt").glob(f"*/{RECORD}"))
    record = json.loads(path.read_text())
    record["restored"][0][member] = "Anna Maria Huber"
    path.write_text(json.dumps(record))
    refused = changing("catalog", "rebuild", code=6)
    assert "names a digest that is none" in refused["message"]

"""A command that was cut off behind its commit finds nothing to write, and finishes what it left."""

import pytest

from archive.services import writing
from archive.services.changes import disposal, withdrawal
from archive.storage import intents
from tests.changes import Changing


def cut_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def again(changing: Changing, where: object, name: str, *words: str) -> None:
    """The command, cut off where that is called, and given again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, cut_off)
        changing(*words, code=130)
    assert changing("status")["unfinished"], "cut off before it had begun"
    changing(*words)
    assert changing("status")["unfinished"] == []
    assert changing("catalog", "verify")["findings"] == []


def test_a_description_reaches_the_catalog(changing: Changing) -> None:
    words = ("describe", changing.row("a.txt").bag, "--set", "dc.title=Read again")
    again(changing, writing, "publish_derived", *words)
    assert "Read again" in (changing.root / "holdings.csv").read_text()


def test_a_withdrawn_bag_leaves_the_holdings(changing: Changing) -> None:
    bag = changing.bag("a.txt")
    words = ("withdraw", changing.row("a.txt").bag, "--reason", "asked back")
    again(changing, withdrawal, "set_aside", *words)
    assert not bag.exists()


def test_what_was_disposed_of_is_destroyed(changing: Changing) -> None:
    bag = changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    words = ("dispose", bag, "--authority", "Board", "--yes")
    aside = changing.root / f"quarantine/withdrawn/{bag[-2:]}/{bag}"
    assert aside.exists()
    again(changing, disposal, "destroy_all", *words)
    assert not aside.exists()


def test_a_repair_leaves_nothing_in_staging(changing: Changing) -> None:
    payload = next((changing.bag("a.txt") / "data").iterdir())
    payload.chmod(0o644)
    good = payload.read_bytes()
    payload.write_bytes(b"bad" + good)
    source = changing.made.folder / "original.txt"
    source.write_bytes(good)
    changing("audit", code=1)
    again(changing, intents, "end", "repair", "--from", str(source), "--yes")
    assert changing("audit")["outcome"] == "intact"


def test_a_tidying_leaves_nothing_in_staging(changing: Changing) -> None:
    (changing.root / "bags/Thumbs.db").write_bytes(b"litter")
    again(changing, intents, "end", "tidy")
    assert changing("audit")["findings"] == []

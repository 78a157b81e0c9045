"""An audit that is taken up judges what is so now: put right, withdrawn or lost since it was cut off."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.audit import looking
from archive.services.audit.recording import Recording
from archive.services.audit.run import Audit
from tests.archives import overwrite
from tests.changes import Changing


def _killed(changing: Changing, *words: str) -> str:
    """The run of an audit that was killed once it had read every bag that it chose."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def close(self: Recording, _: object) -> None:
        if self.folder is not None:
            self.folder.close()

    before = set(changing.root.glob("audits/*"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Audit, "_look_around", killed)
        patch.setattr(Recording, "finish", close)
        assert run(["-C", str(changing.root), "audit", "--jobs", "1", *words]) == 130
    (folder,) = set(changing.root.glob("audits/*")) - before
    return folder.name


def _damaged(changing: Changing, source: str) -> Path:
    """A flipped payload; a good copy of it beside the archive."""
    (payload,) = (changing.bag(source) / "data").iterdir()
    good = changing.made.folder / "good.txt"
    shutil.copyfile(payload, good)
    overwrite(payload, b"x" * payload.stat().st_size)
    return good


def _resumed(changing: Changing, folder: str, code: int) -> Any:
    return changing("audit", "--jobs", "1", "--resume", folder, code=code)


def test_damage_that_was_put_right_since_is_none(changing: Changing) -> None:
    good = _damaged(changing, "a.txt")
    folder = _killed(changing)
    changing("repair", changing.row("a.txt").bag, "--from", str(good), "--yes")
    report = _resumed(changing, folder, 0)
    assert (report["outcome"], report["counts"]["intact"], report["bags"]) == ("intact", 3, [])
    assert changing("status")["last_audit"]["outcome"] == "intact"
    assert changing("incidents")["incidents"] == []
    changing("catalog", "rebuild")
    changing.require_whole()


def test_damage_that_is_still_there_still_is_found(changing: Changing) -> None:
    _damaged(changing, "a.txt")
    folder = _killed(changing)
    report = _resumed(changing, folder, 1)
    assert (report["counts"]["damaged"], report["counts"]["intact"]) == (1, 2)
    assert changing("incidents", code=None)["incidents"] != []


def test_damage_stays_found_where_the_second_look_at_it_is_cut_off(changing: Changing) -> None:
    _damaged(changing, "a.txt")
    folder = _killed(changing)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "audit_chunk", stopped)
        assert run(["-C", str(changing.root), "audit", "--jobs", "1", "--resume", folder]) == 130
    assert changing("status")["last_audit"]["outcome"] == "damaged"
    assert [one["code"] for one in changing("incidents", code=None)["incidents"]] == ["FIX-ALTERED"]


@pytest.mark.parametrize("damaged", [False, True])
def test_what_was_withdrawn_since_is_not_counted_among_what_is_held(
    changing: Changing, damaged: bool
) -> None:
    if damaged:
        _damaged(changing, "a.txt")
    folder = _killed(changing)
    bag = changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "asked back", code=None)
    report = _resumed(changing, folder, 1 if damaged else 0)
    assert (report["scope"]["checked"], report["scope"]["selected"], report["scope"]["held"]) == (2, 2, 2)
    assert bag not in {one["id"] for one in report["bags"]}
    known = changing("incidents", "--all", code=None)["incidents"]
    assert not [one for one in known if one["document"]]
    changing("catalog", "rebuild")
    assert changing("incidents", "--all", code=None)["incidents"] == known


def test_a_drawn_bag_that_vanished_since_counts_as_bad(changing: Changing) -> None:
    words = ["--sample", "3", "--seed", "drawn"]
    folder = _killed(changing, *words)
    shutil.rmtree(changing.bag("b.txt"))
    report = _resumed(changing, folder, 1)
    straight = changing("audit", *words, "--read-only", code=1)
    assert report["scope"]["sample"] == straight["scope"]["sample"]
    assert (report["scope"]["sample"]["bad"], report["counts"]["missing"], report["counts"]["intact"]) == (
        1,
        1,
        2,
    )

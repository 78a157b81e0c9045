"""Where entries of the ledger do not hold, no bag is judged by the others that one of them may be about."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.entries import alter, cut


def told(changing: Changing, *words: str, code: int = 5) -> dict[str, tuple[str, list[str]]]:
    """The outcome and the codes of every bag that an audit names."""
    report = changing("audit", "--read-only", *words, code=code)
    if code == 5:
        assert report["outcome"] == "evidence-broken"
    return {bag["id"]: (bag["outcome"], [one["code"] for one in bag["findings"]]) for bag in report["bags"]}


UNJUDGED = ("unreadable", ["BAG-UNJUDGED"])


@pytest.fixture
def described(changing: Changing) -> Changing:
    """An archive whose a.txt was described anew twice."""
    for title in ("Other", "Another"):
        changing("describe", changing.reference("a.txt"), "--set", f"dc.title={title}")
    return changing


@pytest.mark.parametrize("harm", [alter, cut])
@pytest.mark.parametrize("words", [(), ("--quick",)])
def test_a_bag_whose_description_changed_by_an_entry_that_does_not_hold_is_not_judged(
    described: Changing, harm: Any, words: tuple[str, ...]
) -> None:
    bag = described.row("a.txt").bag
    harm(described, "description changed")
    assert told(described, *words) == {bag: UNJUDGED}


def test_a_bag_is_not_judged_by_the_first_of_two_changes_either(described: Changing) -> None:
    bag = described.row("a.txt").bag
    cut(described, "description changed")
    cut(described, "description changed")
    assert told(described) == {bag: UNJUDGED}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("data/a.txt", "FIX-ALTERED"),
        ("metadata/dublin-core.json", "FIX-ALTERED"),
        ("metadata/revisions/0003/dublin-core.json", "FIX-ALTERED"),
    ],
)
def test_damage_to_such_a_bag_is_named_all_the_same(described: Changing, name: str, code: str) -> None:
    bag, place = described.row("a.txt").bag, described.bag("a.txt")
    alter(described, "description changed")
    overwrite(place / name, b"x" * len((place / name).read_bytes()))
    outcome, codes = told(described)[bag]
    assert outcome == "damaged"
    assert code in codes
    assert "FIX-TAGMANIFEST" not in codes


def test_a_tag_manifest_that_names_no_such_revision_is_damage_beside_a_broken_entry(
    described: Changing,
) -> None:
    place = described.bag("c.txt") / "tagmanifest-sha512.txt"
    bag = described.row("c.txt").bag
    overwrite(place, place.read_bytes() + b"x")
    alter(described, "description changed")
    outcome, codes = told(described)[bag]
    assert outcome == "damaged"
    assert "FIX-TAGMANIFEST" in codes


def test_a_revision_that_no_entry_knows_is_damage_where_the_ledger_holds(
    described: Changing, tmp_path: Path
) -> None:
    bag, place = described.row("a.txt").bag, described.bag("a.txt")
    shutil.copytree(described.root, tmp_path / "before", symlinks=True)
    described("describe", bag, "--set", "dc.title=A third")
    shutil.rmtree(described.root / "ledger")
    shutil.copytree(tmp_path / "before/ledger", described.root / "ledger")
    assert place.is_dir()
    outcome, codes = told(described, code=1)[bag]
    assert outcome == "damaged"
    assert "FIX-TAGMANIFEST" in codes


@pytest.mark.parametrize("harm", [alter, cut])
def test_a_bag_withdrawn_by_an_entry_that_does_not_hold_is_not_missing(changing: Changing, harm: Any) -> None:
    bag = changing.row("b.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    harm(changing, "withdrawal")
    assert told(changing) == {bag: UNJUDGED}


def test_such_a_bag_that_was_not_asked_for_is_not_missing_either(changing: Changing) -> None:
    bag, other = changing.row("b.txt").bag, changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    alter(changing, "withdrawal")
    report = changing("audit", other, "--read-only", code=5)
    assert report["bags"] == []
    assert report["counts"]["missing"] == 0
    assert "BAG-UNJUDGED" in {one["code"] for one in report["findings"]}


def test_a_bag_that_lies_nowhere_is_missing_beside_a_broken_entry(changing: Changing) -> None:
    bag, place = changing.row("b.txt").bag, changing.bag("b.txt")
    changing("withdraw", changing.row("a.txt").bag, "--reason", "asked back")
    alter(changing, "withdrawal")
    place.chmod(0o755)
    shutil.rmtree(place)
    assert told(changing)[bag] == ("missing", ["FIX-BAG-MISSING"])


def test_a_held_bag_that_was_moved_into_quarantine_is_missing_where_the_ledger_holds(
    changing: Changing,
) -> None:
    bag, place = changing.row("b.txt").bag, changing.bag("b.txt")
    target = changing.root / "quarantine/withdrawn" / bag[-2:] / bag
    target.parent.mkdir(parents=True)
    place.chmod(0o755)
    place.rename(target)
    assert told(changing, code=1)[bag] == ("missing", ["FIX-BAG-MISSING"])

"""A catalog made anew while storage refuses a bag: the bag is unreadable, and is not called another one."""

import pytest

from archive.storage.bags.bag_revision import PREVIOUS
from tests.changes import Changing
from tests.refusals import refuse_named


@pytest.mark.parametrize("name", ["tagmanifest-sha512.txt", "dublin-core.json", "premis.xml"])
def test_a_bag_that_is_refused_is_unreadable(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with monkeypatch.context() as refusing:
        refuse_named(refusing, name)
        report = changing("catalog", "rebuild", code=3)
    assert {found["code"] for found in report["findings"]} == {"CATALOG-BAG-UNREADABLE"}
    assert all("Input/output" in found["message"] for found in report["findings"])
    assert changing("catalog", "rebuild")["findings"] == []
    changing.require_whole()


def test_an_earlier_description_that_is_refused_is_no_other_bag(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "title=Other")
    with monkeypatch.context() as refusing:
        refuse_named(refusing, PREVIOUS)
        report = changing("catalog", "rebuild", code=3)
    assert {found["code"] for found in report["findings"]} == {"CATALOG-BAG-UNREADABLE"}
    assert changing("catalog", "rebuild")["findings"] == []


@pytest.mark.parametrize("is_described", [False, True])
def test_a_bag_that_is_refused_is_named_once(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, is_described: bool
) -> None:
    if is_described:
        changing("describe", changing.reference("a.txt"), "--set", "title=Other")
    with monkeypatch.context() as refusing:
        refuse_named(refusing, "metadata")
        report = changing("catalog", "rebuild", code=3)
    places = [found["place"] for found in report["findings"]]
    assert places
    assert len(set(places)) == len(places)


def test_a_bag_that_is_not_there_is_doubtful(changing: Changing) -> None:
    changing.bag("a.txt").rename(changing.made.folder / "away")
    report = changing("catalog", "rebuild", code=1)
    assert [found["code"] for found in report["findings"]] == ["CATALOG-BAG-DOUBTFUL"]


def test_a_bag_that_is_refused_once_is_asked_again(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        refuse_named(refusing, "dublin-core.json", times=1)
        assert changing("catalog", "rebuild")["findings"] == []
    changing.require_whole()

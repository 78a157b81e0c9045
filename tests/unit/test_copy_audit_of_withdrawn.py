"""What was withdrawn since a copy was made is judged on the copy by the state that the copy is of."""

import shutil
from pathlib import Path

import pytest

from archive.storage.layout import bag_path
from tests.builders import damage
from tests.changes import Changing
from tests.copying import FORMS, copy


# Of a bag that is not among the chosen nothing is read: only that it is gone can be told.
@pytest.mark.parametrize(("what", "chosen"), [("altered", "all"), ("gone", "all"), ("gone", "others")])
@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_damage_on_a_copy_is_found_whatever_was_withdrawn_since(
    changing: Changing, disk: Path, what: str, form: str, described: bool, chosen: str
) -> None:
    copy(changing, disk, "--as", form)
    row, other = changing.row("a.txt"), changing.reference("c.txt")
    bag = disk / (bag_path(row.bag) + (".tar" if form == "tar" else ""))
    if described:
        changing("describe", row.reference, "--set", "dc.title=Another")
    changing("withdraw", row.reference, "--reason", "asked back")
    audit = ("audit", "--copy", str(disk), "--jobs", "1")
    assert changing(*audit)["counts"]["intact"] == 3
    if what == "gone":
        shutil.rmtree(bag) if bag.is_dir() else bag.unlink()
    else:
        damage(bag / "data/a.txt" if bag.is_dir() else bag, "truncate")
    report = changing(*audit, *((other,) if chosen == "others" else ()), code=1)
    outcome = "damaged" if what == "altered" else "missing"
    assert [(one["id"], one["outcome"]) for one in report["bags"]] == [(row.bag, outcome)]
    assert (report["outcome"], report["counts"][outcome]) == ("damaged", 1)
    copy(changing, disk)
    assert changing(*audit)["outcome"] == "intact"


def test_what_was_disposed_of_since_is_no_damage_of_a_copy_that_lost_it(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    row = changing.row("a.txt")
    changing("withdraw", row.reference, "--reason", "asked back")
    changing("dispose", row.bag, "--authority", "the board", "--yes")
    shutil.rmtree(disk / bag_path(row.bag))
    assert changing("audit", "--copy", str(disk))["outcome"] == "intact"

"""Links that bear a name of litter: `archive tidy` leaves them where they are, and says so."""

import pytest

from tests.changes import Changing
from tests.planted import close
from tests.repairs import loosen


@pytest.mark.parametrize("path", [".DS_Store", "data/.DS_Store", "data/.DS_Store/inner", ".Trashes/inner"])
def test_a_link_in_a_bag_stays_and_is_said_though_nothing_else_of_it_is_litter(
    changing: Changing, path: str
) -> None:
    bag = changing.bag("a.txt")
    loosen(bag)
    (bag / path).parent.mkdir(exist_ok=True)
    (bag / path).symlink_to("/etc/passwd")
    close(bag)
    report = changing("tidy", code=1)
    assert [one["path"] for row in report["bags"] for one in row["left"]] == [path.removesuffix("/inner")]
    assert (report["counts"]["left"], report["counts"]["unreadable"]) == (1, 0)
    assert (bag / path).is_symlink()
    assert report["run"] is None
    assert "no litter" not in changing.text("tidy", code=1)


def test_a_link_of_another_name_is_left_to_repair(changing: Changing) -> None:
    bag = changing.bag("a.txt")
    loosen(bag)
    (bag / "data/link").symlink_to("/etc/passwd")
    close(bag)
    assert changing("tidy")["counts"]["left"] == 0

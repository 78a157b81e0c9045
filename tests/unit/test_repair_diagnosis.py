"""What is wrong with a bag, by file: what moves away, what comes, and what nobody could look at."""

from archive.core.obstacles import Obstacle
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import Displaced, RepairRecord, Restored
from archive.services.repair.contents import Contents
from archive.services.repair.diagnosis import diagnose
from archive.storage.bags.bag_files import BagReading
from archive.storage.disk.descriptors import Hindrance

FILES = {"bagit.txt": "b", "data/a.txt": "a", "metadata/x.json": "x", "metadata/y.json": "y"}
CONTENTS = Contents(FILES, {}, payload_known=True)


def reading(**changes: str | None) -> BagReading:
    """The bag as it should be; a path's digest can be changed, None takes it away."""
    found = BagReading()
    found.files = {path: (digest, 1) for path, digest in FILES.items()}
    found.folders = ["data", "metadata"]
    for path, digest in changes.items():
        if digest is None:
            del found.files[path]
        else:
            found.files[path] = (digest, 1)
    return found


def test_a_bag_as_it_should_be_is_intact() -> None:
    assert diagnose(reading(), CONTENTS).is_intact


def test_altered_and_missing_files_are_wanted_and_only_the_altered_ones_move() -> None:
    found = diagnose(reading(**{"data/a.txt": "bad", "bagit.txt": None}), CONTENTS)
    assert [(one.path, one.outcome) for one in found.wanted] == [
        ("bagit.txt", FileOutcome.MISSING),
        ("data/a.txt", FileOutcome.ALTERED),
    ]
    assert [one.path for one in found.set_aside] == ["data/a.txt"]


def test_what_could_not_be_read_is_left_unless_it_is_asked_for() -> None:
    bag = reading(**{"data/a.txt": None})
    bag.odd["data/a.txt"] = Hindrance(Obstacle.UNREADABLE, "Input/output error")
    found = diagnose(bag, CONTENTS)
    assert [(one.path, one.outcome) for one in found.set_aside] == [("data/a.txt", "unreadable")]
    left = found.without_unreadable()
    assert (left.set_aside, left.wanted, left.unreadable) == ((), (), ("data/a.txt",))
    assert not left.is_intact


def test_files_in_a_folder_that_could_not_be_read_are_unreadable_and_not_missing() -> None:
    bag = reading(**{"metadata/x.json": None, "metadata/y.json": None})
    bag.odd["metadata"] = Hindrance(Obstacle.UNREADABLE, "Permission denied")
    found = diagnose(bag, CONTENTS)
    assert {one.outcome for one in found.wanted} == {FileOutcome.UNREADABLE}
    assert [one.path for one in found.set_aside] == ["metadata"]
    assert found.without_unreadable().set_aside == ()


def test_a_bag_that_could_not_be_opened_is_left_whole() -> None:
    bag = BagReading()
    bag.trouble = Hindrance(Obstacle.UNREADABLE, "Permission denied")
    found = diagnose(bag, CONTENTS)
    assert (found.whole, found.unreadable) == (True, ("",))
    assert found.without_unreadable().wanted == ()
    assert diagnose(bag, None).unreadable == ("",)


def test_a_link_on_the_way_and_a_folder_in_a_file_s_place_move_as_they_are() -> None:
    bag = reading(**{"metadata/x.json": None, "metadata/y.json": None, "bagit.txt": None})
    bag.odd["metadata"] = Hindrance(Obstacle.LINK, "")
    bag.folders = ["data", "bagit.txt"]
    bag.files["bagit.txt/inner"] = ("i", 1)
    found = diagnose(bag, CONTENTS)
    assert [one.path for one in found.set_aside] == ["bagit.txt", "metadata"]
    assert {one.outcome for one in found.wanted} == {FileOutcome.MISSING}


def test_an_unlisted_folder_moves_as_one_and_an_empty_payload_stays() -> None:
    bag = reading(**{"new/deep/one": "1", "new/two": "2", "data/stranger": "s"})
    bag.empty = ["data/none", "empty/inner"]
    found = diagnose(bag, CONTENTS)
    assert [one.path for one in found.set_aside] == ["data/none", "data/stranger", "empty", "new"]
    alone = BagReading()
    alone.files = {"bagit.txt": ("b", 1)}
    alone.folders = alone.empty = ["data"]
    assert diagnose(alone, Contents({"bagit.txt": "b"}, {}, payload_known=True)).is_intact


def test_the_folder_of_a_payload_without_files_is_made_again_where_nothing_stands_there() -> None:
    gone = BagReading()
    gone.files = {"bagit.txt": ("b", 1)}
    contents = Contents({"bagit.txt": "b"}, {}, payload_known=True)
    found = diagnose(gone, contents)
    assert (found.folder, found.is_intact) == (True, False)
    assert not diagnose(gone, contents._replace(payload_known=False)).folder
    gone.odd["data"] = Hindrance(Obstacle.UNREADABLE, "Permission denied")
    assert not diagnose(gone, contents).folder
    gone.odd["data"] = Hindrance(Obstacle.LINK, "")
    found = diagnose(gone, contents)
    assert (found.folder, [one.path for one in found.set_aside]) == (True, ["data"])
    assert not diagnose(reading(**{"data/a.txt": None}), CONTENTS).folder


def test_of_a_payload_that_nobody_can_list_nothing_is_touched() -> None:
    bag = reading(**{"data/stranger": "s", "metadata/x.json": "bad"})
    tags = {path: digest for path, digest in FILES.items() if not path.startswith("data/")}
    found = diagnose(bag, Contents(tags, {}, payload_known=False))
    assert [one.path for one in found.set_aside] == ["metadata/x.json"]
    assert not found.payload_known


def test_a_bag_of_which_nothing_is_known_is_left_alone() -> None:
    found = diagnose(reading(**{"data/a.txt": "bad"}), None)
    assert (found.set_aside, found.wanted, found.known) == ((), (), False)


def test_a_record_reads_back_with_any_name() -> None:
    record = RepairRecord(
        bag="b",
        run="r",
        time="t",
        entry=7,
        whole=False,
        set_aside=(Displaced(path="data/\udcff\n", outcome="altered", sha512="s", size=3),),
        restored=(Restored(path="data/a", sha512="0" * 128, before=None, place="p\u202e", source="\udcfe"),),
    )
    assert RepairRecord.parse(record.to_bytes()) == record


def test_an_unreadable_folder_stays_unless_all_of_it_can_be_put_back() -> None:
    from types import SimpleNamespace
    from typing import Any, cast

    from archive.core.expectation import Expectation
    from archive.services.repair.proposal import FileProposal, RepairState, proposal_of

    bag = reading(**{"metadata/x.json": None, "metadata/y.json": None})
    bag.odd["metadata"] = Hindrance(Obstacle.UNREADABLE, "Permission denied")
    diagnosis = diagnose(bag, CONTENTS)
    at_hand = cast(
        "Any",
        SimpleNamespace(refusals=[], diagnosis=diagnosis, promise=Expectation("b", 1, "", "", None, 1, 1)),
    )
    for places, state, moved in (
        (("copy", "copy"), RepairState.REPAIRABLE, ["metadata"]),
        (("copy", None), RepairState.LACKING, []),
    ):
        files = [
            FileProposal(wanted=wanted, place=place, source=place)
            for wanted, place in zip(diagnosis.wanted, places, strict=True)
        ]
        row = proposal_of(at_hand, diagnosis, files)
        assert (row.state, [one.path for one in row.set_aside]) == (state, moved)

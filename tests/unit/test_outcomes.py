"""Verdicts: the worst of many, and never more than was looked at."""

import pytest

from archive.core.outcomes import BagOutcome, FileOutcome, RunOutcome, bag_outcome, run_outcome


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], BagOutcome.INTACT),
        ([FileOutcome.INTACT], BagOutcome.INTACT),
        ([FileOutcome.INTACT, FileOutcome.ALTERED], BagOutcome.DAMAGED),
        ([FileOutcome.MISSING], BagOutcome.DAMAGED),
        ([FileOutcome.UNLISTED], BagOutcome.DAMAGED),
        ([FileOutcome.INTACT, FileOutcome.UNREADABLE], BagOutcome.UNREADABLE),
        ([FileOutcome.UNREADABLE, FileOutcome.ALTERED], BagOutcome.DAMAGED),
    ],
)
def test_a_bag_is_as_bad_as_its_worst_file(files: list[FileOutcome], expected: BagOutcome) -> None:
    assert bag_outcome(files) is expected


@pytest.mark.parametrize(
    ("bags", "expected"),
    [
        ([BagOutcome.INTACT], RunOutcome.INTACT),
        ([BagOutcome.INTACT, BagOutcome.PENDING, BagOutcome.WITHDRAWN], RunOutcome.INTACT),
        ([BagOutcome.INTACT, BagOutcome.DAMAGED, BagOutcome.UNREADABLE], RunOutcome.DAMAGED),
        ([BagOutcome.MISSING], RunOutcome.DAMAGED),
        ([BagOutcome.UNKNOWN], RunOutcome.DAMAGED),
        ([BagOutcome.INTACT, BagOutcome.UNREADABLE], RunOutcome.INCONCLUSIVE),
        ([BagOutcome.PENDING], RunOutcome.NOTHING_READ),
        ([], RunOutcome.NOTHING_READ),
    ],
)
def test_a_run_is_as_bad_as_its_worst_bag(bags: list[BagOutcome], expected: RunOutcome) -> None:
    assert run_outcome(bags, held=3) is expected


def test_an_empty_archive_is_intact() -> None:
    assert run_outcome([], held=0) is RunOutcome.INTACT


def test_a_look_at_names_and_sizes_never_says_intact() -> None:
    assert run_outcome([BagOutcome.INTACT], held=1, quick=True) is RunOutcome.NO_DIFFERENCE_SEEN
    assert run_outcome([], held=0, quick=True) is RunOutcome.NO_DIFFERENCE_SEEN
    assert run_outcome([], held=1, quick=True) is RunOutcome.NOTHING_READ


def test_broken_evidence_outweighs_everything() -> None:
    outcome = run_outcome([BagOutcome.DAMAGED], held=1, errors=True, evidence=False)
    assert outcome is RunOutcome.EVIDENCE_BROKEN


def test_an_error_outside_the_bags_is_damage() -> None:
    assert run_outcome([BagOutcome.INTACT], held=1, errors=True) is RunOutcome.DAMAGED

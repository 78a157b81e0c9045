"""Tens of thousands of one kind, where a question asked of each looked through all of them."""

import pytest

from archive.core.ledger.entries import Entry
from archive.core.submission import Role, SourceFile
from archive.storage.audits.plan import AuditPlan
from archive.storage.plan import Plan
from tests.fuzz.execution import execute

# Counting which lines run makes each of them several times slower, and what is slow here is not the point.
pytestmark = pytest.mark.no_cover

MANY = 30_000


def test_the_repairs_of_each_of_very_many_repaired_bags() -> None:
    def check(_: bytes) -> None:
        with AuditPlan() as plan:
            for number in range(MANY):
                members = {
                    "run": f"run-{number}",
                    "bag": f"bag-{number}",
                    "outcome": "intact",
                    "record": "00",
                }
                plan.take_entry(number, Entry("repaired", "2026-11-21T02:40:59.123Z", (), members))
            for number in range(MANY):
                (repair,) = plan.vouched.repairs(f"bag-{number}")
                assert repair.entry == number
            assert [repair.entry for repair in plan.vouched.repairs(since=MANY - 2)] == [MANY - 2, MANY - 1]

    crash = execute(check, b"")
    assert crash is None, crash.report


def test_very_many_files_of_the_same_bytes() -> None:
    def check(_: bytes) -> None:
        with Plan() as plan:
            plan.add_files(SourceFile(0, f"{number:05d}.txt", 7, Role.DOCUMENT) for number in range(MANY))
            found = [plan.add_digest(number + 1, "00") for number in range(MANY)]
            assert found == [None, *["00000.txt"] * (MANY - 1)]
            (group,) = plan.twin_groups(2)
            assert group == (MANY, 7, ("00000.txt", "00001.txt"))

    crash = execute(check, b"")
    assert crash is None, crash.report

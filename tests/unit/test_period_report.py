"""The report of a period: each number is what the ledger, its results and its notes say."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.ledger import change_entries, entries
from archive.core.ledger.entries import Entry, parse_entry
from archive.core.period import Period
from archive.core.promises import Interval
from archive.core.promises.tally import tally_kept
from archive.services.reporting.checks import CheckTally
from archive.services.reporting.policy import policy_changes
from archive.services.reporting.tally import LedgerTally
from archive.storage.ledger.notes import Notes

YEAR = Period.of_year(2026)


def at(day: str) -> str:
    """Noon of a day."""
    return f"{day}T12:00:00.000Z"


def taken(day: str, size: int = 100, *, files: int = 1, agents: tuple[str, ...] = ("a",)) -> Entry:
    """An ingestion."""
    raw = entries.ingestion(
        time=at(day),
        agents=agents,
        bag="b",
        run="r",
        file_count=files,
        byte_count=size,
        payload=("sha512", "d"),
        tagmanifest="t",
    )
    return parse_entry(raw)


def withdrawn(day: str, size: int = 100) -> Entry:
    """A withdrawal."""
    raw = change_entries.withdrawal(
        time=at(day), agents=["a"], bag="b", run="r", tagmanifest="t", files=1, byte_count=size
    )
    return parse_entry(raw)


def audited(
    day: str, run_: str, *, mode: str = "full", outcome: str = "intact", interrupted: bool = False
) -> list[Entry]:
    """An audit's beginning and end."""
    begun = entries.audit_started(time=at(day), agents=["a"], run=run_, mode=mode, selected=1, policy=90)
    ended = entries.audit_finished(
        time=at(day),
        agents=["a"],
        run=run_,
        started=0,
        outcome=outcome,
        counts={"intact": 1},
        results="s",
        interrupted=interrupted,
    )
    return [parse_entry(begun), parse_entry(ended)]


def tallied(*told: Entry, period: Period = YEAR) -> LedgerTally:
    """A tally of these entries."""
    tally = LedgerTally(period)
    for index, entry in enumerate(told):
        tally.take(index, entry)
    return tally


def test_what_lies_before_is_the_opening_and_what_lies_behind_counts_for_nothing() -> None:
    tally = tallied(
        taken("2025-12-31", 7), taken("2026-01-01", 11), taken("2026-12-31", 13), taken("2027-01-01", 17)
    )
    assert tally.opening.to_json() == {"documents": 1, "files": 1, "bytes": 7}
    assert {key: one.added.bytes for key, one in tally.stretches.items() if one.added.documents} == {
        "2026-01": 11,
        "2026-12": 13,
    }
    assert tally.agents["a", "ingestion"] == 2


def test_what_is_withdrawn_is_taken_away_with_its_bytes() -> None:
    tally = tallied(
        taken("2025-01-01", 50), withdrawn("2025-02-01", 50), taken("2026-01-01"), withdrawn("2026-03-01")
    )
    assert tally.opening.documents == tally.opening.bytes == 0
    assert tally.stretches["2026-03"].removed.to_json() == {"documents": 1, "files": 1, "bytes": 100}


def test_audits_are_counted_by_what_they_chose_and_how_they_ended() -> None:
    tally = tallied(
        *audited("2025-12-31", "r0"),
        *audited("2026-01-01", "r1", mode="share"),
        *audited("2026-01-02", "r2", mode="ids"),
        *audited("2026-01-03", "r3", outcome="damaged"),
    )
    assert dict(tally.audits) == {("share", "intact"): 1, ("ids", "intact"): 1, ("full", "damaged"): 1}
    assert tally.audit_days == {"2026-01-01", "2026-01-03"}
    assert [entry.run for _, entry in tally.adverse_audits] == ["r3"]


def test_an_audit_that_was_cut_off_before_it_read_anything_keeps_no_promise() -> None:
    tally = tallied(
        *audited("2026-01-01", "r1", outcome="nothing-read", interrupted=True),
        *audited("2026-01-02", "r2", outcome="intact", interrupted=True),
        *audited("2026-01-03", "r3", outcome="nothing-read"),  # nothing was due
    )
    assert tally.audit_days == {"2026-01-02", "2026-01-03"}


def test_an_audit_that_began_before_the_period_is_known_by_its_mode() -> None:
    begun, _ = audited("2025-12-31", "r")
    _, ended = audited("2026-01-01", "r")
    assert dict(tallied(begun, ended).audits) == {("full", "intact"): 1}


def test_agents_beyond_the_bound_are_left_out_and_not_remembered() -> None:
    tally = tallied(*(taken("2026-01-01", agents=(f"agent-{number}",)) for number in range(1100)))
    assert len(tally.first_sight) == len(tally.agents) == 1000


@pytest.mark.parametrize(
    ("first", "last", "keys"),
    [
        ("2026-01-01", "2026-12-31", 12),
        ("2025-11-15", "2026-02-01", 4),
        ("2026-02-28", "2026-02-28", 1),
        ("2024-01-01", "2026-12-31", 36),
        ("2023-12-31", "2026-12-31", 4),
    ],
)
def test_a_period_is_told_in_months_up_to_three_years_and_in_years_beyond(
    first: str, last: str, keys: int
) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    stretches = [key for key, _ in period.stretches()]
    assert len(stretches) == keys
    assert stretches == sorted(set(stretches))
    assert {period.stretch_of(period.begins), period.stretch_of(at(last))} <= set(stretches)


@given(first=st.dates(date(1970, 1, 1), date(2200, 1, 1)), last=st.dates(date(1970, 1, 1), date(2200, 1, 1)))
def test_every_day_of_a_period_has_a_stretch(first: date, last: date) -> None:
    if first > last:
        with pytest.raises(ValueError, match="later"):
            Period(first, last)
        return
    period = Period(first, last)
    keys = {key for key, _ in period.stretches()}
    assert {period.stretch_of(at(day.isoformat())) for day in (first, last)} <= keys
    assert period.begins in period
    assert period.ends not in period


def checked(*looks: tuple[str, str, str]) -> CheckTally:
    """A tally of (bag, day, outcome)."""
    tally = CheckTally(YEAR)
    for bag, day, outcome in looks:
        tally.take(bag, at(day), outcome)
    return tally


def test_the_same_damage_seen_again_is_one_damage_and_mended_once_it_is_found_intact() -> None:
    tally = checked(
        ("a", "2026-01-01", "damaged"),
        ("a", "2026-01-02", "missing"),
        ("a", "2026-01-03", "intact"),
        ("a", "2026-01-04", "intact"),
        ("a", "2026-02-01", "damaged"),
        ("b", "2026-01-01", "intact"),
    )
    assert [(one.since[:10], one.outcome, one.mended and one.mended[:10]) for one in tally.damage()] == [
        ("2026-01-01", "missing", "2026-01-03"),
        ("2026-02-01", "damaged", None),
    ]


def test_damage_of_before_is_told_where_it_was_open_and_not_where_it_was_mended() -> None:
    tally = checked(
        ("open", "2025-05-01", "damaged"),
        ("mended", "2025-05-01", "damaged"),
        ("mended", "2025-06-01", "intact"),
        ("late", "2025-05-01", "damaged"),
        ("late", "2026-06-01", "intact"),
    )
    assert [one.bag for one in tally.damage()] == ["late", "open"]
    assert tally.days.keys() == {"2026-06-01"}


def test_what_could_not_be_read_is_neither_damage_nor_mended() -> None:
    tally = checked(
        ("a", "2026-01-01", "damaged"), ("a", "2026-01-02", "unreadable"), ("b", "2026-01-02", "unreadable")
    )
    (one,) = tally.damage()
    assert (one.bag, one.mended) == ("a", None)
    assert tally.to_json()[1] == {"day": "2026-01-02", "looks": 2, "adverse": 0, "unreadable": 2}


def test_damage_beyond_the_bound_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.services.reporting.checks.PERIOD_DAMAGE", 2)
    tally = checked(*((f"bag{number}", "2026-01-01", "damaged") for number in range(5)))
    assert (len(list(tally.damage())), tally.beyond) == (2, 3)


def test_damage_beyond_the_bound_that_is_seen_every_night_is_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("archive.services.reporting.checks.PERIOD_DAMAGE", 1)
    known: set[str] = set()  # as the plan knows it
    tally = CheckTally(YEAR, known.__contains__)
    for day, outcome in enumerate(["damaged", "damaged", "missing", "intact", "intact"], 1):
        for bag in ("kept", "beyond"):
            tally.take(bag, at(f"2026-01-{day:02}"), outcome)
            (known.discard if outcome == "intact" else known.add)(bag)
    assert len(list(tally.damage())) == 1
    assert (tally.beyond, tally.beyond_opened, tally.beyond_mended) == (1, 1, 1)


def test_damage_ends_with_the_withdrawal_and_is_told_no_more_in_later_years() -> None:
    tally = checked(("early", "2025-05-01", "damaged"), ("late", "2025-05-01", "damaged"))
    withdrawn_on = {"early": at("2025-06-01"), "late": at("2026-06-01")}
    (one,) = tally.damage(withdrawn_on.get)
    assert (one.bag, one.withdrawn) == ("late", at("2026-06-01"))


def test_a_month_13_is_counted_nowhere_and_stops_nothing() -> None:
    odd = Entry("ingestion", "2026-13-01T00:00:00.000Z", ("a",), {"files": -1, "bytes": "x"})
    assert not any(one.added.documents for one in tallied(odd).stretches.values())
    tally = checked(("a", "2026-13-41", "intact"), ("a", "2026-02-30", "damaged"))
    assert tally.days == {}
    assert sum(row["looks"] for row in tally.stretches()) == 0


def test_days_added_up_by_month_are_the_days() -> None:
    tally = checked(
        ("a", "2026-01-01", "intact"), ("b", "2026-01-01", "damaged"), ("a", "2026-01-09", "intact")
    )
    january = tally.stretches()[0]
    assert january == {
        "stretch": "2026-01",
        "name": "Jan",
        "days": 2,
        "looks": 3,
        "adverse": 1,
        "unreadable": 0,
    }
    assert len(tally.stretches()) == 12


@pytest.mark.parametrize(
    ("every", "days", "kept"),
    [
        (Interval.DAILY, [], (31, 0, 30)),
        (Interval.DAILY, [1, 2, 2, 31], (31, 3, 29)),
        (Interval.WEEKLY, [5, 11, 12], (5, 2, 19)),
        (Interval.MONTHLY, [31], (1, 1, 30)),
    ],
)
def test_promised_against_done(every: Interval, days: list[int], kept: tuple[int, int, int]) -> None:
    ran = [date(2026, 1, day) for day in days]
    assert tally_kept(every, [*ran, date(2027, 1, 1)], date(2026, 1, 1), date(2026, 1, 31)) == kept


def settings_entries(notes: Notes, *texts: str | None) -> Iterator[tuple[int, Entry]]:
    for index, text in enumerate(texts, 1):
        note = notes.write(text, sync=False) if text is not None else None
        raw = entries.settings_changed(time=at(f"2026-01-{index:02d}"), agents=["a"], settings="s", note=note)
        yield index, parse_entry(raw)


def test_a_change_of_policy_is_told_by_its_names_and_values(tmp_path: Path) -> None:
    texts = (
        '[audit]\nevery_days = 90\n[agents]\nsalt = "x"',
        '[audit]\nevery_days = 30\n[agents]\nsalt = "y"',
    )
    (change,) = policy_changes(
        Notes(str(tmp_path)), settings_entries(Notes(str(tmp_path)), *texts), YEAR.begins
    )
    assert (change.entry, change.changes) == (2, ("audit.every_days: “90” → “30”",))


def test_a_change_whose_text_is_gone_is_told_as_unknown(tmp_path: Path) -> None:
    recorded = settings_entries(Notes(str(tmp_path)), "a = 1", None, "[", "a = 1")
    told = list(policy_changes(Notes(str(tmp_path)), recorded, YEAR.begins))
    assert [(change.entry, change.changes) for change in told] == [(2, None), (3, None), (4, None)]

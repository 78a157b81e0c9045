"""What the results of audits say of a period: what was read on which day, and what was found wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from archive.core.limits.output import PERIOD_DAMAGE
from archive.core.period import Period, is_day

_ADVERSE: Final = frozenset({"damaged", "missing"})


@dataclass(slots=True)
class Day:
    """What was read on one day: looks at documents, those that found damage, those that could not look."""

    looks: int = 0
    adverse: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class Damage:
    """A document that was found damaged or missing: when first and last, when found intact again."""

    bag: str
    outcome: str
    since: str
    seen: str
    mended: str | None = None


class CheckTally:
    """Takes every check up to the period's end in the order of the ledger; `days` are those within it."""

    def __init__(self, period: Period) -> None:
        self.days: dict[str, Day] = {}
        self.beyond = 0
        self._period = period
        self._damage: dict[str, list[Damage]] = {}

    def take(self, bag: str, time: str, outcome: str) -> None:
        """One look at one document."""
        if time in self._period:
            day = self._day(time[:10])
            day.looks += 1
            day.adverse += outcome in _ADVERSE
            day.unreadable += outcome == "unreadable"
        if outcome in _ADVERSE:
            self._take_damage(bag, time, outcome)
        elif outcome == "intact" and bag in self._damage and self._damage[bag][-1].mended is None:
            self._damage[bag][-1].mended = time

    def _day(self, text: str) -> Day:
        """What was read on that day; a throwaway for a day that no calendar has."""
        if text not in self.days and not is_day(text):
            return Day()
        return self.days.setdefault(text, Day())

    def _take_damage(self, bag: str, time: str, outcome: str) -> None:
        known = self._damage.get(bag)
        if known is not None and known[-1].mended is None:
            known[-1].seen, known[-1].outcome = time, outcome
        elif len(self._damage) >= PERIOD_DAMAGE:
            self.beyond += 1
        else:
            self._damage.setdefault(bag, []).append(Damage(bag, outcome, time, time))

    def damage(self) -> Iterator[Damage]:
        """What was found in the period, or was open when it began; by the time when it was first found."""
        every = (one for several in self._damage.values() for one in several)
        told = (one for one in every if one.mended is None or one.mended >= self._period.begins)
        yield from sorted(told, key=lambda one: (one.since, one.bag))

    def stretches(self) -> list[dict[str, Any]]:
        """The same added up by month or year; those in which nothing was read are among them."""
        sums = {
            key: {"stretch": key, "name": name, "days": 0, "looks": 0, "adverse": 0, "unreadable": 0}
            for key, name in self._period.stretches()
        }
        for day, told in self.days.items():
            row: dict[str, Any] = sums[self._period.stretch_of(day)]
            row["days"] += 1
            row["looks"] += told.looks
            row["adverse"] += told.adverse
            row["unreadable"] += told.unreadable
        return list(sums.values())

    def to_json(self) -> list[dict[str, Any]]:
        """The days of the period on which something was read."""
        return [
            {"day": day, "looks": told.looks, "adverse": told.adverse, "unreadable": told.unreadable}
            for day, told in sorted(self.days.items())
        ]

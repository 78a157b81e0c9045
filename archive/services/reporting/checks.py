"""What the results of audits say of a period: what was read on which day, and what was found wrong."""

from collections.abc import Callable, Iterator
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
    """A document that was found damaged or missing: when first and last, when found intact again.

    `withdrawn` is when it was, where it was not found intact before.
    """

    bag: str
    outcome: str
    since: str
    seen: str
    mended: str | None = None
    withdrawn: str | None = None


class CheckTally:
    """Takes every check up to the period's end in the order of the ledger; `days` are those within it.

    Damage beyond the bound is counted, not kept: `beyond` in all, of which `beyond_opened` was found in the
    period and `beyond_mended` was found intact again. `is_known` says whether a bag's last look found it
    damaged already: what is not kept can be asked for nowhere else.
    """

    def __init__(self, period: Period, is_known: Callable[[str], bool] = lambda _: False) -> None:
        self.days: dict[str, Day] = {}
        self.beyond = 0
        self.beyond_opened = 0
        self.beyond_mended = 0
        self._period = period
        self._is_known = is_known
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
        elif outcome == "intact":
            self.take_mended(bag, time)

    def take_mended(self, bag: str, time: str) -> None:
        """A document was found intact, be it by the reading that ends a repair."""
        if bag in self._damage and self._damage[bag][-1].mended is None:
            self._damage[bag][-1].mended = time
        elif self.beyond and self._is_known(bag):
            self.beyond_mended += 1

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
            is_new = not self._is_known(bag)
            self.beyond += is_new
            self.beyond_opened += is_new and time in self._period
        else:
            self._damage.setdefault(bag, []).append(Damage(bag, outcome, time, time))

    def damage(self, ended: Callable[[str], str | None] = lambda _: None) -> Iterator[Damage]:
        """What was found in the period, or was open when it began; by the time when it was first found.

        `ended` says when a document was withdrawn: from then on nothing is damaged.
        """
        for one in sorted(self._kept(), key=lambda one: (one.since, one.bag)):
            one.withdrawn = ended(one.bag) if one.mended is None else None
            over = one.mended or one.withdrawn
            if over is None or over >= self._period.begins:
                yield one

    def _kept(self) -> Iterator[Damage]:
        return (one for several in self._damage.values() for one in several)

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

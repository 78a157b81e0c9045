"""Results of a comparison: medians, ratios, a table for people and JSON for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from benchmarks.process import Usage
from benchmarks.surroundings import Surroundings


class Spread(NamedTuple):
    """One figure over several rounds: their median, the lowest and the highest."""

    median: float
    lowest: float
    highest: float


def spread(figures: Sequence[float]) -> Spread:
    """Median, lowest and highest of at least one figure."""
    return Spread(median(figures), min(figures), max(figures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """All the timed runs of one case, in order, and its peak memory where it was asked for."""

    name: str
    runs: tuple[Usage, ...]
    cold: bool = False
    documents: int | None = None
    peak_memory: int | None = None

    @property
    def wall(self) -> float:
        """Median of the seconds on the clock."""
        return median(usage.wall for usage in self.runs)

    def to_json(self) -> dict[str, Any]:
        """Seconds and bytes; `wall_runs` holds every run so that nothing rests on the median alone."""
        return {
            "name": self.name,
            "page_cache": "cold" if self.cold else "warm",
            "wall": self.wall,
            "wall_runs": [usage.wall for usage in self.runs],
            "user": median(usage.user for usage in self.runs),
            "system": median(usage.system for usage in self.runs),
            "documents": self.documents,
            "documents_per_second": self.documents / self.wall if self.documents else None,
            "peak_memory": self.peak_memory,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One comparison. The first row is the one that the others are compared with.

    In a table that is not `comparable` the rows stand beside each other without ratios.
    """

    title: str
    surroundings: Surroundings
    rows: tuple[Row, ...]
    comparable: bool = True

    def row(self, name: str) -> Row:
        """The row of that name; KeyError where there is none."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no case {name!r}; there are {', '.join(row.name for row in self.rows)}")

    def ratio(self, case: str, against: str) -> Spread:
        """How many times longer the case took than the other, compared round by round.

        So a machine that slows down favours neither. Where both say how many documents they took, the time
        per document is compared: a case may be run on fewer of them.
        """
        ours, theirs = self.row(case), self.row(against)
        scale = theirs.documents / ours.documents if ours.documents and theirs.documents else 1.0
        pairs = zip(ours.runs, theirs.runs, strict=True)
        return spread([one.wall / other.wall * scale for one, other in pairs])

    def difference(self, case: str, against: str) -> Spread:
        """By how many seconds the case took longer than the other, compared round by round."""
        pairs = zip(self.row(case).runs, self.row(against).runs, strict=True)
        return spread([ours.wall - theirs.wall for ours, theirs in pairs])

    def to_json(self) -> dict[str, Any]:
        """Everything that was measured."""
        return {
            "title": self.title,
            "surroundings": self.surroundings.to_json(),
            "cases": [row.to_json() for row in self.rows],
        }

    def text(self) -> str:
        """The table as aligned lines, headed by where it was measured."""
        lines = [self.header, *self.cells()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        aligned = (
            "  ".join(
                cell.ljust(width) if index < 2 else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )
        return "\n".join([self.title, f"{self.surroundings}; {self.rounds}", "", *aligned, ""])

    @property
    def rounds(self) -> str:
        """How often each case was run."""
        runs = len(self.rows[0].runs) if self.rows else 0
        return "one run each" if runs == 1 else f"{runs} alternating runs each"

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns of `cells`; `× first` is the ratio to the first row."""
        times = ("median s", "lowest", "highest", "user s", "kernel s")
        return ("case", "cache", "documents", *times, "documents/s", "× first", "peak MB")

    def cells(self) -> list[tuple[str, ...]]:
        """The rows as text for people, in the order of `header`."""
        return [self._cells(row) for row in self.rows]

    def _cells(self, row: Row) -> tuple[str, ...]:
        facts = row.to_json()
        walls = facts["wall_runs"]
        rate, memory = facts["documents_per_second"], row.peak_memory
        return (
            row.name,
            facts["page_cache"],
            f"{row.documents:,}" if row.documents else "",
            *(
                f"{seconds:.3f}"
                for seconds in (row.wall, min(walls), max(walls), facts["user"], facts["system"])
            ),
            f"{rate:,.0f}" if rate else "",
            f"{self.ratio(row.name, self.rows[0].name).median:.2f}" if self.comparable else "",
            f"{memory / 1e6:.1f}" if memory is not None else "",
        )

"""Results of a comparison: medians, ratios, a table for people and JSON for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from benchmarks.process import Usage
from benchmarks.surroundings import Surroundings


class Ratio(NamedTuple):
    """How many times longer one case took than another: median of the rounds, lowest and highest round."""

    median: float
    lowest: float
    highest: float


class Target(NamedTuple):
    """A claim: the case takes at most so many times as long as the other (0.5 = twice as fast)."""

    case: str
    against: str
    at_most: float


class Verdict(NamedTuple):
    """A target and what was measured."""

    target: Target
    ratio: Ratio

    @property
    def held(self) -> bool:
        """True where the median ratio is within the target."""
        return self.ratio.median <= self.target.at_most

    def __str__(self) -> str:
        case, against, at_most = self.target
        ratio = self.ratio
        return (
            f"{'held  ' if self.held else 'MISSED'}  {case} takes {ratio.median:.3g} × {against} "
            f"(rounds {ratio.lowest:.3g}–{ratio.highest:.3g}; target ≤ {at_most:.3g})"
        )


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
    """One comparison. The first row is the one that the others are compared with."""

    title: str
    surroundings: Surroundings
    rows: tuple[Row, ...]

    def row(self, name: str) -> Row:
        """The row of that name; KeyError where there is none."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no case {name!r}; there are {', '.join(row.name for row in self.rows)}")

    def ratio(self, case: str, against: str) -> Ratio:
        """Compares the two cases round by round, so that a machine that slows down favours neither."""
        pairs = zip(self.row(case).runs, self.row(against).runs, strict=True)
        ratios = [ours.wall / theirs.wall for ours, theirs in pairs]
        return Ratio(median(ratios), min(ratios), max(ratios))

    def judge(self, targets: Sequence[Target]) -> list[Verdict]:
        """What became of each target."""
        return [Verdict(target, self.ratio(target.case, target.against)) for target in targets]

    def to_json(self, targets: Sequence[Target] = ()) -> dict[str, Any]:
        """Everything that was measured, and the verdicts on the targets."""
        return {
            "kind": "benchmark",
            "version": 1,
            "title": self.title,
            "surroundings": self.surroundings.to_json(),
            "cases": [row.to_json() for row in self.rows],
            "targets": [
                {**verdict.target._asdict(), **verdict.ratio._asdict(), "held": verdict.held}
                for verdict in self.judge(targets)
            ],
        }

    def text(self, targets: Sequence[Target] = ()) -> str:
        """The table as aligned lines, headed by where it was measured."""
        header = (
            *("case", "cache", "median s", "lowest", "highest"),
            *("user s", "kernel s", "docs/s", "× first", "peak MB"),
        )
        lines = [header, *(self._cells(row) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        aligned = (
            "  ".join(
                cell.ljust(width) if index < 2 else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )
        runs = f"{len(self.rows[0].runs)} alternating runs each" if self.rows else "nothing was run"
        return "\n".join(
            [self.title, f"{self.surroundings}; {runs}", "", *aligned, *map(str, self.judge(targets)), ""]
        )

    def _cells(self, row: Row) -> tuple[str, ...]:
        facts = row.to_json()
        walls = facts["wall_runs"]
        rate, memory = facts["documents_per_second"], row.peak_memory
        return (
            row.name,
            facts["page_cache"],
            *(
                f"{seconds:.3f}"
                for seconds in (row.wall, min(walls), max(walls), facts["user"], facts["system"])
            ),
            f"{rate:,.0f}" if rate else "",
            f"{self.ratio(row.name, self.rows[0].name).median:.2f}",
            f"{memory / 1e6:.1f}" if memory is not None else "",
        )

"""The measured section of docs/fuzzing.md: how long each target has run, and what came of it.

The page comes of many runs: a run adds what it came to.
"""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.page import CLOSING, OPENING, replaced
from tests.fuzz.campaign import Tally
from tests.fuzz.target import Target

_HEADER = "| target | what holds, whatever it is given | executions | seconds | slowest | broken | last run |"
_RULE = "| --- | --- | ---: | ---: | ---: | ---: | --- |"
_ROW = re.compile(
    r"^\| `([^`|]+)` \| [^|]* \| ([0-9,]+) \| ([0-9,]+) \| ([0-9]+\.[0-9]{2}) \| ([0-9,]+) \| ([^|]+) \|$"
)


class Row(NamedTuple):
    """What all runs of a target came to: seconds of processor time; `run` is the day and seed of the last."""

    executions: int
    seconds: int
    slowest: float
    broken: int
    run: str


def row(tally: Tally, *, day: str, seed: int) -> Row:
    """The row of a target that ran."""
    broken = sum(tally.crashes.values())
    return Row(tally.executions, round(tally.seconds), tally.slowest, broken, f"{day}, seed {seed}")


def _added(before: Row | None, new: Row) -> Row:
    if before is None:
        return new
    slowest = max(before.slowest, new.slowest)
    broken = before.broken + new.broken
    return Row(before.executions + new.executions, before.seconds + new.seconds, slowest, broken, new.run)


def rows_in(page: str) -> dict[str, Row]:
    """The rows that stand between the marks of a page, by target."""
    section = page.partition(OPENING)[2].partition(CLOSING)[0]
    found = {}
    for line in section.splitlines():
        if match := _ROW.match(line):
            name, executions, seconds, slowest, broken, run = match.groups()
            found[name] = Row(_number(executions), _number(seconds), float(slowest), _number(broken), run)
    return found


def section(targets: Sequence[Target], rows: Mapping[str, Row]) -> str:
    """The results as Markdown: what there was in all, and a table for each family."""
    ran = [rows[target.name] for target in targets if target.name in rows]
    least = min((each.seconds for each in ran), default=0)
    parts = [
        (
            f"{len(ran)} of {len(targets)} targets, each of them {least:,} seconds of processor time or more,"
            f" together {sum(each.seconds for each in ran) / 60:,.0f} minutes;"
            f" {sum(each.executions for each in ran):,} executions; inputs that broke a law:"
            f" {sum(each.broken for each in ran):,}. Last run on {os.cpu_count()} processors with"
            f" Python {platform.python_version()} under {platform.system()}."
        )
    ]
    for family in dict.fromkeys(target.family for target in targets):
        lines = [_line(target, rows.get(target.name)) for target in targets if target.family == family]
        parts.append("\n".join([f"**{family}**", "", _HEADER, _RULE, *lines]))
    return "\n\n".join(parts)


def _line(target: Target, known: Row | None) -> str:
    if known is None:
        return f"| `{target.name}` | {target.law} | – | – | – | – | not yet |"
    return (
        f"| `{target.name}` | {target.law} | {known.executions:,} | {known.seconds:,} | {known.slowest:.2f}"
        f" | {known.broken:,} | {known.run} |"
    )


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def check_page(path: Path) -> None:
    """See that results can be put into the page, before hours are spent on them.

    Raises PageError where it has no marks, OSError where it cannot be read or written.
    """
    with path.open("r+", encoding="utf-8") as stream:
        replaced(stream.read(), "")


def write_page(path: Path, targets: Sequence[Target], rows: Mapping[str, Row]) -> None:
    """Add these rows to those of their targets that stand on the page.

    Raises what `check_page` raises.
    """
    page = path.read_text(encoding="utf-8")
    known = rows_in(page)
    new = {name: _added(known.get(name), row) for name, row in rows.items()}
    path.write_text(replaced(page, section(targets, {**known, **new})), encoding="utf-8")

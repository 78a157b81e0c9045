"""The measured section of docs/fuzzing.md: how long each target has run, and what came of it.

A row stays until its target runs again, so that the page may come of many runs.
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

_HEADER = "| target | what holds, whatever it is given | executions | seconds | slowest | broken | run |"
_RULE = "| --- | --- | ---: | ---: | ---: | ---: | --- |"
_ROW = re.compile(
    r"^\| `([^`|]+)` \| [^|]* \| ([0-9,]+) \| ([0-9,]+) \| ([0-9]+\.[0-9]{2}) \| ([0-9,]+) \| ([^|]+) \|$"
)


class Row(NamedTuple):
    """What the last run of one target came to; seconds are of processor time, `run` its day and seed."""

    executions: int
    seconds: int
    slowest: float
    broken: int
    run: str


def row(tally: Tally, *, day: str, seed: int) -> Row:
    """The row of a target that ran."""
    broken = sum(tally.crashes.values())
    return Row(tally.executions, round(tally.seconds), tally.slowest, broken, f"{day}, seed {seed}")


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
    parts = [
        (
            f"{len(ran)} of {len(targets)} targets, {sum(each.executions for each in ran):,} executions in"
            f" {sum(each.seconds for each in ran) / 60:,.0f} minutes of processor time; inputs that broke a"
            f" law: {sum(each.broken for each in ran):,}. Last run on {os.cpu_count()} processors with"
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
    """Put these rows into the page, in the place of earlier ones of their targets.

    Raises what `check_page` raises.
    """
    page = path.read_text(encoding="utf-8")
    path.write_text(replaced(page, section(targets, {**rows_in(page), **rows})), encoding="utf-8")

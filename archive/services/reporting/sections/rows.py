"""Rows of a section: the first are listed, the others counted."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from archive.core.limits.output import PERIOD_ROWS


def listed(rows: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The first rows, and how many there are beyond them."""
    every = iter(rows)
    return list(islice(every, PERIOD_ROWS)), sum(1 for _ in every)

"""Numbers, times and names as our pages show them; no clock and no locale is asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def moment(time: str) -> str:
    """`21 November 2026, 09:30 UTC` for a time as reports have it; other texts as they are."""
    parsed = instant(time)
    if parsed is None:
        return str(time)
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}, {parsed:%H:%M} UTC"


def day(time: str) -> str:
    """`21 November 2026` for a time as reports have it; other texts as they are."""
    parsed = instant(time)
    return str(time) if parsed is None else f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"


def plain(value: Any) -> str:
    """The text of a value: a name that is not UTF-8 stands in reports as {text, base64}."""
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    return "" if value is None else str(value)


def place(finding: Mapping[str, Any]) -> str:
    """The place of a finding, with row, column and field where they are known."""
    at = finding.get("at", {})
    parts = [plain(finding["place"])]
    parts += [f"{name} {plain(at[name])}" for name in ("line", "column", "field") if name in at]
    return ", ".join(parts)


def lines(value: Any) -> list[str]:
    """The lines of a text that a person wrote."""
    return plain(value).split("\n")


def days(count: int) -> str:
    """A number of days."""
    return "1 day" if count == 1 else f"{count:,} days"


def instant(time: str) -> datetime | None:
    """The time that a report names; None where the text is none."""
    try:
        return datetime.fromisoformat(time)
    except (TypeError, ValueError):
        return None


def age_in_days(earlier: str, later: str) -> int:
    """Whole days between two times; 0 where one cannot be read."""
    first, last = instant(earlier), instant(later)
    if first is None or last is None or (first.tzinfo is None) != (last.tzinfo is None):
        return 0
    return max((last - first).days, 0)

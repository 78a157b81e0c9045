"""python-dateutil, for the forms that no rule of ours knows: mail headers, the output of `date`.

It fills what a text lacks from a default and reads nearly anything as a date, so it is asked twice with
different defaults, both orders, and only what does not move and stands in the text is kept.
"""

import re
from datetime import datetime

from archive.core.date_suggestion.model import Reading, reading
from archive.core.limits.values import OTHER_DATE_TEXT_CHARACTERS

# No component in common, so that what comes from the default moves.
_DEFAULTS = (datetime(1904, 3, 4), datetime(2108, 8, 21))  # noqa: DTZ001 - only the calendar is looked at
_CLOCK = re.compile(
    r"\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?|\b[0-9]{1,2} ?[ap]\.?m\b|[+-][0-9]{4}\b"
)
_NUMBER = re.compile("[0-9]+")
# dateutil lets these out beside ValueError, on hostile numbers.
_TROUBLE = (ValueError, ArithmeticError, TypeError, AttributeError, LookupError, RecursionError)


def guess(text: str) -> Reading | None:
    """The date that dateutil sees in a text with one whole year in it; None where it adds anything."""
    if len(text) > OTHER_DATE_TEXT_CHARACTERS or not text.isascii():
        return None
    numbers = _NUMBER.findall(_CLOCK.sub(" ", text))
    years = [number for number in numbers if len(number) == 4]
    if len(years) != 1 or years[0] < "1000":
        return None
    found = [_stable(text, dayfirst=dayfirst) for dayfirst in (True, False)]
    dates = [date for date in found if date is not None]
    if len(dates) < 2 or any(_count(date) != len(numbers) + _names(text) for date in dates):
        return None
    if any(date[:4] != years[0] for date in dates):
        return None
    question = "which is the day and which the month?"
    return reading(dates, question if len(set(dates)) > 1 else "read with a general date reader")


def _stable(text: str, *, dayfirst: bool) -> str | None:
    from dateutil import parser

    try:
        one, other = (
            parser.parse(text, default=default, dayfirst=dayfirst, ignoretz=True) for default in _DEFAULTS
        )
    except _TROUBLE:
        return None
    if one.year != other.year:
        return None
    date = f"{one.year:04}"
    if one.month != other.month:
        return date if one.day != other.day else None
    date = f"{date}-{one.month:02}"
    return f"{date}-{one.day:02}" if one.day == other.day else date


def _count(date: str) -> int:
    return date.count("-") + 1


def _names(text: str) -> int:
    """The number of words that can be an English month: each gives one component without a digit."""
    return len(re.findall(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", text.lower()))

"""Dates in digits alone: 11/11/1918, 1918.11.11, 20090727, 11.XI.1918, 2009:07:27 10:30:00."""

import re

from archive.core.date_suggestion.model import WHICH_ORDER, Order, Reading, reading
from archive.core.date_suggestion.words import ROMAN

_TIMED = re.compile(
    r"([0-9]{4})[-:/.]([0-9]{2})[-:/.]([0-9]{2})[t ]"
    r"([0-9]{2}:[0-9]{2})(?:(:[0-9]{2})(?:[.,][0-9]+)?)?\s?(z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})\s?[-/. ]\s?([0-9]{1,2})(?:\s?[-/. ]\s?([0-9]{1,2}))?\.?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})\s?([-/. ])\s?([0-9]{1,2})\s?[-/. ]\s?('?[0-9]{2}|[0-9]{4})\.?")
_ROMAN_MONTH = re.compile(r"([0-9]{1,2})[-/. ]\s?([ivx]+)[-/. ]\s?([0-9]{4})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})\s?[-/.]\s?([0-9]{4})")
_DAY_WITH_ZONE = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})(?:z|[+-][0-9]{2}:[0-9]{2})")  # xsd:date
_BASIC = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")

CENTURIES = ("18", "19", "20")


def numeric(text: str, order: Order | None) -> Reading | None:
    """What a text of digits and separators says."""
    if match := _TIMED.fullmatch(text):
        return _timed(match)
    if match := _DAY_WITH_ZONE.fullmatch(text):
        return reading(match[1], "a day; EDTF gives no zone to one")
    if match := _BASIC.fullmatch(text):
        return _year_first(match) if match[3] == "00" else _basic(match)
    if match := _ROMAN_MONTH.fullmatch(text):
        return _roman(match)
    if match := _YEAR_FIRST.fullmatch(text):
        return _year_first(match)
    if match := _MONTH_YEAR.fullmatch(text):
        return reading(f"{match[2]}-{int(match[1]):02}", "month and year")
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match, order)
    return None


def _timed(match: re.Match[str]) -> Reading | None:
    year, month, day, minutes, seconds, zone = match.groups()
    if seconds is None:
        return reading(f"{year}-{month}-{day}", "a day; EDTF writes no time without seconds")
    offset = (zone or "").upper()
    if len(offset) == 5:
        offset = f"{offset[:3]}:{offset[3:]}"
    return reading(f"{year}-{month}-{day}T{minutes}{seconds}{offset}", "date and time, fractions left out")


def _basic(match: re.Match[str]) -> Reading | None:
    return reading("-".join(match.groups()), "year, month and day without separators")


def _roman(match: re.Match[str]) -> Reading | None:
    month = ROMAN.get(match[2], 0)
    return reading(f"{match[3]}-{month:02}-{int(match[1]):02}", "month in Roman numerals")


def _year_first(match: re.Match[str]) -> Reading | None:
    year, second, third = match.groups()
    if third is None:
        return _year_and_number(year, second)
    month, day = int(second), int(third)
    if day == 0:
        date = f"{year}-{month:02}" if month else year
        return None if year == "0000" else reading(date, "zeros stand for what is not known")
    return reading(f"{year}-{month:02}-{day:02}", "year, month and day") or reading(
        f"{year}-{day:02}-{month:02}", "year, day and month: the other order has no such day"
    )


def _year_and_number(year: str, number: str) -> Reading | None:
    if number == "00":
        return None if year == "0000" else reading(year, "zeros stand for what is not known")
    later = f"{year[: 4 - len(number)]}{number}"
    dates = [f"{year}-{int(number):02}"] if int(number) <= 12 else []
    if later > year:  # 1902-3 is a span of years to a librarian
        dates.append(f"{year}/{later}")
    reason = "a month, or a span of years?" if len(dates) > 1 else "year and month"
    return reading(dates, "a span of years" if dates and "/" in dates[0] else reason)


def _year_last(match: re.Match[str], order: Order | None) -> Reading | None:
    first, second, year = int(match[1]), int(match[3]), match[4].removeprefix("'")
    short = len(year) == 2
    if short and order == "ymd":
        dates = [f"{century}{first:02}-{second:02}-{int(year):02}" for century in CENTURIES]
        return reading(dates, "which century is meant?")
    # Day and month may each be the first; the order stated is taken where it gives a day at all.
    pairs = {"dmy": [(second, first)], "mdy": [(first, second)]}
    stated = pairs.get(order or "", [])
    both = [(second, first), (first, second)]
    full_years = [f"{century}{year}" for century in CENTURIES] if short else [year]
    for choice in (stated, both):
        dates = [f"{full}-{month:02}-{day:02}" for month, day in choice for full in full_years]
        found = reading(dates, "day, month and year")
        if found is not None:
            return found._replace(reason=_question(found, short=short))
    return None


def _question(found: Reading, *, short: bool) -> str:
    if len(found.dates) == 1:
        return "day, month and year"
    turned = len({date[4:] for date in found.dates}) > 1
    asked = [WHICH_ORDER] if turned else []
    return " And ".join([*asked, *(["which century is meant?"] if short else [])])

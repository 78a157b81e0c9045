"""One date expression: year, month or season, and day, with qualifiers and unspecified digits."""

import re

from archive.core.edtf.gregorian import completions, first_day, month_length, years
from archive.core.edtf.model import Bound, DateExpression, EdtfError
from archive.core.edtf.season import season_span
from archive.core.edtf.year import long_year, significant_year

QUALIFIERS = "?~%"
_FOUR = re.compile("-?[0-9X]{4}")
_TWO = re.compile("[0-9X]{2}")
_RIGHTMOST = re.compile("[0-9]{2}[0-9X]X")


class _Cursor:
    """Reads the components of one expression from left to right."""

    __slots__ = ("at", "end", "inner_qualifier", "qualified", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.at, self.end = text, start, end
        self.qualified = False
        self.inner_qualifier = False  # anywhere but at the very end: level 2

    def component(self, shape: re.Pattern[str], expected: str) -> str:
        """The component here without its qualifier: one before it qualifies it alone, one after it also
        all components to its left; never both."""
        left = self.at < self.end and self.text[self.at] in QUALIFIERS
        if left:
            self.at += 1
            self.inner_qualifier = self.qualified = True
        match = shape.match(self.text, self.at, self.end)
        if match is None:
            raise EdtfError(f"expected {expected}", self.at)
        self.at = match.end()
        if self.at < self.end and self.text[self.at] in QUALIFIERS:
            if left:
                raise EdtfError("expected one qualifier to a component", self.at)
            self.at += 1
            self.qualified = True
            self.inner_qualifier |= self.at < self.end
        return match.group()

    def done(self) -> bool:
        return self.at == self.end

    def hyphen(self, expected: str) -> None:
        if self.text[self.at] != "-":
            raise EdtfError(f"expected {expected}", self.at)
        self.at += 1


_YEAR = re.compile("Y?-?[0-9XES]*")


def read_date(text: str, start: int, end: int) -> DateExpression:
    """The date expression that text[start:end] is. Raises EdtfError."""
    if start == end:
        raise EdtfError("expected a date", start)
    cursor = _Cursor(text, start, end)
    where = start + (text[start] in QUALIFIERS)
    year = cursor.component(_YEAR, "a year of four digits")
    if year.startswith("Y"):
        span = long_year(year, where)
    elif "S" in year:
        span = significant_year(year, where)
    else:
        return _calendar_date(cursor, year, where)
    if not cursor.done():
        raise EdtfError("expected nothing after this year but a qualifier", cursor.at)
    return _rate(cursor, span._replace(level=2) if cursor.qualified else span)


def _calendar_date(cursor: _Cursor, year: str, where: int) -> DateExpression:
    if not _FOUR.fullmatch(year):
        raise EdtfError(f"expected a year of four digits{_more_digits(year)}", where)
    if year == "-0000":
        raise EdtfError("expected 0000 for the year before 0001; it has no sign", where)
    if cursor.done():
        return _rate(cursor, _whole_year(year))
    cursor.hyphen("a hyphen and a month, or the end")
    where = cursor.at
    month = cursor.component(_TWO, "a month (01 to 12) or season (21 to 41) of two digits")
    season = None if month.startswith("X") else season_span(month)
    if season is not None:
        if not cursor.done():
            raise EdtfError("expected nothing after a season but a qualifier", cursor.at)
        return _rate(cursor, _season(year, *season))
    months = completions(month, 1, 12)
    if not months:
        raise EdtfError("expected a month (01 to 12) or season (21 to 41)", where)
    if cursor.done():
        return _rate(cursor, _month(year, month, months))
    cursor.hyphen("a hyphen and a day, or the end")
    where = cursor.at
    day = cursor.component(_TWO, "a day of two digits")
    if not cursor.done():
        raise EdtfError("expected nothing after the day", cursor.at)
    return _rate(cursor, _day(year, (month, months), day, where))


def _more_digits(year: str) -> str:
    return ", or Y before a longer one" if len(year.lstrip("-")) > 4 else ""


def _rate(cursor: _Cursor, date: DateExpression) -> DateExpression:
    if not cursor.qualified:
        return date
    # One qualifier at the end of a date is level 1; elsewhere, or beside an X, no level 1 rule has it.
    level = 2 if cursor.inner_qualifier or date.unspecified else max(date.level, 1)
    return date._replace(level=level, step=None)


def _year_range(year: str) -> tuple[int, int]:
    digits = year.removeprefix("-")
    if "X" not in digits:
        return int(year), int(year)
    least, greatest = int(digits.replace("X", "0")), int(digits.replace("X", "9"))
    return (-greatest, -max(least, 1)) if year.startswith("-") else (least, greatest)


def _make(year: str, lower: Bound, upper: Bound, step: str) -> DateExpression:
    unspecified = "X" in year
    level = 2 if unspecified else int(year.startswith("-"))
    return DateExpression(lower, upper, level, None if unspecified else step, unspecified)


def _whole_year(year: str) -> DateExpression:
    first, last = _year_range(year)
    date = _make(year, Bound(first, 1, 1), Bound(last, 12, 31), "year")
    return date._replace(level=1) if _RIGHTMOST.fullmatch(year.removeprefix("-")) else date


def _season(year: str, first_month: int, last_month: int, level: int) -> DateExpression:
    first, last = _year_range(year)
    upper = Bound(last, last_month, month_length(last, last_month))
    date = _make(year, Bound(first, first_month, 1), upper, "season")
    return date._replace(level=max(level, date.level), step=None)


def _month(year: str, month: str, months: tuple[int, ...]) -> DateExpression:
    first, last = _year_range(year)
    upper = Bound(last, months[-1], month_length(last, months[-1]))
    date = _make(year, Bound(first, months[0], 1), upper, "month")
    if "X" not in month:
        return date
    return date._replace(level=1 if month == "XX" and "X" not in year else 2, step=None, unspecified=True)


def _day(year: str, month: tuple[str, tuple[int, ...]], day: str, where: int) -> DateExpression:
    spelled, months = month
    days = completions(day, 1, 31)
    digits, negative = year.removeprefix("-"), year.startswith("-")
    lower = first_day(years(digits, negative=negative), months, days)
    upper = first_day(years(digits, negative=negative, descending=True), months[::-1], days[::-1])
    if lower is None or upper is None:
        raise EdtfError("expected a day that the month has", where)
    date = _make(year, lower, upper, "day")
    if "X" not in spelled + day:
        return date
    from_the_right = day == "XX" and spelled in ("XX", spelled.replace("X", "-")) and "X" not in year
    return date._replace(level=1 if from_the_right else 2, step=None, unspecified=True)

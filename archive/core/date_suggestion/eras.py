"""Years counted otherwise: Japanese eras, the Republic of China, Roman numerals; dates with 年, 月, 日."""

import re
from typing import Final

from archive.core.date_suggestion.model import Reading, reading

# Names: the year before the era's first, its first year that is one of ours, its last.
# Until Meiji 5 months were those of the moon, so that a year of the era is none of ours.
_ERAS: Final = {
    ("meiji", "\u660e\u6cbb"): (1867, 6, 45),
    ("taisho", "\u5927\u6b63"): (1911, 1, 15),
    ("showa", "\u662d\u548c"): (1925, 1, 64),
    ("heisei", "\u5e73\u6210"): (1988, 1, 31),
    ("reiwa", "\u4ee4\u548c"): (2018, 1, 99),
    ("minguo", "\u6c11\u570b", "\u6c11\u56fd"): (1911, 1, 150),
}
_BY_NAME: Final = {name: era for names, era in _ERAS.items() for name in names}
_YEAR: Final = "\u5e74"
_MONTH_DAY: Final = "(?:\\s?([0-9]{1,2})\\s?\u6708(?:\\s?([0-9]{1,2})\\s?\u65e5)?)?"
_OF_AN_ERA: Final = re.compile(
    f"({'|'.join(_BY_NAME)})\\s?([0-9]{{1,3}}|\u5143|gannen)(?:\\s?{_YEAR}{_MONTH_DAY})?"
)
_WITH_SIGNS: Final = re.compile(f"([0-9]{{4}})\\s?{_YEAR}{_MONTH_DAY}")
_ROMAN: Final = re.compile("(m{1,2})(cm|cd|d?c{0,4})(xc|xl|l?x{0,4})(ix|iv|v?i{0,4})")
_ROMAN_SHORTEST: Final = 4  # letters: MM and MD are also something else
_DIGITS: Final = {"m": 1000, "d": 500, "c": 100, "l": 50, "x": 10, "v": 5, "i": 1}


def counted_otherwise(text: str) -> Reading | None:
    """The year, or the day, of a text in another count that gives one of ours without doubt."""
    if match := _WITH_SIGNS.fullmatch(text):
        return _day(int(match[1]), match[2], match[3], "year, month and day")
    if match := _OF_AN_ERA.fullmatch(text):
        before, first, last = _BY_NAME[match[1]]
        number = int(match[2]) if match[2].isdigit() else 1
        if not first <= number <= last:
            return None
        return _day(before + number, match[3], match[4], "a year of an era")
    if len(text) >= _ROMAN_SHORTEST and (match := _ROMAN.fullmatch(text)):
        return reading(f"{_roman(text):04}", "a year in Roman numerals")
    return None


def _day(year: int, month: str | None, day: str | None, reason: str) -> Reading | None:
    date = f"{year:04}"
    if month:
        date += f"-{int(month):02}"
    return reading(f"{date}-{int(day):02}" if day else date, reason)


def _roman(text: str) -> int:
    values = [_DIGITS[char] for char in text]
    return sum(
        -value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True)
    )

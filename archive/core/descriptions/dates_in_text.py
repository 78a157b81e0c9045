"""Dates that stand in running text or in a file's name: suggestions, each with the words it was read from."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from archive.core.date_suggestion import suggest
from archive.core.date_suggestion.words import MONTHS
from archive.core.limits.values import DATED_TEXT_CHARACTERS, DATES_FOUND

_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR: Final = "(?:1[0-9]{3}|20[0-9]{2})"
_ORDINAL: Final = r"(?:\.|st|nd|rd|th|er|º|°)?"
_DATES: Final = re.compile(
    rf"(?<![\w-])(?:"
    rf"{_YEAR}-[01][0-9]-[0-3][0-9]"
    rf"|[0-3]?[0-9]\s?[./]\s?[01]?[0-9]\s?[./]\s?{_YEAR}"
    rf"|(?:the\s)?[0-3]?[0-9]{_ORDINAL}\s(?:of\s|de\s|d')?(?:{_MONTH})\.?,?\s(?:de\s|del\s)?{_YEAR}"
    rf"|(?:{_MONTH})\.?\s[0-3]?[0-9]{_ORDINAL},?\s{_YEAR}"
    rf"|(?:{_MONTH})\.?,?\s(?:de\s)?{_YEAR}"
    rf")(?![\w-])",
    re.IGNORECASE,
)
_IN_A_NAME: Final = re.compile(
    rf"(?<![0-9])({_YEAR})(?:[-_.–]({_YEAR})|[-_. ]?([01][0-9])[-_. ]?([0-3][0-9]))?(?![0-9])"
)


class FoundDate(NamedTuple):
    """A date in EDTF, and the words that it was read from."""

    edtf: str
    words: str


def dates_in_text(text: str) -> tuple[FoundDate, ...]:
    """The first few dates that the text spells out and that can be read one way only; never raises."""
    found: dict[str, FoundDate] = {}
    for match in _DATES.finditer(text[:DATED_TEXT_CHARACTERS]):
        words = " ".join(match.group().split())
        edtf = suggest(words).edtf
        if edtf is not None and edtf not in found:
            found[edtf] = FoundDate(edtf, words)
            if len(found) == DATES_FOUND:
                break
    return tuple(found.values())


def dates_in_name(name: str) -> tuple[FoundDate, ...]:
    """The first few dates in a file's name: years, spans of years, and days written year first."""
    found = {each.edtf: each for each in _in_name(name)}
    return tuple(found.values())[:DATES_FOUND]


def _in_name(name: str) -> Iterator[FoundDate]:
    for match in _IN_A_NAME.finditer(name):
        year, until, month, day = match.groups()
        written = f"{year}-{month}-{day}" if month else f"{year}/{until}" if until else year
        edtf = suggest(written).edtf
        if edtf is not None:
            yield FoundDate(edtf, match.group())

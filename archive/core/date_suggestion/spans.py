"""Spans whose two ends share words, and lists of years: May 1-5, 1944; spring-summer 1967; 1914, 1916-18."""

import re
from typing import Final

from archive.core.date_suggestion.model import Reading, reading
from archive.core.date_suggestion.words import MONTHS, SEASONS
from archive.core.limits.values import DATES_IN_ONE_TEXT

_TO: Final = r"\s?(?:-|\u2013|to)\s?"
_WORD: Final = r"([^\W\d_]+)\.?"
_DAYS_YEAR_LAST: Final = re.compile(rf"{_WORD} ([0-9]{{1,2}}){_TO}([0-9]{{1,2}}),? ([0-9]{{4}})")
_DAYS_YEAR_FIRST: Final = re.compile(rf"([0-9]{{4}}),? {_WORD} ([0-9]{{1,2}}){_TO}([0-9]{{1,2}})")
_NAMES_YEAR_LAST: Final = re.compile(rf"{_WORD}{_TO}{_WORD},? ([0-9]{{4}})")
_NAMES_YEAR_FIRST: Final = re.compile(rf"([0-9]{{4}}),? {_WORD}{_TO}{_WORD}")
_AND: Final = re.compile(r"\s*(?:[,;]|,? (?:and|&|et|und|y|e) )\s*")
_LISTED: Final = re.compile(r"([0-9]{4})(?:\s?[-\u2013]\s?([0-9]{4}|[0-9]{2}))?|([0-9]{3})0'?s")


def shared(text: str) -> Reading | None:
    """The span that a text with one year and two days, months or seasons says."""
    if match := _DAYS_YEAR_LAST.fullmatch(text):
        return _days(match[4], match[1], match[2], match[3])
    if match := _DAYS_YEAR_FIRST.fullmatch(text):
        return _days(match[1], match[2], match[3], match[4])
    if match := _NAMES_YEAR_LAST.fullmatch(text):
        return _names(match[3], match[1], match[2])
    if match := _NAMES_YEAR_FIRST.fullmatch(text):
        return _names(match[1], match[2], match[3])
    return None


def _days(year: str, name: str, first: str, last: str) -> Reading | None:
    month = MONTHS.get(name)
    if month is None:
        return None
    date = f"{year}-{month:02}"
    return reading(f"{date}-{int(first):02}/{date}-{int(last):02}", "from one day to another")


def _names(year: str, first: str, last: str) -> Reading | None:
    for known in (MONTHS, SEASONS):
        if first in known and last in known:
            return reading(f"{year}-{known[first]:02}/{year}-{known[last]:02}", "from one date to another")
    return None


def several(text: str) -> Reading | None:
    """Years, spans of years and decades one after another, each later than the one before: all of them."""
    parts = _AND.split(text)
    if not 2 <= len(parts) <= DATES_IN_ONE_TEXT:
        return None
    written: list[str] = []
    before = ""
    for part in parts:
        match = _LISTED.fullmatch(part)
        if match is None:
            return None
        first, until, decade = match.groups()
        until = f"{first[:2]}{until}" if until and len(until) == 2 else until
        begins, ends = (f"{decade}0", f"{decade}9") if decade else (first, until or first)
        if begins <= before or ends < begins:
            return None
        before = ends
        written.append(f"{decade}X" if decade else f"{first}..{until}" if until else first)
    return reading(f"{{{','.join(written)}}}", "all of these years")

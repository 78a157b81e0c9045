"""Dates that are a season to EDTF and a span of years to many who write them: `1921-23`, `1939-40`."""

import re
from typing import Final, NamedTuple

_YEAR_AND_NUMBER: Final = re.compile("(([0-9]{2})([0-9]{2}))-(2[1-9]|3[0-9]|4[01])([?~%]?)")
_QUARTERS: Final = ("first", "second", "third", "fourth")
# EDTF, level 1 and 2 (ISO 8601-2:2019 §4.8).
_NAMES: Final = (
    *(("spring", "summer", "autumn", "winter") * 3),
    *(f"{name} quarter" for name in _QUARTERS),
    *(f"{name} third" for name in _QUARTERS[:3]),
    *(f"{name} half" for name in _QUARTERS[:2]),
)


class SeasonOrSpan(NamedTuple):
    """What the date is to EDTF, in words, and the interval that may have been meant."""

    season: str
    span: str


def season_or_span(text: str) -> SeasonOrSpan | None:
    """Both readings of a season whose number may be a later year of the century; None for any other text."""
    match = _YEAR_AND_NUMBER.fullmatch(text)
    if match is None:
        return None
    year, century, short, number, mark = match.groups()
    if number <= short:
        return None
    season = f"the {_NAMES[int(number) - 21]} of {year}"
    return SeasonOrSpan(season, f"{year}{mark}/{century}{number}{mark}")

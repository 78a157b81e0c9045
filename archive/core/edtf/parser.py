"""From a text to its meaning: which of the forms of EDTF it has."""

import re

from archive.core.edtf.clock import read_date_and_time
from archive.core.edtf.date import read_date
from archive.core.edtf.gregorian import month_length
from archive.core.edtf.interval import read_interval
from archive.core.edtf.model import Bound, Edtf, EdtfError
from archive.core.edtf.sets import read_set
from archive.core.limits.values import EDTF_CHARACTERS

_PLAIN = re.compile("([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?")


def parse(text: str) -> Edtf:
    """The date that the text is under EDTF levels 0 to 2.

    Raises EdtfError and nothing else, whatever the text; texts beyond 256 characters are refused unread.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        known = _plain_date(text, plain)
        if known is not None:
            return known
    if not text:
        raise EdtfError("expected a date", 0)
    if len(text) > EDTF_CHARACTERS:
        raise EdtfError(f"expected {EDTF_CHARACTERS} characters at most", EDTF_CHARACTERS)
    if text[0] in "[{":
        return read_set(text)
    slash = text.find("/")
    if slash >= 0:
        return read_interval(text, slash)
    time = text.find("T")
    date = read_date(text, 0, len(text)) if time < 0 else read_date_and_time(text, time)
    return Edtf(text=text, level=date.level, lower=date.lower, upper=date.upper)


def is_edtf(text: str) -> bool:
    """True where the text parses as EDTF, levels 0 to 2."""
    try:
        parse(text)
    except EdtfError:
        return False
    return True


def _plain_date(text: str, match: re.Match[str]) -> Edtf | None:
    """Year, month or day in plain digits: nearly every date there is; None for a day its month lacks."""
    spelled_year, spelled_month, spelled_day = match.groups()
    year = int(spelled_year)
    if spelled_month is None:
        return Edtf(text=text, level=0, lower=Bound(year, 1, 1), upper=Bound(year, 12, 31))
    month = int(spelled_month)
    length = month_length(year, month)
    if spelled_day is None:
        return Edtf(text=text, level=0, lower=Bound(year, month, 1), upper=Bound(year, month, length))
    day = int(spelled_day)
    if day > length:
        return None
    bound = Bound(year, month, day)
    return Edtf(text=text, level=0, lower=bound, upper=bound)

"""A date with a time of day (level 0; ISO 8601-1:2019 §5.4)."""

import re

from archive.core.edtf.date import read_date
from archive.core.edtf.model import DateExpression, EdtfError

_WHOLE_DATE = re.compile("-?[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile("(?:([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])|24:00:00)")
# XML Schema and every zone in use stop at 14 hours; minus zero is excluded by ISO 8601-1 §4.3.13.
_ZONE = re.compile(r"Z|(?!-00(?::00)?\Z)[+-](?:(?:0[0-9]|1[0-3])(?::[0-5][0-9])?|14(?::00)?)")


def read_date_and_time(text: str, t: int) -> DateExpression:
    """The day of `text`, whose T stands at offset t; zone and time do not move the day. Raises EdtfError."""
    if not _WHOLE_DATE.fullmatch(text, 0, t):
        raise EdtfError("expected a whole date of year, month and day before a time", 0)
    date = read_date(text, 0, t)
    time = _TIME.match(text, t + 1)
    if time is None:
        raise EdtfError("expected a time hh:mm:ss", t + 1)
    if time.end() < len(text) and not _ZONE.fullmatch(text, time.end()):
        raise EdtfError("expected the end, Z or a zone such as +01 or +01:00 up to 14 hours", time.end())
    return date

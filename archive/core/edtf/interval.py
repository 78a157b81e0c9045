"""Intervals between two dates, one of which may be open (`..`) or unknown (empty)."""

from archive.core.edtf.date import read_date
from archive.core.edtf.model import DateExpression, Edtf, EdtfError


def read_interval(text: str, slash: int) -> Edtf:
    """The interval that the text is, its `/` at the offset given.

    Raises EdtfError, also where it ends before it begins under every reading of its ends.
    """
    start = _read_end(text, 0, slash)
    end = _read_end(text, slash + 1, len(text))
    ends = [date for date in (start, end) if date is not None]
    if not ends:
        raise EdtfError("expected a date on one side of the interval at least", slash)
    if start is not None and end is not None and start.lower > end.upper:
        raise EdtfError("expected an interval that ends after it begins", slash + 1)
    # Level 1 adds open and unknown ends; an X within an interval is level 2.
    level = 2 if any(date.unspecified for date in ends) else max(date.level for date in ends)
    return Edtf(
        text=text,
        level=max(level, 1) if len(ends) == 1 else level,
        lower=start and start.lower,
        upper=end and end.upper,
    )


def _read_end(text: str, start: int, end: int) -> DateExpression | None:
    if start == end or (end - start == 2 and text.startswith("..", start)):
        return None
    if "T" in text[start:end]:
        raise EdtfError("expected dates without times in an interval", text.index("T", start))
    return read_date(text, start, end)

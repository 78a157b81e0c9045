"""Sets: one of `[..]` or all of `{..}` some dates and ranges (level 2)."""

from archive.core.edtf.date import read_date
from archive.core.edtf.model import Bound, DateExpression, Edtf, EdtfError

_CLOSING = {"[": "]", "{": "}"}


def read_set(text: str) -> Edtf:
    """The set that the text is: its bounds are those of all members. Raises EdtfError."""
    last = len(text) - 1
    if last == 0 or text[last] != _CLOSING[text[0]]:
        raise EdtfError(f"expected {_CLOSING[text[0]]} at the end", len(text))
    members = _split(text, last)
    if len(members) == 1 and ".." not in text:
        raise EdtfError("expected a second member: a set of one date is that date", last)
    lowers: list[Bound | None] = []
    uppers: list[Bound | None] = []
    for start, end in members:
        lower, upper = _read_member(text, start, end, first=start == 1, final=end == last)
        lowers.append(lower)
        uppers.append(upper)
    known_lowers = [bound for bound in lowers if bound is not None]
    known_uppers = [bound for bound in uppers if bound is not None]
    return Edtf(
        text=text,
        level=2,
        lower=min(known_lowers) if len(known_lowers) == len(members) else None,
        upper=max(known_uppers) if len(known_uppers) == len(members) else None,
    )


def _split(text: str, last: int) -> list[tuple[int, int]]:
    """Offsets of the members; one space may follow a comma, as in the specification's own examples."""
    members = []
    start = 1
    while True:
        comma = text.find(",", start, last)
        members.append((start, last if comma < 0 else comma))
        if comma < 0:
            return members
        start = comma + (2 if text[comma + 1] == " " else 1)


def _read_member(
    text: str, start: int, end: int, *, first: bool, final: bool
) -> tuple[Bound | None, Bound | None]:
    dots = text.find("..", start, end)
    if dots < 0:
        date = read_date(text, start, end)
        return date.lower, date.upper
    before = _read_end(text, start, dots) if dots > start else None
    after = _read_end(text, dots + 2, end) if dots + 2 < end else None
    if before is None and after is None:
        raise EdtfError("expected a date before or after the two dots", dots)
    if before is None and not first:
        raise EdtfError("expected an open beginning only in the first member", dots)
    if after is None and not final:
        raise EdtfError("expected an open end only in the last member", dots)
    if before is not None and after is not None:
        if before.step != after.step:
            raise EdtfError("expected both ends of a range as years, as months or as days", dots + 2)
        if before.lower > after.upper:
            raise EdtfError("expected a range that ends after it begins", dots + 2)
    return before and before.lower, after and after.upper


def _read_end(text: str, start: int, end: int) -> DateExpression:
    date = read_date(text, start, end)
    if date.step is None:
        raise EdtfError("expected a plain year, month or day at the end of a range", start)
    return date

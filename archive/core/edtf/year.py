"""Years that four digits cannot say: `Y` with more digits or an exponent, and `S` significant digits."""

import re

from archive.core.edtf.model import Bound, DateExpression, EdtfError
from archive.core.limits.values import YEAR_DIGITS

_LONG = re.compile("Y(-?)(?:([1-9][0-9]*)E([1-9][0-9]*)|([1-9][0-9]{4,}))(?:S([1-9][0-9]*))?")
_SIGNIFICANT = re.compile("(-?)([0-9]{4})S([1-9][0-9]*)")


def long_year(year: str, position: int) -> DateExpression:
    """The year that `Y17000`, `Y-17E7` or `Y3388E2S3` names. Raises EdtfError at the position given."""
    match = _LONG.fullmatch(year)
    if match is None:
        raise EdtfError(
            "expected Y and a year of five digits or more, or Y, a number, E and an exponent", position
        )
    sign, mantissa, exponent, plain, significant = match.groups()
    length = len(plain) if plain else len(mantissa) + int(exponent)
    if length > YEAR_DIGITS:
        raise EdtfError(f"expected a year of {YEAR_DIGITS} digits at most", position)
    digits = plain or mantissa + "0" * int(exponent)
    level = 1 if plain and significant is None else 2
    return _span(digits, significant, negative=bool(sign), level=level, position=position)


def significant_year(year: str, position: int) -> DateExpression:
    """The years among which `1950S2` estimates one: 1900 to 1999. Raises EdtfError at the position given."""
    match = _SIGNIFICANT.fullmatch(year)
    if match is None or match[1] + match[2] == "-0000":
        raise EdtfError(
            "expected a year of four digits, S and the number of its significant digits", position
        )
    return _span(match[2], match[3], negative=bool(match[1]), level=2, position=position)


def _span(
    digits: str, significant: str | None, *, negative: bool, level: int, position: int
) -> DateExpression:
    least = greatest = int(digits)
    if significant is not None:
        if len(significant) > 2 or int(significant) > len(digits):
            raise EdtfError(f"expected at most {len(digits)} significant digits", position)
        size = 10 ** (len(digits) - int(significant))
        least = least // size * size
        greatest = least + size - 1
    first, last = (-greatest, -max(least, 1)) if negative else (least, greatest)
    step = "year" if significant is None else None
    return DateExpression(Bound(first, 1, 1), Bound(last, 12, 31), level, step, unspecified=False)

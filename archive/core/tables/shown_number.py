"""What an XLSX shows of a number under a number format (ECMA-376-1 §18.8.30, §18.8.31)."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from archive.core.limits.spreadsheets import NUMBER_FORMAT_CHARACTERS
from archive.core.tables.number_format import Format, same_number
from archive.core.tables.number_sections import section_for, sections_of

_DIGITS: Final = re.compile(r"-?[0-9]{1,100}(?:\.[0-9]{1,100})?")
_POWER: Final = re.compile(r"0(?:\.(0+))?[Ee]\+(0+)")
_EXACT: Final = Context(prec=4 * NUMBER_FORMAT_CHARACTERS, rounding=ROUND_HALF_UP)
_WHOLE: Final = frozenset(("0", "#,##0"))
_PLACES: Final = frozenset("0#?")


class _Picture(NamedTuple):
    """A section with its places for digits: which tokens stand for them before and behind the point."""

    tokens: tuple[str, ...]
    whole: tuple[int, ...]
    rest: tuple[int, ...]
    point: int  # -1 where there is none
    commas: frozenset[int]
    grouped: bool
    scale: int  # powers of ten: 2 for each %, less 3 for each comma behind the last digit
    readable: bool  # neither a fraction nor a power of ten


def shown_number(plain: str, form: Format) -> str | None:
    """What is shown of a number: itself where that says no more and no less, else the text shown.

    Marks between thousands say nothing. Where the text cannot be reckoned, or would be blank, the code of the
    format stands for it. None where no format is chosen, and for what is not written in digits: `1e999999`
    would be a million zeros.
    """
    if form.code in _WHOLE and plain.isascii() and plain.isdecimal():  # most numbers of a table
        return plain
    if form.code.lower() in {"", "general", "@"} or _DIGITS.fullmatch(plain) is None:
        return None
    number = Decimal(plain)
    chosen = section_for(number, sections_of(form.code))
    if chosen is None:
        return form.code
    picture = _picture(chosen[0].tokens)
    if not picture.readable:
        return _otherwise(plain, "".join(chosen[0].tokens)) or form.code
    sign = "-" if chosen[1] else ""
    number = _EXACT.scaleb(number.copy_abs(), picture.scale)
    text = sign + _written(number, picture, grouped=picture.grouped).strip()
    bare = sign + _bare(_written(number, picture, grouped=False).strip())
    silent = picture.grouped or bare != text
    if silent and "%" not in picture.tokens and same_number(bare, plain):
        return plain
    return text or form.code


def _otherwise(plain: str, section: str) -> str | None:
    """The number under a power of ten or a fraction, in their plainest forms; None under others."""
    if match := _POWER.fullmatch(section):
        mantissa, _, exponent = f"{Decimal(plain):.{len(match[1] or '')}E}".partition("E")
        return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(len(match[2]))}"
    return plain if section[:2] in {"# ", "0 "} and "/" in section and "." not in plain else None


def _bare(text: str) -> str:
    """`5.` and `.5` with the digit that they leave out, or without the point."""
    text = text.removesuffix(".")
    return f"0{text}" if text.startswith(".") else text


@lru_cache(maxsize=4096)
def _picture(tokens: tuple[str, ...]) -> _Picture:
    point = tokens.index(".") if "." in tokens else -1
    places = [place for place, token in enumerate(tokens) if token in _PLACES]
    whole = tuple(place for place in places if point < 0 or place < point)
    rest = tuple(place for place in places if 0 <= point < place)
    commas = [place for place, mark in enumerate(tokens) if mark == "," and whole and place > whole[0]]
    behind = [place for place in commas if place > whole[-1]]
    return _Picture(
        tokens,
        whole,
        rest,
        point,
        frozenset(commas),
        grouped=len(commas) > len(behind),
        scale=2 * tokens.count("%") - 3 * len(behind),
        readable=not any(mark in {"/", "E+", "E-", "e+", "e-"} for mark in tokens),
    )


def _written(number: Decimal, picture: _Picture, *, grouped: bool) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-len(picture.rest)), context=_EXACT)
    digits, _, decimals = f"{rounded:f}".partition(".")
    texts = dict(zip(picture.whole, _whole(digits, picture, grouped=grouped), strict=True))
    kept = len(decimals.rstrip("0"))
    for count, place in enumerate(picture.rest):
        mark = picture.tokens[place]
        texts[place] = decimals[count] if mark == "0" or count < kept else _blank(mark)
    return "".join(
        texts[place] if place in texts else "" if place in picture.commas else _literal(token, number)
        for place, token in enumerate(picture.tokens)
    )


def _whole(digits: str, picture: _Picture, *, grouped: bool) -> list[str]:
    """The digits before the point, for each of their places; the first place has all that are too many."""
    marks = [picture.tokens[place] for place in picture.whole]
    digits = digits.lstrip("0")
    padded = list(digits.rjust(len(marks)))
    if not marks:
        return []
    padded[: len(padded) - len(marks) + 1] = ["".join(padded[: len(padded) - len(marks) + 1])]
    filled = [
        ("0" if mark == "0" else _blank(mark)) if text == " " else text
        for mark, text in zip(marks, padded, strict=True)
    ]
    if not grouped:
        return filled
    return _grouped(filled)


def _grouped(filled: list[str]) -> list[str]:
    grouped: list[str] = []
    count = 0
    for text in reversed(filled):
        turned = ""
        for char in reversed(text):
            turned = char + ("," if char.isdigit() and count and count % 3 == 0 else "") + turned
            count += char.isdigit()
        grouped.append(turned)
    return grouped[::-1]


def _blank(mark: str) -> str:
    return " " if mark == "?" else ""


def _literal(token: str, number: Decimal) -> str:
    if token.lower() == "general":
        return f"{number:f}"
    if token[0] == '"':
        return token.strip('"')
    if token[0] == "\\":
        return token[1:]
    if len(token) == 2:
        return " " if token[0] == "_" else ""  # the width of a character, or one that fills the cell
    return token

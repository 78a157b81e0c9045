"""What a cell of an XLSX shows: numbers and dates under a number format (ECMA-376-1 §18.8.30, §18.8.31).

Only what can be known is said: the short forms of a date that depend on whose computer shows them are not.
"""

import re
from calendar import day_name, month_name
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

# Formats that a file names by number alone; 27 to 36 and 50 to 58 are dates of East Asian locales.
_KNOWN: Final[Mapping[int, str]] = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    37: "#,##0 ;(#,##0)",
    38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss",
    48: "##0.0E+0",
    49: "@",
}
_OF_THE_LOCALE: Final = {14: "yyyy-mm-dd", 22: "yyyy-mm-dd h:mm"} | dict.fromkeys(
    (*range(27, 37), *range(50, 59)), "yyyy-mm-dd"
)
_TOKEN: Final = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|am/pm|a/p|general|y+|m+|d+|h+|s+(?:\.0+)?|e+(?![-+])|g+|bb+'
    r'|[^ymdhs"\\_*\[]',
    re.IGNORECASE,
)
# The year of an era, as Japan and Thailand count; which year that shows is told by neither file nor format.
_ERA: Final = re.compile("e+|bb+", re.IGNORECASE)
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?Z?)?"
    r"|[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?Z?"
)
_MONTHS: Final = tuple(month_name[1:])
_DAYS: Final = tuple(day_name)
_PRECISION: Final = 15  # digits of a number
_LAST_DAY: Final = 2_958_465  # 9999-12-31, where spreadsheets end


class Format(NamedTuple):
    """A number format: its tokens where it shows a date or time, else none; `year` counts its digits."""

    code: str
    tokens: tuple[str, ...] = ()
    year: int = 0
    month: bool = False
    day: bool = False
    time: bool = False
    elapsed: bool = False  # counts hours, minutes or seconds beyond a day
    local: bool = False  # shown in the way of the reader's own computer

    @property
    def is_date(self) -> bool:
        """True where a number is shown as a date or a time."""
        return bool(self.year or self.month or self.day or self.time)


@lru_cache(maxsize=4096)
def format_of(number: int, code: str | None = None) -> Format:
    """The format with this number; `code` where the file defines it."""
    if code is None:
        if number in _OF_THE_LOCALE:
            return _read(_OF_THE_LOCALE[number])._replace(local=True)
        code = _KNOWN.get(number, "")
    return _read(code)


def _read(code: str) -> Format:
    section = _first_section(code)
    if section.lower() == "general" or section == "@":
        return Format(code)
    tokens: list[str] = []
    for match in _TOKEN.finditer(section):
        token = match.group()
        if token[0] == "[" and not re.fullmatch(r"\[(?:h+|m+|s+)\]", token, re.IGNORECASE):
            continue  # a colour, a condition or a locale
        tokens.append(token)
    letters = [token.lower() for token in tokens]
    of_an_era = any(map(_ERA.fullmatch, letters)) and any(token[0] in "md" for token in letters)
    minutes = {place for place in range(len(letters)) if _is_minute(letters, place)}
    return Format(
        code,
        tuple("n" * len(token) if place in minutes else token for place, token in enumerate(tokens)),
        year=4 if of_an_era else max((len(token) for token in letters if token[0] == "y"), default=0),
        month=any(token[0] == "m" and place not in minutes for place, token in enumerate(letters)),
        day=any(token[0] == "d" for token in letters),
        time=any(token[0] in "hs[" for token in letters) or bool(minutes),
        elapsed=any(token[0] == "[" for token in letters),
        local=of_an_era,
    )


def _first_section(code: str) -> str:
    quoted = False
    for place, char in enumerate(code):
        if char == '"':
            quoted = not quoted
        elif char == ";" and not quoted and code[place - 1 : place] != "\\":
            return code[:place]
    return code


def _is_minute(tokens: list[str], place: int) -> bool:
    """An m behind hours or before seconds counts minutes (§18.8.31)."""
    if tokens[place] not in {"m", "mm"}:
        return False
    before = next((token for token in reversed(tokens[:place]) if token[0] in "ymdhs["), "")
    after = next((token for token in tokens[place + 1 :] if token[0] in "ymdhs["), "")
    return before[:1] == "h" or before[:2] == "[h" or after[:1] == "s"


def date_of(serial: float, *, from_1904: bool = False) -> datetime | None:
    """The day and time that a serial number stands for; None where there is no such day.

    Serial 60 is 29 February 1900, which never was; days before it count from a day later (§18.17.4.1).
    """
    if not 0 <= serial < _LAST_DAY + 1 or (not from_1904 and 60 <= serial < 61):
        return None
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if serial >= 61 else 31)  # noqa: DTZ001
    try:
        return start + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return None


def moment_of(text: str) -> datetime | None:
    """The day and time of an ISO 8601 text of a cell, fractions of a second left out; None for any other."""
    if _ISO.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text if "-" in text else f"1900-01-01T{text}").replace(
            microsecond=0, tzinfo=None
        )
    except ValueError:
        return None


def iso_date(moment: datetime, form: Format) -> str:
    """The moment in ISO 8601, no finer than the format shows it: a month, a day, or a day with its time."""
    if form.time and (moment.hour or moment.minute or moment.second):
        return moment.isoformat()
    if form.year and not form.day:
        return f"{moment.year:04}-{moment.month:02}" if form.month else f"{moment.year:04}"
    return moment.date().isoformat()


def elapsed(serial: float) -> str:
    """Hours, minutes and seconds that have passed, as a format such as `[h]:mm:ss` shows them."""
    seconds = round(serial * 86_400)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def iso_time(moment: datetime) -> str:
    """The time of day, with seconds where there are any."""
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def shown_date(moment: datetime, form: Format) -> str:
    """What the program shows, in English; empty where that depends on whose computer it is."""
    if form.local:
        return ""
    noon = any(token.lower() in {"am/pm", "a/p"} for token in form.tokens)
    return "".join(_shown(token, moment, noon=noon) for token in form.tokens).strip()


def _shown(token: str, moment: datetime, *, noon: bool) -> str:
    letter, width = token[0].lower(), len(token)
    if letter == '"':
        return token[1:-1]
    if letter == "\\":
        return token[1:]
    if letter in "_*":
        return " " if letter == "_" else ""
    if token.lower() in {"am/pm", "a/p"}:
        return ("AM" if moment.hour < 12 else "PM")[: 1 if width == 3 else 2]
    if letter == "y":
        return f"{moment.year:04}" if width > 2 else f"{moment.year % 100:02}"
    if letter == "m":
        name = _MONTHS[moment.month - 1]
        return _number(moment.month, width) if width < 3 else {3: name[:3], 5: name[0]}.get(width, name)
    if letter == "d":
        name = _DAYS[moment.weekday()]
        return _number(moment.day, width) if width < 3 else (name[:3] if width == 3 else name)
    if letter == "h":
        return _number((moment.hour % 12 or 12) if noon else moment.hour, width)
    if letter == "n":
        return _number(moment.minute, width)
    return _number(moment.second, min(width, 2)) if letter == "s" else token


def _number(number: int, width: int) -> str:
    return f"{number:02}" if width == 2 else str(number)


def plain_number(raw: str) -> str:
    """The number without exponent and without digits that arithmetic invented; as written where none is.

    Spreadsheets reckon with 15 digits: 0.30000000000000004 is 0.3 to them.
    """
    if not raw.isascii() or "_" in raw:  # which float() would read, too
        return raw
    try:
        if raw.strip().lstrip("+-").isdecimal() and len(raw) <= 100:
            return str(int(raw))
        number = float(raw)
    except ValueError:
        return raw
    if number != number or number in (float("inf"), float("-inf")) or abs(number) >= 1e21:  # noqa: PLR0124
        return raw
    digits = Decimal(f"{number:.15g}")
    return f"{digits:f}" if digits.adjusted() > -12 else raw


def is_beyond_reckoning(plain: str) -> bool:
    """True for a whole number of more digits than a spreadsheet program keeps."""
    return len(plain.lstrip("-")) > _PRECISION and plain.lstrip("-").isdecimal()


def lost_digits(raw: str, plain: str) -> bool:
    """True where a number beyond what is reckoned with has the zeros that stand for its last digits."""
    return not raw.strip().lstrip("+-").isdecimal() or not plain.lstrip("-")[_PRECISION:].strip("0")


def shown_long(plain: str, form: Format) -> str:
    """What a long number shows: where no format is chosen a power of ten, else zeros for its last digits."""
    if form.code.lower() in {"", "general"}:
        mantissa, _, exponent = f"{Decimal(plain):.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    return f"{Decimal(f'{float(plain):.15g}'):f}"


def same_number(shown: str, plain: str) -> bool:
    """True where the digits shown say the whole number: `007` is 7, `12,50` is 12.5, `50%` is 0.5."""
    text = shown.strip()
    percent = text.endswith("%")
    text = text.removesuffix("%").strip()
    if not re.fullmatch(r"[+-]?[0-9]+(?:[.,][0-9]+)?", text):
        return False
    try:
        number = Decimal(text.replace(",", "."))
        return (number / 100 if percent else number) == Decimal(plain)
    except ArithmeticError:
        return False

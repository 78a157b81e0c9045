"""What spreadsheet programs do to texts that they take for something else, recognised in what is left.

Nothing is altered: each finding says what may have stood there, and where it can be known, exactly.
"""

import re
from typing import Final, NamedTuple

_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_SHORT: Final = re.compile(
    rf"(?P<hashes>#{{3,}})|(?P<power>[+-]?[0-9](?:[.,][0-9]+)?e[+]?[0-9]{{2,3}})"
    rf"|(?P<day>[0-9]{{1,2}}[- ](?:{_MONTHS}))|(?P<month>(?:{_MONTHS})[- ][0-9]{{2}})",
    re.IGNORECASE,
)
LONGEST_SHORT: Final = 64  # characters; a narrow column of hashes is not wider

# UTF-8 read as Windows-1252: the first byte of é is Ã, of a curly quote â.
_SECOND: Final = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MOJIBAKE: Final = re.compile(f"[ÂÃ][{_SECOND}]|â[€‚„][{_SECOND}]")
_TYPED: Final = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\xa0": " "}
)


class Damage(NamedTuple):
    """The code of the finding, what happened, what to do, and the text that was meant where it is known."""

    code: str
    message: str
    remedy: str
    corrected: str | None = None


_HASHES: Final = Damage(
    "TABLE-HASHES",
    "holds only #: the column was too narrow when the table was exported, and the value is lost",
    "widen the column in the original, and export it again",
)
_POWER: Final = Damage(
    "TABLE-SHORTENED-NUMBER",
    "looks like a long number that a spreadsheet program has shortened; its last digits are lost",
    "write all digits anew, in a cell of the format text",
)
_MONTH_DAY: Final = Damage(
    "TABLE-MONTH-DAY",
    "looks like a number or a date that a spreadsheet program has written anew (3-4, or November 1918)",
    "look it up in the original, and write it anew in a cell of the format text",
)


def short_damage(text: str) -> Damage | None:
    """What a program made of a whole short cell: hashes, a power of ten, a month with a day."""
    match = _SHORT.fullmatch(text)
    if match is None:
        return None
    if match["hashes"]:
        return _HASHES
    return _POWER if match["power"] else _MONTH_DAY


def mojibake(text: str) -> Damage | None:
    """UTF-8 that was read as Windows-1252, `Ã©` for é, with the text that was meant."""
    if not _MOJIBAKE.search(text):
        return None
    meant = _MOJIBAKE.sub(_decoded, text)
    if meant == text:
        return None
    return Damage(
        "TABLE-MOJIBAKE",
        "holds letters that an earlier program read in the wrong encoding",
        "open the original in UTF-8 and save it again, or write the letters anew",
        meant,
    )


def _decoded(match: re.Match[str]) -> str:
    raw = b"".join(_byte(char) for char in match.group())
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return match.group()


def _byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")  # the five that Windows-1252 leaves undefined


def autocorrected(text: str) -> Damage | None:
    """Curly quotes, long dashes and fixed spaces in what is an identifier, with what was typed."""
    typed = text.translate(_TYPED)
    if typed == text:
        return None
    return Damage(
        "TABLE-AUTOCORRECTED",
        "is an identifier with quotation marks, dashes or spaces that a program put in place of those typed",
        f"write {typed}",
        typed,
    )


class LostZeros:
    """Watches a column of numbers for zeros that are lost at the front of some: 007, 8, 009.

    `is_certain` tells that most have theirs still; where one 007 stands among many that have none, theirs may
    never have been.
    """

    __slots__ = ("_mixed", "_short", "_width", "_without", "_zeros")
    _KEPT: Final = 100

    def __init__(self) -> None:
        self._width = 0
        self._mixed = False
        self._zeros = 0  # values that begin with one
        self._without = 0
        self._short: list[tuple[int, str]] = []

    def see(self, row: int, text: str) -> None:
        """Takes note of one value and its row."""
        if not (text.isascii() and text.isdigit()):
            return
        if text[0] == "0" and len(text) > 1:
            self._mixed = self._mixed or self._width not in {0, len(text)}
            self._width = len(text)
            self._zeros += 1
            return
        self._without += 1
        if len(self._short) < self._KEPT:
            self._short.append((row, text))

    @property
    def is_certain(self) -> bool:
        """True where more values of the column begin with zeros than do not."""
        return self._zeros > self._without

    def lost(self) -> list[tuple[int, str, str]]:
        """Row, value and the value with its zeros, where all that have zeros are of one length."""
        if not self._width or self._mixed:
            return []
        return [(row, text, text.zfill(self._width)) for row, text in self._short if len(text) < self._width]

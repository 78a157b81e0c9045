"""Text that XML cannot carry, spelt `_xHHHH_` as spreadsheets spell it (ECMA-376-1 §22.9.2.19, ST_Xstring).

XLSX has the spelling by its standard; in the ODS that this program writes it is announced in `meta.xml`, and
only there it is read as more than six letters.
"""

import re
from typing import Final

from archive.core.limits.descriptions import MAX_CSV_FIELD

# What XML 1.0 §2.2 leaves out, the carriage return (§2.11 would make a line feed of it), and what is spelt
# like an escape already.
_NOT_CARRIED: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_LONGER: Final = len("_x0000_")  # an escape than the character that it stands for


def escaped(text: str) -> str:
    """The text as XML can carry it; `unescaped` gives it back exactly."""
    if text.isprintable() and "_x" not in text:
        return text
    return _NOT_CARRIED.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


def is_beyond_reading(text: str) -> bool:
    """True for a text that, spelt so, is longer than a cell from which it would be read again."""
    return len(text) > MAX_CSV_FIELD // _LONGER and len(escaped(text)) > MAX_CSV_FIELD


def unescaped(text: str) -> str:
    """The text that is meant; two escapes that are the halves of one character become that character."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if plain.isascii() or not any("\ud800" <= char <= "\udbff" for char in plain):
        return plain
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")

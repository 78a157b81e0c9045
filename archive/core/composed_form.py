"""Two spellings of one name under Unicode: one form for both, in time that grows with the name alone."""

import unicodedata
from typing import Final

# Unicode's stream-safe text format has no more (UAX #15 §13), and no script needs as many.
_MARKS_IN_A_ROW: Final = 30


def composed(text: str) -> str:
    """The text in Unicode form C, equal for all spellings of one name.

    A text with more than thirty combining marks in a row is given back as it is: to bring them into order
    takes time by the square of their number, three seconds for the 30,000 that a line of a manifest may hold.
    """
    if text.isascii() or (len(text) > _MARKS_IN_A_ROW and not _is_stream_safe(text)):
        return text
    return unicodedata.normalize("NFC", text)


def spellings(text: str) -> tuple[str, ...]:
    """The text, and where they differ from it its forms C and D: what looks alike, and whose bytes differ."""
    if text.isascii() or not _is_stream_safe(text):
        return (text,)
    forms = (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))
    return tuple(dict.fromkeys((text, *forms)))


def _is_stream_safe(text: str) -> bool:
    combining = unicodedata.combining
    row = 0
    for char in text:
        row = row + 1 if combining(char) else 0
        if row > _MARKS_IN_A_ROW:
            return False
    return True

"""Text as the index has it, and in which columns: what is searched, and what is looked for in it."""

import re
import unicodedata
from functools import cache
from typing import Final

FIELDS: Final = ("title", "creator", "subject", "description", "other", "source", "reference", "language")

_SURROGATES = re.compile("[\ud800-\udfff]")
# Vowel points and lengtheners that most people leave out: Hebrew and Arabic.
_POINTS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]"
)
# Of these scripts the tokeniser keeps accents, breathings and dots, which it takes off Latin letters.
_ACCENTED = re.compile("[\u0370-\u03ff\u0400-\u052f\u1f00-\u1fff]")
# Marks of no script of their own: Combining Diacritical Marks, what extends them, half marks, and those for
# symbols). The tokeniser takes few of them off, and cuts a word in two at the others.
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
# Latin letters whose stroke or second letter Unicode does not take apart, as people write them without.
_STROKED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
)


@cache
def _unspaced() -> re.Pattern[str]:
    """Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, kana, CJK ideographs.

    Each character is indexed as a word of its own, so that any part of a run is found as a phrase.
    """
    # 5 ms to compile, which only texts beyond ASCII have to pay for.
    return re.compile(
        "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
        "\U00020000-\U0003ffff])"
    )


def fold(text: str) -> str:
    """The text as it is indexed and looked for: compatibility forms, case, points and accents made alike.

    Marks that belong to a script, as vowels of Indic ones, are parts of its letters and stay. The result
    holds no NUL and no surrogates.
    """
    if text.isascii():
        return text.replace("\0", " ") if "\0" in text else text
    text = _SURROGATES.sub("\ufffd", text).replace("\0", " ")
    # Accents first: to fold the case of ᾠ makes an iota of what stands under it.
    text = _ACCENTED.sub(_base, unicodedata.normalize("NFKC", text))
    text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))
    return _unspaced().sub(r" \1 ", _POINTS.sub("", text.translate(_STROKED)))


def _base(letter: re.Match[str]) -> str:
    """The letter without its marks (Unicode canonical decomposition): Greek ά as α, Cyrillic ё as е."""
    return unicodedata.normalize("NFD", letter[0])[0]

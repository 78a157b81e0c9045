"""Which of the encodings of one byte for each letter a table is in: told by where its letters then stand.

Read in the wrong one, `Müller` is `MŸller`, `M¸ller` or `M”ller`: a capital or a mark in the middle of a
word. Only letters of the Latin alphabet can be told so: words of other scripts have none of ASCII in them.
"""

import re
from typing import Final

# The most common first: it is taken where nothing speaks against it.
_CANDIDATES: Final = ("cp1252", "mac_roman", "cp850", "cp1250")
# Only from where a word begins: from each letter of a long word in ASCII, it would cost its square.
_WORDS: Final = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_SCRIPT: Final = re.compile(rb"[\x80-\xff]{3}")  # in a row, as in no word of a Latin alphabet
_OPENING_BYTES: Final = b"\xa1\xbf"  # ¡ and ¿ before a word in Windows-1252, letters in Windows-1250
_OPENING: Final = "\u201c\u2018\u201e\xab"
_CLOSING: Final = "\u201d\u2019\u2026\xbb"
_APOSTROPHES: Final = "\u2019\u02bc"


def likeliest(data: bytes) -> str | None:
    """The encoding under which the words in the bytes look most like words; None where that tells nothing.

    None, too, where they are of another script than Latin.
    """
    words = list(dict.fromkeys(_WORDS.findall(data)))[:2000]
    foreign = sum(1 for word in words if _SCRIPT.search(word))
    if not words or 2 * foreign > len(words):
        return None
    scores = {encoding: sum(_score(word, encoding) for word in words) for encoding in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda encoding: scores[encoding])  # the first of equals
    return best if scores[best] > 0 else None


def _score(word: bytes, encoding: str) -> int:
    try:
        text = word.decode(encoding)
    except UnicodeDecodeError:
        return -len(word)  # bytes that are no letter there
    return sum(
        _stands(char, text[at - 1 : at] if at else "", text[at + 1 : at + 2])
        for at, char in enumerate(text)
        if not char.isascii() and (at or word[:1] not in _OPENING_BYTES)
    )


def _stands(char: str, before: str, after: str) -> int:
    """1 where such a character stands so in words, -1 where it does not, 0 where either may be."""
    if char.islower():
        return int(before.islower() or after.islower())
    if char.isupper():
        if before.islower() or (before.isupper() and after.islower()):
            return -1
        return int(bool(before or after))
    if before.isalpha() and after.isalpha():
        return 1 if char in _APOSTROPHES else -1
    edge = (char in _OPENING and after.isalpha()) or (char in _CLOSING and before.isalpha())
    return int(edge)

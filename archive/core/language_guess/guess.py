"""The guess: by script where a script has one language, else by the small words that no text goes without.

A guess is given only where the best language is well ahead of the next one; a list of names, a table of
figures or a text in two languages gives none.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from archive.core.language_guess.words import LANGUAGES, SCRIPTS
from archive.core.limits.values import GUESSED_LANGUAGE_CHARACTERS

_MIN_WORDS: Final = 12
_MIN_KNOWN: Final = 5  # small words that were found
_MIN_SHARE: Final = 0.15  # of all words; prose has 0.3 to 0.5, a list of names none
_MIN_LEAD: Final = 1.25  # over the next language: near ones, such as Danish and Norwegian, share many words
_MIN_SCRIPT: Final = 20  # letters of a script
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_INDEX: dict[str, tuple[str, ...]] = {}


class LanguageGuess(NamedTuple):
    """A BCP 47 tag, and in words what it is a guess from."""

    tag: str
    basis: str


def guess_language(text: str) -> LanguageGuess | None:
    """The language that the text is probably in, or None where that is not clear; never raises."""
    text = text[:GUESSED_LANGUAGE_CHARACTERS]
    by_script = _by_script(text)
    if by_script is not None:
        return by_script
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _MIN_WORDS:
        return None
    found: Counter[str] = Counter()
    for word, count in Counter(words).items():
        for tag in _index().get(word, ()):
            found[tag] += count
    best = found.most_common(2)
    if not best or best[0][1] < max(_MIN_KNOWN, _MIN_SHARE * len(words)):
        return None
    if len(best) > 1 and best[0][1] < _MIN_LEAD * best[1][1]:
        return None
    return LanguageGuess(best[0][0], f"a guess from {best[0][1]} small words among {len(words):,}")


def _by_script(text: str) -> LanguageGuess | None:
    letters = Counter(tag for char in text if char > "\u036f" and (tag := _script_of(char)))
    if not letters:
        return None
    if letters["ja"] and letters["ja"] * 10 >= letters["zh"]:  # Japanese mixes its own letters with Han
        letters["ja"] += letters.pop("zh", 0)
    tag, count = letters.most_common(1)[0]
    if count < _MIN_SCRIPT or count * 2 < sum(char.isalpha() for char in text):
        return None
    return LanguageGuess(tag, f"a guess from {count:,} letters of its script")


def _script_of(char: str) -> str | None:
    code = ord(char)
    return next((tag for first, last, tag in SCRIPTS if first <= code <= last), None)


def _index() -> dict[str, tuple[str, ...]]:
    """By word the languages that have it."""
    if not _INDEX:
        for tag, words in LANGUAGES.items():
            _take(tag, words.split())
    return _INDEX


def _take(tag: str, words: Iterable[str]) -> None:
    for word in words:
        _INDEX[word] = (*_INDEX.get(word, ()), tag)

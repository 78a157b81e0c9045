"""What people type into a search, as an expression that SQLite's FTS5 accepts, whatever they type.

    letter "my dear"      both the word and the phrase
    lett*                 words that begin so
    -draft                without it
    creator:brontë        in one field: title, creator, subject, description, language, reference, source
    date:1918..1920       dated, perhaps, within these days; any EDTF date, an open end, or one date

Every word reaches FTS5 inside double quotes, its own quotes doubled: no input is read as syntax.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, NamedTuple

from archive.core.edtf import EdtfError
from archive.core.edtf import parse as parse_edtf
from archive.core.limits.values import SEARCH_CHARACTERS, SEARCH_WORDS
from archive.core.searched_text import FIELDS, fold
from archive.core.text import printable

# A word without a field is looked for everywhere but among the language codes: "en" is a word, too.
_ANYWHERE: Final = "{" + " ".join(field for field in FIELDS if field != "language") + "}"
_NAMED: Final = {field: field for field in FIELDS} | {"file": "source", "name": "source", "lang": "language"}


_EARLIEST, _LATEST = -(1 << 63), (1 << 63) - 1
_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\0": " "})
_WORD = re.compile(r'(?P<minus>-)?(?:(?P<field>[^\W\d_]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


class DateSpan(NamedTuple):
    """Days, as the ordinals of EDTF bounds: what lies at least partly within them is meant (or is not)."""

    lower: int
    upper: int
    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """`match` is an FTS5 expression of what must be there, `exclude` of what must not; both may be empty.

    `notes` says to the reader what was understood otherwise than it may have been meant.
    """

    match: str = ""
    exclude: str = ""
    dates: tuple[DateSpan, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where nothing is asked for."""
        return not (self.match or self.exclude or self.dates)


def parse_search(text: str) -> SearchQuery:
    """The query that the words ask; no input raises, and every result is an expression FTS5 accepts."""
    notes: list[str] = []
    if len(text) > SEARCH_CHARACTERS:
        text = text[:SEARCH_CHARACTERS]
        notes.append(f"only the first {SEARCH_CHARACTERS} characters were looked for")
    wanted: list[str] = []
    unwanted: list[str] = []
    dates: list[DateSpan] = []
    for number, part in enumerate(_WORD.finditer(text.translate(_QUOTES))):
        if number >= SEARCH_WORDS:
            notes.append(f"only the first {SEARCH_WORDS} words were looked for")
            break
        said = part["phrase"] if part["word"] is None else part["word"]
        field = (part["field"] or "").lower()
        negated = part["minus"] is not None
        if field == "date":
            span = _span(said, wanted=not negated)
            if span is not None:
                dates.append(span)
                continue
            notes.append(f"“{printable(said)}” is not a date; it was looked for as a word")
        elif field and field not in _NAMED:
            said = f"{field} {said}"
            notes.append(f"{field}: is no field; “{printable(said)}” was looked for as words")
        elif part["word"] and said.endswith(":") and said[:-1].lower() in {*_NAMED, "date"}:
            notes.append(
                f"{printable(said)} was looked for as a word; a field and its word have no blank between"
            )
        if expression := _expression(_NAMED.get(field), said, prefix=part["word"] is not None):
            (unwanted if negated else wanted).append(expression)
    return SearchQuery(
        match=" AND ".join(wanted), exclude=" OR ".join(unwanted), dates=tuple(dates), notes=tuple(notes)
    )


def _expression(field: str | None, said: str, *, prefix: bool) -> str:
    """An FTS5 phrase in its columns, or an empty text where nothing in it can be looked for."""
    folded = fold(said)
    if not any(_is_indexed(character) for character in folded):
        return ""
    star = " *" if prefix and said.endswith("*") and _is_indexed(said.rstrip("*")[-1:]) else ""
    quoted = folded.replace('"', '""')
    return f'{field or _ANYWHERE} : "{quoted}"{star}'


def _is_indexed(character: str) -> bool:
    """True for what the tokeniser keeps: letters, numbers, private use (FTS5 unicode61)."""
    return bool(character) and (character.isalnum() or unicodedata.category(character) in {"Co", "No", "Nl"})


def _span(said: str, *, wanted: bool) -> DateSpan | None:
    """One EDTF date, interval or set, else `FROM..TO` with either end left out."""
    try:
        date = parse_edtf(said)
        lower, upper = date.lower, date.upper
    except EdtfError:
        first, dots, last = said.partition("..")
        if not dots or not (first or last):
            return None
        try:
            lower = parse_edtf(first).lower if first else None
            upper = parse_edtf(last).upper if last else None
        except EdtfError:
            return None
    low = _EARLIEST if lower is None else lower.ordinal
    high = _LATEST if upper is None else upper.ordinal
    return DateSpan(min(low, high), max(low, high), wanted)

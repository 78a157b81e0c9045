"""Cuts a file of XML records into its records, so that a broken one costs itself alone.

Only the tags of the element that holds a record are looked for, and comments, CDATA sections and processing
instructions passed over; what stands between is the parser's to judge, record by record. Where a record is
broken so that its end is in doubt, it ends where the next one begins. Time is linear in the file, memory that
of a few records.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from archive.core.limits.descriptions import LONGEST_XML_RECORD, MAX_XML_LOOKED_AT_TWICE
from archive.formats.descriptions.xml_layout import ATTRIBUTES, CLOSING
from archive.formats.descriptions.xml_text import XmlText

_OVERLAP: Final = 4096  # characters of a tag that a window may cut
_CLOSE = re.compile(r"\s*>")
_OF_RIGHTS: Final = ("rights", "accessrights", "license", "rightsholder")
_RIGHTS: Final = rf"((?:[\w.-]+:)?(?:{'|'.join(_OF_RIGHTS)}))"
_WHO_MAY = re.compile(rf"<(?:access|{_RIGHTS})(?=[\s/>])", re.IGNORECASE)
_STATES = re.compile(
    rf"<(?:(?:[\w.-]+:)?(?:title|filename|dcvalue)|access|{_RIGHTS})(?=[\s/>])", re.IGNORECASE
)
_EMPTY = re.compile("[^<>]*/>")
_WITH_TEXT = re.compile(r"<([^\s<>/!?=\"'&]+)(?:\s[^<>]*)?>\s*[^\s<]")
_FOLLOWS = re.compile("[^<>]{0,400}>([^<]{0,400})<")


class Piece(NamedTuple):
    """One record as it stands in the file, and the line and column where it begins.

    `too_long` tells that it has more characters than a record can have, and is not here whole.
    """

    text: str
    line: int
    column: int
    too_long: bool = False


class Between(NamedTuple):
    """Something between two records: an end tag of none, a document type declaration, a resumption token, or
    what names or entitles something or says who may see it, as in a record of another kind (`outside`):
    one of them for each gap, and one that states rights.

    `what` is its markup, without brackets; `text` what follows it up to the next tag.
    """

    what: str
    text: str
    line: int
    column: int
    outside: bool = False

    @property
    def of_access(self) -> bool:
        """True for an element that says who may see something."""
        return self.what.lower() == "access"

    @property
    def of_rights(self) -> bool:
        """True for an element that says what may be done with something."""
        return self.what.lower().rpartition(":")[2] in _OF_RIGHTS


class Records:
    """The records of one file, from the first on."""

    def __init__(self, source: XmlText, record: str, start: int) -> None:
        self._source = source
        self._record = record
        self._start = start
        self._token = re.compile(
            rf"<(?:(!--|!\[CDATA\[|\?)|(!DOCTYPE|(?:[\w.-]+:)?resumptionToken\b)"
            rf"|(/?){re.escape(record)}(?=[\s/>]))"
        )
        self._known: dict[str, tuple[int, int, int]] = {}
        self._waste = 0

    def __iter__(self) -> Iterator[Piece | Between]:
        yield from self._before()
        at = self._source.ready(self._start)
        awaited = False  # the end tag of a record that was cut off is still to come
        told: set[bool] = set()  # of what states something outside of the records, since the last one
        while True:
            at = self._source.ready(at)
            text = self._source.text
            match = self._token.search(text, at)
            if not (awaited or (match and match[3])):  # of a stray end tag it is said by itself
                for stated in _stated(_STATES, text, at, match.start() if match else len(text), told):
                    yield self._between(stated, outside=True)
            if match is None:
                if self._source.ended:
                    return
                at = max(at, len(text) - _OVERLAP)
                continue
            if match[1] is not None:
                at = self._after(match, len(text)) or match.end()
            elif match[2] or match[3]:
                at = match.end()
                if match[2] or not awaited:
                    yield self._between(match)
                awaited = awaited and match[2] is not None
            else:
                begin = self._source.ready(match.start())
                text = self._source.text
                at, whole = self._end(begin)
                awaited = not whole
                told.clear()
                yield Piece(text[begin:at], *self._source.where(begin), not whole)

    def named_before(self, longest: int) -> list[str]:
        """The names of elements with a text before the records, until they have more characters than that."""
        named: dict[str, None] = {}
        for at, end in self._spans_before():
            for found in _WITH_TEXT.finditer(self._source.text, at, end):
                if found[1] not in named:
                    named[found[1]] = None
                    longest -= len(found[1])
                if longest < 0:
                    return list(named)
        return list(named)

    def _before(self) -> Iterator[Between]:
        """The first element before the records that says who may see them, and the first of rights."""
        told: set[bool] = set()
        for at, end in self._spans_before():
            for stated in _stated(_WHO_MAY, self._source.text, at, end, told):
                yield self._between(stated, outside=True)

    def _spans_before(self) -> Iterator[tuple[int, int]]:
        """Where the text before the records is neither comment nor CDATA section nor instruction."""
        at, end = 0, self._start
        while at < end:
            match = self._token.search(self._source.text, at, end)
            yield at, match.start() if match else end
            if match is None:
                return
            at = (self._after(match, end) if match[1] is not None else None) or match.end()

    def _between(self, found: re.Match[str], *, outside: bool = False) -> Between:
        follows = _FOLLOWS.match(self._source.text, found.end())
        shown = follows[1].strip() if follows else ""
        return Between(found.group()[1:], shown, *self._source.where(found.start()), outside)

    def _end(self, begin: int) -> tuple[int, bool]:
        """Where the record that begins there ends, and whether it is all of it."""
        text = self._source.text
        limit = min(len(text), begin + LONGEST_XML_RECORD)
        at, depth, inner, closed = begin, 0, -1, -1
        while match := self._token.search(text, at, limit):
            at = match.end()
            if match[1] is not None:
                at = self._after(match, limit) or at
            elif match[3]:
                depth -= 1
                close = _CLOSE.match(text, at, limit)
                at = closed = close.end() if close else at
                if depth == 0:
                    return at, True
            elif match[3] is not None:
                tag = ATTRIBUTES.match(text, at, limit)
                at = tag.end() if tag else at
                if depth and inner < 0:
                    inner = match.start()
                    if self._waste > MAX_XML_LOOKED_AT_TWICE:
                        return inner, True
                if tag and tag[1].endswith("/"):
                    if depth == 0:
                        return at, True
                    continue
                if closed >= 0 and not text[closed : match.start()].strip():
                    self._waste += match.start() - inner
                    return inner, True  # one behind another inside the first: the first was never closed
                depth += 1
        if inner >= 0:
            self._waste += limit - inner
            return inner, True
        return limit, limit == len(text)

    def _after(self, opening: re.Match[str], limit: int) -> int | None:
        """Behind the comment, section or instruction; None where it is never closed in its place."""
        text, mark = self._source.text, "<" + opening[1]
        end = self._find(CLOSING[opening[1]], opening.end(), limit)
        if end < 0:
            return None
        again = text.find(mark, opening.end(), end)
        if again >= 0 and (
            mark == "<!--"  # XML 1.0 §2.5: no comment holds two hyphens
            or text.find(f"</{self._record}", opening.end(), again) >= 0
        ):
            return None
        return end + len(CLOSING[opening[1]])

    def _find(self, mark: str, at: int, limit: int) -> int:
        """As str.find, without looking twice at the same text: `_known` is from, to, found, in the file."""
        base = self._source.base
        begun, done, found = self._known.get(mark, (0, 0, -1))
        if begun <= base + at and found >= base + at:
            return found - base if found - base < limit else -1
        start = at
        if found < 0 and begun <= base + at:
            start = max(at, min(done, base + limit) - base - len(mark))
        place = self._source.text.find(mark, start, limit)
        end = place if place >= 0 else limit
        self._known[mark] = (base + at, base + end, base + place if place >= 0 else -1)
        return place


def _stated(
    pattern: re.Pattern[str], text: str, at: int, end: int, told: set[bool]
) -> Iterator[re.Match[str]]:
    """The first element of the pattern there that states rights, and the first other one, unless `told`."""
    if len(told) == 2:
        return
    for found in pattern.finditer(text, at, end):
        of_rights = found[1] is not None
        if of_rights not in told and not (of_rights and _EMPTY.match(text, found.end())):
            told.add(of_rights)
            yield found

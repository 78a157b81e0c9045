"""Descriptions in JSON: one object, a list of them (Archivematica's metadata.json), or JSON Lines.

RFC 8259 leaves duplicate names, huge numbers and lone surrogates to the reader; I-JSON (RFC 7493 § 2)
forbids them, and so do we, because two programs would read two things.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from archive.core.findings import At, Finding, error, note
from archive.core.limits.output import FINDINGS
from archive.core.text import printable
from archive.formats.descriptions.access_round import with_access_round
from archive.formats.descriptions.json_numbers import Refused, read_fraction, read_whole, without_refused
from archive.formats.descriptions.json_places import is_followed, line_of
from archive.formats.descriptions.json_recovery import Recovery, Uncounted
from archive.formats.descriptions.json_shapes import (
    Shape,
    access_round,
    names_of,
    shape_of,
    states_title,
    taken_out,
)
from archive.formats.descriptions.json_strict import strict
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.structured import Record, described, place_of
from archive.formats.descriptions.text_encoding import unicode_text
from archive.formats.descriptions.understood import read_as_list, understood

_SPACE = re.compile(r"[ \t\n\r]*")
_BEYOND: Final = "is a number beyond what programs can hold"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # lines are not to be told by a byte


def read_json(
    name: str, data: bytes, date_order: str | None, *, held: bool = False
) -> Iterator[DescribedRow | Finding]:
    """Each object as a row; what cannot be parsed is a finding, and what stands before it is still read.

    With `held` an object of a list need not name a file.
    """
    text = unicode_text(name, data)
    if isinstance(text, Finding):
        yield text
        return
    yield from _Walk(name, text, date_order, held=held).rows()


def read_json_lines(
    name: str, data: bytes, date_order: str | None, *, held: bool = False
) -> Iterator[DescribedRow | Finding]:
    """JSON Lines: the object on each line as a row; a line that cannot be read costs itself alone."""
    if not data.strip():
        yield error("DESC-EMPTY", name, "the file is empty", at=At(file=name))
        return
    if data.startswith(_WIDE):
        yield from read_json(name, data, date_order, held=held)
        return
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        if not line.strip():
            continue
        text = unicode_text(name, line)
        if isinstance(text, Finding):
            place = At(file=name, line=number)
            yield replace(text, place=f"{name}:{number}", at=place)
            continue
        walk = _Walk(name, text, date_order, held=held)
        walk.first_line = number
        yield from walk.several()


def read_json_object(name: str, data: bytes, date_order: str | None) -> DescribedRow | None:
    """The row of a file that is one clean object; None where anything needs the long way (`read_json`)."""
    try:
        text = data.decode()
        document = strict(text)
    except (ValueError, RecursionError):
        return None
    if type(document) is not dict or not states_title(document):
        return None

    def line_of_key(key: str) -> int | None:
        return line_of(text, key, 0, len(text))

    return described(Record(document, name, date_order, line_of=line_of_key, surrogates="\\u" in text))


class _Walk:
    """Goes through a text value by value, so that one bad record does not cost those before it."""

    def __init__(self, name: str, text: str, date_order: str | None, *, held: bool) -> None:
        self.name, self.text, self.date_order, self.held = name, text, date_order, held
        self.problems: list[tuple[str, str, str]] = []  # code, message, key
        self.refused = 0  # numbers whose key is not known yet
        self.at, self.line, self.counted = 0, 1, 0
        self.line_starts = 0  # that `line` counts
        self.line_of_last = 0  # in which the record before begins
        self.end = 0  # of the value read last
        self.looked = self.newlines = 0
        self.line_begins = 0  # where the line that holds `looked` begins
        self.first_line = 1  # of the text in its file
        self.said: set[str] = set()
        self.access: dict[str, Any] = {}  # that is said round a list, of each of its records
        self.recovery = Recovery(text)
        self.decoded_from = text
        self.decode = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_constant=self._constant,
            parse_float=self._float,
            parse_int=self._int,
        ).raw_decode

    def rows(self) -> Iterator[DescribedRow | Finding]:
        """The rows and findings in the order of the file."""
        self._skip()
        if not self.text[self.at :]:
            yield error("DESC-EMPTY", self.name, "the file is empty", at=At(file=self.name))
            return
        try:
            if self.text[self.at] == "[":
                yield from self._list()
            elif (first := self._first()) is not None:
                yield from first
            else:
                message = "read as JSON Lines: one object after another"
                yield note("DESC-READ-AS", self.name, message, at=At(file=self.name))
                yield from self.several()
            if self.at < len(self.text):
                yield self._broken("something stands behind the end of the description", self.at)
        except json.JSONDecodeError as broken:
            yield self._broken(_sentence(broken.msg), broken.pos)
        except RecursionError:
            yield self._broken("nested too deeply", self.at, "DESC-TOO-DEEP")

    def several(self) -> Iterator[DescribedRow | Finding]:
        """Objects that stand one behind another, each a row; a broken one costs itself alone."""
        while self.at < len(self.text):
            start = self.at
            try:
                yield from self._of_several(self._record(self._line()))
            except (json.JSONDecodeError, RecursionError) as broken:
                looked_at = broken.pos - start if isinstance(broken, json.JSONDecodeError) else len(self.text)
                if not self.recovery.affords(looked_at):
                    raise
                yield self._lost(start, broken)
                line = self.text.find("\n", self.at)
                self.at = line + 1 if line >= 0 else len(self.text)
                self._skip()

    def _first(self) -> Iterator[DescribedRow | Finding] | None:
        """What the one object of the file says; None, and nothing read, where another stands behind it."""
        start = self.at
        document = self._decoded()
        if self.text[self.at : self.at + 1] == "{":
            self.at = start
            return None
        if isinstance(document, dict) and (shape := shape_of(document)) and shape.several is not None:
            return self._wrapped(document, shape, start)
        return iter([self._row(document, start, None)])

    def _wrapped(
        self, document: dict[str, Any], shape: Shape, start: int
    ) -> Iterator[DescribedRow | Finding]:
        """The records of a list that stands inside the one object of the file."""
        end, at = self.at, start
        for step in shape.inner:
            found = re.compile(rf"{re.escape(json.dumps(step, ensure_ascii=False))}\s*:\s*").search(
                self.text, at
            )
            at = found.end() if found else end
        self.access = access_round(document, shape.inner)
        yield read_as_list(self.name, shape.inner, document, self.access)
        self.at = at
        round_it = Counter(self.problems)
        self.problems.clear()
        try:
            listed = self.decode(self.text, at)[0] == shape.several
        except json.JSONDecodeError:
            listed = False
        if listed:
            round_it.subtract(self.problems)  # they are found again, each with its record
        self.problems = list(round_it.elements())
        whole = Record(document, self.name, line_of=lambda key: line_of(self.text, key, 0, end))
        yield from self._problems(whole)
        self.problems.clear()
        if listed:
            yield from self._list()
        else:  # the name of the member stands elsewhere, too: where a record begins is not known
            for each in shape.several or ():
                yield from self._of_several(self._row(each, start, None))
        self.at = end

    def _of_several(self, read: DescribedRow | Finding) -> Iterator[DescribedRow | Finding]:
        if not isinstance(read, DescribedRow):
            yield read
            return
        told = tuple(finding for finding in read.findings if self._is_new(finding))
        if read.paths or read.names or self.held:
            yield read._replace(findings=told)
            return
        yield from told
        yield error(
            "DESC-NO-FILE",
            place_of(read.at),
            "the record does not say which file it describes",
            at=read.at,
            expected="a member “filename”",
            remedy='add "filename" with the path of the file',
        )

    def _is_new(self, finding: Finding) -> bool:
        """False for how a record was understood, once that was said of another."""
        if finding.code != "DESC-READ-AS":
            return True
        known = finding.message in self.said
        self.said.add(finding.message)
        return not known

    def _lost(self, start: int, broken: Exception, end: int | None = None) -> Finding:
        """The finding for a record that could not be read, and ends before `end`; what follows it is."""
        if self.decoded_from is self.text:
            self.decoded_from = Uncounted(self.text)  # a copy, so only now
        if isinstance(broken, json.JSONDecodeError):
            at = broken.pos
            if end is not None and at >= end:  # noticed in the next record
                at = len(self.text[start:end].rstrip()) - 1 + start
            return self._broken(_sentence(broken.msg), at, rest="the record was not read")
        return self._broken("nested too deeply", start, "DESC-TOO-DEEP", rest="the record was not read")

    def _list(self) -> Iterator[DescribedRow | Finding]:
        self.at += 1
        self._skip()
        if self.text[self.at : self.at + 1] == "]":
            self.at += 1
            self._skip()
            yield error("DESC-EMPTY", self.name, "the list is empty", at=At(file=self.name))
            return
        while True:
            start = self.at
            try:
                yield from self._of_several(self._record(self._line()))
            except (json.JSONDecodeError, RecursionError) as broken:
                end = self.recovery.end(start)
                if end is None:
                    raise
                yield self._lost(start, broken, end)
                self.at = end
                self._skip()
                if self.text[end : end + 1] == "{":
                    continue  # the next element, before which a bracket or a comma is lacking
            if self.text[self.at : self.at + 1] == "]":
                self.at += 1
                self._skip()
                return
            if self.text[self.at : self.at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", self.text, self.at)
            self.at += 1
            self._skip()

    def _record(self, line: int) -> DescribedRow | Finding:
        start, follows = self.at, line == self.line_of_last
        self.line_of_last = line
        document = self._decoded()
        # One line may hold a whole list, of which the line alone would name no record.
        several = follows or is_followed(self.text, start, self.end)
        return self._row(document, start, line, start - self.line_starts + 1 if several else None)

    def _decoded(self) -> Any:
        """The value that begins here, and nothing said of it yet."""
        self.problems.clear()
        self.refused = 0
        document, self.at = self.decode(self.decoded_from, self.at)
        self.end = self.at
        self._skip()
        return document

    def _row(
        self, document: Any, start: int, line: int | None, column: int | None = None
    ) -> DescribedRow | Finding:
        end = self.end
        if not isinstance(document, dict):
            at = At(file=self.name, line=line or self._line(), column=column)
            return error(
                "DESC-NOT-AN-OBJECT",
                place_of(at) if line else self.name,
                "not an object with the terms of a description",
                at=at,
                expected="{ … }",
                found=self.text[start : start + 40],
            )

        def line_of_key(key: str) -> int | None:
            found = line_of(self.text, key, start, end)
            if found is None:
                return None
            return found + (line or self.first_line + self.text.count("\n", 0, start)) - 1

        shape = shape_of(document)
        inner = shape.inner if shape is not None and shape.several is None else ()
        content = with_access_round(taken_out(document, inner) if inner else document, self.access)
        record = Record(
            content, self.name, self.date_order, line, line_of_key, surrogates=True, column=column
        )
        found = (*self._problems(record), *understood(record, inner, document, held=self.held))
        row = described(record._replace(findings=found))
        named = line is not None and not row.paths and (names := names_of(content))
        return row._replace(names=names) if named else row

    def _problems(self, record: Record) -> Iterator[Finding]:
        for code, message, key in self.problems[:FINDINGS]:
            if key:
                yield error(code, f"{record.place}:{printable(key)}", message, at=record.at(key))
            else:
                yield error(code, record.place, message, at=record.here)

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _line(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.line_starts = self.text.rfind("\n", self.counted, self.at) + 1 or self.line_starts
        self.counted = self.at
        return self.line + self.first_line - 1

    def _broken(
        self,
        message: str,
        position: int,
        code: str = "DESC-JSON-SYNTAX",
        *,
        rest: str = "nothing from here on was read",
    ) -> Finding:
        if position < self.looked:
            self.looked = self.newlines = self.line_begins = 0
        self.newlines += self.text.count("\n", self.looked, position)
        self.line_begins = self.text.rfind("\n", self.looked, position) + 1 or self.line_begins
        self.looked = position
        line = self.newlines + self.first_line
        column = position - self.line_begins + 1
        return error(
            code,
            f"{self.name}:{line}",
            f"{message}; {rest}",
            at=At(file=self.name, line=line, column=column),
            found=self.text[position : position + 40] or "the end of the file",
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        document: dict[str, Any] = {}
        for key, each in pairs:
            value = self._without_refused(key, each) if self.refused else each
            if key in document:
                self.problems.append(
                    ("DESC-DUPLICATE-KEY", f"“{printable(key[:80])}” stands twice in one object", key)
                )
            else:
                document[key] = value
        return document

    def _without_refused(self, key: str, value: Any) -> Any:
        why: list[str] = []
        value = without_refused(value, why)
        self.refused -= len(why)
        self.problems += [("DESC-NUMBER", each, key) for each in why]
        return value

    def _constant(self, text: str) -> Any:
        return self._known(None, text, "is not a value of JSON")

    def _float(self, text: str) -> Any:
        return self._known(read_fraction(text), text)

    def _int(self, text: str) -> Any:
        return self._known(read_whole(text), text)

    def _known(self, number: float | None, text: str, why: str = _BEYOND) -> Any:
        if number is not None:
            return number
        self.refused += 1
        return Refused(f"{text[:40]} {why}")


def _sentence(message: str) -> str:
    """json's words for what is wrong, as a clause."""
    return f"not JSON: {message[:1].lower()}{message[1:]}"

"""Descriptions in JSON: one object, a list of them (Archivematica's metadata.json), or JSON Lines.

RFC 8259 leaves duplicate names, huge numbers and lone surrogates to the reader; I-JSON (RFC 7493 § 2)
forbids them, and so do we, because two programs would read two things.
"""

import codecs
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from archive.core.findings import At, Finding, error, note
from archive.core.limits.descriptions import LONGEST_NUMBER
from archive.core.limits.output import FINDINGS
from archive.core.text import printable
from archive.formats.descriptions.json_recovery import Recovery
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.structured import Record, described
from archive.formats.descriptions.text_encoding import unicode_text

_SPACE = re.compile(r"[ \t\n\r]*")
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
        document = _strict(text)
    except (ValueError, RecursionError):
        return None
    if type(document) is not dict:
        return None

    def line_of(key: str) -> int | None:
        return _line_of(text, key, 0, len(text))

    return described(Record(document, name, date_order, line_of=line_of, surrogates="\\u" in text))


class _Walk:
    """Goes through a text value by value, so that one bad record does not cost those before it."""

    def __init__(self, name: str, text: str, date_order: str | None, *, held: bool) -> None:
        self.name, self.text, self.date_order, self.held = name, text, date_order, held
        self.problems: list[tuple[str, str, str]] = []  # code, message, key
        self.at, self.line, self.counted = 0, 1, 0
        self.looked = self.newlines = 0
        self.first_line = 1  # of the text in its file
        self.recovery = Recovery(text)
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
                yield first
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
                yield self._lost(start, broken)
                line = self.text.find("\n", self.at)
                self.at = line + 1 if line >= 0 else len(self.text)
                self._skip()

    def _first(self) -> DescribedRow | Finding | None:
        """The one object of the file; None, and nothing read, where another stands behind it."""
        start = self.at
        read = self._record(None)
        if self.text[self.at : self.at + 1] != "{":
            return read
        self.at = start
        return None

    def _of_several(self, read: DescribedRow | Finding) -> Iterator[DescribedRow | Finding]:
        if not isinstance(read, DescribedRow) or read.paths or self.held:
            yield read
            return
        yield from read.findings
        yield error(
            "DESC-NO-FILE",
            f"{self.name}:{read.at.line}",
            "the record does not say which file it describes",
            at=read.at,
            expected="a member “filename”",
            remedy='add "filename" with the path of the file',
        )

    def _lost(self, start: int, broken: Exception, end: int | None = None) -> Finding:
        """The finding for a record that could not be read, and ends before `end`; what follows it is."""
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

    def _record(self, line: int | None) -> DescribedRow | Finding:
        start = self.at
        self.problems.clear()
        document, self.at = self.decode(self.text, start)
        end = self.at
        self._skip()
        if not isinstance(document, dict):
            at = At(file=self.name, line=line or self._line())
            return error(
                "DESC-NOT-AN-OBJECT",
                f"{self.name}:{line}" if line else self.name,
                "not an object with the terms of a description",
                at=at,
                expected="{ … }",
                found=self.text[start : start + 40],
            )

        def line_of(key: str) -> int | None:
            found = _line_of(self.text, key, start, end)
            return found + self.first_line - 1 if found else None

        record = Record(document, self.name, self.date_order, line, line_of, surrogates=True)
        found = tuple(
            error(
                code, f"{record.place}:{printable(key)}" if key else record.place, message, at=record.at(key)
            )
            if key
            else error(code, record.place, message, at=At(file=self.name, line=line))
            for code, message, key in self.problems[:FINDINGS]
        )
        return described(record._replace(findings=found))

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _line(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
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
            self.looked = self.newlines = 0
        self.newlines += self.text.count("\n", self.looked, position)
        self.looked = position
        line = self.newlines + self.first_line
        column = position - self.text.rfind("\n", 0, position)
        return error(
            code,
            f"{self.name}:{line}",
            f"{message}; {rest}",
            at=At(file=self.name, line=line, column=column),
            found=self.text[position : position + 40] or "the end of the file",
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        document: dict[str, Any] = {}
        for key, value in pairs:
            if key in document:
                self.problems.append(
                    ("DESC-DUPLICATE-KEY", f"“{printable(key[:80])}” stands twice in one object", key)
                )
            else:
                document[key] = value
        return document

    def _constant(self, text: str) -> None:
        self.problems.append(("DESC-NUMBER", f"{text} is not a value of JSON", ""))

    def _float(self, text: str) -> float:
        value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
        return value if math.isfinite(value) else self._number(text)

    def _int(self, text: str) -> int:
        return int(text) if len(text) <= LONGEST_NUMBER else self._number(text)

    def _number(self, text: str) -> int:
        self.problems.append(("DESC-NUMBER", f"{text[:40]} is a number beyond what programs can hold", ""))
        return 0


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("duplicate key")
    return document


def _refuse(text: str) -> None:
    raise ValueError(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_strict = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite).decode


def _line_of(text: str, key: str, start: int, end: int) -> int | None:
    at = text.find(json.dumps(key, ensure_ascii=False), start, end)
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def _sentence(message: str) -> str:
    """json's words for what is wrong, as a clause."""
    return f"not JSON: {message[:1].lower()}{message[1:]}"

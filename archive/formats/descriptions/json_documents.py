"""Descriptions in JSON: one object, or a list of them (Archivematica's metadata.json).

RFC 8259 leaves duplicate names, huge numbers and lone surrogates to the reader; I-JSON (RFC 7493 § 2)
forbids them, and so do we, because two programs would read two things.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from archive.core.findings import At, Finding, error
from archive.core.limits import MAX_FINDINGS
from archive.core.text import printable
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.structured import Record, described
from archive.formats.descriptions.text_encoding import unicode_text

_SPACE = re.compile(r"[ \t\n\r]*")
_LONGEST_NUMBER = 300  # digits; beyond them a number is no longer what other programs can hold


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
            else:
                yield self._record(None)
            if self.at < len(self.text):
                yield self._broken("something stands behind the end of the description", self.at)
        except json.JSONDecodeError as broken:
            yield self._broken(_sentence(broken.msg), broken.pos)
        except RecursionError:
            yield self._broken("nested too deeply", self.at, "DESC-TOO-DEEP")

    def _list(self) -> Iterator[DescribedRow | Finding]:
        self.at += 1
        self._skip()
        if self.text[self.at : self.at + 1] == "]":
            self.at += 1
            self._skip()
            yield error("DESC-EMPTY", self.name, "the list is empty", at=At(file=self.name))
            return
        while True:
            read = self._record(self._line())
            if isinstance(read, DescribedRow) and not read.paths and not self.held:
                yield from read.findings
                yield error(
                    "DESC-NO-FILE",
                    f"{self.name}:{read.at.line}",
                    "the record does not say which file it describes",
                    at=read.at,
                    expected="a member “filename”",
                    remedy='add "filename" with the path of the file',
                )
            else:
                yield read
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
            return _line_of(self.text, key, start, end)

        record = Record(document, self.name, self.date_order, line, line_of, surrogates=True)
        found = tuple(
            error(
                code, f"{record.place}:{printable(key)}" if key else record.place, message, at=record.at(key)
            )
            if key
            else error(code, record.place, message, at=At(file=self.name, line=line))
            for code, message, key in self.problems[:MAX_FINDINGS]
        )
        return described(record._replace(findings=found))

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _line(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def _broken(self, message: str, position: int, code: str = "DESC-JSON-SYNTAX") -> Finding:
        line = self.text.count("\n", 0, position) + 1
        column = position - self.text.rfind("\n", 0, position)
        return error(
            code,
            f"{self.name}:{line}",
            f"{message}; nothing from here on was read",
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
        value = float(text) if len(text) <= _LONGEST_NUMBER else math.inf
        return value if math.isfinite(value) else self._number(text)

    def _int(self, text: str) -> int:
        return int(text) if len(text) <= _LONGEST_NUMBER else self._number(text)

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

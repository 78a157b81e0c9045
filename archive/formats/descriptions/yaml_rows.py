"""From a value of YAML to described rows: its records, wherever in it they stand, each with its place."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from archive.core.descriptions.access import EXPECTED
from archive.core.descriptions.description_access import UNREADABLE
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.output import FINDINGS
from archive.core.text import printable
from archive.formats.descriptions.access_round import with_access_round
from archive.formats.descriptions.json_shapes import access_round, shape_of, taken_out
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.structured import Record, described, place_of
from archive.formats.descriptions.understood import read_as_list, understood

COMMENT: Final = "DESC-YAML-COMMENT"
NULL: Final = "DESC-YAML-NULL"


class Unread(NamedTuple):
    """A text that YAML takes for none, with the code of what is to be said of it.

    DESC-YAML-COMMENT for a comment, DESC-ACCESS-UNREADABLE for one that would say who may see the document,
    DESC-YAML-NULL for a word that stands for no value.
    """

    text: str
    line: int
    code: str


class Said(NamedTuple):
    """Of one record: the keys that stand twice, the texts that are none, and where it begins."""

    duplicates: list[tuple[str, int]]
    unread: list[Unread]
    line: int
    column: int


class Top(NamedTuple):
    """The top value of a document, what is to be said of each of its records, and the lines of all keys, by
    the identity of their mapping."""

    value: Any
    said: list[Said]
    lines: Mapping[int, dict[str, int]]


def rows_of(
    top: Top, name: str, date_order: str | None, *, held: bool, alone: bool
) -> Iterator[DescribedRow | Finding]:
    """Each mapping as a row: the value itself, those of a list, or of a list that stands inside."""
    value, said = top.value, top.said
    shape = shape_of(value) if isinstance(value, dict) else None
    access: dict[str, Any] = {}
    if shape is not None and shape.several is not None:
        access = access_round(value, shape.inner)
        yield read_as_list(name, shape.inner, value, access)
        records, several = shape.several, True
        (whole,) = said
        said, rest = _by_line(records, top.lines, whole)
        yield from _of_syntax(name, name, rest)
    else:
        several = isinstance(value, list)
        records = value if several else [value]
    begun = Counter(each.line for each in said)
    for content, each in zip(records, said, strict=False):
        at = At(file=name)
        if several or not alone:
            at = At(name, each.line, each.column if begun[each.line] > 1 else None)
        place = place_of(at)
        if not isinstance(content, dict) or (several and not content):
            yield error("DESC-NOT-AN-OBJECT", place, "not a mapping with the terms of a description", at=at)
            continue
        inside = shape_of(content)
        inner = inside.inner if inside is not None and inside.several is None else ()
        lines = _lines(content, inner, top.lines)
        record = Record(
            with_access_round(taken_out(content, inner) if inner else content, access),
            name,
            date_order,
            at.line,
            lines.get,
            surrogates=True,
            column=at.column if isinstance(at.column, int) else None,
        )
        found = (*_of_syntax(name, place, each), *understood(record, inner, content, held=held))
        row = described(record._replace(findings=found))
        if several and not row.paths and not held:
            yield from row.findings
            yield error(
                "DESC-NO-FILE",
                place,
                "the record does not say which file it describes",
                at=row.at,
                expected="a key “filename”",
            )
        else:
            yield row


def _lines(content: Any, inner: tuple[str, ...], lines_of: Mapping[int, dict[str, int]]) -> dict[str, int]:
    """The lines of the keys of a record, and of those round it that no key in it is called like."""
    lines = dict(lines_of.get(id(content), {}))
    for step in inner:
        content = content[step]
        lines |= lines_of.get(id(content), {})
    return lines


def _by_line(
    records: list[Any], lines_of: Mapping[int, dict[str, int]], whole: Said
) -> tuple[list[Said], Said]:
    """What is to be said of each record of a list inside, and of what is round them.

    Where the records do not stand one below another nothing tells whose it is, and it is said of the file.
    """
    lines: list[int] = []
    for record in records:
        keys = lines_of.get(id(record)) if isinstance(record, dict) else None
        lines.append(min(keys.values()) if keys else lines[-1] if lines else whole.line)
    apart = all(one < other for one, other in pairwise(lines))
    said = [Said([], [], line, 1) for line in lines]
    rest = Said([], [], whole.line, whole.column)

    def of(line: int) -> Said:
        return said[bisect_right(lines, line) - 1] if apart and line >= lines[0] else rest

    for key, line in whole.duplicates:
        of(line).duplicates.append((key, line))
    for each in whole.unread:
        of(each.line).unread.append(each)
    return said, rest


def _of_syntax(name: str, place: str, said: Said) -> Iterator[Finding]:
    for key, line in said.duplicates[:FINDINGS]:
        yield error(
            "DESC-DUPLICATE-KEY",
            f"{place}:{printable(key)}",
            f"“{printable(key[:80])}” stands twice in one mapping",
            at=At(file=name, line=line, field=key),
        )
    for text, line, code in said.unread:
        at, place = At(file=name, line=line), f"{name}:{line}"
        message = f"what follows # is a comment to YAML, and not read: “{printable(text[:80])}”"
        if code == UNREADABLE:
            remedy = "write it without the #, or take it out"
            yield error(code, place, message, at=at, expected=EXPECTED, found=text, remedy=remedy)
            continue
        remedy = "put the whole text into quotation marks, if that belongs to it"
        if code == NULL:
            message = f"“{text}” stands for no value in YAML, and is not read"
            remedy = "put it into quotation marks, if it is a name or a word"
        yield warning(code, place, message, at=at, found=text, remedy=remedy)

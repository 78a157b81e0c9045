"""Descriptions in XML: one in a file (oai_dc, qualified Dublin Core, DSpace), or a set of any size.

A set is the answer of an OAI-PMH server or any collection of records, also one document behind another. Each
of its records is parsed by itself, so that a broken one is named with its line and costs no other.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final

from archive.core.findings import At, Finding, error, note, warning
from archive.core.limits.descriptions import (
    LONGEST_XML_RECORD,
    MAX_DESCRIPTIONS_BYTES,
    MAX_HOPELESS_RECORDS,
    MAX_SIDECAR_BYTES,
)
from archive.core.limits.output import QUOTED
from archive.core.text import printable
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.structured import Record, described
from archive.formats.descriptions.xml_content import Content, Place, contents, header
from archive.formats.descriptions.xml_kinds import FOREIGN, without_dublin_core
from archive.formats.descriptions.xml_layout import Layout, find_layout, has_doctype
from archive.formats.descriptions.xml_parsing import RecordParser, doctype_refused, parsed
from archive.formats.descriptions.xml_records import Between, Piece, Records
from archive.formats.descriptions.xml_text import STRAY, XmlText

_OF_EUROPEANA: Final = "ProvidedCHO"  # of the Europeana Data Model
_IDENTIFIER = re.compile(r"<(?:[\w.-]+:)?identifier\b[^>]{0,200}>\s*([^<]{1,200})<")


def read_xml(
    name: str,
    data: bytes,
    date_order: str | None,
    *,
    held: bool = False,
) -> Iterator[DescribedRow | Finding]:
    """The one description of the file as a row; else the finding that says why there is none.

    It is of the file that it stands beside, and only of what is `held` known by its identifiers.
    """
    if len(data) > MAX_SIDECAR_BYTES:
        yield error(
            "DESC-TOO-LARGE",
            name,
            f"{len(data):,} bytes of XML",
            at=At(file=name),
            expected=f"at most {MAX_SIDECAR_BYTES:,}",
        )
        return
    root = parsed(name, data)
    if isinstance(root, Finding):
        yield root
        return
    found: list[Finding] = []
    several = contents(root, Place(name), found)
    if isinstance(several, Finding):
        yield several
        return
    if len(several) == 1:
        row = described(_record(several[0], name, date_order, None, found))
        yield row._replace(names=_names(row, several[0])) if held else row
        return
    at = At(file=name, line=root.sourceline)
    if several:
        yield error(
            "DESC-XML-CONTENT", name, f"holds {len(several)} descriptions where one is expected", at=at
        )
        return
    kind = without_dublin_core(root)
    if kind.line is not None:
        at = at._replace(line=kind.line)
    place = name if kind.line is None else f"{name}:{kind.line}"
    yield error("DESC-XML-CONTENT", place, kind.message, at=at, remedy=kind.remedy)


def read_xml_stream(
    name: str, stream: BinaryIO, date_order: str | None, *, held: bool = False
) -> Iterator[DescribedRow | Finding]:
    """Each record of the file as a row, or the one description in it; memory does not grow with the file."""
    if not stream.seekable():
        stream = io.BytesIO(stream.read(MAX_DESCRIPTIONS_BYTES))
    source = XmlText(stream)
    if source.encoding is None:
        yield error(
            "DESC-ENCODING",
            name,
            f"declares {printable(source.declared)}, which is no character set that is read",
            at=At(file=name, line=1),
            expected="UTF-8",
            remedy="save the file as UTF-8",
        )
        return
    if has_doctype(source.text[:LONGEST_XML_RECORD]):
        yield doctype_refused(name)
        return
    layout = find_layout(source.text[: 2 * LONGEST_XML_RECORD], FOREIGN)
    if layout is not None:
        yield from _Set(name, layout, date_order).rows(source)
        return
    stream.seek(0)
    yield from read_xml(name, stream.read(MAX_SIDECAR_BYTES + 1), date_order, held=held)


class _Set:
    """The records of one file."""

    def __init__(self, name: str, layout: Layout, date_order: str | None) -> None:
        self._name, self._layout, self._date_order = name, layout, date_order
        self._parser = RecordParser(name, layout.namespaces)
        self._said: set[str] = set()

    def rows(self, source: XmlText) -> Iterator[DescribedRow | Finding]:
        """The rows and findings in the order of the file."""
        kind = "the answer of an OAI-PMH server" if self._layout.oai else "a set of records"
        message = f"read as {kind}, each in an element {printable(self._layout.record)}"
        records = Records(source, self._layout.record, self._layout.start)
        if self._layout.record.endswith(_OF_EUROPEANA):
            message += "; what is said outside of it, of provider and rights, is not read"
        elif not self._layout.oai:
            named = ", ".join(records.named_before(QUOTED))
            more = f": {printable(named[:QUOTED])}{'…' if len(named) > QUOTED else ''}" if named else ""
            message += f"; what stands outside of them is not read{more}"
        yield note(
            "DESC-READ-AS",
            self._name,
            message,
            at=At(file=self._name),
            found=f"{source.encoding}",
        )
        if self._layout.whole:
            message = "describes the collection as a whole, too; that names no file and is not taken in"
            yield note("DESC-LEVEL", self._name, message, at=At(file=self._name))
        broken = 0
        for piece in records:
            if isinstance(piece, Between):
                above = piece.outside and not piece.of_access and self._layout.record.endswith(_OF_EUROPEANA)
                if not above:
                    yield self._between(piece)
                continue
            broken += 1
            for read in self._piece(piece):
                yield read
                if isinstance(read, DescribedRow):
                    broken = 0
            if broken > MAX_HOPELESS_RECORDS:
                at = At(file=self._name, line=piece.line)
                message = f"the last {broken:,} records gave nothing; nothing from here on was read"
                yield error("DESC-XML-CONTENT", f"{self._name}:{piece.line}", message, at=at)
                return

    def _between(self, found: Between) -> Finding:
        at = At(file=self._name, line=found.line, column=found.column)
        place = f"{self._name}:{found.line}"
        if found.outside:
            record = printable(self._layout.record)
            message = f"stands outside of the records, which are elements {record}, and was not read"
            shown = f"<{printable(found.what)}>{printable(found.text)}"
            if found.of_rights:
                return warning("DESC-OUTSIDE-RECORDS", place, message, at=at, found=shown)
            return error(
                "DESC-XML-CONTENT",
                place,
                message,
                at=at,
                found=shown,
                remedy="write it into each record that it holds for"
                if found.of_access
                else "give every record the same element, or put the others into a file of their own",
            )
        if found.what.startswith("!"):
            return doctype_refused(self._name, found.line)
        if found.what.endswith("resumptionToken"):
            goes_on = "the list goes on: this file is a part of it" if found.text else "the list ends here"
            return note(
                "DESC-OAI-RESUMPTION",
                place,
                goes_on,
                at=at,
                found=printable(found.text) or None,
                remedy="fetch the rest with this resumption token" if found.text else None,
            )
        return error(
            "DESC-XML-SYNTAX",
            place,
            f"not well-formed XML: the end of an element {found.what.lstrip('/')} that never began",
            at=at,
            remedy="look at the record before it",
        )

    def _piece(self, piece: Piece) -> Iterator[DescribedRow | Finding]:
        place = f"{self._name}:{piece.line}"
        if piece.too_long:
            expected = f"at most {LONGEST_XML_RECORD:,} characters"
            at = At(file=self._name, line=piece.line, column=piece.column)
            yield error("DESC-TOO-LARGE", place, "a record that is too long", at=at, expected=expected)
            return
        if STRAY in piece.text:
            yield self._stray(piece)
            return
        record = self._parser.parse(piece.text, piece.line, piece.column)
        if isinstance(record, Finding):
            yield self._named(record, piece)
            return
        found: list[Finding] = []
        several = contents(record, Place(self._name, piece.line - 2), found)
        if isinstance(several, Finding):
            yield self._named(several, piece)
            return
        if not several:
            yield self._without(record, place, piece)
        for content in several:
            row = described(_record(content, self._name, self._date_order, piece.line, found))
            told = tuple(finding for finding in row.findings if self._is_new(finding))
            yield row._replace(findings=told, names=_names(row, content))

    def _is_new(self, finding: Finding) -> bool:
        """False for how a name was understood, once that was said of the file."""
        if finding.code != "DESC-READ-AS":
            return True
        known = finding.message in self._said
        self._said.add(finding.message)
        return not known

    def _without(self, record: Any, place: str, piece: Piece) -> Finding:
        at = At(file=self._name, line=piece.line, column=piece.column)
        told = header(record) if self._layout.oai else {}
        if told.get("oai.status") == ["deleted"]:
            named = printable("; ".join(told.get("oai.identifier", ())))
            return note(
                "DESC-OAI-DELETED",
                place,
                "the server says that this record was deleted; there is nothing to read in it",
                at=at,
                found=named or None,
            )
        kind = without_dublin_core(record)
        if kind.line is not None:
            line = kind.line + piece.line - 2
            at, place = At(file=self._name, line=line), f"{self._name}:{line}"
        return error("DESC-XML-CONTENT", place, kind.message, at=at, remedy=kind.remedy)

    def _stray(self, piece: Piece) -> Finding:
        before = piece.text[: piece.text.index(STRAY)]
        lines = before.count("\n")
        column = len(before) - before.rfind("\n") + (piece.column - 1 if not lines else 0)
        line = piece.line + lines
        return self._named(
            error(
                "DESC-ENCODING",
                f"{self._name}:{line}",
                "holds a byte that is not of the file's encoding; the record was not read",
                at=At(file=self._name, line=line, column=column),
                expected="UTF-8",
                remedy="save the file in the encoding that it declares, or write the letter anew",
            ),
            piece,
        )

    def _named(self, broken: Finding, piece: Piece) -> Finding:
        """The finding with the identifier of its record, where that can be read."""
        identifier = _IDENTIFIER.search(piece.text)
        if identifier is None:
            return broken
        return replace(broken, message=f"{broken.message}, in the record {printable(identifier[1].strip())}")


def _names(row: DescribedRow, content: Content) -> tuple[str, ...]:
    """By what the description is known, where it names no file."""
    identifiers = [value.value for value in row.description.terms.get("identifier", ())]
    return tuple(filter(None, dict.fromkeys(name.strip() for name in (*identifiers, *content.names))))


def _record(
    content: Content, name: str, date_order: str | None, line: int | None, found: list[Finding]
) -> Record:
    return Record(content.values, name, date_order, line, line_of=content.lines.get, findings=tuple(found))

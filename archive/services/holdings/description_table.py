"""The descriptions in force of held documents, written to a new table or list."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from archive.core.descriptions.description import Description
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding, warning
from archive.core.ids import short_id
from archive.core.tables.sheet import SheetLimitError
from archive.core.text import printable
from archive.formats.description_table import (
    USUAL,
    LeftOut,
    TableForm,
    TableRow,
    Uncovered,
    add_headings,
    columns_as_received,
    columns_of,
    kept_cells,
    written,
)
from archive.services.catalog.bag_record import (
    DESCRIPTION,
    FIRST_REVISION,
    PREMIS,
    BagDoubtError,
    code_of_unread,
    current_description_path,
    listed_bytes,
    parsed_description,
    revision_of,
    tag_files,
    why_not_read,
)
from archive.services.holdings.listing import list_documents
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.bags.held_bag import HeldBag
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.disk.new_files import new_file
from archive.storage.index import Index, IndexRow
from archive.storage.layout import bag_path

_DESCRIBED_SINCE: Final = "it was described while the table was written, which has no column for it"


@dataclass(slots=True)
class DescriptionExport:
    """Writes the documents that meet the conditions (as in `list_documents`), each with its description.

    The bags are read twice, first for the columns: memory stays flat. `findings` tells what could not be read
    and what no cell can hold; `documents` counts the rows.
    """

    archive: OpenedArchive
    index: Index
    conditions: dict[str, Any]
    as_received: bool = False
    progress: Progress | None = None
    documents: int = field(default=0, init=False)
    _found: dict[str, Finding] = field(default_factory=dict, init=False)
    _headings: list[str] = field(default_factory=list, init=False)
    _known_columns: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False)
    _hidden: int = field(default=0, init=False)
    _made: int = field(default=0, init=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is not in the table."""
        return tuple(self._found.values())

    @property
    def exit_code(self) -> int:
        """0; 1 where a document is not in the table, 3 where storage alone is the reason of that."""
        return code_of_unread({finding.code for finding in self._found.values()})

    def write(self, form: TableForm, out: BinaryIO) -> None:
        """Writes the table. ConfigurationError where it is larger than its form can be; OSError passes."""
        rows = self._rows("Looking for columns")
        described = columns_of((row.description for row in rows), () if self.as_received else USUAL)
        if self.as_received and self._headings:
            described = columns_as_received(self._headings, described)
        elif form in (TableForm.CSV, TableForm.ODS, TableForm.XLSX):
            for name in described.left_out:
                self._tell(LeftOut(name, "its name would be read again as that of another column", "", 0))
        self.documents = self._hidden = self._made = 0
        try:
            rows = self._rows("Writing descriptions")
            if form not in (TableForm.JSON, TableForm.XML):
                rows = self._covered(rows, Uncovered(described))
            left = written(form, described.columns, rows, out, as_received=self.as_received)
        except SheetLimitError as limit:
            raise ConfigurationError(
                f"too much for {form.upper()}: {limit}", remedy="write CSV or JSON"
            ) from limit
        for each in left:
            self._tell(each)
        if self._hidden:
            self._tell_hidden()
        if self._made:
            self._tell_made()
        if self.as_received and form is TableForm.CSV:
            self._found["\0formulas"] = warning(
                "HELD-NOT-GUARDED",
                "CSV",
                "cells stand as they were received, also those that a spreadsheet program takes for formulas",
                remedy="open it with all columns as text, or write .ods or .xlsx, whose cells are text",
            )

    def write_new(self, form: TableForm, path: Path) -> None:
        """Writes the table to a new file, or none. ConflictError where there is such a file."""
        self._refuse_inside(path)
        with new_file(path) as stream:
            self.write(form, stream)

    def _refuse_inside(self, path: Path) -> None:
        if path.absolute().parent.resolve().is_relative_to(self.archive.root.resolve()):
            raise ConfigurationError(
                f"{printable(str(path))}: lies inside the archive, where only the archive writes",
                remedy="name a file outside it",
            )

    def _rows(self, doing: str) -> Iterator[TableRow]:
        if self.progress is not None:
            self.progress.begin(doing, None, "documents")
        try:
            for row in list_documents(self.index, **self.conditions):
                if (read := self._row(row)) is not None:
                    self.documents += 1
                    self._hidden += read.description.hides_title
                    yield read
                if self.progress is not None:
                    self.progress.advance(1)
        finally:
            if self.progress is not None:
                self.progress.end()

    def _covered(self, rows: Iterator[TableRow], uncovered: Uncovered) -> Iterator[TableRow]:
        """The rows; what somebody described since the columns were looked for, and has none, is told."""
        left: dict[str, LeftOut] = {}
        for row in rows:
            for name in uncovered.of(row.description):
                known = left.get(name) or LeftOut(name, _DESCRIBED_SINCE, row.reference, 0)
                left[name] = known._replace(documents=known.documents + 1)
            yield row
        for each in left.values():
            self._tell(each)

    def _row(self, row: IndexRow) -> TableRow | None:
        try:
            with HeldBag(self.archive.root, row.bag) as held:
                listed = tag_files(held, row.tag_manifest)
                description = parsed_description(listed_bytes(held, listed, current_description_path(listed)))
                read = TableRow(row.reference, row.bag, revision_of(listed), row.source, description)
                if self.as_received:
                    first = description
                    if read.revision > FIRST_REVISION:
                        first = parsed_description(listed_bytes(held, listed, DESCRIPTION))
                    read = self._as_received(read, first, listed_bytes(held, listed, PREMIS))
                return read
        except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError) as trouble:
            code, reason = why_not_read(trouble)
            self._found[row.bag] = warning(
                code,
                bag_path(row.bag),
                f"is not in the table: {printable(reason)}",
                remedy=f"archive audit {short_id(row.bag)} says what is wrong with it",
            )
            return None

    def _as_received(self, read: TableRow, first: Description, premis: bytes) -> TableRow:
        """The row with what its depositor stated; the headings of its table are remembered."""
        from archive.formats.premis.reader import read_premis

        summary = read_premis(premis)
        if headings := self._headings_of(summary.columns):
            cells = kept_cells(summary.cells)
            read = read._replace(headings=headings, kept=cells, original=first)
        else:
            self._made += 1
        if len(summary.files) != 1:
            return read
        (file,) = summary.files
        # The first is the archive's own; what follows came with the submission and agreed.
        stated = {name.replace("-", "").lower(): value for name, value, _ in file.digests[1:]}
        return read._replace(digests=stated, size=file.bytes)

    def _headings_of(self, columns: str | None) -> tuple[str, ...]:
        if not columns:
            return ()
        known = self._known_columns.get(columns)
        if known is None:
            try:
                known = tuple(map(str, json.loads(columns)))
            except (ValueError, TypeError):
                known = ()
            self._known_columns[columns] = known
            add_headings(self._headings, known)
        return known

    def _tell_hidden(self) -> None:
        """What is read again as descriptions cannot hold `[title hidden]` in the place of a title."""
        hide = (
            "1 document hides its title" if self._hidden == 1 else f"{self._hidden:,} documents hide titles"
        )
        self._found["\0hidden"] = warning(
            "HELD-TITLE-HIDDEN",
            "title",
            f"{hide} that the table holds",
            remedy="give the table only to those who may see it",
        )

    def _tell_made(self) -> None:
        """What came with a sidecar, or with the row of its folder, has no cells that could be given back."""
        one = self._made == 1
        came = (
            "1 document came without a row of its"
            if one
            else f"{self._made:,} documents came without a row of their"
        )
        self._found["\0made"] = warning(
            "HELD-ROW-MADE",
            "rows",
            f"{came} own: what is held of {'it' if one else 'them'} stands there",
            remedy="go by the other rows for what was received",
        )

    def _tell(self, left: LeftOut) -> None:
        which = f" (first {printable(left.reference)})" if left.reference else ""
        documents = f"{left.documents:,} documents" if left.documents > 1 else "1 document"
        of = f" of {documents}{which}" if left.documents else ""
        self._found[f"{left.heading}\0{left.why}"] = warning(
            "HELD-NOT-IN-TABLE",
            printable(left.heading),
            f"“{printable(left.heading)}”{of} is not in the table: {left.why}",
            remedy="export as JSON, which holds everything",
        )

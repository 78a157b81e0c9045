"""The rows of a table of descriptions: what each says of its file, and what is wrong with it."""

from collections.abc import Iterator, Sequence

from archive.core.descriptions import description_rules
from archive.core.descriptions.dcterms import qualified
from archive.core.descriptions.description import WHITE_SPACE, Description, Value, tidy
from archive.core.descriptions.description_access import with_access
from archive.core.digests import Digest
from archive.core.findings import At, Finding, error, note, warning
from archive.core.ids import is_uuid7
from archive.core.tables.template import PROBLEM, is_help
from archive.core.text import printable
from archive.formats.csv_cells import unguarded
from archive.formats.descriptions.columns import (
    SEPARATOR,
    Kind,
    read_digest,
    read_size,
)
from archive.formats.descriptions.damage import DamageWatch
from archive.formats.descriptions.drafts import (
    draft_findings,
    has_escape,
    is_marked_draft,
    is_marked_escaped,
    is_our_problem,
)
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.seen_paths import SeenPaths
from archive.formats.descriptions.table_header import ID, REVISION, TableHeader, has_surrogates

_new = tuple.__new__  # half the time of Value(…)


class Table(TableHeader):
    """Reads rows under a header, one by one, as `TableHeader` plans it."""

    def __init__(
        self,
        name: str,
        header: Sequence[str],
        date_order: str | None = None,
        *,
        held: bool = False,
        header_row: int = 1,
        guarded: bool = True,
    ) -> None:
        super().__init__(name, header, held=held, header_row=header_row, guarded=guarded)
        self.date_order = date_order
        self._seen = SeenPaths()
        self._damage = DamageWatch(name, self._columns, self.path_at, self.at)

    def column_of(self, cells: Sequence[str], field: str, number: int) -> int | None:
        """The column (from 0) of a term's value of that number (from 0), or of a column that is not ours.

        Where there is no such value the first column for it; None where the table has none.
        """
        if self._dialect:
            cells = self._dialect.cells(cells)
        first: int | None = None
        for index, name, _ in self._terms:
            if name == field and index < len(cells):
                first = index if first is None else first
                text = tidy(cells[index])
                count = len(_split(text, None)) if SEPARATOR in text else bool(text)
                if number < count:
                    return index
                number -= count
        return self.column_named(field) if first is None else first

    def read(
        self, row: int, cells: Sequence[str], *, surrogates: bool = False
    ) -> DescribedRow | Finding | None:
        """What the row says; None for a blank row, a finding where it names no file."""
        found: list[Finding] = []
        place = f"{self.name}:{row}"
        if len(cells) != len(self._names):
            if not any(cell.strip(WHITE_SPACE) for cell in cells):
                return None
            cells = self._fit(cells, row, place, found)
        if self.beyond:
            self._say_beyond(cells, self.beyond, row, found)
        if cells[0][:1] == "#" and is_help(cells[0]):
            return None
        written = tuple(cells)
        exported = bool(self._export) and self._is_exported(cells)
        if (exported or self._suggests) and self._guarded:
            cells = self._without_guards(cells)
        if surrogates:
            cells = self._without_surrogates(cells, row, found)
        if any(is_marked_escaped(written[index]) for index in self._problems_at):
            self._say_escaped(written, row, found)
        if self._dialect:
            cells = self._dialect.cells(cells)
            found += self._dialect.taken()
        paths = self._paths(cells)
        if not paths and self.held and not any(cell.strip(WHITE_SPACE) for cell in cells):
            return None
        if not paths and self.path_at is not None and not self.held:
            return self._no_file(cells, row, place)
        terms = self._terms_of(cells)
        other = self._other(cells)
        digests, size = self._measured(cells, row, other, found) if self._measures else ((), None)
        description, of_access = with_access(
            Description(terms, other), place, lambda name: self._at_name(row, name)
        )
        found += of_access
        found += self._damage.see(row, cells)
        found += description_rules.judge(
            description,
            place,
            at_of=lambda term, value: self._at_value(row, cells, term, value),
            date_order=self.date_order,
        )
        if self._suggests or any(is_marked_draft(written[index]) for index in self._problems_at):
            found += draft_findings(terms, place, self._at_term(row, "title"))
        self._check_paths(paths, row, found)
        reference = tidy(cells[self._reference_at]) if self._reference_at is not None else None
        return DescribedRow(
            paths,
            reference or None,
            description,
            At(file=self.name, line=row),
            tuple(found),
            len(paths) == 1 and paths[0].rstrip(WHITE_SPACE).endswith("/"),
            digests,
            size,
            None if self.path_at is None else self.at(row, self.path_at),
            self.header,
            self._known_by(terms),
            written,
        )

    def _known_by(self, terms: dict[str, tuple[Value, ...]]) -> tuple[str, ...] | None:
        """The identifiers of a row, by which it is known in a table where no column names a file."""
        if self.held or self.path_at is not None:
            return None
        return tuple(value.value for value in terms.get("identifier", ()))

    def _terms_of(self, cells: Sequence[str]) -> dict[str, tuple[Value, ...]]:
        terms: dict[str, tuple[Value, ...]] = {}
        for index, term, lang in self._terms:
            if text := tidy(cells[index]):
                values = _split(text, lang) if SEPARATOR in text else (_new(Value, (text, lang, None, None)),)
                if index in self._schemes:
                    values = tuple(value._replace(scheme=self._schemes[index]) for value in values)
                if values:  # none in a cell of separators alone
                    terms[term] = terms[term] + values if term in terms else values
        return terms

    def close(self) -> Iterator[Finding]:
        """What only the whole table shows, once its rows have passed."""
        yield from self._damage.close()

    def _other(self, cells: Sequence[str]) -> dict[str, tuple[str, ...]]:
        other: dict[str, tuple[str, ...]] = {}
        for index, name in self._plain:
            if (text := cells[index]) and text.strip(WHITE_SPACE):
                if name == PROBLEM and is_our_problem(text):
                    continue
                other[name] = (*other.get(name, ()), text)
        return other

    def _paths(self, cells: Sequence[str]) -> tuple[str, ...]:
        written = cells[self.path_at] if self.path_at is not None else ""
        if SEPARATOR in written:
            return tuple(path for part in written.split(SEPARATOR) if (path := part.strip(WHITE_SPACE)))
        return (written,) if written.strip(WHITE_SPACE) else ()

    def _fit(self, cells: Sequence[str], row: int, place: str, found: list[Finding]) -> list[str]:
        width = len(self._names)
        if len(cells) < width:
            found.append(
                warning(
                    "DESC-CSV-SHORT-ROW",
                    place,
                    f"{len(cells)} cells where the header has {width}; the others are taken as empty",
                    at=self.at(row, len(cells)),
                    expected=str(width),
                    found=str(len(cells)),
                )
            )
            return [*cells, *[""] * (width - len(cells))]
        self._say_beyond(cells, range(width, len(cells)), row, found)
        return list(cells[:width])

    def _say_beyond(self, cells: Sequence[str], beyond: range, row: int, found: list[Finding]) -> None:
        filled = [index for index in beyond if cells[index].strip(WHITE_SPACE)]
        if filled:
            width, count = beyond.start, filled[-1] + 1
            found.append(
                error(
                    "DESC-CSV-LONG-ROW",
                    f"{self.name}:{row}",
                    f"{count} cells where the header has {width}: the values may stand in wrong columns",
                    at=self.at(row, filled[0]),
                    expected=str(width),
                    found=str(count),
                    remedy="put a cell that holds the separator into quotation marks",
                )
            )

    def _say_escaped(self, cells: Sequence[str], row: int, found: list[Finding]) -> None:
        """Bytes that no sheet can hold stand in it as escapes, which are still to be mended."""
        for index, cell in enumerate(cells):
            if index not in {self.path_at, *self._problems_at} and has_escape(cell):
                found.append(self._not_utf8(row, index, cell))

    def _is_exported(self, cells: Sequence[str]) -> bool:
        """True for a row that this program wrote; a depositor may have columns of the same names."""
        if REVISION not in self._export:
            return False
        revision = cells[self._export[REVISION]].strip(WHITE_SPACE)
        if self.held:
            return revision != ""
        identifier = cells[self._export[ID]].strip(WHITE_SPACE) if ID in self._export else ""
        return is_uuid7(identifier) and revision.isascii() and revision.isdigit()

    def _without_guards(self, cells: Sequence[str]) -> list[str]:
        plain = list(map(unguarded, cells))
        for index, _, _ in self._terms:  # each value of several has its own
            if SEPARATOR in cells[index]:
                plain[index] = SEPARATOR.join(map(unguarded, cells[index].split(SEPARATOR)))
        return plain

    def _without_surrogates(self, cells: Sequence[str], row: int, found: list[Finding]) -> list[str]:
        clean = list(cells)
        for index, cell in enumerate(cells):
            if has_surrogates(cell, escaped=index != self.path_at):  # a path may be any bytes
                clean[index] = printable(cell)
                found.append(self._not_utf8(row, index, cell))
        return clean

    def _no_file(self, cells: Sequence[str], row: int, place: str) -> Finding | None:
        if not any(cell.strip(WHITE_SPACE) for cell in cells):
            return None
        index = self.path_at or 0
        if self._dialect and self._dialect.rows_without_files:
            return note(
                "DESC-LEVEL",
                f"{place}:{self._names[index]}",
                "describes something above the documents, and names no file: it is not taken in",
                at=self.at(row, index),
            )
        return error(
            "DESC-NO-FILE",
            f"{place}:{self._names[index]}",
            "the row does not say which file it describes",
            at=self.at(row, index),
            expected="the path of a file",
            remedy="write the path of the file, or remove the row",
        )

    def _measured(
        self, cells: Sequence[str], row: int, other: dict[str, tuple[str, ...]], found: list[Finding]
    ) -> tuple[tuple[Digest, ...], int | None]:
        digests: list[Digest] = []
        size: int | None = None
        for index, column in self._measures:
            if not (text := tidy(cells[index])):
                continue
            read = (read_size if column.kind is Kind.SIZE else read_digest)(
                text, column, f"{self.name}:{row}:{column.name}", self.at(row, index)
            )
            if isinstance(read, Finding):
                found.append(read)
                other[column.name] = (*other.get(column.name, ()), text)
            elif isinstance(read, Digest):
                digests.append(read)
            else:
                size = read
        return tuple(digests), size

    def _check_paths(self, paths: tuple[str, ...], row: int, found: list[Finding]) -> None:
        for path in paths:
            if "\0" in path:
                found.append(
                    error(
                        "DESC-PATH",
                        f"{self.name}:{row}",
                        "the path holds a NUL character, which no file name can",
                        at=self.at(row, self.path_at or 0),
                        found=path,
                    )
                )
            elif earlier := self._seen.row_before(path, row):
                found.append(
                    warning(
                        "DESC-ROW-REPEATED",
                        f"{self.name}:{row}",
                        f"row {earlier} names the same file",
                        at=self.at(row, self.path_at or 0),
                        found=path,
                        remedy="keep one row for each file; repeat columns for repeated values",
                    )
                )

    def _at_name(self, row: int, name: str) -> At:
        return self.at(row, self._names.index(name))

    def _at_term(self, row: int, term: str) -> At:
        index = next((index for index, name, _ in self._terms if name == term), None)
        return At(file=self.name, line=row) if index is None else self.at(row, index)

    def _at_value(self, row: int, cells: Sequence[str], term: str, value: int) -> At:
        for index, name, _ in self._terms:
            if name == term and (text := tidy(cells[index])):
                count = len(_split(text, None)) if SEPARATOR in text else 1
                if value < count:
                    return self.at(row, index)
                value -= count
        return At(file=self.name, line=row, field=qualified(term))


def _split(text: str, lang: str | None) -> tuple[Value, ...]:
    return tuple(Value(part, lang) for each in text.split(SEPARATOR) if (part := tidy(each)))

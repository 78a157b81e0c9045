"""The header of a table of descriptions: which column is what, and what is to be said of it.

Archivematica's metadata.csv, DSpace's spreadsheets and plain tables alike; for every reader of tables.
"""

from collections.abc import Sequence
from typing import Final

from archive.core.descriptions import description_rules
from archive.core.descriptions.column_names import measure_meant, term_meant
from archive.core.descriptions.description import WHITE_SPACE
from archive.core.findings import At, Finding, error, note, warning
from archive.core.limits.output import FINDINGS
from archive.core.tables.sheet import column_letter
from archive.core.tables.template import PROBLEM, is_suggestion
from archive.core.text import printable
from archive.formats.csv_cells import unguarded
from archive.formats.descriptions.columns import (
    PATH_NAMES,
    SEPARATOR,
    Column,
    Kind,
    classify,
    meant_column,
    meant_measure,
    read_as_term,
    unknown_term,
)
from archive.formats.descriptions.dialects import dialect_of
from archive.formats.descriptions.drafts import has_escape

ID: Final = "id"
REVISION: Final = "revision"
EXPORTED: Final = frozenset((ID, REVISION))


class TableHeader:
    """The plan made from a header; `findings` are what is to be said of the header itself.

    Rows are numbered as the spreadsheet program shows them. Names of columns that are blank become their
    letter, but for those right before the column `problem` of a check: they are `beyond` the header, as they
    were before it had that column. In a table of what is `held` already no column need name a file. Rows that
    this program exported are known by their id and revision, its templates by their suggestions: where they
    are `guarded` against formulas, the guards are taken off.
    """

    def __init__(
        self,
        name: str,
        header: Sequence[str],
        *,
        held: bool = False,
        header_row: int = 1,
        guarded: bool = True,
    ) -> None:
        self.name = name
        self.header = tuple(header)
        self.held = held
        self.header_row = header_row
        self._guarded = guarded
        self._export = {text: index for index, text in enumerate(header) if text in EXPORTED}
        if guarded and REVISION in self._export:
            header = list(map(unguarded, header))
        self.findings: list[Finding] = []
        clean = [printable(text) if has_surrogates(text) else text for text in header]
        self._dialect = dialect_of(clean, name, At(file=name, line=header_row))
        column_of = self._dialect.column if self._dialect else classify
        columns = [
            column_of(text.strip(WHITE_SPACE)) if text.strip(WHITE_SPACE) else Column("", Kind.OTHER)
            for text in clean
        ]
        if self._dialect:
            self.findings += self._dialect.findings
        self.path_at = self._path_column(columns)
        self._columns = columns
        self._names = [column.name or column_letter(i) for i, column in enumerate(columns)]
        # In a table that came back from a check only rows that the check added may be drafts.
        self._problems_at = [index for index, column in enumerate(columns) if column.name == PROBLEM]
        unreadable = [index for index, text in enumerate(header) if self._is_unreadable(text)]
        self.findings += [self._not_utf8(header_row, index, header[index]) for index in unreadable[:FINDINGS]]
        self._terms: list[tuple[int, str, str | None]] = []
        self._schemes: dict[int, str] = {}
        self._plain: list[tuple[int, str]] = []
        self._measures: list[tuple[int, Column]] = []
        self._reference_at: int | None = None
        self._has_size = False
        self._suggests = any(is_suggestion(column.name) for column in columns)
        self.beyond = self._before_problems()
        known = frozenset(column.term for column in columns)
        for index, column in enumerate(columns):
            if index not in {self.path_at, *self.beyond} and not is_suggestion(column.name):
                self._plan(index, column, known)
        if not self._terms and not self._says_more():
            self._say_no_terms()

    @property
    def width(self) -> int:
        """The columns of the header."""
        return len(self._names)

    def _is_unreadable(self, heading: str) -> bool:
        """True for bytes that are no letters, also as they are escaped in a table that a check gave back."""
        return has_surrogates(heading) or (bool(self._problems_at) and has_escape(heading))

    def _before_problems(self) -> range:
        """The columns without a name right before the last column `problem`: `check --annotate` puts that one
        behind the widest row."""
        end = max(self._problems_at, default=0)
        start = end
        while start and not self._columns[start - 1].name:
            start -= 1
        return range(start, end)

    def _path_column(self, columns: list[Column]) -> int | None:
        for name in PATH_NAMES:
            for index, column in enumerate(columns):
                if column.kind is Kind.PATH and column.name.lower().replace(" ", "").replace("_", "") == name:
                    return index
        if self._dialect:
            named = next((i for i, column in enumerate(columns) if column.kind is Kind.PATH), None)
            if named is not None:
                return named
        if self.held:
            return None
        if columns and columns[0].kind in {Kind.OTHER, Kind.UNKNOWN_TERM}:
            self._say_first(columns[0])
            return 0  # Archivematica: the first column names the file, whatever it is called
        if any(column.term == "identifier" for column in columns):
            self._say_by_identifier()
            return None
        self.findings.append(
            error(
                "DESC-NO-FILE-COLUMN",
                f"{self.name}:{self.header_row}",
                "no column says which file a row describes",
                at=At(file=self.name, line=self.header_row),
                expected="a column called filename",
                remedy="add a column called filename with the path of each file",
            )
        )
        return None

    def _say_first(self, first: Column) -> None:
        self.findings.append(
            note(
                "DESC-READ-AS",
                f"{self.name}:{self.header_row}",
                f"the first column, “{printable(first.name[:40])}”, is taken for the names of the files:"
                " none is called filename",
                at=At(file=self.name, line=self.header_row, column="A"),
                remedy="call the column that holds them filename",
            )
        )

    def _say_by_identifier(self) -> None:
        self.findings.append(
            note(
                "DESC-READ-AS",
                f"{self.name}:{self.header_row}",
                "no column names the files: each row is of the file that has its identifier for a name",
                at=At(file=self.name, line=self.header_row),
                remedy="add a column called filename with the path of each file, if that is not so",
            )
        )

    def _plan(self, index: int, column: Column, known: frozenset[str]) -> None:
        if column.kind is Kind.TERM:
            self._terms.append((index, column.term, column.lang))
            if column.scheme:
                self._schemes[index] = column.scheme
            if column.mapped and len(self.findings) < FINDINGS:
                place = f"{self.name}:{self.header_row}:{column.name}"
                self.findings.append(read_as_term(column, place, self.at(self.header_row, index)))
        elif column.kind is Kind.REFERENCE and self._reference_at is None:
            self._reference_at = index
        elif column.kind is Kind.DIGEST or (column.kind is Kind.SIZE and not self._has_size):
            self._measures.append((index, column))
            self._has_size = self._has_size or column.kind is Kind.SIZE
        else:
            self._plain.append((index, self._names[index]))
            at = self.at(self.header_row, index)
            if len(self.findings) >= FINDINGS:
                if len(self.findings) == FINDINGS:
                    self.findings.append(description_rules.too_many(f"{self.name}:{self.header_row}"))
            elif column.kind is Kind.UNKNOWN_TERM:
                self.findings.append(
                    unknown_term(column.name, f"{self.name}:{self.header_row}:{column.name}", at)
                )
            elif column.kind is Kind.OTHER and (term := term_meant(column.name)) not in {None, *known}:
                self.findings.append(
                    meant_column(column.name, term or "", f"{self.name}:{self.header_row}", at)
                )
            elif column.kind is Kind.OTHER and not self.held and (name := measure_meant(column.name)):
                self.findings.append(meant_measure(column.name, name, f"{self.name}:{self.header_row}", at))
            elif column.kind in {Kind.PATH, Kind.REFERENCE, Kind.SIZE}:
                self.findings.append(
                    warning(
                        "DESC-DUPLICATE-COLUMN",
                        f"{self.name}:{self.header_row}:{column.name}",
                        f"“{printable(column.name)}” is not used; another column has its place",
                        at=at,
                        remedy="keep one of them",
                    )
                )

    def _says_more(self) -> bool:
        """True where a table of what is held names it and has an `access` or a column of one's own.

        One whose name probably means a term is no such column: it is to be called so.
        """
        names_it = self.path_at is not None or self._reference_at is not None or ID in self._export
        return (
            self.held
            and names_it
            and any(
                self._columns[index].kind is Kind.OTHER
                and self._columns[index].name not in {"", PROBLEM, *EXPORTED}
                and term_meant(name) is None
                for index, name in self._plain
            )
        )

    def _say_no_terms(self) -> None:
        shown = ", ".join(printable(name[:40]) for name in self._names[:8])
        self.findings.append(
            error(
                "DESC-NO-TERMS",
                f"{self.name}:{self.header_row}",
                "none of the columns is a term of Dublin Core",
                at=At(file=self.name, line=self.header_row),
                expected="columns such as dc.title, dc.creator, dc.date in the first row",
                found=shown,
                remedy=self._names_meant() or "write the names of the columns into the first row",
            )
        )

    def _names_meant(self) -> str:
        """Which of the columns probably are terms under another name; empty where none is known."""
        meant = [(name, term) for name in self._names if (term := term_meant(name)) is not None]
        told = ", ".join(f"“{printable(name[:40])}” {term}" for name, term in meant[:8])
        return f"call the columns what Dublin Core calls them: {told}" if told else ""

    def uses(self) -> list[tuple[Kind, str, str | None]]:
        """What each column is for: with its term and language, its algorithm, or the name it is kept by."""
        uses: list[tuple[Kind, str, str | None]] = [(Kind.OTHER, name, None) for name in self._names]
        for index, term, lang in self._terms:
            uses[index] = (Kind.TERM, term, lang)
        for index, column in self._measures:
            uses[index] = (column.kind, column.algorithm.label if column.algorithm else "", None)
        for at, kind in ((self.path_at, Kind.PATH), (self._reference_at, Kind.REFERENCE)):
            if at is not None:
                uses[at] = (kind, "", None)
        return uses

    def separators(self) -> list[str]:
        """What stands between the values in the cells of each column."""
        dialect = self._dialect
        return [dialect.separator(text) if dialect else SEPARATOR for text in self.header]

    def column_named(self, name: str) -> int | None:
        """The first column (from 0) that is kept by that name, in any case."""
        return next((index for index, own in self._plain if own.lower() == name.lower()), None)

    def at(self, row: int, index: int) -> At:
        """The cell of a row (from 1) and a column (from 0)."""
        known = index < len(self._names)
        return At(
            file=self.name,
            line=row,
            column=column_letter(index),
            field=self._names[index] if known else column_letter(index),
        )

    def _not_utf8(self, row: int, index: int, cell: str) -> Finding:
        return error(
            "DESC-ENCODING",
            f"{self.name}:{row}:{self._names[index]}",
            "holds bytes that are not UTF-8, in a table that is",
            at=self.at(row, index),
            expected="UTF-8",
            found=printable(cell)[:200],
            remedy="write the letters anew",
        )


def has_surrogates(cell: str, *, escaped: bool = True) -> bool:
    """True where the cell holds half a character; with `escaped` also where that stands for a byte."""
    return not cell.isascii() and any(
        "\ud800" <= char <= "\udfff" and (escaped or not "\udc80" <= char <= "\udcff") for char in cell
    )

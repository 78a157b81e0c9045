"""What is taken of a cell of an XLSX: the number as people wrote it, the date no finer than it is shown."""

from collections.abc import Sequence
from datetime import datetime

from archive.core.tables.number_format import (
    Format,
    date_of,
    elapsed,
    format_of,
    is_beyond_reckoning,
    iso_date,
    iso_time,
    lost_digits,
    moment_of,
    plain_number,
    same_number,
    shown_date,
    shown_long,
)
from archive.core.tables.read_sheet import CellKind, ReadCell
from archive.core.tables.sheet_text import unescaped
from archive.core.tables.shown_number import shown_number
from archive.formats.spreadsheet.package import unreadable
from archive.formats.spreadsheet.xml_parts import whole

_GENERAL = format_of(0)


class CellReader:
    """Knows the shared texts, the formats by style, and from which year the workbook counts days."""

    def __init__(self, shared: Sequence[str], formats: Sequence[Format], *, from_1904: bool) -> None:
        self._shared = shared
        self._formats = formats
        self._from_1904 = from_1904

    def read(self, column: int, kind: str, style: str | None, raw: str, *, formula: bool) -> ReadCell | None:
        """The cell, None where it is blank; `kind` is its attribute t, `raw` the text of its value.

        Raises SpreadsheetError for a shared text that is not there.
        """
        if kind == "s" and raw:
            return self._text(column, self._shared_text(raw), formula=formula)
        if kind in {"inlineStr", "str"}:
            if formula and not raw and kind == "str":
                return None  # a formula that gives an empty text
            return self._text(column, unescaped(raw), formula=formula)
        if not raw:
            return ReadCell(column, "", CellKind.UNCALCULATED, formula=True) if formula else None
        if kind == "b":
            shown = {"0": "FALSE", "1": "TRUE"}.get(raw.strip(), raw)
            return ReadCell(column, shown, CellKind.BOOLEAN, formula=formula)
        if kind == "e":
            return ReadCell(column, raw, CellKind.ERROR, formula=formula)
        if kind == "d":  # a date in ISO 8601, §18.18.11
            return self._iso(column, style, raw.strip(), formula=formula)
        return self._number(column, style, raw, formula=formula)

    def _shared_text(self, raw: str) -> str:
        index = whole(raw, -1)
        if not 0 <= index < len(self._shared):
            raise unreadable(f"a cell refers to the shared text {raw[:20]}, which is not there")
        return self._shared[index]

    @staticmethod
    def _text(column: int, text: str, *, formula: bool) -> ReadCell | None:
        return ReadCell(column, text, formula=formula) if text else None

    def _format(self, style: str | None) -> Format:
        at = whole(style)
        return self._formats[at] if at < len(self._formats) else _GENERAL

    def _iso(self, column: int, style: str | None, raw: str, *, formula: bool) -> ReadCell:
        """A date or time that the file has as such; as it is where no format says how it is shown."""
        form = self._format(style)
        stored = raw.removesuffix("T00:00:00")
        moment = moment_of(raw) if form.is_date and not form.elapsed else None
        if moment is None or ("-" not in raw and _has_day(form)):  # a time alone has no day to show
            return ReadCell(column, stored, CellKind.DATE, formula=formula)
        return self._shown_moment(column, moment, form, stored)._replace(formula=formula)

    def _number(self, column: int, style: str | None, raw: str, *, formula: bool) -> ReadCell:
        form = self._format(style)
        plain = plain_number(raw)
        if form.is_date:
            read = self._date(column, plain, form)
            if read is not None:
                return read._replace(formula=formula)
        shown = _shown(plain, form)
        if is_beyond_reckoning(plain) and not (shown and shown != plain and same_number(shown, plain)):
            kind = CellKind.NUMBER_DOUBTFUL if lost_digits(raw, plain) else CellKind.NUMBER
            kept = shown_long(plain, form)
            shown = _shown(kept, form) or kept
            return ReadCell(column, plain, kind, shown="" if shown == plain else shown, formula=formula)
        if shown is not None and shown != plain:
            if same_number(shown, plain):
                return ReadCell(column, shown, CellKind.NUMBER, stored=plain, formula=formula)
            return ReadCell(column, plain, CellKind.NUMBER, shown=shown, formula=formula)
        return ReadCell(column, plain, CellKind.NUMBER, formula=formula)

    def _date(self, column: int, plain: str, form: Format) -> ReadCell | None:
        try:
            serial = float(plain)
        except ValueError:
            return None
        moment = date_of(serial, from_1904=self._from_1904)
        if moment is None:
            return None
        if form.elapsed:
            return ReadCell(column, elapsed(serial), CellKind.TIME, stored=plain)
        has_day = _has_day(form)
        if has_day and serial < 1 and not self._from_1904:
            return None  # Excel shows the 0th of January 1900, where a formula found a blank cell
        stored = moment.isoformat() if serial % 1 else moment.date().isoformat()
        return self._shown_moment(column, moment, form, stored if has_day else plain)

    @staticmethod
    def _shown_moment(column: int, moment: datetime, form: Format, stored: str) -> ReadCell:
        shown = shown_date(moment, form)
        if not _has_day(form):
            return ReadCell(column, iso_time(moment), CellKind.TIME, shown=shown, stored=stored)
        if not form.year:  # the year is the program's, not the writer's
            return ReadCell(column, shown, CellKind.DATE_DOUBTFUL, shown=shown, stored=stored)
        kind = CellKind.DATE_DOUBTFUL if form.year <= 2 else CellKind.DATE
        return ReadCell(column, iso_date(moment, form), kind, shown=shown, stored=stored)


def _has_day(form: Format) -> bool:
    return bool(form.year or form.month or form.day)


def _shown(plain: str, form: Format) -> str | None:
    """What is shown of a number; the code of a format of dates where there is no such day."""
    return form.code if form.is_date else shown_number(plain, form)

"""What is taken of a cell of an ODS: its text, or the value in the form in which people see it."""

from typing import Final

from archive.core.tables.number_format import plain_number, same_number
from archive.core.tables.read_sheet import CellKind, ReadCell
from archive.formats.spreadsheet.ods_styles import OFFICE, TABLE, DateParts, Styles
from archive.formats.spreadsheet.xml_parts import Attributes

_VALUE_TYPE: Final = f"{OFFICE}value-type"
_FORMULA: Final = f"{TABLE}formula"
_NUMBERS: Final = frozenset(("float", "percentage", "currency"))
# LibreOffice states an error in an extension of its own; the text begins so in every language.
_EXTENSION: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"


def read_cell(column: int, attributes: Attributes, style: str, text: str, styles: Styles) -> ReadCell | None:
    """The cell, None where it is blank; `text` is what its paragraphs show."""
    kind = attributes.get(_VALUE_TYPE, "string")
    formula = _FORMULA in attributes
    if attributes.get(_EXTENSION) == "error":
        return ReadCell(column, text or "#ERR", CellKind.ERROR, formula=formula)
    if kind in _NUMBERS:
        return _number(column, attributes.get(f"{OFFICE}value", ""), text, formula=formula)
    if kind == "date":
        stored = attributes.get(f"{OFFICE}date-value", "")
        return _date(column, stored, text, styles.date_parts(style), formula=formula)
    if kind == "time":
        stored = attributes.get(f"{OFFICE}time-value", "")
        return ReadCell(column, text or stored, CellKind.TIME, stored=stored, formula=formula)
    if kind == "boolean":
        stored = attributes.get(f"{OFFICE}boolean-value", "").upper()
        return ReadCell(column, text or stored, CellKind.BOOLEAN, formula=formula)
    taken = text or attributes.get(f"{OFFICE}string-value", "")
    if taken:
        return ReadCell(column, taken, formula=formula)
    if formula and kind == "string" and _VALUE_TYPE not in attributes:
        return ReadCell(column, "", CellKind.UNCALCULATED, formula=True)
    return None


def _number(column: int, raw: str, shown: str, *, formula: bool) -> ReadCell:
    plain = plain_number(raw)
    if shown.startswith("#") or not raw:  # #REF!, or ### of a column too narrow
        kind = CellKind.NUMBER if raw else CellKind.ERROR
        return ReadCell(column, plain or shown, kind, shown=shown, formula=formula)
    if not shown or shown == plain:
        return ReadCell(column, plain, CellKind.NUMBER, formula=formula)
    if same_number(shown, plain):
        return ReadCell(column, shown, CellKind.NUMBER, stored=plain, formula=formula)
    return ReadCell(column, plain, CellKind.NUMBER, shown=shown, formula=formula)


def _date(column: int, stored: str, shown: str, parts: DateParts, *, formula: bool) -> ReadCell:
    stored = stored.removesuffix("T00:00:00")
    if not stored:
        return ReadCell(column, shown, CellKind.ERROR, formula=formula)
    if not parts.year:  # the year is the program's, not the writer's
        return ReadCell(
            column, shown or stored, CellKind.DATE_DOUBTFUL, shown=shown, stored=stored, formula=formula
        )
    taken = _as_shown(stored, parts)
    kind = CellKind.DATE_DOUBTFUL if parts.year <= 2 else CellKind.DATE
    return ReadCell(column, taken, kind, shown=shown, stored=stored, formula=formula)


def _as_shown(stored: str, parts: DateParts) -> str:
    """The date in ISO 8601 and EDTF, no finer than it is shown."""
    sign, (digits, _, rest) = stored[: stored.startswith("-")], stored.removeprefix("-").partition("-")
    year, month = f"{sign}{digits}", rest[:2]
    if parts.day:
        day, _, time = stored.partition("T")
        return f"{day}T{time.partition('.')[0]}" if time and parts.time else day
    if parts.month:
        return f"{year}-{month}"
    if parts.quarter and month.isdecimal():
        return f"{year}-{33 + (int(month) - 1) // 3}"  # ISO 8601-2:2019 §4.8
    return year

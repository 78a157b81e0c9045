"""Cells of an ODS set to text (ODF 1.3-3 §9.1.4), in the tree of its content."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from archive.formats.spreadsheet.ods_parts import NAMESPACES
from archive.formats.spreadsheet.ods_writer import paragraphs
from archive.formats.spreadsheet.xml_parts import whole

_OFFICE, _TABLE, _TEXT = (f"{{{NAMESPACES[prefix]}}}" for prefix in ("office", "table", "text"))
_CALC_EXTENSION: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ROWS_REPEATED: Final = f"{_TABLE}number-rows-repeated"
_CELLS_REPEATED: Final = f"{_TABLE}number-columns-repeated"
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
# What a cell says of its value beside its text.
_OF_A_VALUE: Final = (
    *(
        f"{_OFFICE}{name}"
        for name in ("value", "date-value", "time-value", "boolean-value", "string-value", "currency")
    ),
    f"{_CALC_EXTENSION}value-type",
)

Cell = tuple[int, int]


def set_ods_cells(root: "etree._Element", place: int, texts: Mapping[Cell, str]) -> set[Cell]:
    """Sets the cells of the sheet at a place among the tabs, by row (from 1) and column (from 0).

    Rows and cells that stand for several are taken apart where one of them is set. Returns the cells that
    were left: formulas, and absent ones.
    """
    sheets = root.findall(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table")
    left = set(texts)
    if place >= len(sheets):
        return left
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in texts.items():
        by_row.setdefault(row, {})[column] = text
    rows = sorted(by_row)
    number = 1
    for row_element in list(_rows(sheets[place])):
        count = _count(row_element, _ROWS_REPEATED)
        wanted = rows[bisect_left(rows, number) : bisect_left(rows, number + count)]
        element = row_element
        start = number
        for row in wanted:
            one, rest = _apart(element, _ROWS_REPEATED, row - start)
            left -= {(row, column) for column in _set_row(one, by_row[row])}
            if rest is None:
                break
            element, start = rest, row + 1
        number += count
    return left


def _rows(sheet: "etree._Element") -> "Iterator[etree._Element]":
    """The rows of a sheet in order, those in groups and headers too; not those of a table in a cell."""
    for child in sheet:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in {
            f"{_TABLE}{name}" for name in ("table-rows", "table-header-rows", "table-row-group")
        }:
            yield from _rows(child)


def _count(element: "etree._Element", attribute: str) -> int:
    return max(whole(element.get(attribute), 1), 1)


def _apart(
    element: "etree._Element", attribute: str, offset: int
) -> "tuple[etree._Element, etree._Element | None]":
    """The one at an offset of an element that stands for several, and what stands for those behind it."""
    count = _count(element, attribute)
    if offset > 0:
        before = deepcopy(element)
        before.tail = None
        _state(before, attribute, offset)
        element.addprevious(before)
    behind = None
    if offset + 1 < count:
        behind = deepcopy(element)
        _state(behind, attribute, count - offset - 1)
        element.tail = None
        element.addnext(behind)
    _state(element, attribute, 1)
    return element, behind


def _state(element: "etree._Element", attribute: str, count: int) -> None:
    if count > 1:
        element.set(attribute, str(count))
    else:
        element.attrib.pop(attribute, "")


def _set_row(row: "etree._Element", texts: Mapping[int, str]) -> set[int]:
    """Sets cells of one row; the columns of those that are set."""
    done = set()
    column = 0
    for cell_element in [child for child in row if child.tag in _CELLS]:
        count = _count(cell_element, _CELLS_REPEATED)
        element, start = cell_element, column
        for wanted in sorted(each for each in texts if column <= each < column + count):
            if element.get(f"{_TABLE}formula") is not None:
                break
            one, rest = _apart(element, _CELLS_REPEATED, wanted - start)
            _set(one, texts[wanted])
            done.add(wanted)
            if rest is None:
                break
            element, start = rest, wanted + 1
        column += count
    return done


def _set(cell: "etree._Element", text: str) -> None:
    for name in _OF_A_VALUE:
        cell.attrib.pop(name, "")
    for name in ("p", "h", "list"):
        for child in cell.findall(f"{_TEXT}{name}"):
            cell.remove(child)
    cell.set(f"{_OFFICE}value-type", "string")
    spaces = " ".join(f'xmlns:{prefix}="{iri}"' for prefix, iri in NAMESPACES.items())
    cell.extend(etree.fromstring(f"<all {spaces}>{paragraphs(text)}</all>"))

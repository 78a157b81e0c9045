"""Cells of an XLSX set to text (ECMA-376-1 §18.3.1.4), in the tree of their sheet."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from archive.core.tables.correction import column_index
from archive.core.tables.sheet import cell_name
from archive.formats.spreadsheet.xml_parts import whole

_XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_LETTERS: Final = re.compile("[A-Z]{1,3}")

Cell = tuple[int, int]


def set_xlsx_cells(root: "etree._Element", texts: Mapping[Cell, str]) -> set[Cell]:
    """Sets the cells, by row (from 1) and column (from 0); a blank one gets the style of its column.

    Returns those that were left: formulas, and cells of rows that are not there.
    """
    space = etree.QName(root).namespace or ""
    left = set(texts)
    by_row: dict[int, set[int]] = {}
    for row_number, column in texts:
        by_row.setdefault(row_number, set()).add(column)
    for number, row in _numbered(root.iterfind(f"{{{space}}}sheetData/{{{space}}}row")):
        if number not in by_row:
            continue
        present = dict(_placed(row.iterfind(f"{{{space}}}c")))
        for column in sorted(by_row[number]):
            cell = present.get(column)
            if cell is None:
                cell = present[column] = _new_cell(root, row, present, (number, column))
            if cell.find(f"{{{space}}}f") is None:
                _set(cell, texts[number, column], space)
                left.discard((number, column))
    return left


def _new_cell(
    root: "etree._Element", row: "etree._Element", present: "Mapping[int, etree._Element]", place: Cell
) -> "etree._Element":
    """A cell in the order of the row's cells, which Excel insists on."""
    space = etree.QName(root).namespace or ""
    number, column = place
    cell = etree.Element(f"{{{space}}}c", r=cell_name(number, column))
    for stretch in root.iterfind(f"{{{space}}}cols/{{{space}}}col"):
        if whole(stretch.get("min")) <= column + 1 <= whole(stretch.get("max")) and "style" in stretch.attrib:
            cell.set("s", stretch.get("style", "0"))
    before = [other for other in present if other < column]
    if before:
        present[max(before)].addnext(cell)
    else:
        row.insert(0, cell)
    row.attrib.pop("spans", "")  # a hint at the first and last cell, which may be others now
    return cell


def _numbered(rows: "Iterator[etree._Element]") -> "Iterator[tuple[int, etree._Element]]":
    number = 0
    for row in rows:
        number = whole(row.get("r"), number + 1)  # as the reader counts
        yield number, row


def _placed(cells: "Iterator[etree._Element]") -> "Iterator[tuple[int, etree._Element]]":
    column = -1
    for cell in cells:
        letters = _LETTERS.match(cell.get("r", ""))
        stated = column_index(letters.group()) if letters else None
        column = column + 1 if stated is None else stated
        yield column, cell


def _set(cell: "etree._Element", text: str, space: str) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    # A style of numbers or dates leaves a text as it is.
    holder = etree.SubElement(cell, f"{{{space}}}is")
    inner = etree.SubElement(holder, f"{{{space}}}t")
    inner.set(_XML_SPACE, "preserve")
    inner.text = text

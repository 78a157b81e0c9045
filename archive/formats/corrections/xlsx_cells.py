"""Cells of an XLSX set to text (ECMA-376-1 §18.3.1.4), in the tree of their sheet."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from archive.core.correction import column_index

_XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_LETTERS: Final = re.compile("[A-Z]{1,3}")

Cell = tuple[int, int]


def set_xlsx_cells(root: "etree._Element", texts: Mapping[Cell, str]) -> set[Cell]:
    """Sets the cells, by row (from 1) and column (from 0).

    Returns those that were left: formulas, and absent ones.
    """
    space = etree.QName(root).namespace or ""
    left = set(texts)
    wanted_rows = {row for row, _ in texts}
    for number, row in _numbered(root.iterfind(f"{{{space}}}sheetData/{{{space}}}row")):
        if number not in wanted_rows:
            continue
        for column, cell in _placed(row.iterfind(f"{{{space}}}c")):
            place = (number, column)
            if place in left and cell.find(f"{{{space}}}f") is None:
                _set(cell, texts[place], space)
                left.discard(place)
    return left


def _numbered(rows: "Iterator[etree._Element]") -> "Iterator[tuple[int, etree._Element]]":
    number = 0
    for row in rows:
        stated = row.get("r", "")
        number = int(stated) if stated.isascii() and stated.isdigit() else number + 1
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

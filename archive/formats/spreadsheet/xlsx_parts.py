"""The parts of an XLSX around its cells: workbook, styles, lists of choices, how they belong together."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from archive.core.limits.spreadsheets import MAX_ROWS
from archive.core.tables.sheet import cell_name
from archive.core.tables.sheet_text import escaped
from archive.formats.spreadsheet.looks import LOOKS
from archive.formats.spreadsheet.package_writer import DECLARATION
from archive.formats.xml_text import xml_attribute, xml_text

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"

_CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TEXT_FORMAT: Final = 49  # "@", §18.8.30: what is typed stays as it is typed
_NAME_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")
_LONGEST_NAME: Final = 31


def around(name: str, *, choices: bool, comments: bool) -> dict[str, str]:
    """Every part but the cells and the comments."""
    return {
        "xl/styles.xml": DECLARATION + _styles(),
        "xl/workbook.xml": DECLARATION + _workbook(name, choices=choices),
        "xl/_rels/workbook.xml.rels": DECLARATION + _workbook_relations(choices=choices),
        "_rels/.rels": DECLARATION
        + _relations([("workbook", f"{RELATIONS}/officeDocument", "xl/workbook.xml")]),
        "[Content_Types].xml": DECLARATION + _content_types(choices=choices, comments=comments),
    }


def longest_choices(choices: tuple[str, ...]) -> tuple[str, ...]:
    """As many of the choices as a sheet has rows for."""
    return choices[:MAX_ROWS]


def choices_sheet(columns: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The hidden sheet with the choices of each column in that column."""
    yield f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'
    for number, row in enumerate(zip_longest(*map(longest_choices, columns)), 1):
        cells = "".join(
            f'<c r="{cell_name(number, index)}" t="inlineStr"><is>'
            f'<t xml:space="preserve">{xml_text(escaped(choice))}</t></is></c>'
            for index, choice in enumerate(row)
            if choice is not None
        )
        yield f'<row r="{number}">{cells}</row>'
    yield "</sheetData></worksheet>"


def _workbook(name: str, *, choices: bool) -> str:
    name = _NAME_FORBIDDEN.sub("_", name)[:_LONGEST_NAME].strip("'") or "Sheet1"
    if choices and name.casefold() == "choices":
        name = "Sheet1"
    hidden = '<sheet name="Choices" sheetId="2" state="hidden" r:id="sheet2"/>' if choices else ""
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{xml_attribute(name)}" sheetId="1" r:id="sheet1"/>{hidden}</sheets></workbook>'
    )


def _workbook_relations(*, choices: bool) -> str:
    relations = [
        ("sheet1", f"{RELATIONS}/worksheet", "worksheets/sheet1.xml"),
        ("styles", f"{RELATIONS}/styles", "styles.xml"),
    ]
    if choices:
        relations.append(("sheet2", f"{RELATIONS}/worksheet", "worksheets/sheet2.xml"))
    return _relations(relations)


def _relations(relations: Sequence[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in relations
    )
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{listed}</Relationships>'


def _content_types(*, choices: bool, comments: bool) -> str:
    parts = [
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/worksheets/sheet1.xml", "worksheet"),
        ("/xl/styles.xml", "styles"),
    ]
    if choices:
        parts.append(("/xl/worksheets/sheet2.xml", "worksheet"))
    if comments:
        parts.append(("/xl/comments1.xml", "comments"))
    listed = "".join(
        f'<Override PartName="{name}" ContentType="{_CONTENT}.{kind}+xml"/>' for name, kind in parts
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f"{listed}</Types>"
    )


def _styles() -> str:
    fonts, fills, formats = (
        [_font("000000")],
        [_fill(""), '<fill><patternFill patternType="gray125"/></fill>'],
        [],
    )
    for number, look in enumerate(LOOKS.values(), 1):
        fonts.append(_font(look.colour, bold=look.bold, italic=look.italic))
        fills.append(_fill(look.background))
        formats.append(
            f'<xf numFmtId="{_TEXT_FORMAT}" fontId="{number}" fillId="{number + 1}" borderId="0" xfId="0" '
            'applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1">'
            '<alignment vertical="top" wrapText="1"/></xf>'
        )
    usual = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    return (
        f'<styleSheet xmlns="{MAIN}"><fonts count="{len(fonts)}">{"".join(fonts)}</fonts>'
        f'<fills count="{len(fills)}">{"".join(fills)}</fills>'
        '<borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1">{usual}</cellStyleXfs>'
        f'<cellXfs count="{len(formats) + 1}">{usual}{"".join(formats)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _font(colour: str, *, bold: bool = False, italic: bool = False) -> str:
    style = ("<b/>" if bold else "") + ("<i/>" if italic else "")
    return f'<font>{style}<sz val="10"/><color rgb="FF{colour}"/><name val="Calibri"/></font>'


def _fill(background: str) -> str:
    if not background:
        return '<fill><patternFill patternType="none"/></fill>'
    return f'<fill><patternFill patternType="solid"><fgColor rgb="FF{background}"/></patternFill></fill>'

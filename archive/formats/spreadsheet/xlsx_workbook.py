"""What belongs to a whole XLSX: its sheets, the texts that cells share, the formats behind their styles."""

import posixpath
from typing import Final, NamedTuple

from archive.core.limits.spreadsheets import (
    MAX_SHARED_TEXT,
    MAX_SHARED_TEXTS,
    MAX_SHEETS,
    MAX_XLSX_STYLES,
    NUMBER_FORMAT_CHARACTERS,
)
from archive.core.tables.number_format import Format, format_of
from archive.core.tables.sheet_text import unescaped
from archive.formats.spreadsheet.package import Package, too_large, unreadable
from archive.formats.spreadsheet.xlsx_parts import MAIN, RELATIONS
from archive.formats.spreadsheet.xml_parts import Attributes, TextBuffer, run, whole

# The same elements under ECMA-376 transitional and under ISO/IEC 29500 strict.
NAMESPACES: Final = (MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
RELATION_ID: Final = (f"{RELATIONS} id", "http://purl.oclc.org/ooxml/officeDocument/relationships id")
_WORKBOOK: Final = "xl/workbook.xml"


def local_names(*names: str) -> dict[str, str]:
    """The local name of each of these elements, in either namespace."""
    return {f"{space} {name}": name for space in NAMESPACES for name in names}


class SheetPart(NamedTuple):
    """A sheet of the workbook and the part that it stands in."""

    name: str
    part: str
    hidden: bool


class Workbook(NamedTuple):
    """What is known before a sheet is read."""

    sheets: tuple[SheetPart, ...]
    shared: list[str]
    formats: list[Format]
    from_1904: bool


def read_workbook(package: Package) -> Workbook:
    """Reads everything but the sheets. Raises SpreadsheetError."""
    path = next(
        (target for _, kind, target in _relations(package, "_rels/.rels", "") if kind == "officeDocument"),
        _WORKBOOK,
    )
    if path not in package:
        raise unreadable("holds no workbook")
    folder, base = posixpath.split(path)
    related = _relations(package, f"{folder}/_rels/{base}.rels".lstrip("/"), folder)
    targets = {identifier: target for identifier, kind, target in related if kind == "worksheet"}
    parts = {kind: target for _, kind, target in related}
    sheets, from_1904 = _sheets(package, path, targets)
    shared, formats = parts.get("sharedStrings", ""), parts.get("styles", "")
    return Workbook(
        sheets,
        _shared(package, shared) if shared in package else [],
        _formats(package, formats) if formats in package else [],
        from_1904,
    )


def _relations(package: Package, part: str, folder: str) -> list[tuple[str, str, str]]:
    """Identifier, kind and part of each relation to a part inside the package."""
    found: list[tuple[str, str, str]] = []
    if part not in package:
        return found

    def begin(name: str, attributes: Attributes) -> None:
        if name.endswith(" Relationship") and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found.append((attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2], path))

    run(part, package.chunks(part), begin, lambda _: None)
    return found


def _sheets(package: Package, path: str, targets: dict[str, str]) -> tuple[tuple[SheetPart, ...], bool]:
    names = local_names("sheet", "workbookPr")
    sheets: list[SheetPart] = []
    from_1904 = False

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal from_1904
        local = names.get(name)
        if local == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true", "on"}
        elif local == "sheet":
            identifier = next((attributes[key] for key in RELATION_ID if key in attributes), "")
            target = targets.get(identifier)
            if target is not None and len(sheets) < MAX_SHEETS:  # a sheet of a chart is none
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(attributes.get("name", ""), target, hidden))

    run(path, package.chunks(path), begin, lambda _: None)
    if not sheets:
        raise unreadable("holds no sheet")
    return tuple(sheets), from_1904


def _shared(package: Package, part: str) -> list[str]:
    names = local_names("si", "t", "rPh")
    texts: list[str] = []
    buffer = TextBuffer()
    size = 0
    taking = phonetic = False

    def begin(name: str, _: Attributes) -> None:
        nonlocal taking, phonetic
        local = names.get(name)
        if local == "t":
            taking = not phonetic
        elif local == "rPh":  # how a text is pronounced, §18.4.6
            phonetic = True

    def end(name: str) -> None:
        nonlocal taking, phonetic, size
        local = names.get(name)
        if local == "t":
            taking = False
        elif local == "rPh":
            phonetic = False
        elif local == "si":
            texts.append(unescaped(buffer.take()))
            size += len(texts[-1])
            if len(texts) > MAX_SHARED_TEXTS or size > MAX_SHARED_TEXT:
                raise too_large("shares more texts than are read")

    def text(piece: str) -> None:
        if taking:
            buffer.add(piece)

    run(part, package.chunks(part), begin, end, text)
    return texts


def _formats(package: Package, part: str) -> list[Format]:
    names = local_names("numFmt", "cellXfs", "xf")
    codes: dict[int, str] = {}
    numbers: list[int] = []
    inside = False

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal inside
        local = names.get(name)
        if local == "numFmt":
            code = attributes.get("formatCode", "")
            codes[whole(attributes.get("numFmtId"))] = code[:NUMBER_FORMAT_CHARACTERS]
        elif local == "cellXfs":
            inside = True
        elif local == "xf" and inside and len(numbers) < MAX_XLSX_STYLES:
            numbers.append(whole(attributes.get("numFmtId")))

    def end(name: str) -> None:
        nonlocal inside
        if names.get(name) == "cellXfs":
            inside = False

    run(part, package.chunks(part), begin, end)
    return [format_of(number, codes.get(number)) for number in numbers]

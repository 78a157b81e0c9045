"""Tables of descriptions: read, given back with findings in them, and written again with cells put right."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

from archive.core.descriptions.description import WHITE_SPACE
from archive.core.findings import Finding
from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.tables.correction import Correction, corrections_in
from archive.core.tables.sheet import Cell, Mark, Sheet, SheetColumn, SheetLimitError
from archive.formats.annotation import CannotAnnotateError, Grid, annotated_sheet, read_grid
from archive.formats.corrections.csv_corrections import corrected_csv
from archive.formats.corrections.outcome import CannotCorrectError, Corrections
from archive.formats.corrections.sheet_corrections import corrected_sheet
from archive.formats.corrections.suggestions import suggestions_in
from archive.formats.descriptions import read_descriptions
from archive.formats.descriptions.csv_encoding import detect
from archive.formats.spreadsheet import write_ods, write_xlsx
from tests import sheets
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target, mutating
from tests.fuzz.targets.descriptions import CSV, ENCODINGS, WORDS, check_table

_MOST_CELLS = 20_000  # of a table that is written again here: more take longer than they show


def check_written(name: str, data: bytes) -> None:
    """A table becomes an annotated sheet and one with its certain corrections, or is refused."""
    findings = _findings(name, data)
    try:
        grid = read_grid(name, data)
    except CannotAnnotateError:
        return
    if sum(map(len, grid.rows.values())) > _MOST_CELLS or grid.last > _MOST_CELLS:
        return
    _annotated(grid, findings, name)
    corrections = corrections_in(findings, name)
    for each in suggestions_in(grid):
        corrections.setdefault(each.row, {}).setdefault(each.column, []).append(each)
    _add_any(grid, corrections)
    _corrected(name, data, grid, corrections)


def _findings(name: str, data: bytes) -> list[dict[str, object]]:
    found: list[Finding] = []
    for item in read_descriptions(name, io.BytesIO(data)):
        found += [item] if isinstance(item, Finding) else item.findings
    return [json.loads(json.dumps(each.to_json())) for each in found]


def _annotated(grid: Grid, findings: Sequence[Mapping[str, object]], name: str) -> None:
    """Every cell stands in the annotated sheet where it was, and both programs' files can be read."""
    sheet = annotated_sheet(grid, findings, name)
    rows = [list(row) for row in sheet.rows]
    for write, ending in ((write_ods, ".ods"), (write_xlsx, ".xlsx")):
        out = io.BytesIO()
        again = Sheet(name=sheet.name, rows=rows, columns=sheet.columns, frozen_rows=sheet.frozen_rows)
        try:
            write(again, out)
        except SheetLimitError:
            continue
        read_grid(f"annotated{ending}", out.getvalue())


def _add_any(grid: Grid, corrections: dict[int, dict[int, list[Correction]]]) -> None:
    """One more correction, of the first cell with anything in it, so that there is always one to be made."""
    for number, cells in grid.rows.items():
        for column, text in enumerate(cells):
            if number > grid.header and text.strip(WHITE_SPACE) and len(text) < MAX_CSV_FIELD // 2:
                found = text.strip(WHITE_SPACE)
                # The letters stay: what encoding a table is in is told by those that are there.
                wanted = Correction("DESC-DRAFT", number, column, "", found, f"{found}\nput right")
                corrections.setdefault(number, {}).setdefault(column, [wanted])
                return


def _corrected(name: str, data: bytes, grid: Grid, corrections: Corrections) -> None:
    """Cells that no correction was made in are those that came."""
    correct = corrected_csv if name.endswith((".csv", ".tsv")) else corrected_sheet
    try:
        table = correct(name, data, corrections)
    except CannotCorrectError:
        return
    wanted = [each for row in corrections.values() for cell in row.values() for each in cell]
    assert sorted(table.made + table.left) == sorted(wanted), "a correction is neither made nor left"
    if not table.made:
        assert table.data == data, "written anew without a correction"
        return
    if _encoding(name, data) != _encoding(name, table.data):
        return  # a guess over bytes of no encoding in particular
    touched = {(each.row, each.column) for each in table.made}
    after = read_grid(name, table.data)
    assert _others(after, touched) == _others(grid, touched), "another cell was changed"


def _encoding(name: str, data: bytes) -> str:
    if not name.endswith(".csv"):
        return ""
    found = detect(name, io.BytesIO(data))
    return "" if isinstance(found, Finding) else found.label


def _others(grid: Grid, touched: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    return {
        (number, column): text
        for number, cells in grid.rows.items()
        for column, text in enumerate(cells)
        if text and (number, column) not in touched
    }


def _reading_and_writing(ending: str) -> Callable[[bytes], None]:
    def check(data: bytes) -> None:
        """A table is read, annotated and written again with its certain corrections, or is refused."""
        check_table(ending, data)
        check_written(f"m.{ending}", data)

    return check


def _ods_examples() -> list[bytes]:
    row, cell, table = sheets.ods_row, sheets.ods_cell, sheets.ods_table
    dated = cell("12.05.18", 'office:value-type="date" office:date-value="1918-05-12" table:style-name="ce1"')
    formula = cell("A", 'table:formula="of:=1" office:value-type="float" office:value="1.50"')
    style = (
        '<number:date-style style:name="N1"><number:day/><number:text>.</number:text><number:month/>'
        '</number:date-style><style:style style:name="ce1" style:data-style-name="N1"/>'
    )
    body = table(
        row("filename", "dc.title", "dc.date", "suggested: dc.date"),
        row("a.txt", "A  <text:s text:c='3'/>B<text:tab/>", dated, "1918-05"),
        row("b.txt", "=cmd", formula, "", more=' table:number-rows-repeated="3"'),
        row(cell("c", 'table:number-columns-repeated="2" office:value-type="string"'), "1 May 1918"),
        more=' table:display="false"',
    )
    return [sheets.ods(body + table(row("x"), name="Other"), style), _own(write_ods)]


def _xlsx_examples() -> list[bytes]:
    cell = '<c s="1"><v>6707.5</v></c>'
    formula = '<c r="D2" t="str"><f>A1&amp;B1</f><v>x</v></c>'
    rows = (
        sheets.xlsx_row(1, "filename", "dc.title", "dc.date", "suggested: dc.date")
        + sheets.xlsx_row(2, "a.txt", "A", cell, formula)
        + sheets.xlsx_row(5, "b.txt", '<c t="b"><v>1</v></c>', '<c t="e"><v>#REF!</v></c>', "12.05.1918")
    )
    more = '<mergeCells><mergeCell ref="A2:B3"/></mergeCells><cols><col min="2" max="3" hidden="1"/></cols>'
    made = sheets.xlsx(rows, formats={164: "dd/mm/yy;@", 165: "[h]:mm"}, styles=[0, 164, 165, 14], more=more)
    return [made, _own(write_xlsx)]


def _own(write: Callable[[Sheet, io.BytesIO], None]) -> bytes:
    out = io.BytesIO()
    rows = [
        [Cell("filename", Mark.HEADING), Cell("dc.title", Mark.HEADING), Cell("dc.language")],
        [Cell("a.txt"), Cell("Ä letter", Mark.ERROR, "why"), Cell("English")],
        [],
        [Cell("b.txt"), Cell(" two\nlines "), Cell("de", Mark.NOTE)],
    ]
    write(Sheet(name="Own", rows=rows, columns=(SheetColumn(9, ("a", "b")),)), out)
    return out.getvalue()


def _parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def _packed(parts: Mapping[str, bytes], chance: Random) -> bytes:
    out = io.BytesIO()
    odd = chance.choice(sorted(parts)) if parts and chance.random() < 0.05 else None
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content, chance.choice((ZIP_BZIP2, ZIP_LZMA)) if name == odd else None)
    return out.getvalue()


def _with_changed_parts(
    name: str, ending: str, examples: Callable[[], Sequence[bytes]], words: Sequence[bytes]
) -> Target:
    """A target whose zip is sound, and of whose parts one or two are not."""
    made = cache(lambda: [_parts(data) for data in examples()])

    def draw(chance: Random) -> bytes:
        parts = dict(chance.choice(made()))
        for _ in range(chance.choice((1, 1, 2))):
            part = chance.choice(sorted(parts))
            if chance.random() < 0.05:
                del parts[part]
                break
            others = [each[part] for each in made() if part in each]
            parts[part] = mutated(chance, parts[part], words, others)
        return _packed(parts, chance)

    return Target(name=name, family="descriptions", draw=draw, check=_reading_and_writing(ending))


_ODS_WORDS = (
    b"table:number-rows-repeated='1000000'", b"table:number-columns-repeated='16384'", b"<table:table-row>",
    b"</table:table-row>", b"<table:table-cell>", b"</table:table-cell>", b"<text:p>", b"</text:p>",
    b"<table:table table:name='x'>", b"</table:table>", b"office:value-type='date'", b"office:value='1e400'",
    b"office:date-value='1918-02-30T25:00:00'", b"<text:s text:c='99999999'/>", b"<office:annotation>",
    b"<!DOCTYPE a [", b"&a;", b"<table:covered-table-cell/>", b"-1", b"1e9", b"<text:tracked-changes>",
    b"table:number-columns-spanned='3'", b"table:visibility='collapse'", b"]]>", b"<![CDATA[",
)  # fmt: skip
_XLSX_WORDS = (
    b"<row r='1048577'>", b"<row>", b"</row>", b"<c r='XFE1'>", b"<c r='A0'", b"<c t='s'><v>9</v></c>",
    b"<c t='inlineStr'><is><t>x</t></is></c>", b"<v>1e308</v>", b"<v>-0</v>", b"<v>NaN</v>", b"<f>", b"</f>",
    b" s='999'", b" t='d'", b"<v>1918-05-12</v>", b"<mergeCell ref='A1:XFD1048576'/>", b"<!DOCTYPE a [",
    b"<col min='1' max='16384' hidden='1'/>", b"formatCode='[$-409]mmm\\ yy'", b"numFmtId='14'", b"&#0;",
    b"Target='../../x'", b"TargetMode='External'", b"state='veryHidden'", b"date1904='1'", b"<sheet ",
)  # fmt: skip


def _csv_examples() -> list[bytes]:
    return [text.encode(encoding, "replace") for text in CSV for encoding in ENCODINGS]


TARGETS: tuple[Target, ...] = (
    mutating(
        "csv-written",
        "descriptions",
        lambda data: check_written("m.csv", data),
        examples=cache(_csv_examples),
        words=(*WORDS["csv"], b"12.05.1918", b"c. 1920", b"english", b"'=", b"\r"),
        says="A table is annotated and written again with its certain corrections, or is refused.",
    ),
    mutating("ods", "descriptions", _reading_and_writing("ods"), examples=cache(_ods_examples)),
    mutating("xlsx", "descriptions", _reading_and_writing("xlsx"), examples=cache(_xlsx_examples)),
    _with_changed_parts("ods-parts", "ods", cache(_ods_examples), _ODS_WORDS),
    _with_changed_parts("xlsx-parts", "xlsx", cache(_xlsx_examples), _XLSX_WORDS),
)

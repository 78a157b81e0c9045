"""Spreadsheets made to hurt: refused with a reason, in bounded time and memory, or read for what they are."""

import io
import struct
import time
import tracemalloc
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from archive.core.findings import Finding, Severity
from archive.core.tables.correction import Correction
from archive.formats.corrections.outcome import CannotCorrectError
from archive.formats.corrections.sheet_corrections import corrected_sheet
from archive.formats.descriptions import DescribedRow, read_descriptions

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(f'xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "table", "text"))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

MIB = 1024 * 1024


def zipped(parts: dict[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", method) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def row(*cells: str, more: str = "") -> str:
    written = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row{more}>{written}</table:table-row>"


HEADER = row("filename", "dc.title")


def ods(body: str, *, before: str = "", more: dict[str, str | bytes] | None = None) -> bytes:
    content = (
        f"<?xml version='1.0'?>{before}<office:document-content {SPACES}><office:body><office:spreadsheet>"
        f"{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"content.xml": content, **(more or {})})


def sheet(*rows: str) -> str:
    return f'<table:table table:name="S">{"".join(rows)}</table:table>'


def xlsx(rows: str, *, shared: str = "", before: str = "") -> bytes:
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="s1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="s1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="s2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>",
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
            "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}"><sheetData>'
            f"{rows}</sheetData></worksheet>",
        }
    )


def errors(data: bytes, name: str = "m.ods") -> list[tuple[str, str]]:
    """Every error, within ten seconds of this process's own time."""
    began = time.process_time()
    found: list[tuple[str, str]] = []
    for item in read_descriptions(name, io.BytesIO(data)):
        several = [item] if isinstance(item, Finding) else item.findings
        found += [(each.code, each.message) for each in several if each.severity is Severity.ERROR]
    assert time.process_time() - began < 10
    return found


def text_row(*cells: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"


LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
)
EXTERNAL = "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>"


@pytest.mark.parametrize("doctype", [LAUGHS, EXTERNAL, "<!DOCTYPE x>"])
def test_document_type_is_refused_before_anything_of_it_is_read(doctype: str) -> None:
    assert [code for code, _ in errors(ods(sheet(HEADER), before=doctype))] == ["TABLE-DOCTYPE"]
    assert [code for code, _ in errors(xlsx("", before=doctype), "m.xlsx")] == ["TABLE-DOCTYPE"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "zip"),
        (b"filename,title\na,b\n", "zip"),
        (b"PK\x05\x06" + bytes(18), "content.xml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel before 2007"),
        (zipped({"mimetype": "x"}), "content.xml"),
        (zipped({"content.xml": "<a>"}), "well-formed"),
        (zipped({"content.xml": b"\xff\xfe\x00"}), "well-formed"),
        (zipped({"content.xml": "<?xml version='1.0' encoding='rot13'?><a/>"}), "well-formed"),
        (zipped({"content.xml": "<a/>"}), "no sheet"),
        (ods(sheet(HEADER))[:-30], "zip"),
        (ods(sheet(HEADER)).replace(b"content.xml", b"content.xnl"), "content.xml"),
        (
            ods(sheet(HEADER), more={"META-INF/manifest.xml": '<m:x xmlns:m="u"><m:encryption-data/></m:x>'}),
            "encr",
        ),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_the_reason(data: bytes, word: str) -> None:
    ((code, message),) = errors(data)
    assert code == "TABLE-UNREADABLE"
    assert word in message


def test_damaged_bytes_of_a_part_are_found_by_their_sum() -> None:
    data = bytearray(zipped({"content.xml": ods(sheet(HEADER))}, ZIP_STORED))
    data[60] ^= 1
    assert [code for code, _ in errors(bytes(data))] == ["TABLE-UNREADABLE"]


def test_a_damaged_part_that_is_not_read_refuses_a_correction_and_no_more() -> None:
    data = ods(sheet(HEADER, row("a", "A")), more={"Pictures/scan.png": b"left as it is"})
    at = data.index(b"Pictures/scan.png") + len("Pictures/scan.png") + 4
    broken = data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :]
    assert errors(broken) == []
    wanted = {2: {1: [Correction("X", 2, 1, "", "A", "B")]}}
    assert corrected_sheet("m.ods", data, wanted).made
    with pytest.raises(CannotCorrectError, match="damaged"):
        corrected_sheet("m.ods", broken, wanted)


METHODS = pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA], ids=["bzip2", "LZMA"])


@METHODS
@pytest.mark.parametrize("content", [b"x", b"\0" * (8 * MIB)], ids=["a little", "a bomb"])
def test_a_part_packed_in_a_way_of_its_own_is_refused_before_it_is_expanded(
    method: int, content: bytes
) -> None:
    """zipfile expands it without a bound, and raises of it what a failing disk raises."""
    data = zipped({"content.xml": content}, method)
    errors(data)
    tracemalloc.start()
    ((code, message),) = errors(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (code, f"method {method}" in message) == ("TABLE-UNREADABLE", True)
    assert peak < MIB


@METHODS
def test_a_part_that_is_not_read_and_packed_so_refuses_a_correction_and_no_more(method: int) -> None:
    out = io.BytesIO(ods(sheet(HEADER, row("a", "A"))))
    with ZipFile(out, "a", method) as package:
        package.writestr("Pictures/scan.png", b"left as it is")
    assert errors(out.getvalue()) == []
    with pytest.raises(CannotCorrectError, match="not allowed"):
        corrected_sheet("m.ods", out.getvalue(), {2: {1: [Correction("X", 2, 1, "", "A", "B")]}})


def test_a_part_said_to_begin_before_the_file_is_no_trouble_of_the_disk(tmp_path: Path) -> None:
    data = bytearray(ods(sheet(HEADER)))
    at = data.rindex(b"PK\x05\x06") + 16  # where the directory begins (APPNOTE 4.3.16)
    struct.pack_into("<L", data, at, struct.unpack_from("<L", data, at)[0] + 4096)
    (tmp_path / "m.ods").write_bytes(data)
    with (tmp_path / "m.ods").open("rb") as stream:
        (found,) = read_descriptions("m.ods", stream)
    assert isinstance(found, Finding)
    assert (found.code, "before the file" in found.message) == ("TABLE-UNREADABLE", True)


def test_where_every_correction_is_left_the_table_stays_byte_for_byte() -> None:
    formula = '<table:table-row><table:table-cell table:formula="of:=1"><text:p>A</text:p></table:table-cell>'
    data = ods(sheet(HEADER, f"{formula}</table:table-row>"))
    wanted = Correction("X", 2, 0, "", "A", "B")
    assert corrected_sheet("m.ods", data, {2: {0: [wanted]}}) == (data, (), (wanted,))


def test_a_part_that_is_there_twice_is_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as package:
        package.writestr("content.xml", "<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            package.writestr("content.xml", "<b/>")
    assert "twice" in errors(out.getvalue())[0][1]


def test_a_bomb_is_given_up_where_it_goes_beyond_the_ratio() -> None:
    data = ods(sheet(HEADER, f"<!--{' ' * (90 * MIB)}-->"))
    assert len(data) < MIB
    tracemalloc.start()
    assert errors(data)[0][0] == "TABLE-TOO-LARGE"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * MIB


def test_one_endless_tag_is_given_up() -> None:
    data = ods(sheet(HEADER, f'<table:table-row a="{"x" * (40 * MIB)}"/>'))
    assert errors(data)[0][0] == "TABLE-TOO-LARGE"


def test_a_directory_of_a_million_parts_is_not_read() -> None:
    data = bytearray(ods(sheet(HEADER)))
    struct.pack_into("<HH", data, len(data) - 14, 60_000, 60_000)
    assert errors(bytes(data))[0][0] == "TABLE-TOO-LARGE"


@pytest.mark.parametrize(
    "empty",
    [
        row(more=' table:number-rows-repeated="1048570"'),
        row(more=' table:number-rows-repeated="99999999999"'),
    ],
)
def test_a_million_blank_rows_cost_nothing(empty: str) -> None:
    assert errors(ods(sheet(HEADER, row("a", "A"), empty))) == []


def test_a_row_that_stands_a_million_times_is_cut_and_said() -> None:
    found = errors(ods(sheet(HEADER, row("a", "A", more=' table:number-rows-repeated="1000000"'))))
    assert ("TABLE-ROWS-REPEATED", "the row stands 1,000,000 times; 1,000 of them are read") in found


def repeated_cell(times: str) -> str:
    attributes = f'office:value-type="string" table:number-columns-repeated="{times}"'
    return f"<table:table-cell {attributes}><text:p>x</text:p></table:table-cell>"


def test_repeated_cells_are_counted_before_they_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.formats.spreadsheet.measure.MAX_REPEATED_CELLS", 50_000)
    rows = f"<table:table-row>{repeated_cell('16384')}</table:table-row>" * 50
    assert "TABLE-TOO-LARGE" in {code for code, _ in errors(ods(sheet(HEADER, rows)))}


@pytest.mark.parametrize("repeated", ["16385", "2000000000", "-1", "x", "9" * 5000, "٣"])
def test_repetitions_beyond_the_sheet_or_that_are_no_number_never_hurt(repeated: str) -> None:
    assert (
        len(errors(ods(sheet(HEADER, f"<table:table-row>{repeated_cell(repeated)}</table:table-row>")))) <= 1
    )


def test_one_long_shared_text_in_many_cells_is_measured() -> None:
    cells = "".join('<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for _ in range(3_000))
    data = xlsx(cells, shared=f"<si><t>{'dc.title' * 16_000}</t></si>")
    assert "TABLE-TOO-LARGE" in {code for code, _ in errors(data, "m.xlsx")}


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="99999999"><c/></row>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="ZZZZ1"/></row>',
        '<row r="1"><c r="1"/></row>',
        '<row r="1"><c t="s"><v>7</v></c></row>',
        '<row r="1"><c t="s"><v>-1</v></c></row>',
        '<row r="1"><c t="s"><v>x</v></c></row>',
    ],
)
def test_cells_in_places_that_there_are_not_are_refused(rows: str) -> None:
    assert [code for code, _ in errors(xlsx(rows), "m.xlsx")] == ["TABLE-UNREADABLE"]


@pytest.mark.parametrize(
    "value",
    ["1e999", "nan", "inf", "-1", "0", "60", "1e308", "99999999", "x", "1" * 400, "-1e-300", " 7 ", "٣"],
)
@pytest.mark.parametrize("style", ["0", "1", "99", "x"])
def test_no_number_is_too_odd_to_be_read(value: str, style: str) -> None:
    data = xlsx(
        f'{text_row("filename", "dc.title")}<row><c><v>1</v></c><c s="{style}"><v>{value}</v></c></row>'
    )
    (read,) = [
        item for item in read_descriptions("m.xlsx", io.BytesIO(data)) if isinstance(item, DescribedRow)
    ]
    assert read.paths == ("1",)


def test_depth_is_no_danger() -> None:
    deep = "<text:span>" * 100_000 + "x" + "</text:span>" * 100_000
    assert errors(ods(sheet(HEADER, row("a", deep)))) == []


def test_half_a_character_refuses_its_row_alone() -> None:
    cells = [
        ("filename", "dc.title"),
        ("a", "_xD800_"),
        ("_xD800_", "B"),
        ("b", "_xDCFF_"),
        ("c", "_xD83D__xDE00_"),
    ]
    data = xlsx("".join(text_row(*each) for each in cells))
    read = [item for item in read_descriptions("m.xlsx", io.BytesIO(data)) if isinstance(item, DescribedRow)]
    assert [{finding.code for finding in each.findings} for each in read] == [
        {"DESC-ENCODING"},
        {"DESC-ENCODING"},
        {"DESC-ENCODING"},
        set(),
    ]
    assert read[3].description.title == "😀"

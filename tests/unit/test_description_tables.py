"""Tables of descriptions as spreadsheets, Archivematica and DSpace write them."""

import codecs
import io

import pytest

from archive.core.descriptions.description import Value
from archive.core.digests import Algorithm, Digest
from archive.core.findings import At, Finding, Severity
from archive.core.tables.sheet import column_letter
from archive.formats.descriptions import DescribedRow, path_candidates, read_descriptions

UNICODE = "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"
HEADER = "filename,dc.title,dc.date\n"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def read(data: str | bytes, name: str = "m.csv") -> list[DescribedRow | Finding]:
    return list(read_descriptions(name, io.BytesIO(data.encode() if isinstance(data, str) else data)))


def rows(data: str | bytes, name: str = "m.csv") -> list[DescribedRow]:
    return [item for item in read(data, name) if isinstance(item, DescribedRow)]


def codes(data: str | bytes, name: str = "m.csv") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for item in read(data, name):
        found += [(f.code, f.place) for f in ([item] if isinstance(item, Finding) else item.findings)]
    return [(code, place) for code, place in found if code != "TABLE-READ"]


def statement(data: str | bytes, name: str = "m.csv") -> str:
    """How the table was read, as it says itself."""
    (said,) = [item for item in read(data, name) if isinstance(item, Finding) and item.code == "TABLE-READ"]
    return said.message


def titles(data: str | bytes, name: str = "m.csv") -> list[str]:
    return [row.description.title for row in rows(data, name)]


def test_repeated_columns_are_repeated_values_in_order() -> None:
    (row,) = rows("filename,dc.subject,dc.title,dc.subject,dc.subject\na.txt,x,T,,y\n")
    assert row.description.terms == {"subject": (Value("x"), Value("y")), "title": (Value("T"),)}
    assert row.findings == ()


def test_column_with_language_gives_values_in_that_language() -> None:
    (row,) = rows("filename,dc.title,dc.title[es]\na.txt,Letter,Carta\n")
    assert row.description.terms == {"title": (Value("Letter"), Value("Carta", "es"))}


def test_double_bar_separates_values_in_one_cell() -> None:
    (row,) = rows("filename,dc.title,dc.subject\na.txt,T,x || y||\n")
    assert row.description.terms["subject"] == (Value("x"), Value("y"))


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("filename,dc.title", "1"),
        ("dc.title,File", "2"),
        ("file,dc.title,filename", "3"),
        ("dc.title,path,files", "3"),
        ("object,dc.title", "1"),
        ("Dateiname,dc.title,file name", "3"),
    ],
)
def test_column_that_names_the_file(header: str, path: str) -> None:
    (row,) = rows(header + "\n1,2,3\n".replace(",3", ",3" if header.count(",") == 2 else ""))
    assert row.paths == (path,)


def test_table_without_a_column_for_the_file_says_so_at_its_header() -> None:
    assert ("DESC-NO-FILE-COLUMN", "m.csv:1") in codes("dc.title,dc.date\nLetter,1918\n")


def test_columns_that_are_not_ours_are_kept_with_all_their_values() -> None:
    (row,) = rows("filename,dc.title,box,box,Regal, \na.txt,T,3,4,,loose\n")
    assert row.description.other == {"box": ("3", "4"), "F": ("loose",)}


def test_misspelt_dublin_core_column_is_named_once_and_kept() -> None:
    (_, finding, first, _) = read("filename,dc.title,dc.creater\na,T,Ada\nb,T,Bob\n")
    assert isinstance(finding, Finding)
    assert (finding.code, finding.severity) == ("DESC-UNKNOWN-TERM", Severity.WARNING)
    assert finding.at == At(file="m.csv", line=1, column="C", field="dc.creater")
    assert finding.remedy == "did you mean dc.creator?"
    assert isinstance(first, DescribedRow)
    assert first.description.other == {"dc.creater": ("Ada",)}


def test_row_may_name_several_files_or_a_folder() -> None:
    several, folder, plain = rows(HEADER + "p1.tif || p2.tif,T,\nletters/ ,T,\nletters,T,\n")
    assert (several.paths, several.folder) == (("p1.tif", "p2.tif"), False)
    assert (folder.paths, folder.folder) == (("letters/ ",), True)
    assert plain.folder is False


@pytest.mark.parametrize(
    ("path", "candidates"),
    [
        ("a.txt", ("a.txt",)),
        ("objects/beihai.tif ", ("objects/beihai.tif ", "objects/beihai.tif", "beihai.tif")),
        ("./data/a/", ("./data/a/", "data/a", "a")),
        ("objects\\a.txt", ("objects\\a.txt", "objects/a.txt", "a.txt")),
    ],
)
def test_path_candidates_go_from_the_literal_to_the_meant(path: str, candidates: tuple[str, ...]) -> None:
    assert path_candidates(path) == candidates


def test_reference_digests_and_size_are_the_depositors_own() -> None:
    (row,) = rows(f"filename,dc.title,reference,sha256,size\na,T, 2026-000001 ,{SHA256.upper()},12\n")
    assert (row.reference, row.size) == ("2026-000001", 12)
    assert row.digests == (Digest(Algorithm.SHA256, SHA256),)
    assert row.description.other == {}


@pytest.mark.parametrize("cell", [SHA256, f"sha256:{SHA256}", f"SHA-256: {SHA256}"])
def test_checksum_column_tells_its_algorithm(cell: str) -> None:
    (row,) = rows(f"filename,dc.title,checksum\na,T,{cell}\n")
    assert row.digests == (Digest(Algorithm.SHA256, SHA256),)


@pytest.mark.parametrize("cell", ["abc", SHA256[:-1], f"crc32:{SHA256}", SHA256.replace("e", "x")])
def test_malformed_digest_is_an_error_and_kept(cell: str) -> None:
    (row,) = rows(f"filename,dc.title,sha256\na,T,{cell}\n")
    assert [(f.code, f.severity, f.at.column) for f in row.findings] == [
        ("DESC-DIGEST-MALFORMED", Severity.ERROR, "C")
    ]
    assert row.description.other == {"sha256": (cell,)}


def test_size_in_centimetres_is_kept_as_text() -> None:
    (row,) = rows("filename,dc.title,size\na,T,24 x 30 cm\n")
    assert [(f.code, f.severity) for f in row.findings] == [("DESC-SIZE-NOT-BYTES", Severity.NOTE)]
    assert (row.size, row.description.other) == (None, {"size": ("24 x 30 cm",)})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end: str) -> None:
    assert titles((HEADER + 'a,"one\ntwo",1918\nb,B,\n').replace("\n", end)) == ["one\ntwo", "B"]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        *((encoding, []) for encoding in UNICODE),
        ("cp1252", ["DESC-ENCODING-GUESSED"]),
    ],
)
def test_encoding_is_found_and_stated(encoding: str, said: list[str]) -> None:
    data = (HEADER + "a,Müller – “Grüße”,\n").encode(encoding)
    assert titles(data) == ["Müller – “Grüße”"]
    assert [code for code, _ in codes(data)] == said


def test_guess_of_the_encoding_shows_a_word_to_judge_it_by() -> None:
    (finding, *_) = read((HEADER + "a,Herr Müller,\n").encode("cp1252"))
    assert isinstance(finding, Finding)
    assert finding.severity is Severity.NOTE
    assert "“Müller”" in finding.message


def test_stray_byte_in_a_utf8_table_refuses_its_row_alone() -> None:
    data = (HEADER + "a,Grüße,\n").encode() + b"b,caf\xe9,\ncaf\xe9.txt,C,\n"
    good, bad, path = rows(data)
    assert good.findings == path.findings == ()
    assert [(f.code, f.place) for f in bad.findings] == [("DESC-ENCODING", "m.csv:3:dc.title")]
    assert bad.description.title == "caf\\xe9"
    assert path.paths == ("caf\udce9.txt",)


@pytest.mark.parametrize(
    ("mark", "name", "said"),
    [
        (";", "m.csv", "semicolons"),
        ("\t", "m.csv", "tabs"),
        ("|", "m.csv", "vertical bars"),
        (",", "m.tsv", "commas"),
    ],
)
def test_separator_is_told_from_the_header_and_stated(mark: str, name: str, said: str) -> None:
    data = f"filename{mark}dc.title\na{mark}Letter\n"
    assert titles(data, name) == ["Letter"]
    assert statement(data, name) == f"read as CSV: {said}, UTF-8, LF, header in row 1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            "filename;dc.title\r\na;Müller\r\n".encode("cp1252"),
            "semicolons, Windows-1252 (guessed: “Müller”), CRLF, header in row 1",
        ),
        (
            "\ufefffilename,dc.title\ra,A\r".encode(),
            "commas, UTF-8 with a byte order mark, CR, header in row 1",
        ),
        ("filename\tdc.title\na\tA\n".encode("utf-16"), "tabs, UTF-16, LF, header in row 1"),
        (
            codecs.BOM_UTF32_LE + "filename,dc.title\na,A\n".encode("utf-32-le"),
            "commas, UTF-32, LF, header in row 1",
        ),
        (
            codecs.BOM_UTF32_BE + "filename,dc.title\na,A\n".encode("utf-32-be"),
            "commas, UTF-32, LF, header in row 1",
        ),
        (b"\n\nfilename,dc.title\na,A\n", "commas, UTF-8, LF, header in row 3"),
        (
            b"The Smith papers\nlisted by Ana;2019\nfilename;dc.title\na;A\n",
            "semicolons, UTF-8, LF, header in row 3, 2 rows above it passed over",
        ),
    ],
)
def test_how_a_table_was_read_is_said_in_one_sentence(data: bytes, said: str) -> None:
    assert statement(data) == f"read as CSV: {said}"
    assert [row.paths for row in rows(data)] == [("a",)]


def test_separator_line_of_excel_is_no_row() -> None:
    (row,) = rows("sep=;\nfilename;dc.title\na;x,y\n")
    assert (row.description.title, row.at.line) == ("x,y", 2)


def test_quotation_mark_is_no_separator_whatever_the_first_line_says() -> None:
    (row,) = rows('sep="\nfilename,dc.title\na,"x"\n')
    assert row.description.title == "x"


def test_rows_are_numbered_as_the_spreadsheet_shows_them() -> None:
    read_rows = rows(HEADER + 'a,"one\ntwo\nthree",\n\n,,\nb,B,\n')
    assert [(row.paths[0], row.at.line) for row in read_rows] == [("a", 2), ("b", 5)]


def test_finding_names_row_column_and_remedy() -> None:
    (row,) = rows('filename,dc.title,dc.date,dc.date\na,T,1918,"July 27, 2009"\n')
    (finding,) = row.findings
    assert finding.place == "m.csv:2:dc.date"
    assert finding.at == At(file="m.csv", line=2, column="D", field="dc.date")
    assert finding.remedy == "write 2009-07-27"


@pytest.mark.parametrize(
    ("body", "found", "kept"),
    [
        ('a,"open,1918\nb,B,\nc,C,\n', [("DESC-CSV-UNCLOSED-QUOTE", "m.csv:2")], ["B", "C"]),
        ('a,"A" x,1918\nb,B,\n', [("DESC-CSV-QUOTE", "m.csv:2")], ["B"]),
        ('a, "A, B"\nb,B,\n', [("DESC-CSV-QUOTE", "m.csv:2")], ["B"]),
        ('a, "A, B",1918\nb,B,\n', [("DESC-CSV-QUOTE", "m.csv:2")], ["B"]),
        ('a, "A\nb,B,\n', [("DESC-CSV-QUOTE", "m.csv:2")], ["B"]),
        ('a, "A" or B,\nb,3" or "B,\n', [], ['"A" or B', '3" or "B']),
        ('a,"A, ""B, C""",\nb," ""B",\n', [], ['A, "B, C"', '"B']),
        ("a,A\nb,B,\n", [("DESC-CSV-SHORT-ROW", "m.csv:2")], ["A", "B"]),
        ("a,A,1918,extra\nb,B,\n", [("DESC-CSV-LONG-ROW", "m.csv:2")], ["A", "B"]),
        ("a,A,1918,, \nb,B,\n", [], ["A", "B"]),
        (",A,1918\nb,B,\n", [("DESC-NO-FILE", "m.csv:2:filename")], ["B"]),
        ("a,A,\na,B,\n", [("DESC-ROW-REPEATED", "m.csv:3")], ["A", "B"]),
        ("a,A,\na ,B,\n", [], ["A", "B"]),
        ("a\0,A,\nb,B,\n", [("DESC-PATH", "m.csv:2")], ["A", "B"]),
        ("a,A\0,\nb,B,\n", [("DESC-CONTROL-CHARACTER", "m.csv:2:dc.title")], ["A\0", "B"]),
        ("a," + "x" * 200_000 + ",\nb,B,\n", [("DESC-CSV-TOO-LONG", "m.csv:2")], ["B"]),
        ("a," + "x" * 2_000_000 + ",\nb,B,\n", [("DESC-CSV-TOO-LONG", "m.csv:2")], ["B"]),
        ("a," + "x" * 70_000 + ",\n", [], ["x" * 70_000]),
        ("a,=cmd|' /C calc'!A0,\n", [], ["=cmd|' /C calc'!A0"]),
    ],
)
def test_one_bad_row_is_named_and_never_costs_the_rest(
    body: str, found: list[tuple[str, str]], kept: list[str]
) -> None:
    assert codes(HEADER + body) == found
    assert titles(HEADER + body) == kept


def test_many_unclosed_quotes_are_each_named() -> None:
    body = "".join(f'r{i},"open\ng{i},Good,\n' for i in range(200))
    assert titles(HEADER + body) == ["Good"] * 200


@pytest.mark.parametrize("data", ["", "\n\n", "\ufeff"])
def test_empty_table_is_an_error(data: str) -> None:
    assert codes(data) == [("DESC-EMPTY", "m.csv")]


def test_header_alone_is_a_warning() -> None:
    (_, finding) = read(HEADER)
    assert isinstance(finding, Finding)
    assert (finding.code, finding.severity) == ("DESC-EMPTY", Severity.WARNING)


def test_table_without_dublin_core_says_so_once() -> None:
    assert codes("filename,box\na,1\nb,2\n") == [("DESC-NO-TERMS", "m.csv:1")]


def test_second_column_for_the_file_is_not_lost_silently() -> None:
    data = "filename,path,dc.title\na,b,T\n"
    assert codes(data) == [("DESC-DUPLICATE-COLUMN", "m.csv:1:path")]
    (row,) = rows(data)
    assert (row.paths, row.description.other) == (("a",), {"path": ("b",)})


def test_second_column_for_the_size_is_not_lost_silently() -> None:
    data = "filename,size,bytes,dc.title\na,1,2,T\n"
    assert codes(data) == [("DESC-DUPLICATE-COLUMN", "m.csv:1:bytes")]
    (row,) = rows(data)
    assert (row.size, row.description.other) == (1, {"bytes": ("2",)})


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_in_a_spreadsheet(index: int, letter: str) -> None:
    assert column_letter(index) == letter


def test_stream_is_left_open_for_its_owner() -> None:
    stream = io.BytesIO((HEADER + "a,A,\n").encode())
    assert len(list(read_descriptions("m.csv", stream))) == 2
    assert not stream.closed


def test_row_that_runs_on_over_many_quoted_cells_is_given_up_line_by_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("archive.formats.descriptions.csv_rows.MAX_CSV_ROW", 100)
    body = 'a,"open\ng,Good,\n' + '","\n' * 40
    assert codes(HEADER + body)[0] == ("DESC-CSV-UNCLOSED-QUOTE", "m.csv:2")
    assert titles(HEADER + body)[0] == "Good"


def test_a_column_whose_name_is_not_utf_8_is_named_and_can_be_kept() -> None:
    (row,) = rows("filename,dc.title,b\udcfcx\nä.txt,T,7\n".encode("utf-8", "surrogateescape"))
    row.description.canonical_bytes()
    assert row.description.title == "T"
    found = codes("filename,dc.title,b\udcfcx\nä.txt,T,7\n".encode("utf-8", "surrogateescape"))
    assert ("DESC-ENCODING", "m.csv:1:b\\xfcx") in found


def test_a_cell_of_separators_alone_states_nothing() -> None:
    (row,) = rows("filename,dc.title,dc.creator\na.txt,T,||\n")
    assert set(row.description.terms) == {"title"}


def test_prefix_with_an_underscore_is_one_of_dublin_core() -> None:
    (row,) = rows("file_name,dc_title,dcterms_created\na,Letter,1918\n")
    assert (row.paths, list(row.description.terms)) == (("a",), ["title", "created"])


def test_rows_of_a_table_without_a_column_for_files_are_known_by_their_identifiers() -> None:
    (row,) = rows("dc:identifier,dc:title\nms-1||ms-1a,Letter\n")
    assert (row.paths, row.names) == ((), ("ms-1", "ms-1a"))
    assert "DESC-NO-FILE-COLUMN" not in [code for code, _ in codes("dc:identifier,dc:title\nms-1,Letter\n")]


def test_table_without_any_term_is_told_which_columns_may_be_one() -> None:
    remedies = [
        each.remedy for each in read("Datei,Titel,Verfasser\na,Brief,Ana\n") if isinstance(each, Finding)
    ]
    assert any("“Titel” title, “Verfasser” creator" in (remedy or "") for remedy in remedies)


@pytest.mark.parametrize(
    ("numbers", "corrected"),
    [
        ("007 8 009", [(3, "008")]),
        ("007 12 13", [(3, None), (4, None)]),
        ("007 8 0009", []),
        ("007 123 8", [(4, None)]),
    ],
)
def test_lost_zeros_are_certain_only_where_most_numbers_of_the_column_have_theirs(
    numbers: str, corrected: list[tuple[int, str | None]]
) -> None:
    lines = "".join(f"{row}.txt,T,{number}\n" for row, number in enumerate(numbers.split()))
    said = [item for item in read(f"filename,title,identifier\n{lines}") if isinstance(item, Finding)]
    lost = [one for one in said if one.code == "TABLE-ZEROS-LOST"]
    assert [(one.at.line, one.corrected) for one in lost] == corrected

"""Descriptions in JSON, XML and YAML: the same rows from each, and clear words where there are none."""

import io
import json

import pytest

from archive.core.descriptions.description import Value
from archive.core.findings import Finding, Severity
from archive.formats.descriptions import (
    SIDECAR_SUFFIXES,
    DescribedRow,
    read_descriptions,
    read_sidecar,
    sidecar_target,
)

OAI = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:x">{}</oai_dc:dc>'
)


def row(name: str, text: str) -> DescribedRow:
    read = read_sidecar(name, text.encode())
    assert isinstance(read, DescribedRow), read
    return read


def refusal(name: str, text: str | bytes) -> Finding:
    read = read_sidecar(name, text.encode() if isinstance(text, str) else text)
    assert isinstance(read, list), read
    (finding,) = read
    return finding


def codes(read: DescribedRow) -> list[str]:
    return [finding.code for finding in read.findings]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.dc.json", '{"dc.title": "Letter", "dcterms:extent": ["2 leaves"], "Creator": {"value": "Ada"}}'),
        ("a.dc.yaml", "dc.title: Letter\ndcterms:extent: [2 leaves]\nCreator:\n  value: Ada\n"),
        (
            "a.dc.xml",
            OAI.format(
                "<dc:title>\n Letter\t</dc:title><dcterms:extent>2 leaves</dcterms:extent>"
                "<dc:creator>Ada</dc:creator>"
            ),
        ),
        ("a.dc.xml", "<dc><title>Letter</title><extent>2 leaves</extent><creator>Ada</creator></dc>"),
        (
            "a.dc.xml",
            """<dublin_core><dcvalue element="title" qualifier="none">Letter</dcvalue>
            <dcvalue element="format" qualifier="extent">2 leaves</dcvalue>
            <dcvalue element="creator">Ada</dcvalue></dublin_core>""",
        ),
    ],
)
def test_every_format_says_the_same(name: str, text: str) -> None:
    read = row(name, text)
    assert read.description.terms == {
        "title": (Value("Letter"),),
        "extent": (Value("2 leaves"),),
        "creator": (Value("Ada"),),
    }
    assert (read.findings, read.paths) == ((), ())


@pytest.mark.parametrize("content", ['""', "null", "[]", '["", null, " "]', '{"value": ""}'])
def test_empty_value_is_no_value(content: str) -> None:
    read = row("a.dc.json", f'{{"title": "Letter", "creator": {content}}}')
    assert (set(read.description.terms), read.findings) == ({"title"}, ())


def test_missing_title_is_left_to_the_caller() -> None:
    read = row("a.dc.json", '{"creator": "Ada"}')
    assert (read.description.title, read.findings) == ("", ())


def test_wrong_type_is_an_error_at_its_line_and_the_rest_is_read() -> None:
    read = row("a.dc.json", '{"title": "Letter",\n "dc.date": 1918,\n "subject": ["a", 2, "b"]}')
    assert [(f.code, f.severity, f.place, f.at.line) for f in read.findings] == [
        ("DESC-VALUE-TYPE", Severity.ERROR, "a.dc.json:dc.date", 2),
        ("DESC-VALUE-TYPE", Severity.ERROR, "a.dc.json:subject", 3),
    ]
    assert read.findings[1].message == "“subject[2]” is a number"
    assert read.findings[0].remedy == "put it in quotation marks"
    assert set(read.description.terms) == {"title", "subject"}
    assert read.description.terms["subject"] == (Value("a"), Value("b"))


@pytest.mark.parametrize("more", ['"reference": ["R1", "R2"]', '"size": 1, "bytes": 2', '"size": ["1", "2"]'])
def test_two_values_for_what_a_document_has_one_of_are_an_error(more: str) -> None:
    read = row("a.dc.json", f'{{"title": "T", {more}}}')
    assert [(one.code, one.severity) for one in read.findings] == [("DESC-VALUE-TYPE", Severity.ERROR)]


def test_our_own_form_is_read_back_with_its_other_columns() -> None:
    read = row(
        "a.dc.json", '{"schema": "dublin-core/1", "title": ["T"], "other": {"box": ["3"], "dc.titel": ["x"]}}'
    )
    assert (read.findings, read.description.other) == ((), {"box": ("3",), "dc.titel": ("x",)})


def test_newer_form_is_refused_by_name() -> None:
    assert codes(row("a.dc.json", '{"schema": "dublin-core/2", "title": "T"}')) == ["DESC-SCHEMA-NEWER"]


def test_what_is_not_ours_is_kept_whatever_its_shape() -> None:
    read = row(
        "a.dc.json",
        '{"title": "T", "box": 3, "map": {"b": [1, null], "a": "ü"}, "list": ["x", "y"], "dc.foo": "z"}',
    )
    assert read.description.other == {
        "box": ("3",),
        "map": ('{"a":"ü","b":[1,null]}',),
        "list": ("x", "y"),
        "dc.foo": ("z",),
    }
    assert codes(read) == ["DESC-UNKNOWN-TERM"]


def test_list_of_records_is_one_row_each_with_its_line() -> None:
    data = (
        '[\n {"filename": "objects/a.txt", "dc.title": ["A"]},\n\n'
        ' {"filename": ["p1", "p2"], "dc.title": "B", "dc.date": "soon"}\n]'
    )
    first, second = read_descriptions("metadata.json", io.BytesIO(data.encode()))
    assert isinstance(first, DescribedRow)
    assert isinstance(second, DescribedRow)
    assert (first.paths, first.at.line) == (("objects/a.txt",), 2)
    assert second.paths == ("p1", "p2")
    assert [(f.place, f.at.line) for f in second.findings] == [("metadata.json:4:dc.date", 4)]


def test_bad_record_in_a_list_costs_itself_alone() -> None:
    data = (
        '[{"filename": "a", "title": "A"}, 5, {"title": "B"}, {"filename": "c", "title": "C", "title": "D"}]'
    )
    a, five, b, c = read_descriptions("m.json", io.BytesIO(data.encode()))
    assert isinstance(a, DescribedRow)
    assert isinstance(five, Finding)
    assert isinstance(b, Finding)
    assert isinstance(c, DescribedRow)
    assert (five.code, b.code, codes(c)) == ("DESC-NOT-AN-OBJECT", "DESC-NO-FILE", ["DESC-DUPLICATE-KEY"])


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.dc.json", '{"title": "Grüße"}'),
        ("a.dc.yaml", "title: Grüße"),
        ("a.dc.xml", OAI.format("<dc:title>Grüße</dc:title>")),
    ],
)
def test_unicode_in_any_encoding_is_read(name: str, text: str, encoding: str) -> None:
    read = read_sidecar(name, text.encode(encoding))
    assert isinstance(read, DescribedRow)
    assert read.description.title == "Grüße"


@pytest.mark.parametrize(
    ("field", "code"),
    [("filename", "DESC-PATH"), ("reference", "DESC-VALUE-TYPE"), ("size", "DESC-VALUE-TYPE")],
)
def test_a_nul_in_a_quoted_text_is_named_as_one(field: str, code: str) -> None:
    said = [{"filename": "a.txt", "title": "A", field: "7\0"}]
    (read, *_) = read_descriptions("m.json", io.BytesIO(json.dumps(said).encode()))
    findings = [read] if isinstance(read, Finding) else read.findings
    assert (findings[0].code, findings[0].remedy) == (code, "take it out")
    assert "holds a NUL character" in findings[0].message


def test_yaml_scalars_stay_what_was_written() -> None:
    read = row(
        "a.dc.yml",
        "title: no\ndate: 2001-01-01\ncreator: 1:30\nsubject: [yes, 0x1F, nil, 1e3, '', null]\nextent: ~\n",
    )
    assert {term: [v.value for v in values] for term, values in read.description.terms.items()} == {
        "title": ["no"],
        "date": ["2001-01-01"],
        "creator": ["1:30"],
        "subject": ["yes", "0x1F", "nil", "1e3"],
    }


def test_yaml_finding_has_the_line_of_its_key() -> None:
    read = row("a.dc.yaml", "title: T\n# a comment\ndate: soon\n")
    assert [(f.code, f.at.line) for f in read.findings] == [("DESC-DATE-NOT-EDTF", 3)]


def test_yaml_stream_of_documents_is_one_row_each() -> None:
    data = b"---\nfilename: a\ntitle: A\n---\nfilename: b\ntitle: B\n"
    assert [
        r.paths for r in read_descriptions("m.yaml", io.BytesIO(data)) if isinstance(r, DescribedRow)
    ] == [
        ("a",),
        ("b",),
    ]


def test_xml_keeps_language_scheme_and_what_is_not_dublin_core() -> None:
    read = row(
        "a.dc.xml",
        OAI.format(
            '<dc:title xml:lang="de">Brief</dc:title>'
            '<dcterms:created xsi:type="dcterms:W3CDTF">1918</dcterms:created>'
            '<dc:identifier type="dcterms:URI">urn:a</dc:identifier><dc:creator/>'
            "<x:box>3</x:box><dc:titel>X</dc:titel>"
        ),
    )
    assert read.description.terms == {
        "title": (Value("Brief", "de"),),
        "created": (Value("1918", scheme="dcterms:W3CDTF"),),
        "identifier": (Value("urn:a", scheme="dcterms:URI"),),
    }
    assert read.description.other == {"x:box": ("3",), "dc.titel": ("X",)}
    assert codes(read) == ["DESC-XML-TYPE", "DESC-UNKNOWN-TERM"]


def test_xml_inside_an_oai_envelope_is_found() -> None:
    record = OAI.format("<dc:title>Letter</dc:title>")
    read = row(
        "a.dc.xml",
        f'<record xmlns="http://www.openarchives.org/OAI/2.0/"><metadata>{record}</metadata></record>',
    )
    assert read.description.title == "Letter"


def test_xml_that_is_not_well_formed_is_named_with_line_and_remedy() -> None:
    finding = refusal("a.dc.xml", OAI.format("\n<dc:title>Bed & breakfast</dc:title>"))
    assert (finding.code, finding.at.line) == ("DESC-XML-SYNTAX", 2)
    assert "&amp;" in (finding.remedy or "")
    assert refusal("a.dc.xml", "<dc><title>Bed & breakfast</title></dc>").at.line == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_is_wrong_in_xml_is_at_the_same_place_in_any_encoding(encoding: str) -> None:
    at = refusal("a.dc.xml", "<dc>\n <title>Bed & breakfast</title></dc>".encode(encoding)).at
    assert (at.line, at.column) == (2, 13)


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("letter.txt.dc.json", ["letter.txt"]),
        ("letter.dc.xml", ["letter"]),
        ("Letter.TXT.DC.YAML", ["Letter.TXT"]),
        ("letter.dc.yml", ["letter"]),
        ("letter.json", []),
        (".dc.json", []),
        ("dc.json", []),
    ],
)
def test_sidecar_tells_its_document(name: str, targets: list[str]) -> None:
    assert sidecar_target(name) == targets


def test_every_sidecar_ending_has_a_reader() -> None:
    for suffix in SIDECAR_SUFFIXES:
        read = read_sidecar(f"a{suffix}", b"\x00")
        assert isinstance(read, list)
        assert [finding.code for finding in read] != ["DESC-FORMAT-UNKNOWN"]


def test_unknown_format_is_named_with_those_that_are_known() -> None:
    (finding,) = read_descriptions("m.docx", io.BytesIO(b""))
    assert isinstance(finding, Finding)
    assert finding.code == "DESC-FORMAT-UNKNOWN"
    assert ".csv" in (finding.expected or "")


def test_clean_sidecar_takes_the_short_way_and_says_what_the_long_way_says() -> None:
    text = json.dumps({"title": ["T"], "date": ["soon"], "dc.foo": "x", "reference": "R", "size": 5})
    short = row("a.dc.json", text)
    (long,) = read_descriptions("a.dc.json", io.BytesIO(text.encode()))
    assert short == long


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.dc.yaml", "title: A\n---\ntitle: B\n"),
        ("a.dc.json", '[{"filename": "a", "title": "A"}, {"filename": "b", "title": "B"}]'),
    ],
)
def test_sidecar_with_several_descriptions_is_refused(name: str, text: str) -> None:
    assert refusal(name, text).code == "DESC-SEVERAL"

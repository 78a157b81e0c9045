"""XML that cannot be read is answered with what mends it: its encoding, its end, its kind, its namespace."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import read_descriptions, read_sidecar

DC = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"


def refusal(data: bytes) -> Finding:
    """What is said of a sidecar, and of a file of descriptions alike."""
    read = read_sidecar("a.dc.xml", data)
    assert isinstance(read, list), read
    (finding,) = read
    (of_set,) = read_descriptions("a.dc.xml", io.BytesIO(data))
    assert of_set == finding
    return finding


@pytest.mark.parametrize("levels", [40, 256, 300, 5000])
def test_what_is_nested_too_deeply_is_told_by_our_bound_and_not_by_the_parser_s(levels: int) -> None:
    deep = b"<a>" * levels + b"</a>" * levels
    for data in (b"<records>" + deep + b"</records>", b"<records><record>" + deep + b"</record></records>"):
        (found,) = read_descriptions("metadata.xml", io.BytesIO(data))
        assert isinstance(found, Finding)
        assert (found.code, found.message) == ("DESC-TOO-DEEP", "nested deeper than 32 levels")
    assert refusal(deep).code == "DESC-TOO-DEEP"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"<dc><title>Z\xfcrich</title></dc>", "save the file as UTF-8"),
        (
            b'<?xml version="1.0" encoding="UTF-8"?><dc><title>Z\xfcrich</title></dc>',
            "save the file as UTF-8",
        ),
        (b"<dc><title>Cut", "cut off"),
        (b"<dc><title>A</title>\n<creator>B</cre", "cut off"),
        (b"<dc><title>A</title>\n<crea", "cut off"),
        (b"<dc><title>A</title><!-- cut", "cut off"),
        (b'<dc><title lang="e', "cut off"),
        (b'{"title": "A"}', "JSON"),
        (b'\xef\xbb\xbf\n[{"title": "A"}]', "JSON"),
        (b"title: A\n", "ending of what it is"),
        (b"<dc><title>a\x07b</title></dc>", "remove the character"),
        (b"<dc><title>A</dc>", "end tag of its own name"),
    ],
)
def test_what_is_wrong_with_a_file_has_a_remedy_of_its_own(data: bytes, word: str) -> None:
    finding = refusal(data)
    assert finding.code == "DESC-XML-SYNTAX"
    assert word in (finding.remedy or ""), finding


@pytest.mark.parametrize(
    "data",
    [
        b"<dc><title>A & B</title></dc>",
        b"<dc><title>A&B</title></dc>",
        b"<dc><title>1 < 2</title></dc>",
        b"<dc><title>A & B</title>\n<crea",
        b'<dc><title a="1<2"/></dc>',
    ],
)
def test_a_bare_mark_is_answered_with_how_it_is_written(data: bytes) -> None:
    assert refusal(data).remedy == "a bare & is written &amp; and a bare < is written &lt;"


def test_a_broken_record_of_a_set_has_its_remedy_too() -> None:
    record = f'<r xmlns:d="{DC}"><d:title>A</d:title><d:creator>B</d:creator></r>\n'
    broken = record.replace("</d:creator>", "")
    found = list(read_descriptions("s.xml", io.BytesIO(f"<s>{record}{broken}{record}</s>".encode())))
    (finding,) = [each for each in found if isinstance(each, Finding) and each.code == "DESC-XML-SYNTAX"]
    assert "end tag of its own name" in (finding.remedy or "")


@pytest.mark.parametrize(
    ("namespace", "right"),
    [
        ("https://purl.org/dc/terms/", TERMS),
        ("http://purl.org/dc/terms", TERMS),
        ("http://purl.org/dc/dcterms/", TERMS),
        ("http://purl.org/dc/elements/1.1", DC),
        ("purl.org/DC/elements/1.0/", DC),
        ("https://purl.org/dc/elements/1.1/", DC),
    ],
)
def test_a_namespace_that_is_spelled_otherwise_is_named_with_its_line_and_the_right_one(
    namespace: str, right: str
) -> None:
    finding = refusal(f'<m xmlns:x="{namespace}">\n<x:title>T</x:title></m>'.encode())
    assert (finding.code, finding.place, finding.at.line) == ("DESC-XML-CONTENT", "a.dc.xml:2", 2)
    assert finding.message.startswith("holds no element of Dublin Core")
    assert namespace in finding.message
    assert right in (finding.remedy or "")


def test_elements_that_are_not_meant_as_dublin_core_are_not_corrected() -> None:
    finding = refusal(b'<m xmlns:x="http://purl.org/dc/dcmitype/"><x:Text/></m>')
    assert (finding.message, finding.remedy) == ("holds no element of Dublin Core", None)

"""Descriptions that would take minutes or hours if some step took the square of their size.

Each is read within limits of time, memory and descriptors, as one execution of the fuzzer is.
"""

import base64
import io
import json
from collections.abc import Iterator

import pytest

from archive.core.findings import Finding
from archive.core.limits.descriptions import MAX_XML_ATTRIBUTES, MAX_XML_DECLARATIONS
from archive.formats.descriptions.reading import read_descriptions
from archive.formats.descriptions.row import DescribedRow
from archive.formats.file_hints.html_pages import html_hints
from archive.formats.file_hints.model import NO_HINTS, FileHints
from tests.fuzz.execution import execute

# Counting which lines run makes each of them several times slower, and what is slow here is not the point.
pytestmark = pytest.mark.no_cover

SECONDS = 10.0  # of this process for one input: by the square, each takes longer
MEBIBYTE = 1 << 20
QUARTER = 1 << 18
Said = list[DescribedRow | Finding]


def read(name: str, data: bytes) -> Said:
    """What is said of them, within the limits of one execution."""
    said: Said = []

    def check(brought: bytes) -> None:
        said.extend(read_descriptions(name, io.BytesIO(brought)))

    crash = execute(check, data, cpu_seconds=SECONDS)
    assert crash is None, crash.report
    return said


def codes(said: Said) -> Iterator[str]:
    """Of the findings, of rows and of their own."""
    for each in said:
        yield from [each.code] if isinstance(each, Finding) else [found.code for found in each.findings]


def filled(token: str, size: int = MEBIBYTE) -> str:
    """The token again and again."""
    return token * (size // len(token))


@pytest.mark.parametrize(
    ("term", "value", "code"),
    [
        ("language", "a" + filled(" ") + "a", "DESC-LANGUAGE-UNKNOWN"),
        ("type", "a" + filled(" ") + "a", "DESC-TYPE-NOT-DCMI"),
        ("type", filled("Text;"), "DESC-TYPE-NOT-DCMI"),
        ("date", filled("1918 "), "DESC-DATE-NOT-EDTF"),
        ("identifier", "urn:uuid:" + filled("-"), None),
        ("title", filled("&amp"), None),
        ("title", filled("<a "), None),
    ],
)
def test_a_long_value(term: str, value: str, code: str | None) -> None:
    said = read("x.json", json.dumps([{"filename": "a.txt", "title": "A", term: value}]).encode())
    (row,) = [each for each in said if isinstance(each, DescribedRow)]
    assert code is None or code in {finding.code for finding in row.findings}


@pytest.mark.parametrize("heading", ["0" * 100_000 + "a", "(s" * 50_000, " _-" * 30_000 + "a"])
def test_a_long_heading(heading: str) -> None:
    said = read("x.csv", f"filename,dc.title,{heading}\na.txt,A,b\n".encode())
    assert [each for each in said if isinstance(each, DescribedRow)]


def test_a_long_word_beside_bytes_that_are_no_utf_8() -> None:
    data = b"filename,dc.title\na.txt,M\xfcller\n" + b"a,b\n" * 1000 + b"a" * 100_000 + b",b\n" * 1000
    assert "DESC-ENCODING-GUESSED" in set(codes(read("x.csv", data)))


def _one_line(element: str) -> bytes:
    broken = filled(element + ",", 2 * QUARTER)
    return f'[{{"filename":"a.txt","title":"A"}},{broken}{{"filename":"b.txt","title":"B"}}]'.encode()


def _lines(element: str) -> bytes:
    broken = filled(element, QUARTER)
    return f'{{"filename":"a.txt","title":"A"}}\n{broken}{{"filename":"b.txt","title":"B"}}\n'.encode()


@pytest.mark.parametrize(
    ("data", "lost"),
    [
        pytest.param(_one_line('{"a":}'), 2 * QUARTER // 7, id="on one line"),
        pytest.param(_lines('{"a":}\n'), QUARTER // 7, id="on lines of their own"),
    ],
)
def test_very_many_broken_records_each_cost_themselves_alone(data: bytes, lost: int) -> None:
    said = read("x.json", data)
    assert [row.paths for row in said if isinstance(row, DescribedRow)] == [("a.txt",), ("b.txt",)]
    broken = [found for found in said if isinstance(found, Finding) and found.code == "DESC-JSON-SYNTAX"]
    assert len(broken) == lost
    last = broken[-1].at
    assert last is not None
    before = data.rindex(b'{"a":}') + 5
    assert (last.line, last.column) == (
        data.count(b"\n", 0, before) + 1,
        before - data.rfind(b"\n", 0, before),
    )


@pytest.mark.parametrize("line", ['{"a":1,"b":\n', '{"a":[1,\n', '{"a":["b",\n"b",\n'])
def test_records_that_never_end(line: str) -> None:
    said = read("x.json", _lines(line))
    assert [row.paths for row in said if isinstance(row, DescribedRow)][:1] == [("a.txt",)]
    last = said[-1]
    assert isinstance(last, Finding)
    assert "nothing from here on was read" in last.message


def test_the_lines_of_very_many_records_with_findings() -> None:
    records = ",\n".join(f'{{"filename":"{at}.txt",\n"title":"A",\n"date":"circa"}}' for at in range(3000))
    said = read("x.json", f"{filled(chr(10))}[{records}]".encode())
    (last,) = [row for row in said if isinstance(row, DescribedRow)][-1].findings
    assert last.at is not None
    assert (last.code, last.at.line) == ("DESC-DATE-NOT-EDTF", MEBIBYTE + 3 * 3000)


_SET = '<r xmlns:dc="http://purl.org/dc/elements/1.1/">{}</r>'
_RECORD = "<d><dc:title>A</dc:title><dc:identifier>a.txt</dc:identifier></d>"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            filled("<a>", QUARTER // 2) + filled("</b>", QUARTER // 2), id="ends of what never began"
        ),
        pytest.param("".join(f'<a xmlns:n{at}="">' for at in range(15_000)), id="a namespace for each level"),
        pytest.param(
            "<a"
            + "".join(f' xmlns:n{at}=""' for at in range(8_000))
            + ">"
            + filled('<b xmlns:m="">', 2 * QUARTER),
            id="many namespaces round many",
        ),
        pytest.param(
            "<d><dc:title>A</dc:title>" + "".join(f"<x{at}><dc:title/></x{at}>" for at in range(12_000)),
            id="statements inside a record",
        ),
        pytest.param(
            filled("<a>", QUARTER // 2) + filled("<dc:title/>", QUARTER // 2), id="statements deep down"
        ),
        pytest.param(
            f"{_RECORD}{_RECORD}<d>{filled('><d>', QUARTER // 4)}<dc:title>B & C</dc:title></d>{_RECORD}",
            id="records in records that are never closed",
        ),
        pytest.param(filled("<!--", QUARTER), id="comments that are never closed"),
        pytest.param(
            filled("<a b='", QUARTER) + filled('<a b="', QUARTER), id="quotes that are never closed"
        ),
    ],
)
def test_markup(content: str) -> None:
    said = read("x.xml", _SET.format(content).encode())
    assert said


def test_very_many_levels_cost_no_record_before_them() -> None:
    said = read("x.xml", _SET.format(_RECORD + _RECORD + filled("<a>")).encode())
    assert [row.names for row in said if isinstance(row, DescribedRow)][:1] == [("a.txt",)]


_DC = "<dc xmlns:dc='http://purl.org/dc/elements/1.1/'{}>{}</dc>"


@pytest.mark.parametrize(
    ("attributes", "content"),
    [
        (" a{0}='x'", "<dc:title>A</dc:title>"),
        (" xmlns:n{0}='u{0}'", "<dc:title>A</dc:title>" + "<dc:subject n0:b='x'>B</dc:subject>" * 20_000),
        (" xmlns:n{0}='u{0}' n{0}:a='x'", "<dc:title>A</dc:title>"),
    ],
    ids=["attributes", "namespaces", "attributes of namespaces"],
)
def test_very_many_attributes_or_namespaces_of_one_description(attributes: str, content: str) -> None:
    one = _DC.format("".join(attributes.format(at) for at in range(40_000)), content)
    for text in (one, f"<r>{one}{one}</r>"):
        assert "DESC-TOO-LARGE" in set(codes(read("x.xml", text.encode())))


def test_as_many_attributes_and_namespaces_as_are_read() -> None:
    content = "<dc:title" + "".join(f" a{at}='x'" for at in range(MAX_XML_ATTRIBUTES)) + ">A</dc:title>"
    content += "<x xmlns:m='m'/>" * MAX_XML_DECLARATIONS  # each is in force in its own element alone
    declared = "".join(f" xmlns:n{at}='u'" for at in range(MAX_XML_DECLARATIONS - 2))
    (row,) = read("x.xml", _DC.format(declared, content).encode())
    assert isinstance(row, DescribedRow)
    assert not [found for found in row.findings if found.code == "DESC-TOO-LARGE"]


@pytest.mark.parametrize("between", [" ", "/", '"', "\n"])
def test_a_page_with_very_many_attributes_in_one_tag(between: str) -> None:
    attributes = between.join(f"l{at}" for at in range(100_000))
    page = f"<!doctype html><html {attributes}><head><title>Letters</title></head></html>".encode()
    found: list[FileHints] = []
    assert execute(lambda data: found.append(html_hints(data)), page, cpu_seconds=10) is None
    assert found == [NO_HINTS]


def test_a_page_with_a_picture_in_it_suggests_what_it_says() -> None:
    picture = base64.b64encode(bytes(range(256)) * 500).decode()
    page = f'<!doctype html><title>Letters</title><body><img src="data:image/png;base64,{picture}">'
    assert html_hints(page.encode()).title == "Letters"

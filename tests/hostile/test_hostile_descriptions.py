"""Descriptions that were made to hurt: each is refused or reported in words, in bounded time and memory."""

import io
import time
from collections.abc import Iterator

import pytest

from archive.core.findings import Finding, Severity
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar

DOCTYPES = {
    "entity": '<!DOCTYPE d [<!ENTITY e "boom">]><d><title>&e;</title></d>',
    "laughs": '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><d><title x="&b;">&b;</title></d>',
    "external": '<!DOCTYPE d SYSTEM "file:///etc/passwd"><d><title>x</title></d>',
    "external entity": '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d><title>&e;</title></d>',
    "parameter": '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]><d><title>x</title></d>',
    "bare": "<!DOCTYPE dc><dc><title>x</title></dc>",
}
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(9)
)


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 60  # a hang, not a measurement


def outcome(name: str, data: str | bytes) -> set[str]:
    """The codes of all error findings; what is read must also be storable."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    read = read_sidecar(name, raw)
    if isinstance(read, DescribedRow):
        read.description.canonical_bytes()
        return {finding.code for finding in read.findings if finding.severity is Severity.ERROR}
    assert all(finding.severity is Severity.ERROR for finding in read)
    return {finding.code for finding in read}


@pytest.mark.parametrize("kind", DOCTYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_type_declaration_is_refused_in_any_encoding(kind: str, encoding: str) -> None:
    assert outcome("a.dc.xml", DOCTYPES[kind].encode(encoding)) == {"DESC-XML-DOCTYPE"}


def test_doctype_in_text_is_text() -> None:
    assert outcome("a.dc.xml", "<dc><title><![CDATA[<!DOCTYPE x>]]></title></dc>") == set()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "DESC-EMPTY"),
        ("   \n", "DESC-EMPTY"),
        ("<dc><title>cut", "DESC-XML-SYNTAX"),
        ("<a>" * 100_000, "DESC-TOO-DEEP"),
        ("<a>" * 100 + "</a>" * 100, "DESC-TOO-DEEP"),
        ("<dc><title>a\x00b</title></dc>", "DESC-XML-SYNTAX"),
        ("<dc><title>a&#0;b</title></dc>", "DESC-XML-SYNTAX"),
        ("<dc><title>&undefined;</title></dc>", "DESC-XML-SYNTAX"),
        ('<?xml version="1.0" encoding="rot13"?><dc/>', "DESC-XML-SYNTAX"),
        ("<html><body>hello</body></html>", "DESC-XML-CONTENT"),
        (b"\xff\xfe\xfd\x00", "DESC-XML-SYNTAX"),
        (b"<dc>" + b" " * 5_000_000 + b"</dc>", "DESC-TOO-LARGE"),
    ],
)
def test_hostile_xml_is_refused(data: str | bytes, code: str) -> None:
    assert outcome("a.dc.xml", data) == {code}


def test_xinclude_is_left_alone() -> None:
    read = read_sidecar(
        "a.dc.xml",
        b'<dc xmlns:xi="http://www.w3.org/2001/XInclude"><title>T</title>'
        b'<xi:include href="/etc/passwd" parse="text"/></dc>',
    )
    assert isinstance(read, DescribedRow)
    assert "root" not in read.description.canonical_bytes().decode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "DESC-EMPTY"),
        ("[]", "DESC-EMPTY"),
        ('{"title": "a", "title": "b"}', "DESC-DUPLICATE-KEY"),
        ('{"title": "a", "x": {"b": 1, "b": 2}}', "DESC-DUPLICATE-KEY"),
        ('{"title": "a", "x": NaN}', "DESC-NUMBER"),
        ('{"title": "a", "x": -Infinity}', "DESC-NUMBER"),
        ('{"title": "a", "x": 1e999}', "DESC-NUMBER"),
        ('{"title": "a", "x": ' + "9" * 20_000 + "}", "DESC-NUMBER"),
        ('{"title": ' + "[" * 100_000, "DESC-TOO-DEEP"),
        ('{"title": "a", "x": ' + "[" * 200 + "]" * 200 + "}", "DESC-TOO-DEEP"),
        ('{"title": "a", "x": ' + '{"a":' * 100_000, "DESC-TOO-DEEP"),
        ('{"title": "\\ud800"}', "DESC-LONE-SURROGATE"),
        ('{"title": "a", "x\\udfff": "y"}', "DESC-LONE-SURROGATE"),
        ('{"title": "a", "x": {"y": "\\ud800"}}', "DESC-LONE-SURROGATE"),
        ('{"title": "a", "reference": "\\ud800"}', "DESC-LONE-SURROGATE"),
        ('{"title": "\ud800"}', "DESC-ENCODING"),
        ('"title"', "DESC-NOT-AN-OBJECT"),
        ("5", "DESC-NOT-AN-OBJECT"),
        ('{"title": "a"', "DESC-JSON-SYNTAX"),
        ('{"title": "a"} x', "DESC-JSON-SYNTAX"),
        ("{'title': 'a'}", "DESC-JSON-SYNTAX"),
        (b'{"title": "caf\xe9"}', "DESC-ENCODING"),
        (b" " * 5_000_000, "DESC-TOO-LARGE"),
    ],
)
def test_hostile_json_is_refused_or_reported(data: str | bytes, code: str) -> None:
    assert code in outcome("a.dc.json", data)


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "Subject\r\nBagging-Date: 1999-01-01",
        "=cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\u202egnp.exe",
        "\x1b[2Jgone",
        "x" * 70_000,
        "{{7*7}} ${7*7} %s %n",
        "'; DROP TABLE documents; --",
        "Z̸͚̦a̷͉l̶͓g̵̩o̷",
        "\x00\x01\ufffe",
    ],
)
def test_value_is_data_and_is_kept_as_it_is(value: str) -> None:
    import json

    read = read_sidecar("a.dc.json", json.dumps({"title": value}).encode())
    assert isinstance(read, DescribedRow)
    assert read.description.title == value.replace("\r\n", "\n")
    assert all(finding.severity is not Severity.ERROR for finding in read.findings)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "DESC-EMPTY"),
        ("title: [a", "DESC-YAML-SYNTAX"),
        ("title: !!python/object/apply:os.system [id]", "DESC-YAML-TAG"),
        ("title: !!binary aGk=", "DESC-YAML-TAG"),
        ("title: a\ntitle: b", "DESC-DUPLICATE-KEY"),
        ("title: a\nx: {b: 1, b: 2}", "DESC-DUPLICATE-KEY"),
        ("title: T\n" + LAUGHS, "DESC-YAML-ALIAS"),
        ("title: &a [*a]", "DESC-YAML-ALIAS"),
        ("x: &x y\ntitle: [" + "*x, " * 101 + "z]", "DESC-YAML-ALIAS"),
        ("a: &a {title: T}\n<<: *a", "DESC-YAML-ALIAS"),
        ("? [a]\n: b", "DESC-YAML-SYNTAX"),
        ("title: " + "[" * 100_000, "DESC-TOO-DEEP"),
        ("- " * 1000 + "a", "DESC-TOO-DEEP"),
        ("title: a\0b", "DESC-YAML-SYNTAX"),
        ('title: "\\ud800"', "DESC-YAML-SYNTAX"),
        ("just text", "DESC-NOT-AN-OBJECT"),
        (b"title: caf\xe9", "DESC-ENCODING"),
        (b"#" * 5_000_000, "DESC-TOO-LARGE"),
    ],
)
def test_hostile_yaml_is_refused_or_reported(data: str | bytes, code: str) -> None:
    assert code in outcome("a.dc.yaml", data)


@pytest.mark.parametrize(
    "data",
    [
        b'"' * 3_000_000,
        b'"\n' * 300_000,
        b"filename,dc.title\n" + b'a,"\n' * 100_000,
        b"," * 2_000_000,
        b"filename,dc.title\n" + b"," * 900_000 + b"\n",
        b"\0" * 1_000_000,
        b"filename,dc.title\n" + b"\xff\xfe" * 100_000,
        b"\xff\xfe\x00",
        b"\x81\x8d\x8f" * 1000,
        b"filename" + b",dc.title" * 20_000 + b"\n",
    ],
)
def test_table_that_is_a_bomb_ends_with_findings(data: bytes) -> None:
    assert any(
        isinstance(item, Finding) or item.findings for item in read_descriptions("m.csv", io.BytesIO(data))
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.dc.json", '{"title": [' + "1," * 1_500_000 + "1]}"),
        ("a.dc.json", '{"date": [' + ",".join(f'"d{i}"' for i in range(60_000)) + '], "title": "x"}'),
        ("a.dc.json", "{" + ",".join(f'"dc.x{i}": 1' for i in range(40_000)) + "}"),
        ("a.dc.json", "{" + ",".join(f'"k{i % 19_999}": 1' for i in range(40_000)) + "}"),
        ("a.dc.json", '{"title": "T", "sha256": [' + '"x",' * 500_000 + '"x"]}'),
        ("a.dc.json", '{"title": "' + "\\u0007" * 100_000 + '"}'),
        ("a.dc.yaml", "".join(f"k{i % 9_999}: 1\n" for i in range(60_000))),
        ("a.dc.xml", "<dc><title>T</title>" + "<date>soon</date>" * 40_000 + "</dc>"),
    ],
)
def test_mass_of_mistakes_is_summed_up(name: str, data: str) -> None:
    read = read_sidecar(name, data.encode())
    found = read.findings if isinstance(read, DescribedRow) else read
    assert 1 <= len(found) <= 302


def test_header_of_mistakes_is_summed_up() -> None:
    data = ("filename,dc.title," + ",".join(f"dc.titel{i}" for i in range(16_000)) + "\n").encode()
    found = [item for item in read_descriptions("m.csv", io.BytesIO(data)) if isinstance(item, Finding)]
    assert [finding.code for finding in found[-2:]] == ["DESC-TOO-MANY", "DESC-EMPTY"]
    assert len(found) == 103


def test_too_large_a_file_of_records_is_refused_before_it_is_parsed() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b" " * size

    (finding,) = read_descriptions("m.json", Endless())  # type: ignore[arg-type]
    assert isinstance(finding, Finding)
    assert finding.code == "DESC-TOO-LARGE"


def test_memory_of_a_long_table_is_that_of_a_short_one() -> None:
    import tracemalloc

    def peak(count: int) -> int:
        data = io.BytesIO(
            b"filename,dc.title\n" + b"".join(b"f%d.txt,Title %d\n" % (i, i) for i in range(count))
        )
        tracemalloc.start()
        for _ in read_descriptions("m.csv", data):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    assert peak(6_000) - peak(600) < 400_000  # 6,000 paths are remembered in 200 kB

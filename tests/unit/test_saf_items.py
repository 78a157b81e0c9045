"""DSpace's Simple Archive Format: each folder is one document, and what is wrong is said by line."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.formats.descriptions.saf_contents import ListedFile, parse_contents
from archive.services.catalog.index_reading import reading_index
from archive.services.holdings.document import show_document
from tests.archives import make_archive

TITLE = b'<dublin_core><dcvalue element="title" language="en">%s</dcvalue></dublin_core>'


def item(**more: bytes) -> dict[str, bytes]:
    """The files of a good item, and others in their place or beside them."""
    return {"contents": b"a.pdf\n", "dublin_core.xml": TITLE % b"One", "a.pdf": b"x", **more}


def findings_of(folder: Path, printed: pytest.CaptureFixture[str], files: dict[str, bytes]) -> set[Any]:
    """Code and place of what a check of one item finds."""
    place = folder / "saf" / "item_1"
    place.mkdir(parents=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    run(["--format", "json", "check", str(folder / "saf")])
    report = json.loads(printed.readouterr().out)
    quiet = ("SAF-READ", "DESC-READ-AS")
    return {(one["code"], one["place"]) for one in report["findings"] if one["code"] not in quiet}


def test_item_is_one_document_with_all_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_archive(tmp_path, monkeypatch)
    files = item(
        **{
            "contents": b"a.pdf\tbundle:ORIGINAL\tprimary:true\nb.txt\n",
            "b.txt": b"y",
            "handle": b"123/7\n",
            "metadata_etd.xml": TITLE.replace(b">", b' schema="etd">', 1).replace(b' language="en"', b"")
            % b"MA",
        }
    )
    made.ingest({f"saf/item_1/{name}": content for name, content in files.items()}, describe_later=False)
    with reading_index(made.opened) as reading:
        (row,) = reading.index.list()
        report = show_document(made.opened, reading.index, row)
    assert (row.source, row.title, row.files) == ("saf/item_1/", "One", 6)
    assert report.description is not None
    assert [(v.value, v.scheme) for v in report.description.terms["identifier"]] == [("123/7", "handle")]
    assert report.description.other == {
        "dspace.contents": ("a.pdf\tbundle:ORIGINAL\tprimary:true",),
        "etd.title": ("MA",),
    }


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (item(), set()),
        (item(contents=b"a.pdf\ngone.pdf\n"), {("SAF-MISSING", "item_1/contents:2")}),
        (item(more=b""), {("SAF-UNLISTED", "item_1/more")}),
        (item(contents=b"a.pdf\tpermissions:-r 'Staff'\n"), {("SAF-PERMISSIONS", "item_1/contents:1")}),
        (item(contents=b"a.pdf\n-r -s 1 -f store/b.pdf\n"), {("SAF-REGISTERED", "item_1/contents:2")}),
        (item(contents=b"a.pdf\n\xff\n"), {("DESC-ENCODING", "item_1/contents")}),
        (
            item(**{"dublin_core.xml": TITLE % b"A & B"}),
            {("DESC-XML-SYNTAX", "item_1/dublin_core.xml:1")},
        ),
    ],
)
def test_what_is_wrong_with_an_item_is_said_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, bytes], expected: set[Any]
) -> None:
    assert findings_of(tmp_path, capsys, files) == expected


def test_folder_with_dublin_core_alone_is_no_item(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = findings_of(tmp_path, capsys, {"dublin_core.xml": TITLE % b"One"})
    assert found == {("PAIR-UNDESCRIBED", "item_1/dublin_core.xml")}


def test_contents_has_flags_behind_tabs() -> None:
    assert parse_contents("a b.txt\tbundle:X\t\n\n-r -s 0 -f p/q\tdescription:D\n") == [
        ListedFile("a b.txt", ("bundle:X",), False, 1),
        ListedFile("p/q", ("description:D",), True, 3),
    ]


NOT_LINE_ENDS = ("\u2028", "\u2029", "\x85", "\v", "\f", "\x1c", "\x1e")


@pytest.mark.parametrize("char", NOT_LINE_ENDS)
@pytest.mark.parametrize("name", ["a{}b.txt", "{}b.txt", "a.txt{}"])
def test_item_whose_file_has_a_rare_character_in_its_name_is_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, char: str
) -> None:
    named = name.format(char)
    listed = f"a.pdf\r\n{named}\tbundle:ORIGINAL\r\n"
    assert findings_of(tmp_path, capsys, item(**{"contents": listed.encode(), named: b"1"})) == set()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_contents_are_counted_by_their_line_ends_alone(end: str) -> None:
    text = end.join((f"a{''.join(NOT_LINE_ENDS)}b", "", "c", ""))
    assert [one.line for one in parse_contents(text)] == [1, 3]


def test_handle_and_collections_are_split_at_line_ends_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    files = item(handle="123/7\u2028x\r".encode(), collections="123/1\x85y\r\n\r\n123/2".encode())
    made.ingest({f"saf/item_1/{name}": content for name, content in files.items()}, describe_later=False)
    with reading_index(made.opened) as reading:
        (row,) = reading.index.list()
        report = show_document(made.opened, reading.index, row)
    assert report.description is not None
    assert [v.value for v in report.description.terms["identifier"]] == ["123/7\u2028x"]
    assert report.description.other == {"dspace.collections": ("123/1\x85y", "123/2")}

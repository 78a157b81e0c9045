"""What stands beside the texts of cells is not read, and said: comments, footnotes, addresses of links."""

import io

import pytest

from archive.core.findings import At, Finding
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.descriptions import DescribedRow, read_descriptions
from archive.formats.spreadsheet import write_ods, write_xlsx
from tests.sheets import MAIN, RELATIONS, ods, ods_row, ods_table, xlsx, xlsx_row

HEADER = ("filename", "dc.title")
COMMENT = (
    "<office:annotation><dc:date>2026-01-01</dc:date><text:p>closed until 2050</text:p></office:annotation>"
)


def said(data: bytes, name: str) -> list[tuple[str, str]]:
    """The findings that only the whole table shows, with their code and message."""
    found = [item for item in read_descriptions(name, io.BytesIO(data)) if isinstance(item, Finding)]
    return [(each.code, each.message) for each in found if each.code != "TABLE-READ"]


def titles(data: bytes, name: str) -> list[str]:
    items = read_descriptions(name, io.BytesIO(data))
    return [item.description.terms["title"][0].value for item in items if isinstance(item, DescribedRow)]


def ods_with(*cells: str) -> bytes:
    """An ODS with what stands in these cells for titles."""
    rows = (
        ods_row(f"{number}", f'<table:table-cell office:value-type="string">{cell}</table:table-cell>')
        for number, cell in enumerate(cells)
    )
    return ods(ods_table(ods_row(*HEADER), *rows))


def xlsx_with(
    *titles: str, links: str = "", targets: tuple[str, ...] = (), comments: str | None = None
) -> bytes:
    """An XLSX with these titles, elements of links, addresses that r1, r2 … stand for, a part of comments."""
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/hyperlink" Target="{target}" TargetMode="External"/>'
        for number, target in enumerate(targets, 1)
    )
    parts = {}
    if comments is not None:
        relations += f'<Relationship Id="c" Type="{RELATIONS}/comments" Target="../comments7.xml"/>'
        parts["xl/comments7.xml"] = f'<comments xmlns="{MAIN}">{comments}</comments>'
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}'
        "</Relationships>"
    )
    rows = "".join(xlsx_row(number, f"{number}", title) for number, title in enumerate(titles, 2))
    more = f'<hyperlinks xmlns:r="{RELATIONS}">{links}</hyperlinks>' if links else ""
    return xlsx(xlsx_row(1, *HEADER) + rows, more=more, parts=parts)


def test_comments_of_an_ods_are_said_once_with_the_first_cells() -> None:
    data = ods_with(*[f"{COMMENT}<text:p>A</text:p>"] * 6, "<text:p>B</text:p>")
    assert titles(data, "m.ods") == ["A"] * 6 + ["B"]
    assert said(data, "m.ods") == [
        ("TABLE-COMMENTS", "6 cells have comments, which are not read: B2, B3, B4, B5, B6 …")
    ]
    (found,) = [
        item
        for item in read_descriptions("m.ods", io.BytesIO(data))
        if isinstance(item, Finding) and item.code == "TABLE-COMMENTS"
    ]
    assert (found.place, found.at) == ("m.ods:Sheet1!B2", At(file="m.ods", sheet="Sheet1"))
    assert found.remedy == "copy what matters into a column of its own"


def test_comment_at_a_blank_cell_or_above_the_header_is_said() -> None:
    blank = f"<table:table-cell>{COMMENT}</table:table-cell>"
    data = ods(ods_table(ods_row("The papers", blank), ods_row(*HEADER), ods_row("a", "A", blank)))
    assert said(data, "m.ods") == [("TABLE-COMMENTS", "2 cells have comments, which are not read: B1, C3")]


def test_comments_of_a_sheet_that_is_not_read_are_not_said_of_the_one_that_is() -> None:
    other = ods_table(ods_row(f"<table:table-cell>{COMMENT}</table:table-cell>"), name="Other")
    data = ods(ods_table(ods_row(*HEADER), ods_row("a", "A")) + other)
    assert [code for code, _ in said(data, "m.ods")] == ["TABLE-SHEETS-LEFT"]


def test_footnotes_of_an_ods_are_said() -> None:
    note = "<text:note><text:note-body><text:p>but see B</text:p></text:note-body></text:note>"
    data = ods_with(f"<text:p>A{note}{note}</text:p>")
    assert titles(data, "m.ods") == ["A"]
    assert said(data, "m.ods") == [("TABLE-COMMENTS", "1 cell has footnotes, which are not read: B2")]


def ods_link(href: str, shown: str) -> str:
    return f'<text:p>B <text:a xlink:href="{href}">{shown}</text:a></text:p>'


def test_links_of_an_ods_are_said() -> None:
    data = ods_with(ods_link("http://example.org/doc", "Link"), ods_link("../scan.pdf", "scan"))
    assert titles(data, "m.ods") == ["B Link", "B scan"]
    assert said(data, "m.ods") == [
        ("TABLE-LINKS", "2 cells have links, whose addresses are not read: B2, B3")
    ]


SHOWN = [
    ("http://example.org/doc", "http://example.org/doc"),
    ("http://www.example.org/", "www.example.org"),
    ("mailto:ana@example.org", "ana@example.org"),
    ("https://example.org/caf%C3%A9", "https://example.org/café"),
    ("https://example.org/doc#page=2", "https://example.org/doc#page=2"),
]


@pytest.mark.parametrize(("href", "shown"), SHOWN)
def test_nothing_is_said_of_a_link_that_shows_its_address(href: str, shown: str) -> None:
    assert said(ods_with(ods_link(href, shown)), "m.ods") == []
    base, _, behind = href.partition("#")
    where = f' location="{behind}"' if behind else ""
    links = f'<hyperlink ref="B2" r:id="r1"{where}/>'
    assert said(xlsx_with(shown, links=links, targets=(base,)), "m.xlsx") == []


def test_links_of_an_xlsx_are_said() -> None:
    links = (
        '<hyperlink ref="B2" r:id="r1"/><hyperlink ref="B3" r:id="r2" location="page=2"/>'
        '<hyperlink ref="B4" location="Other!A1"/><hyperlink ref="B5" r:id="r2"/>'
    )
    targets = ("http://example.org/doc", "http://example.org/b.pdf")
    data = xlsx_with(
        "Link", "http://example.org/b.pdf", "see there", targets[1], links=links, targets=targets
    )
    assert said(data, "m.xlsx") == [
        ("TABLE-LINKS", "3 cells have links, whose addresses are not read: B2, B3, B4")
    ]


def test_comments_of_an_xlsx_are_said_but_for_ours() -> None:
    comments = "<authors><author>Ana</author><author>archive</author></authors><commentList>" + "".join(
        f'<comment ref="B{number}" authorId="{author}"><text><t>closed</t></text></comment>'
        for number, author in ((2, 0), (3, 1), (4, 0))
    )
    data = xlsx_with("A", "B", "C", comments=comments + "</commentList>")
    assert titles(data, "m.xlsx") == ["A", "B", "C"]
    assert said(data, "m.xlsx") == [("TABLE-COMMENTS", "2 cells have comments, which are not read: B2, B4")]


@pytest.mark.parametrize(("writer", "name"), [(write_ods, "m.ods"), (write_xlsx, "m.xlsx")])
def test_nothing_is_said_of_our_own_comments(writer: object, name: str) -> None:
    rows = [tuple(map(Cell, HEADER)), (Cell("a"), Cell("A", comment="not a title"))]
    out = io.BytesIO()
    writer(Sheet(name="S", rows=rows), out)  # type: ignore[operator]
    assert titles(out.getvalue(), name) == ["A"]
    assert said(out.getvalue(), name) == []


@pytest.mark.parametrize("author", ["archive keeper", "archiv", ""])
def test_comment_of_another_author_is_said(author: str) -> None:
    comment = f"<office:annotation><dc:creator>{author}</dc:creator><text:p>why?</text:p></office:annotation>"
    assert [code for code, _ in said(ods_with(f"{comment}<text:p>A</text:p>"), "m.ods")] == ["TABLE-COMMENTS"]

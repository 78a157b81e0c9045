"""What files say of themselves, honest ones and hostile ones."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from archive.core.limits.documents import TITLE_CHARACTERS
from archive.formats.file_hints import FileHints, file_hints
from archive.formats.file_hints.model import NO_HINTS

ENGLISH = "Dear Sir, we have received the parcel that you sent to us on Monday, and it was not broken at all."
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Minutes</dc:title><dc:language>en-GB</dc:language>'
    "</cp:coreProperties>"
)
APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Pages>3</Pages><Words>1204</Words></Properties>"
)
META = (
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<office:meta><dc:title>Protokoll</dc:title><dc:language>de</dc:language>"
    '<meta:document-statistic meta:page-count="2" meta:word-count="77"/></office:meta></office:document-meta>'
)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
    b'<rdf:li xml:lang="x-default">A report</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF>'
    b"</x:xmpmeta>"
)
PAGES = b"1 0 obj <</Type /Pages /Kids [2 0 R] /Count 12>> endobj 2 0 obj <</Type/Pages/Count 5>> endobj"


def hints(name: str, data: bytes) -> FileHints:
    """The hints of a file with these bytes."""
    return file_hints(name, io.BytesIO(data), len(data))


def package(parts: Mapping[str, str]) -> bytes:
    """A zip with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "title", "origin"),
    [
        ("a.txt", b"\n\n  A letter\nDear Sir", "A letter", "the first line"),
        ("a.txt", b"\xef\xbb\xbfA letter", "A letter", "the first line"),
        ("a.txt", "A letter".encode("utf-16"), "A letter", "the first line"),
        ("a.txt", "A letter home, of".encode("utf-16-le"), "A letter home, of", "the first line"),
        ("a.txt", "Café".encode("cp1252"), "Café", "the first line"),
        ("a.txt", b"A letter\rDear Sir", "A letter", "the first line"),
        ("a.md", b"# A letter\n", "A letter", "the first line"),
        ("a.txt", b"----\n1918\nA letter", "A letter", "the first line"),
        ("a.eml", b"From: a@b\nSubject: A letter\n\nDear", "A letter", "the subject"),
        ("a.html", b"<html><title> A\n letter </title>", "A letter", "the page's own title"),
        ("a.docx", package({"docProps/core.xml": CORE}), "Minutes", "the document's properties"),
        ("a.odt", package({"meta.xml": META}), "Protokoll", "the document's properties"),
        ("a.pdf", b"%PDF-1.7\n" + XMP, "A report", "the document's properties"),
    ],
)
def test_a_title_is_taken_from_where_the_file_has_it(name: str, data: bytes, title: str, origin: str) -> None:
    found = hints(name, data)
    assert (found.title, found.title_from) == (title, origin)


def test_an_office_document_states_its_extent_and_language() -> None:
    found = hints("a.docx", package({"docProps/core.xml": CORE, "docProps/app.xml": APP}))
    assert (found.pages, found.words, found.stated, found.language) == (3, 1204, True, "en-GB")
    found = hints("a.odt", package({"meta.xml": META}))
    assert (found.pages, found.words, found.language) == (2, 77, "de")


@pytest.mark.parametrize("pages", ["0", "0" * 11 + "19", "10000001", "٣", "-3"])
def test_a_number_of_pages_beyond_sense_is_none(pages: str) -> None:
    app = APP.replace("<Pages>3<", f"<Pages>{pages}<")
    assert app != APP
    assert hints("a.docx", package({"docProps/core.xml": CORE, "docProps/app.xml": app})).pages is None


def test_the_root_of_a_page_tree_states_the_pages_of_a_pdf() -> None:
    assert hints("a.pdf", b"%PDF-1.7\n" + PAGES).pages == 12


def test_a_text_gives_words_language_and_dates() -> None:
    found = hints("letter 1931.txt", f"London, 12 May 1918\n{ENGLISH}".encode())
    assert (found.words, found.language) == (25, "en")
    assert [date.edtf for date in found.dates] == ["1918-05-12", "1931"]


def test_words_of_a_text_without_spaces_are_not_counted() -> None:
    assert hints("a.txt", ("渡口日記" * 20).encode()).words is None


def test_a_page_states_its_language_better_than_a_guess() -> None:
    found = hints("a.html", f'<html lang="de"><body><p>{ENGLISH}'.encode())
    assert (found.language, found.language_from) == ("de", "the page states it")


def test_a_long_first_line_is_cut_at_a_word() -> None:
    title = hints("a.txt", b"word " * 200).title
    assert title.endswith("word …")
    assert len(title) <= TITLE_CHARACTERS + 2


def test_a_long_first_line_without_blanks_is_cut_anywhere() -> None:
    assert hints("a.txt", ("渡口日記" * 400).encode()).title == ("渡口日記" * 400)[:TITLE_CHARACTERS] + " …"


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + CORE.replace("Minutes", "&b;")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("random.bin", bytes(range(256)) * 20),
        ("a.docx", package({"docProps/core.xml": LAUGHS})),
        ("a.docx", package({"docProps/core.xml": "<a>" * 50_000})),
        ("a.docx", package({"docProps/core.xml": CORE})[:-30]),
        ("a.docx", b"PK\x03\x04" + bytes(1000)),
        ("a.zip", package({"meta.xml": "x" * (8 << 20)})),
        ("a.pdf", b"%PDF-1.7\n" + b"<x:xmpmeta" * 50_000),
        ("a.pdf", b"%PDF-1.7\n" + b"/Type /Pages " * 80_000),
        ("a.html", b"<div>" * 100_000),
        ("a.html", b"<html><title>\x1b[2J</title>"),
        ("data.csv", b"filename,title\n"),
        ("data.json", b'{"title": "A"}'),
        ("a.txt", b"\xff\xfe\x00\xd8" * 50),
    ],
)
def test_whatever_a_file_holds_it_is_read_within_bounds_and_never_raises(name: str, data: bytes) -> None:
    found = hints(name, data)
    assert "\x1b" not in found.title
    if name not in {"a.html", "a.txt"}:
        assert found._replace(pages=None, stated=False) == NO_HINTS

"""What files say of themselves, and profiles that descriptions are held against."""

import io
import json
from collections.abc import Callable, Sequence
from functools import cache
from unicodedata import category
from zipfile import ZipFile

from archive.core.descriptions.dates_in_text import dates_in_name, dates_in_text
from archive.core.descriptions.identifiers import judge_identifier
from archive.core.edtf import parse
from archive.core.language_guess import guess_language
from archive.core.limits.spreadsheets import NUMBER_FORMAT_CHARACTERS
from archive.core.limits.values import IDENTIFIER_CHARACTERS
from archive.core.tables.number_format import (
    date_of,
    format_of,
    iso_date,
    plain_number,
    shown_date,
)
from archive.core.tables.shown_number import shown_number
from archive.formats.descriptions.saf_contents import parse_contents
from archive.formats.file_hints import file_hints
from archive.formats.profile_documents import read_profile_document
from archive.schemas import Overlay
from tests.fuzz.laws import reportable
from tests.fuzz.target import Target, mutating

_NAMES = ("a.txt", "letter-1918-05.pdf", "page.html", "report.docx", "x.odt", "noname")


def check_hints(data: bytes) -> None:
    """Whatever a file is, its hints can be put into a table: dates are dates, texts are texts."""
    for name in _NAMES:
        hints = file_hints(name, io.BytesIO(data), len(data))
        for date in hints.dates:
            parse(date.edtf)
        f"{hints.title}{hints.title_from}{hints.language}{hints.language_from}".encode()
        hidden = {category(char) for char in hints.title} & {"Cc", "Cs", "Zl", "Zp"}
        assert not hidden, "a title in several lines"
        assert hints.pages is None or hints.pages >= 0
        assert hints.words is None or hints.words >= 0


def _zip(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


@cache
def _files() -> tuple[bytes, ...]:
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:title {dc}>Letter</dc:title></x:xmpmeta>"
    properties = f'<cp:coreProperties xmlns:cp="x" {dc}><dc:title>Report</dc:title></cp:coreProperties>'
    meta = (
        '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        f"{dc}><office:meta><dc:title>Odt</dc:title></office:meta></office:document-meta>"
    )
    pdf = f"%PDF-1.4\n<?xpacket begin=''?>{xmp}<?xpacket end='w'?>\n/Type /Pages /Count 12\n%%EOF\n"
    return (
        pdf.encode(),
        b"<!doctype html><html lang='de'><head><title>Brief &amp; mehr</title></head><body>Am 3. Mai 1918",
        _zip(
            {"docProps/core.xml": properties, "docProps/app.xml": "<Properties><Pages>3</Pages></Properties>"}
        ),
        _zip({"mimetype": "application/vnd.oasis.opendocument.text", "meta.xml": meta}),
        "Liebe Anna,\nich schreibe dir am 12. Mai 1918 aus der Mühle, und es ist kalt.\n".encode(),
        "Dear Anna, between 1914 and 1918 the mill was closed, and we were not there.".encode("utf-16"),
    )


def check_profile(data: bytes) -> None:
    """A profile both engines can judge by, or findings that say why there is none."""
    for path in ("house.json", "house.csv", "house.tsv"):
        read = read_profile_document("house", path, data)
        reportable(read.findings)
        if read.profile is None:
            assert read.findings, "refused without a reason"
            continue
        for document in ({"title": "A"}, {"title": "A", "date": "1918", "other": {"level": "x"}}):
            overlay = Overlay(read.profile.schema)
            assert overlay.is_valid(document) == (not overlay.explain(document)), "two engines, two verdicts"


def _profiles() -> list[bytes]:
    rows = (
        "propertyID,propertyLabel,mandatory,repeatable,valueNodeType,valueDataType,valueConstraint,"
        "valueConstraintType,note\ndc:title,Title,true,false,literal,,,,why\ndc:date,,true,,,edtf:EDTF,,,\n"
        "dc:type,,false,true,,,Text Sound,picklist,\ndc:language,,,,,,de en,languageTag,\n"
    )
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "House",
        "required": ["title", "date"],
        "properties": {"title": {"type": "string", "pattern": "^[A-Z]"}, "other": {"required": ["level"]}},
        "anyOf": [{"required": ["creator"]}, {"required": ["date"]}],
    }
    return [rows.encode(), rows.replace(",", "\t").encode(), json.dumps(schema).encode()]


def check_text(data: bytes) -> None:
    """Whatever stands in a text or a cell: a date found is a date, a canonical identifier is canonical."""
    text = data.decode("utf-8", "surrogateescape")
    for found in (*dates_in_text(text), *dates_in_name(text)):
        parse(found.edtf)
    guess_language(text)
    parse_contents(text)
    judged = judge_identifier(text)
    if judged is not None and judged.canonical is not None:
        again = judge_identifier(judged.canonical, judged.scheme)
        assert again is not None or len(judged.canonical) > IDENTIFIER_CHARACTERS
        assert again is None or again.canonical == judged.canonical, "canonical is not canonical"
    form = format_of(200, text[:NUMBER_FORMAT_CHARACTERS])
    for serial in ("0.5", "60", "2958465.99", "-1", "1e308", text):
        shown_number(plain_number(serial), form)
        try:
            moment = date_of(float(serial))
        except ValueError:
            continue
        if moment is not None and form.is_date:
            iso_date(moment, form)
            shown_date(moment, form)


_TEXTS = (
    "ISBN 0-306-40615-2", "https://doi.org/10.1000/182", "urn:issn:0378-5955", "ark:/12148/btv1b8449691v/f29",
    "https://orcid.org/0000-0002-1825-0097", "urn:uuid:01920000-0000-7000-8000-000000000001",
    "dd/mm/yyyy;@", "[h]:mm:ss", '[$-409]mmm\\ yy" x";@', "0.00%", "#,##0.00_);[Red]", "am 3. Mai 1918",
    "letters-1914-1918 (2)", "a.txt\tbundle:X\n-r -s 0 -f p/q\tdescription:D\n", "the mill and the river",
)  # fmt: skip


def _target(
    name: str,
    check: Callable[[bytes], object],
    examples: Callable[[], Sequence[bytes]],
    words: Sequence[bytes],
) -> Target:
    return mutating(name, "descriptions", check, examples=examples, words=words)


_OF_FILES = (
    b"<title>", b"</title>", b"/Count 9999999999", b"<?xpacket", b"%PDF-", b"PK\x03\x04", b"<!DOCTYPE a [",
)  # fmt: skip
_OF_PROFILES = (
    b'"$ref": "#"', b'"required"', b'"pattern": "(a+)+$"', b'"allOf"', b'"properties"', b"true", b"null",
    b"[]", b"{}", b'"$dynamicRef"', b"picklist", b"pattern", b"maxLength", b"IRIstem", b"dc:", b"\t",
    b'"type": "nothing"', b'"$id": "http://x/"', b"(?<=", b"\\p{L}", b'"unevaluatedProperties": false',
)  # fmt: skip
_OF_TEXTS = (b"X", b"-", b"yy", b"[", b"]", b";", b"10.")

TARGETS: tuple[Target, ...] = (
    _target("file-hints", check_hints, _files, _OF_FILES),
    _target("description-profile", check_profile, cache(_profiles), _OF_PROFILES),
    _target("short-text", check_text, lambda: [each.encode() for each in _TEXTS], _OF_TEXTS),
)

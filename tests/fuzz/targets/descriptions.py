"""What depositors describe their documents with, and the lists of digests that they bring."""

import io
import json
from collections.abc import Callable, Sequence
from functools import cache, partial

from archive.core.descriptions.description import Description
from archive.core.findings import Finding
from archive.formats.checksum_files import ChecksumLine, read_checksum_file
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar
from archive.formats.oai_dc import oai_dc_xml
from archive.schemas import explain, is_valid
from tests.fuzz.laws import reportable
from tests.fuzz.target import Target, mutating

CSV = (
    "filename,dc.title,dc.creator,dc.date,box\r\na.txt,A letter,Ada||Bea,1918-05,7\r\n",
    'filename;title;date\n"a;b.txt";"two\nlines";12.05.1918\n',
    "sep=\t\nfile\ttitle\tlanguage\nä.txt\tTitel\tde\n",
    "Title,Creator\nx,y\n",
    (  # AtoM
        "legacyId,parentId,identifier,title,levelOfDescription,subjectAccessPoints,eventDates,eventActors,"
        "digitalObjectPath\n7,,F1,The fonds,Fonds,,,,\n8,7,F1-1,Letter | one,Item,Bells| Ropes,1918|NULL,"
        "Ana|Ben,a.txt\n"
    ),
    (  # DSpace
        "id,collection,dc.title[en],dc.contributor.author[],dc.date.issued,filename\n"
        "+,10673/1,Letter,Ada||Bea,1918,a.txt||b.txt\n"
    ),
    "Dublin Core:Title,Dublin Core:Creator,Item Type,Media URL\nLetter,Ada|Bea,Text,https://x.example/a.txt\n",
    "filename,dc.title,dc.title,isPartOf,other.box\nobjects/a.txt,Letter,Second,AIC#42,7\n",  # Archivematica
)
_JSON = (
    '{"title": "Letter", "creator": ["Ada", {"value": "Bea", "lang": "en"}], "date": "1918/1920"}',
    '[{"filename": "a.txt", "dc.title": "x"}, {"filename": ["b", "c"], "title": "y", "other": {"k": ["v"]}}]',
    (
        '[\n  {"filename": "objects/a.txt", "dc.title": "A"},\n  {"filename": "x" "title": "X"},\n'
        '  {"filename": "b", "title": "B"}\n]'
    ),
    '{"filename": "a", "title": "A"}\n{"filename": "x"\n{"filename": "b", "title": "B"}\n',
)
_XML = (
    (
        '<?xml version="1.0" encoding="UTF-8"?>\n<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/">\n<dc:title xml:lang="en">Letter &amp; more</dc:title>'
        "<dcterms:extent>2 leaves</dcterms:extent></metadata>\n"
    ),
    (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>x</dc:title><!-- c --><?p i?></oai_dc:dc>'
    ),
    (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header status="deleted">'
        "<identifier>oai:x:1</identifier></header></record><record><header><identifier>oai:x:2</identifier>"
        "<datestamp>2026-01-01</datestamp></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Two &amp; a half</dc:title></oai_dc:dc>'
        "</metadata></record><resumptionToken>t</resumptionToken></ListRecords></OAI-PMH>"
    ),
    (
        "<records><record><filename>a.txt</filename><title>A</title></record>\n<record><title>B & C</title>"
        "</record>\n<record><title>D</title></record></records>"
    ),
    (
        '<dublin_core schema="dc"><dcvalue element="title" qualifier="none" language="en">A</dcvalue>'
        '<dcvalue element="date" qualifier="issued">1918</dcvalue></dublin_core>'
    ),
)
_YAML = (
    "title: Letter\ncreator:\n  - Ada\n  - {value: Bea, lang: en}\ndate: 1918-05-01\nno: yes\n",
    "- filename: a.txt\n  title: &t Letter\n- filename: b.txt\n  title: *t\n  subject: |\n    two\n    li\n",
    "---\nfilename: a\ntitle: A\n---\ntitle: [X\n---\nfilename: b\ntitle: >\n  folded\n  text\n...\n",
)
_SUMS = (
    f"{'a' * 64}  a.txt\n{'b' * 128} *b c.bin\n\\{'c' * 32}  x\\ny\n# note\n",
    f"SHA256 (a.txt) = {'a' * 64}\nMD5(b)= {'b' * 32}\n",
    f"{'d' * 32}  data/%0Ax\n",
)
WORDS: dict[str, tuple[bytes, ...]] = {
    "csv": (b",", b";", b"\t", b'"', b'""', b"\r\n", b"\0", b"||", b"dc.title", b"=cmd", b"sep=;"),
    "json": (
        b'"title"', b'"other"', b'"filename"', b"null", b"NaN", b"1e999", b"\\ud800", b"{}", b"[]", b"true",
        b'"value":', b'"lang":', b'"scheme":', b'"uri":', b"-0", b"\\u0000",
    ),
    "jsonl": (b"\n", b"{", b"}", b'"title": ', b'"filename": "x"', b"[1]", b"\\u2028"),
    "xml": (
        b"<record>", b"</record>", b"<header>", b"<metadata>", b"<resumptionToken>", b"<dcvalue element='x'>",
        b"<!DOCTYPE a [", b"]>", b"&a;", b"&#0;", b"&#xD800;", b"<dc:title>", b"</dc:title>", b"<![CDATA[",
        b"]]>", b"<!--", b"-->", b"<?", b"?>", b"xml:lang='x'", b"xmlns:dc=''",
        b"encoding='UTF-16'", b"<a>" * 50,
    ),
    "yaml": (
        b"&a ", b"*a", b"!!python/object:x ", b"- ", b": ", b"? ", b"|", b">", b"---\n", b"...\n", b"{", b"]",
        b"<<: ", b"!!binary ", b"%YAML 1.1\n", b"1:30", b".inf", b"\t", b"!!set ", b"0o7", b"2026-01-01",
    ),
}  # fmt: skip
ENCODINGS = ("utf-8", "utf-8", "utf-16", "cp1252")


def _stored(row: DescribedRow) -> None:
    """A description that is kept reads back as itself, fits the schema if it has a title, and makes XML."""
    stored = row.description.canonical_bytes()
    assert Description.from_json(json.loads(stored)) == row.description, "stored it is another description"
    assert Description.from_stored(stored) == row.description, "stored it is another description"
    if row.description.title:
        assert is_valid("dublin-core", json.loads(stored)), explain("dublin-core", json.loads(stored))
    oai_dc_xml(row.description, ("2026-000001",))


def check_table(ending: str, data: bytes) -> None:
    """Rows or findings, of what is offered and of what is held."""
    for held in (False, True):
        for item in read_descriptions(f"m.{ending}", io.BytesIO(data), held=held):
            if isinstance(item, Finding):
                reportable((item,))
            else:
                reportable(item.findings)
                _stored(item)


def check_descriptions(ending: str, data: bytes) -> None:
    """Rows or findings, as a table and as a sidecar."""
    check_table(ending, data)
    sidecar = read_sidecar(f"a.dc.{ending}", data)
    if isinstance(sidecar, DescribedRow):
        reportable(sidecar.findings)
        _stored(sidecar)
    else:
        reportable(sidecar)


def check_sums(data: bytes) -> None:
    """Lines or findings, whatever the list is called."""
    for name in ("checksum.sha256", "manifest-md5.txt", "SHA256SUMS", "a.txt.md5", "checksums.txt"):
        for line in read_checksum_file(name, data):
            if isinstance(line, ChecksumLine):
                assert line.path
                assert len(line.digest.value) == line.digest.algorithm.hex_length
            else:
                reportable((line,))


def _encoded(texts: Sequence[str]) -> Callable[[], Sequence[bytes]]:
    return cache(lambda: [text.encode(each, "replace") for text in texts for each in ENCODINGS])


def _reader(name: str, texts: Sequence[str]) -> Target:
    return mutating(
        name, "descriptions", partial(check_descriptions, name), examples=_encoded(texts), words=WORDS[name]
    )


TARGETS: tuple[Target, ...] = (
    _reader("csv", CSV),
    _reader("json", _JSON),
    _reader("xml", _XML),
    _reader("jsonl", _JSON),
    _reader("yaml", _YAML),
    mutating(
        "checksums",
        "descriptions",
        check_sums,
        examples=_encoded(_SUMS),
        words=(b"  ", b" *", b"\\", b"(", b") = "),
    ),
)

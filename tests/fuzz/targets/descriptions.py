"""What depositors describe their documents with, and the lists of digests that they bring."""

import io
import json
from collections.abc import Callable, Sequence
from functools import cache, partial

from archive.core.description import Description
from archive.core.findings import Finding
from archive.formats.checksum_files import ChecksumLine, read_checksum_file
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar
from archive.formats.oai_dc import oai_dc_xml
from archive.schemas import explain, is_valid
from tests.fuzz.laws import reportable
from tests.fuzz.target import Target, mutating

_CSV = (
    "filename,dc.title,dc.creator,dc.date,box\r\na.txt,A letter,Ada||Bea,1918-05,7\r\n",
    'filename;title;date\n"a;b.txt";"two\nlines";12.05.1918\n',
    "sep=\t\nfile\ttitle\tlanguage\nä.txt\tTitel\tde\n",
    "Title,Creator\nx,y\n",
)
_JSON = (
    '{"title": "Letter", "creator": ["Ada", {"value": "Bea", "lang": "en"}], "date": "1918/1920"}',
    '[{"filename": "a.txt", "dc.title": "x"}, {"filename": ["b", "c"], "title": "y", "other": {"k": ["v"]}}]',
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
)
_YAML = (
    "title: Letter\ncreator:\n  - Ada\n  - {value: Bea, lang: en}\ndate: 1918-05-01\nno: yes\n",
    "- filename: a.txt\n  title: &t Letter\n- filename: b.txt\n  title: *t\n  subject: |\n    two\n    li\n",
)
_SUMS = (
    f"{'a' * 64}  a.txt\n{'b' * 128} *b c.bin\n\\{'c' * 32}  x\\ny\n# note\n",
    f"SHA256 (a.txt) = {'a' * 64}\nMD5(b)= {'b' * 32}\n",
    f"{'d' * 32}  data/%0Ax\n",
)
_WORDS: dict[str, tuple[bytes, ...]] = {
    "csv": (b",", b";", b"\t", b'"', b'""', b"\r\n", b"\0", b"||", b"dc.title", b"=cmd", b"sep=;"),
    "json": (
        b'"title"', b'"other"', b'"filename"', b"null", b"NaN", b"1e999", b"\\ud800", b"{}", b"[]", b"true",
        b'"value":', b'"lang":', b'"scheme":', b'"uri":', b"-0", b"\\u0000",
    ),
    "xml": (
        b"<!DOCTYPE a [", b"]>", b"&a;", b"&#0;", b"&#xD800;", b"<dc:title>", b"</dc:title>", b"<![CDATA[",
        b"]]>", b"<!--", b"-->", b"<?", b"?>", b"xml:lang='x'", b"xmlns:dc=''",
        b"encoding='UTF-16'", b"<a>" * 50,
    ),
    "yaml": (
        b"&a ", b"*a", b"!!python/object:x ", b"- ", b": ", b"? ", b"|", b">", b"---\n", b"...\n", b"{", b"]",
        b"<<: ", b"!!binary ", b"%YAML 1.1\n", b"1:30", b".inf", b"\t", b"!!set ", b"0o7", b"2026-01-01",
    ),
}  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8", "utf-16", "cp1252")


def _stored(row: DescribedRow) -> None:
    """A description that is kept reads back as itself, fits the schema if it has a title, and makes XML."""
    stored = row.description.canonical_bytes()
    assert Description.from_json(json.loads(stored)) == row.description, "stored it is another description"
    assert Description.from_stored(stored) == row.description, "stored it is another description"
    if row.description.title:
        assert is_valid("dublin-core", json.loads(stored)), explain("dublin-core", json.loads(stored))
    oai_dc_xml(row.description, ("2026-000001",))


def check_descriptions(ending: str, data: bytes) -> None:
    """Rows or findings, as a table and as a sidecar."""
    for item in read_descriptions(f"m.{ending}", io.BytesIO(data)):
        if isinstance(item, Finding):
            reportable((item,))
        else:
            reportable(item.findings)
            _stored(item)
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
    return cache(lambda: [text.encode(each, "replace") for text in texts for each in _ENCODINGS])


def _reader(name: str, texts: Sequence[str]) -> Target:
    return mutating(
        name, "rest", partial(check_descriptions, name), examples=_encoded(texts), words=_WORDS[name]
    )


TARGETS: tuple[Target, ...] = (
    _reader("csv", _CSV),
    _reader("json", _JSON),
    _reader("xml", _XML),
    _reader("yaml", _YAML),
    mutating(
        "checksums", "rest", check_sums, examples=_encoded(_SUMS), words=(b"  ", b" *", b"\\", b"(", b") = ")
    ),
)

"""The files of a bag that have a grammar, each by itself."""

import re
from collections.abc import Sequence
from functools import cache

from archive.core.bagit.blocks import Findings, lines_in_blocks
from archive.core.bagit.declaration import Declaration, codec, parse_declaration, render_declaration
from archive.core.bagit.fetch import FetchEntry, parse_fetch, read_fetch
from archive.core.bagit.lines import FileFindings
from archive.core.bagit.manifest import parse_manifest, render_manifest
from archive.core.bagit.manifest_blocks import read_manifest
from archive.core.bagit.oxum import payload_oxum
from archive.core.bagit.paths import can_be_listed
from archive.core.bagit.tag_lines import TagEditError, edited
from archive.core.bagit.tagfile import parse_tag_file, render_tag_file
from archive.core.bagit.versions import KNOWN, V0_97, V1_0, Version
from archive.core.findings import Finding
from tests.conformance.bag_cases import CASES
from tests.conformance.bag_cases.bag import sealed
from tests.fuzz.bag_values import WORDS
from tests.fuzz.laws import reportable
from tests.fuzz.target import Target, mutating
from tests.property.pieces import Kept, cut

_CODECS = ("utf-8", "utf-8", "utf-8", "utf-16", "utf-32", "iso8859-1", "iso2022_jp", "gb18030", "utf-16-be")
_VERSIONS = (V1_0, V0_97, *sorted(KNOWN))
_LONE = re.compile(
    "[\ud800-\udfff]"
)  # bytes that are not UTF-8: a manifest in another encoding may hold them
_UNUSUAL = "BAG-ENCODING-BYTES"  # where blocks say at which byte, and the whole parser which


@cache
def _files(*beginnings: str) -> tuple[bytes, ...]:
    """The contents of these files in all our cases."""
    found = {
        content: None
        for case in CASES
        if not case.slow
        for path, content in sealed(case.bag()).items()
        if isinstance(content, bytes) and path.startswith(beginnings) and len(content) < 1 << 16
    }
    return tuple(found)


def _setting(data: bytes) -> tuple[Version, str]:
    """A version and an encoding that depend on the data alone."""
    chosen = sum(data[-64:])
    return _VERSIONS[chosen % len(_VERSIONS)], _CODECS[chosen // 8 % len(_CODECS)]


def _blocks(data: bytes) -> list[bytes]:
    """The data in blocks of odd sizes that depend on it alone."""
    return cut(data, [1 + each % 61 for each in data[:40]])


def check_declaration(data: bytes) -> None:
    """A codec of the allow-list or none; what 1.0 finds nothing in has one spelling."""
    read: Declaration = parse_declaration(data)
    reportable(read.findings)
    if read.encoding is not None:
        assert read.label is not None
        assert codec(read.label) == read.encoding
    if not read.findings and read.version is not None and read.version.strict and read.label == "UTF-8":
        written = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n") + b"\n"
        assert written == render_declaration(), "accepted in another spelling"


def check_manifest(data: bytes) -> None:
    """Whole and block by block say the same; no path leaves the bag; what is rendered reads back."""
    version, encoding = _setting(data)
    for name in ("manifest-md5.txt", "tagmanifest-sha512.txt", "manifest-what.txt"):
        payload = not name.startswith("tag")
        whole = parse_manifest(data, name=name, version=version, payload=payload, encoding=encoding)
        reportable(whole.findings)
        for path, _ in whole.entries:
            assert not path.startswith(("/", "~")), "leaves the bag"
            assert not {"..", ".", ""} & set(path.split("/")), "leaves the bag"
            assert "\0" not in path
            assert path.startswith("data/") or not payload
        kept, findings = Kept(), FileFindings(name)
        read_manifest(
            _blocks(data),
            name=name,
            version=version,
            payload=payload,
            encoding=encoding,
            findings=findings,
            entries=kept,
        )
        assert kept.entries == whole.entries, "blocks give other entries"
        assert _said(findings.all()) == _said(whole.findings), "blocks give other findings"
        _reads_back(dict(whole.entries), name, version)


def _reads_back(entries: dict[str, str], name: str, version: Version) -> None:
    """What is rendered is what is read, of every path that a manifest of this version can list in UTF-8.

    One that begins with white space can be there, behind `*` or `./`, and not be listed without either.
    """
    payload = name[0] != "t"
    spelled = {
        path: digest
        for path, digest in entries.items()
        if can_be_listed(path, version, payload=payload) and not _LONE.search(path)
    }
    again = parse_manifest(
        render_manifest(spelled.items(), version), name=name, version=version, payload=payload
    )
    assert dict(again.entries) == spelled, "rendering and parsing differ"


def _said(findings: Sequence[Finding]) -> list[Finding]:
    """In a report's order: whole and in blocks they come in another."""
    return sorted((each for each in findings if each.code != _UNUSUAL), key=Finding.sort_key)


def check_tag_file(data: bytes) -> None:
    """No control of a value forges a tag when it is written again; edits raise their own error or nothing."""
    version, encoding = _setting(data)
    read = parse_tag_file(data, name="bag-info.txt", version=version, encoding=encoding)
    reportable(read.findings)
    _, found = payload_oxum(read)
    reportable(found)
    for label, value in read.tags:
        try:
            written = render_tag_file([(label, value)])
        except ValueError:
            continue
        again = parse_tag_file(written, name="bag-info.txt", version=V1_0)
        assert again.findings == ()
        assert [name for name, _ in again.tags] == [label], "a value became a tag"
    try:
        changed = edited(data, encoding=encoding, changed=(("Contact-Name", "Ana"),))
    except TagEditError:
        return
    after = parse_tag_file(changed, name="bag-info.txt", version=version, encoding=encoding)
    assert after.values("Contact-Name") == ["Ana"], "the tag that was set is another"


def check_fetch(data: bytes) -> None:
    """Whole and block by block say the same; every path is below data/."""
    version, encoding = _setting(data)
    whole = parse_fetch(data, version=version, encoding=encoding)
    reportable(whole.findings)
    assert all(entry.path.startswith("data/") for entry in whole.entries)
    assert not any(".." in entry.path.split("/") for entry in whole.entries)
    findings, entries, seen = FileFindings("fetch.txt"), list[FetchEntry](), set[str]()

    def take(entry: FetchEntry, _: int) -> bool:
        entries.append(entry)
        known = entry.path in seen
        seen.add(entry.path)
        return known

    read_fetch(_blocks(data), version=version, encoding=encoding, findings=findings, take=take)
    assert entries == whole.entries
    assert _said(findings.all()) == _said(whole.findings)


def check_lines(data: bytes) -> None:
    """Cut anywhere, the blocks give the same lines, and the same fault where the encoding ends to hold."""
    version, encoding = _setting(data)

    def lines(blocks: list[bytes], findings: Findings) -> list[str]:
        read = lines_in_blocks(blocks, name="x", encoding=encoding, version=version, findings=findings)
        return [line for some in read for _, line in some.each()]

    cut_up, whole = FileFindings("x"), FileFindings("x")
    same = lines(_blocks(data), cut_up) == lines([data], whole)
    assert {each.code for each in cut_up.all()} == {each.code for each in whole.all()}
    assert same or whole.all(), "blocks give other lines"


TARGETS: tuple[Target, ...] = (
    mutating("declaration", "verify", check_declaration, examples=lambda: _files("bagit.txt"), words=WORDS),
    mutating(
        "manifest",
        "verify",
        check_manifest,
        examples=lambda: _files("manifest-", "tagmanifest-"),
        words=WORDS,
    ),
    mutating(
        "tag-file",
        "verify",
        check_tag_file,
        examples=lambda: _files("bag-info.txt", "package-info.txt"),
        words=WORDS,
    ),
    mutating("fetch", "verify", check_fetch, examples=lambda: _files("fetch.txt"), words=WORDS),
    mutating("lines", "verify", check_lines, examples=lambda: _files("manifest-", "bag-info"), words=WORDS),
)

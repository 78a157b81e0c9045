"""Laws of the BagIt grammar: parsing undoes rendering, and no bytes make a parser raise."""

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.core.bagit import manifest as grammar
from archive.core.bagit.declaration import parse_declaration
from archive.core.bagit.fetch import parse_fetch
from archive.core.bagit.manifest import parse_manifest, render_manifest
from archive.core.bagit.manifest_lines import PLAIN_PATH
from archive.core.bagit.oxum import payload_oxum
from archive.core.bagit.paths import check_path, decode_path, encode_path
from archive.core.bagit.tagfile import parse_tag_file, plain_value, render_tag_file
from archive.core.bagit.versions import V0_97, V1_0, Version
from archive.core.findings import At, Severity
from tests.property.strategies import component, manifest_like

payload_path = st.lists(component, min_size=1, max_size=3).map(lambda parts: "/".join(["data", *parts]))
digest = st.binary(max_size=3).map(lambda data: hashlib.sha512(data).hexdigest())
versions = st.sampled_from([V0_97, V1_0])
encodings = st.sampled_from(["utf-8", "utf-16", "iso8859-1", "iso2022_jp", "gb18030", "utf-32-le"])


@given(st.dictionaries(payload_path, digest, max_size=6))
def test_parsing_undoes_rendering_of_any_payload(files: dict[str, str]) -> None:
    data = render_manifest(files.items())
    parsed = parse_manifest(data, name="manifest-sha512.txt", version=V1_0, payload=True)
    assert dict(parsed.entries) == files
    assert [finding for finding in parsed.findings if finding.severity is Severity.ERROR] == []


@given(component)
def test_decoding_undoes_encoding(name: str) -> None:
    assert decode_path(encode_path(name, V1_0), V1_0) == name
    assert "\n" not in encode_path(name, V1_0)


@given(manifest_like, st.booleans(), versions, encodings)
def test_no_bytes_make_the_manifest_parser_raise(
    data: bytes, payload: bool, version: Version, encoding: str
) -> None:
    for name in ("manifest-md5.txt", "manifest-sha512.txt", "manifest-what.txt", "else"):
        parsed = parse_manifest(data, name=name, version=version, payload=payload, encoding=encoding)
        for path, _ in parsed.entries:
            assert not path.startswith(("/", "~", "../"))
            assert ".." not in path.split("/")
            assert "\0" not in path


@given(
    st.lists(st.tuples(st.one_of(payload_path, component), digest), max_size=4),
    st.booleans(),
    st.booleans(),
    versions,
)
@example([("C:foo", "0" * 128)], False, True, V1_0)
@example([("tagmanifest-md5.txt", "0" * 128)], False, True, V1_0)
def test_the_short_cut_and_the_line_reader_agree(
    entries: list[tuple[str, str]], payload: bool, last: bool, version: Version
) -> None:
    text = "\n".join(f"{value}  {path}" for path, value in entries) + ("\n" if last else "")
    data = text.encode("utf-8", "surrogateescape")
    quick = parse_manifest(data, name="manifest-sha512.txt", version=version, payload=payload)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grammar, "_plain_entries", lambda *_, **__: None)
        slow = parse_manifest(data, name="manifest-sha512.txt", version=version, payload=payload)
    assert quick == slow


odd_path = st.lists(
    st.sampled_from(
        ["data", "a", ".", "..", "/", "//", "~", "C:", "\\\\", "\0", "%", "%0A", " ", "tagmanifest-", "é"]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@given(st.one_of(odd_path, component), st.booleans())
def test_a_plain_path_is_one_that_the_rules_find_nothing_in(path: str, payload: bool) -> None:
    if PLAIN_PATH[payload].fullmatch(path):
        assert check_path(path, at=At(), payload=payload, version=V1_0) == (path, [])
        assert decode_path(path, V1_0) == path


label = st.from_regex(r"[A-Za-z][A-Za-z -]{0,10}[A-Za-z]", fullmatch=True)
value = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(["word", " ", "  ", "\t", "\n", "\r\n", "Tag: x", "\u2028", "\x85", "x" * 90])
    ).map("".join),
)


@given(st.lists(st.tuples(label, value), max_size=5))
def test_parsing_undoes_rendering_of_any_tags(tags: list[tuple[str, str]]) -> None:
    parsed = parse_tag_file(render_tag_file(tags), name="bag-info.txt", version=V1_0)
    assert parsed.tags == [(name, plain_value(text)) for name, text in tags]
    assert parsed.findings == ()


@given(value)
def test_a_plain_value_stays_as_it_is(text: str) -> None:
    assert plain_value(plain_value(text)) == plain_value(text)


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode())),
    versions,
    encodings,
)
def test_no_bytes_make_the_tag_file_parsers_raise(data: bytes, version: Version, encoding: str) -> None:
    payload_oxum(parse_tag_file(data, name="bag-info.txt", version=version, encoding=encoding))
    parse_fetch(data, version=version, encoding=encoding)
    parse_fetch(b"http://x/ 1 data/" + data, version=version)
    parse_declaration(data)
    parse_declaration(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: " + data)

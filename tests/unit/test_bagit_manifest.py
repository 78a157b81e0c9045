"""RFC 8493 §2.1.3 and §2.2.1: what a manifest says, and what is wrong with it."""

import hashlib
import time

import pytest

from archive.core.bagit import manifest as grammar
from archive.core.bagit.manifest import parse_manifest, render_manifest
from archive.core.bagit.names import manifest_name
from archive.core.bagit.versions import V0_97, V1_0, Version
from archive.core.digests import Algorithm
from archive.core.findings import Severity

A = hashlib.md5(b"a", usedforsecurity=False).hexdigest()
B = hashlib.md5(b"b", usedforsecurity=False).hexdigest()


def codes(data: str | bytes, *, version: Version = V1_0, payload: bool = True) -> list[str]:
    raw = data.encode() if isinstance(data, str) else data
    name = "manifest-md5.txt" if payload else "tagmanifest-md5.txt"
    return [f.code for f in parse_manifest(raw, name=name, version=version, payload=payload).findings]


def paths(data: str, *, version: Version = V1_0, payload: bool = True) -> list[str]:
    name = "manifest-md5.txt" if payload else "tagmanifest-md5.txt"
    parsed = parse_manifest(data.encode(), name=name, version=version, payload=payload)
    return [path for path, _ in parsed.entries]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_every_line_end_of_the_rfc_is_one(end: str) -> None:
    assert paths(f"{A}  data/a{end}{B}  data/b{end}") == ["data/a", "data/b"]


@pytest.mark.parametrize("char", ["\u2028", "\x85", "\v", "\f", "\x1c"])
def test_other_separators_are_characters_of_a_name(char: str) -> None:
    assert paths(f"{A}  data/a{char}b\n") == [f"data/a{char}b"]


def test_the_last_line_may_lack_its_ending() -> None:
    assert paths(f"{A}  data/a\n{B}  data/b") == ["data/a", "data/b"]


def test_a_name_keeps_its_last_space() -> None:
    assert paths(f"{A}  data/a \n") == ["data/a "]


def test_only_three_escapes_are_decoded_and_only_once() -> None:
    assert paths(f"{A}  data/%0a%0D%25%2e%2E%252e\n") == ["data/\n\r%%2e%2E%2e"]


def test_nothing_is_decoded_before_version_1_0() -> None:
    assert paths(f"{A}  data/%0A%7E%25\n", version=V0_97) == ["data/%0A%7E%25"]


def test_a_bare_percent_is_read_with_a_warning() -> None:
    assert codes(f"{A}  data/100%\n") == ["BAG-PATH-PERCENT"]
    assert paths(f"{A}  data/100%\n") == ["data/100%"]


def test_upper_case_digests_are_read_as_lower_case() -> None:
    parsed = parse_manifest(
        f"{A.upper()}  data/a\n".encode(), name="manifest-md5.txt", version=V1_0, payload=True
    )
    assert parsed.entries == [("data/a", A)]
    assert parsed.findings == ()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/etc/passwd", "BAG-PATH-ABSOLUTE"),
        ("//server/share", "BAG-PATH-ABSOLUTE"),
        ("~/x", "BAG-PATH-HOME"),
        ("~root/x", "BAG-PATH-HOME"),
        ("../x", "BAG-PATH-TRAVERSAL"),
        ("data/../../x", "BAG-PATH-TRAVERSAL"),
        ("data/a/..", "BAG-PATH-TRAVERSAL"),
        ("C:\\x", "BAG-PATH-DRIVE"),
        ("C:x", "BAG-PATH-DRIVE"),
        ("\\\\server\\x", "BAG-PATH-UNC"),
        ("a\0b", "BAG-PATH-NUL"),
        ("a//b", "BAG-PATH-COMPONENT"),
        ("a/./b", "BAG-PATH-COMPONENT"),
        ("a/", "BAG-PATH-COMPONENT"),
        (".", "BAG-PATH-COMPONENT"),
        ("./", "BAG-PATH-EMPTY"),
    ],
)
def test_a_path_that_leaves_the_bag_is_an_error_and_no_entry(path: str, code: str) -> None:
    assert code in codes(f"{A}  {path}\n", payload=False)
    assert code in codes(f"{A}  {path}\n", payload=True)
    assert paths(f"{A}  {path}\n", payload=False) == []


@pytest.mark.parametrize("path", ["data", "database/x", "bagit.txt", "DATA/x"])
def test_a_payload_path_is_below_data(path: str) -> None:
    assert codes(f"{A}  {path}\n") == ["BAG-PATH-OUTSIDE"]
    assert paths(f"{A}  {path}\n") == []


@pytest.mark.parametrize(
    "path", ["data/a\\b", "data/a ", "data/~a", "data/..a", "data/.hidden", "data/C:x", "data/-x"]
)
def test_odd_but_legal_names_stay_what_they_are(path: str) -> None:
    assert codes(f"{A}  {path}\n") == []
    assert paths(f"{A}  {path}\n") == [path]


def test_an_encoded_traversal_is_decoded_before_it_is_checked_and_not_after() -> None:
    for path in ("data/%2e%2e/x", "data/\u2024\u2024/x", "data/\uff0e\uff0e/x"):  # dots that are none
        assert paths(f"{A}  {path}\n") == [path]


def test_a_leading_dot_slash_is_a_warning_before_1_0_and_an_error_after() -> None:
    line = f"{A}  ./data/a\n".encode()
    old = parse_manifest(line, name="manifest-md5.txt", version=V0_97, payload=True)
    new = parse_manifest(line, name="manifest-md5.txt", version=V1_0, payload=True)
    assert old.entries == new.entries == [("data/a", A)]
    assert [f.severity for f in old.findings] == [Severity.WARNING]
    assert [f.severity for f in new.findings] == [Severity.ERROR]


def test_the_star_of_md5sum_is_a_warning() -> None:
    assert codes(f"{A} *data/a\n") == ["BAG-LINE-STAR"]
    assert paths(f"{A} *data/a\n") == ["data/a"]


def test_behind_the_star_white_space_belongs_to_the_name() -> None:
    assert paths(f"{A} *  x\n", payload=False) == ["  x"]


def test_a_tag_file_may_be_called_with_a_star() -> None:
    assert paths(f"{A}  *x\n", payload=False) == ["*x"]
    assert paths(f"{A} *x\n", payload=False) == ["x"]


@pytest.mark.parametrize(
    ("version", "first", "second", "expected"),
    [
        (V1_0, A, A, ("BAG-LINE-REPEATED", Severity.ERROR)),
        (V1_0, A, B, ("BAG-LINE-CONTRADICTS", Severity.ERROR)),
        (V0_97, A, A, ("BAG-LINE-REPEATED", Severity.WARNING)),
        (V0_97, A, B, ("BAG-LINE-CONTRADICTS", Severity.ERROR)),
    ],
)
def test_a_path_listed_twice(version: Version, first: str, second: str, expected: tuple[str, str]) -> None:
    data = f"{first}  data/a\n{second}  data/a\n".encode()
    parsed = parse_manifest(data, name="manifest-md5.txt", version=version, payload=True)
    assert [(f.code, f.severity) for f in parsed.findings] == [expected]
    assert parsed.entries == [("data/a", first), ("data/a", second)]


@pytest.mark.parametrize(
    "line",
    [
        "<html>",
        "<<<<<<< HEAD",
        A,
        f"{A}  ",
        f"{A[:-1]}  data/a",
        f"{A}0  data/a",
        f"{A[:-1]}g  data/a",
        f" {A}  data/a",
        f"{A}\u00a0 data/a",
    ],
)
def test_a_malformed_line_is_an_error_and_never_skipped_in_silence(line: str) -> None:
    assert [f.code[:9] for f in _parsed(line).findings if f.severity is Severity.ERROR] == ["BAG-LINE-"]
    assert _parsed(line).entries == []


def _parsed(line: str) -> grammar.Manifest:
    return parse_manifest(f"{line}\n".encode(), name="manifest-md5.txt", version=V1_0, payload=True)


def test_a_finding_names_file_line_and_clause() -> None:
    finding = parse_manifest(
        f"{A}  data/a\nnonsense\n".encode(), name="manifest-md5.txt", version=V1_0, payload=True
    ).findings[0]
    assert (finding.at.file, finding.at.line, finding.clause) == ("manifest-md5.txt", 2, "RFC 8493 §2.1.3")


def test_a_tag_manifest_must_not_list_a_tag_manifest() -> None:
    assert codes(f"{A}  tagmanifest-sha512.txt\n", payload=False) == ["BAG-TAGMANIFEST-LISTED"]
    assert codes(f"{A}  metadata/tagmanifest-sha512.txt\n", payload=False) == []


def test_an_unknown_algorithm_is_never_silent() -> None:
    parsed = parse_manifest(b"abcdef  data/a\n", name="manifest-whirl.txt", version=V1_0, payload=True)
    assert parsed.algorithm is None
    assert [f.code for f in parsed.findings] == ["BAG-ALGORITHM-UNKNOWN"]
    assert parsed.entries == [("data/a", "abcdef")]


def test_algorithm_names_are_normalised() -> None:
    assert manifest_name("manifest-sha3256.txt") == (False, "sha3256", Algorithm.SHA3_256, True)
    assert manifest_name("tagmanifest-SHA-512.txt") == (True, "sha512", Algorithm.SHA512, False)
    assert manifest_name("manifest-shake128.txt") == (False, "shake128", None, True)
    assert manifest_name("xmanifest-md5.txt") is None
    assert manifest_name("manifest-md5.txt\n") is None


def test_a_manifest_in_another_encoding_is_read() -> None:
    data = f"{A}  data/ä\n".encode("utf-16")
    parsed = parse_manifest(data, name="manifest-md5.txt", version=V0_97, payload=True, encoding="utf-16")
    assert parsed.entries == [("data/ä", A)]


def test_names_that_are_not_utf_8_are_read_with_a_warning() -> None:
    raw = f"{A}  data/".encode() + b"\xff\n"
    parsed = parse_manifest(raw, name="manifest-md5.txt", version=V1_0, payload=True)
    assert parsed.entries == [("data/\udcff", A)]
    assert [f.code for f in parsed.findings] == ["BAG-ENCODING-BYTES"]


def test_a_line_over_the_limit_is_refused() -> None:
    assert codes(f"{A}  data/{'x' * 70_000}\n") == ["BAG-LINE-LONG"]


@pytest.mark.parametrize(
    "bomb", [b"bogus\n" * 400_000, b"x" * (16 << 20), b"\n" * (4 << 20), b"\r" * (4 << 20), b"a/" * (1 << 20)]
)
def test_a_bomb_is_answered_within_seconds_and_with_few_findings(bomb: bytes) -> None:
    began = time.monotonic()
    found = codes(bomb)
    assert time.monotonic() - began < 60  # a hang, not a measurement
    assert 1 <= len(found) <= 1003


def test_rendering_sorts_by_bytes_and_encodes() -> None:
    rendered = render_manifest([("data/\U0001f600", A), ("data/\ufb01", B), ("data/a\nb%", A)])
    assert rendered == (f"{A}  data/a%0Ab%25\n{B}  data/\ufb01\n{A}  data/\U0001f600\n").encode()


@pytest.mark.parametrize("path", ["", " x", "\tx"])
def test_a_path_that_no_manifest_can_name_is_not_written(path: str) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        render_manifest([(path, A)])

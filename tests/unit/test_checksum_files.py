"""Lists of digests: what programs really write, and what cannot be read."""

import pytest

from archive.core.digests import Algorithm
from archive.core.findings import Finding
from archive.formats.checksum_files import ChecksumLine, is_checksum_file, read_checksum_file

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def lines(name: str, data: bytes) -> list[tuple[str, str]]:
    read = list(read_checksum_file(name, data))
    assert all(isinstance(item, ChecksumLine) for item in read), read
    return [(item.path, str(item.digest)) for item in read if isinstance(item, ChecksumLine)]


def complaints(name: str, data: bytes) -> list[Finding]:
    return [item for item in read_checksum_file(name, data) if isinstance(item, Finding)]


@pytest.mark.parametrize(
    "name",
    [
        "checksum.sha256",
        "checksum.md5",
        "checksum.SHA-512",
        "checksums.txt",
        "manifest-md5.txt",
        "manifest-sha512.txt",
        "SHA256SUMS",
        "MD5SUMS",
        "SHA256SUMS.txt",
        "md5sum.txt",
        "B2SUMS",
        "letter.txt.sha256",
        "letter.MD5",
    ],
)
def test_lists_of_digests_are_known_by_their_name(name: str) -> None:
    assert is_checksum_file(name)


@pytest.mark.parametrize(
    "name",
    [
        "letter.txt",
        "tagmanifest-md5.txt",
        "manifest-crc32.txt",
        "manifest.txt",
        "sums.txt",
        "md5.txt",
        "",
        ".md5",
    ],
)
def test_other_files_are_documents(name: str) -> None:
    assert not is_checksum_file(name)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (f"{MD5}  letter.txt", "letter.txt"),
        (f"{MD5} *letter.txt", "letter.txt"),
        (f"{MD5}\tletter.txt", "letter.txt"),
        (f"{MD5.upper()}  letter.txt", "letter.txt"),
        (f"{MD5}   letter.txt", " letter.txt"),  # coreutils: two characters, then the name as it is
        (f"{MD5}  a  b ", "a  b "),
        (f"\\{MD5}  a\\nb\\\\c\\rd", "a\nb\\c\rd"),
        (f"{MD5}  a\\nb", "a\\nb"),
        (f"{MD5}  a%0Ab", "a%0Ab"),
        (f"MD5 (a (1).txt) = {MD5}", "a (1).txt"),
    ],
)
def test_line_gives_its_path_exactly(line: str, path: str) -> None:
    assert lines("checksum.md5", line.encode()) == [(path, f"md5:{MD5}")]


def test_bagit_manifest_decodes_only_what_the_rfc_encodes() -> None:
    data = f"{MD5}  data/a%0Ab%0dc%25d%41\n".encode()
    assert lines("manifest-md5.txt", data) == [("data/a\nb\rc%d%41", f"md5:{MD5}")]


def test_line_ends_marks_and_comments_are_no_part_of_the_list() -> None:
    body = f"# made by hand\r\n\r\n{MD5}  a\r\n{MD5}  b"
    expected = [("a", f"md5:{MD5}"), ("b", f"md5:{MD5}")]
    assert lines("MD5SUMS", body.encode("utf-8-sig")) == expected
    assert lines("MD5SUMS", body.encode("utf-16")) == expected
    assert lines("MD5SUMS", body.replace("\r\n", "\r").encode()) == expected


def test_line_number_is_the_files_own() -> None:
    (line,) = read_checksum_file("MD5SUMS", f"\n\n{MD5}  a\n".encode())
    assert line.at.line == 3


def test_path_that_is_not_utf8_keeps_its_bytes() -> None:
    ((path, _),) = lines("MD5SUMS", MD5.encode() + b"  caf\xe9")
    assert path.encode("utf-8", "surrogateescape") == b"caf\xe9"


def test_digest_alone_belongs_to_the_file_it_stands_beside() -> None:
    assert lines("Letter.TXT.sha256", f"{SHA256}\n".encode()) == [("Letter.TXT", f"sha256:{SHA256}")]
    assert lines("letter.txt.sha256", f"{SHA256}  -\n".encode()) == [("letter.txt", f"sha256:{SHA256}")]
    assert [f.message for f in complaints("SHA256SUMS", SHA256.encode())] == [
        "the line does not say which file the checksum belongs to"
    ]


def test_algorithm_is_told_by_length_where_the_name_does_not_say() -> None:
    read = list(read_checksum_file("checksums.txt", f"{MD5}  a\n{SHA256}  b\n".encode()))
    assert [item.digest.algorithm for item in read if isinstance(item, ChecksumLine)] == [
        Algorithm.MD5,
        Algorithm.SHA256,
    ]


@pytest.mark.parametrize(
    "line",
    [
        "<html>",
        "<<<<<<< HEAD",
        f"{MD5[:-1]}  cut",
        f"{MD5}0  long",
        f"{SHA256}  wrong-algorithm",
        f"WHIRLPOOL (a) = {MD5}",
        f"{MD5}  a\0b",
        "x" * 70_000,
    ],
)
def test_line_that_cannot_be_read_is_named_and_the_rest_is_read(line: str) -> None:
    read = list(read_checksum_file("MD5SUMS", f"{line}\n{MD5}  good\n".encode()))
    bad, good = read
    assert isinstance(bad, Finding)
    assert (bad.code, bad.at.line) == ("SUM-MALFORMED", 1)
    assert isinstance(good, ChecksumLine)


def test_page_of_nonsense_gives_bounded_findings_with_the_count() -> None:
    found = complaints("MD5SUMS", b"nonsense\n" * 5000)
    assert len(found) == 101
    assert "5,000 lines" in found[-1].message

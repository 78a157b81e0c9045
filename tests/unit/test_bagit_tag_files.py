"""RFC 8493 §2.2.2 and §2.1.1: bag-info.txt and bagit.txt."""

import time

import pytest

from archive.core.bagit.declaration import codec, parse_declaration, render_declaration
from archive.core.bagit.oxum import Oxum, payload_oxum
from archive.core.bagit.tagfile import TagFile, parse_tag_file, plain_value, render_tag_file, unfolded
from archive.core.bagit.versions import V0_97, V1_0, Version


def parsed(text: str, version: Version = V1_0) -> TagFile:
    return parse_tag_file(text.encode(), name="bag-info.txt", version=version)


def codes(text: str, version: Version = V1_0) -> list[str]:
    return [finding.code for finding in parsed(text, version).findings]


def test_order_and_repetition_are_kept() -> None:
    assert parsed("B: 2\nA: 1\nB: 3\n").tags == [("B", "2"), ("A", "1"), ("B", "3")]


def test_labels_do_not_differ_by_case() -> None:
    assert parsed("contact-NAME: x\nContact-Name: y\n").values("Contact-Name") == ["x", "y"]


def test_a_folded_value_keeps_its_line_breaks_and_loses_its_indentation() -> None:
    tag_file = parsed("A: one\r\n   two\r\n\tthree\r\nB: x\r\n")
    assert tag_file.tags == [("A", "one\ntwo\nthree"), ("B", "x")]
    assert unfolded(tag_file.tags[0][1]) == "one two three"


def test_a_colon_with_space_before_it_is_legal_until_1_0() -> None:
    assert codes("Tag    :   5\n", V0_97) == []
    assert parsed("Tag    :   5\n", V0_97).tags == [("Tag", "5")]
    assert codes("Tag    :   5\n") == ["BAG-TAG-COLON"]
    assert codes("Tag:5\n") == ["BAG-TAG-COLON"]


def test_a_value_may_hold_colons_and_be_empty() -> None:
    assert parsed("A: b: c\nD:\nE: \n").tags == [("A", "b: c"), ("D", ""), ("E", "")]
    assert codes("A: b: c\nD:\nE: \n") == []


@pytest.mark.parametrize("text", ["no colon\n", ": x\n", " x\n", "<html>\n"])
def test_a_line_that_is_no_tag_is_an_error(text: str) -> None:
    assert codes(text) == ["BAG-TAG-SYNTAX"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_value_can_forge_a_tag_whatever_its_reader_takes_for_a_line_end(end: str) -> None:
    rendered = render_tag_file([("Title", f"x{end}Payload-Oxum: 1.1")]).decode()
    assert [line for line in rendered.splitlines() if not line.startswith(" ")] == ["Title: x"]


def test_a_long_value_is_folded_at_79_characters_and_read_back_as_it_was() -> None:
    value = " ".join(f"word{number}" for number in range(100))
    rendered = render_tag_file([("Description", value)])
    assert max(len(line.rstrip()) for line in rendered.decode().splitlines()) <= 79
    assert parsed(rendered.decode()).tags == [("Description", value)]


def test_a_word_too_long_for_a_line_is_broken_and_still_forges_nothing() -> None:
    rendered = render_tag_file([("A", "x" * 70_000)]).decode()
    assert codes(rendered) == []
    assert parsed(rendered).tags == [("A", plain_value("x" * 70_000))]


@pytest.mark.parametrize("label", ["", "a:b", " a", "a ", "a\nb", "a\u2028b", "\udcff", "a" * 16_385])
def test_a_label_that_no_tag_can_have_is_not_written(label: str) -> None:
    with pytest.raises(ValueError, match="no tag"):
        render_tag_file([(label, "x")])


def test_many_folded_lines_are_answered_within_seconds() -> None:
    began = time.monotonic()
    assert codes("A: x\n" + " y\n" * 300_000) == []
    assert codes("A:\n" * 1_000_000) == ["BAG-READING-STOPPED"]
    assert time.monotonic() - began < 60  # a hang, not a measurement


def test_payload_oxum_is_found_in_any_case() -> None:
    assert payload_oxum(parsed("payload-oxum: 12.3\n")) == (Oxum(12, 3), ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Payload-Oxum: 1.1\npayload-oxum: 1.1\n", "BAG-OXUM-REPEATED"),
        ("Payload-Oxum: 11\n", "BAG-OXUM-SYNTAX"),
        ("Payload-Oxum: ١.١\n", "BAG-OXUM-SYNTAX"),
        ("Payload-Oxum: 1².1\n", "BAG-OXUM-SYNTAX"),
        ("Payload-Oxum: -1.1\n", "BAG-OXUM-SYNTAX"),
        (f"Payload-Oxum: {'9' * 6000}.1\n", "BAG-OXUM-SYNTAX"),
    ],
)
def test_a_payload_oxum_that_says_nothing_is_an_error(text: str, code: str) -> None:
    oxum, findings = payload_oxum(parsed(text))
    assert oxum is None
    assert [finding.code for finding in findings] == [code]


def test_the_declaration_we_write_is_the_one_we_read() -> None:
    assert parse_declaration(render_declaration()) == (V1_0, "utf-8", "UTF-8", (), V1_0)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_declaration_may_lack_its_last_line_end(end: str) -> None:
    data = f"BagIt-Version: 1.0{end}Tag-File-Character-Encoding: UTF-8".encode()
    assert parse_declaration(data).findings == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "BAG-DECLARATION-LINES"),
        (b"\xef\xbb\xbfBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "BAG-DECLARATION-BOM"),
        ("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".encode("utf-16"), "BAG-DECLARATION-BOM"),
        (b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n", "BAG-DECLARATION-SYNTAX"),
        (b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n\n", "BAG-DECLARATION-LINES"),
        (b"BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n", "BAG-DECLARATION-SPACE"),
        (b"BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n", "BAG-DECLARATION-SPACE"),
        (b"BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n", "BAG-DECLARATION-SPACE"),
        (b"BagIt-Version: 1\nTag-File-Character-Encoding: UTF-8\n", "BAG-VERSION-UNKNOWN"),
        (b"BagIt-Version: 01.0\nTag-File-Character-Encoding: UTF-8\n", "BAG-VERSION-UNKNOWN"),
        (b"BagIt-Version: 0.097\nTag-File-Character-Encoding: UTF-8\n", "BAG-VERSION-UNKNOWN"),
        (b"BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n", "BAG-VERSION-UNKNOWN"),
        (b"BagIt-Version: 1.7\nTag-File-Character-Encoding: UTF-8\n", "BAG-VERSION-NEWER"),
        ("BagIt-Version: ١.٠\nTag-File-Character-Encoding: UTF-8\n".encode(), "BAG-VERSION-UNKNOWN"),
        (b"BagIt-Version: 1.0\nTag-File-Character-Encoding: \xff\n", "BAG-DECLARATION-ENCODING"),
        (b"x" * (32 << 20), "BAG-DECLARATION-SIZE"),
    ],
)
def test_a_wrong_declaration_is_named(data: bytes, code: str) -> None:
    assert code in [finding.code for finding in parse_declaration(data).findings]


@pytest.mark.parametrize(
    "name", ["rot13", "zlib", "base64", "hex", "idna", "punycode", "unicode_escape", "mbcs", "utf-7", "x\0"]
)
def test_codecs_that_are_no_character_sets_are_refused(name: str) -> None:
    assert codec(name) is None
    data = f"BagIt-Version: 1.0\nTag-File-Character-Encoding: {name}\n".encode()
    assert parse_declaration(data).encoding is None


def test_every_allowed_codec_exists() -> None:
    for label in ("UTF-8", "utf_16", "ISO-8859-1", "ISO-8859-16", "windows-1252", "Shift_JIS", "KOI8-R"):
        name = codec(label)
        assert name is not None
        assert "a".encode(name)

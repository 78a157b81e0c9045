"""Identifiers and names: what people type, see and compare."""

import json
import os
import subprocess
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.core import canonical, ids, text
from archive.core.findings import Finding, error
from archive.core.quantities import byte_size
from archive.formats import csv_cells


@given(st.integers(-5, 1 << 50), st.binary(min_size=10, max_size=10))
def test_uuid7_is_a_version_7_uuid_that_sorts_by_its_clamped_time(milliseconds: int, random: bytes) -> None:
    identifier = ids.uuid7(milliseconds, random)
    parsed = uuid.UUID(identifier)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == min(max(milliseconds, 0), (1 << 48) - 1)
    assert ids.is_uuid7(identifier)


@given(st.text(st.sampled_from(["a", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])))
def test_lines_of_a_text_are_those_of_its_bytes(written: str) -> None:
    assert text.text_lines(written) == [line.decode() for line in written.encode().splitlines()]


def test_printable_escapes_what_moves_a_cursor_or_turns_text_round() -> None:
    assert text.printable("a\x1b[2J\u202eb\udcff\n") == "a\\x1b[2J\\u202eb\\xff\\x0a"


@pytest.mark.parametrize(
    ("char", "shown"),
    [
        ("\x9b", "\\x9b"),
        ("\u00ad", "\\u00ad"),
        ("\u180e", "\\u180e"),
        ("\u200b", "\\u200b"),
        ("\u2060", "\\u2060"),
        ("\u2064", "\\u2064"),
        ("\ufff9", "\\ufff9"),
        ("\ufffb", "\\ufffb"),
        ("\U000e0041", "\\U000e0041"),
        ("\U000e007f", "\\U000e007f"),
    ],
    ids=ascii,
)
def test_printable_shows_what_cannot_be_seen(char: str, shown: str) -> None:
    assert text.printable(f"a{char}b") == f"a{shown}b"


def test_printable_spells_every_noncharacter_out() -> None:
    ends = (0x1_0000 * plane + low for plane in range(17) for low in (0xFFFE, 0xFFFF))
    codes = [*range(0xFDD0, 0xFDF0), *ends]
    assert len(codes) == 66  # The Unicode Standard, § 23.7
    for code in codes:
        shown = f"\\u{code:04x}" if code < 0x1_0000 else f"\\U{code:08x}"
        assert text.printable(f"a{chr(code)}b") == f"a{shown}b"
        assert csv_cells.cell(chr(code)) == shown
    around = "\ufdcf\ufdf0\ufffd\U0001fffd\U00020000"
    assert text.printable(around) == around


@pytest.mark.parametrize(
    "readable",
    ["می\u200cروم", "क्\u200dष", "👩\u200d🌾", "☂\ufe0f", "\ufffd", "e\u0301", "a\u00a0b"],
    ids=ascii,
)
def test_printable_leaves_what_scripts_are_read_by(readable: str) -> None:
    assert text.printable(readable) == readable


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_printable_json_says_the_same_and_holds_nothing_that_is_not_printable(any_text: str) -> None:
    document = text.printable_json(json.dumps([any_text], ensure_ascii=False))
    assert json.loads(document) == json.loads(json.dumps([any_text]))
    assert text.printable(document) == document


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_printable_text_stays_as_it_is_once_escaped(any_text: str) -> None:
    once = text.printable(any_text)
    assert text.printable(once) == once
    assert not any(0xD800 <= ord(char) <= 0xDFFF for char in once)


@given(st.text())
@example("\x7f\x9b31m\u202e\ufeff\U000e0041\ud800")
def test_json_on_a_line_means_the_same_and_can_be_shown(value: str) -> None:
    written = text.printable_json(json.dumps({value: value}, ensure_ascii=False))
    assert json.loads(written) == {value: value}
    assert text.printable(written) == written


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1.0 KiB"),
        (41_984, "41.0 KiB"),
        (1024**2 - 1, "1.0 MiB"),
        (106_000_000, "101.1 MiB"),
        (1023 * 1024**5, "1,023.0 PiB"),
        (1 << 63, "8,192.0 PiB"),
    ],
)
def test_sizes_are_in_binary_units(count: int, shown: str) -> None:
    assert byte_size(count) == shown


def test_a_word_of_a_command_can_be_pasted_whatever_the_name() -> None:
    names = [
        b"plain-1.tif",
        b"~root",
        b"two words",
        b"it's",
        b"$(id)",
        b"a\nb",
        b"\x1b[31m5",
        b"\xff5",
        b"'\n\\0",
    ]
    names += ["\u202ecafé*".encode(), b"=1", b""]
    words = [text.shell_word(os.fsdecode(name)) for name in names]
    shown = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {' '.join(words)}"], capture_output=True, check=True
    )
    assert shown.stdout.split(b"\0")[:-1] == names
    assert all(text.printable(word) == word for word in words)


def test_a_word_of_a_command_is_never_taken_for_an_option() -> None:
    assert text.shell_word("--help") == "./--help"


@given(st.binary())
def test_lossless_carries_any_file_name(raw: bytes) -> None:
    import base64

    name = raw.decode("utf-8", "surrogateescape")
    carried = text.lossless(name)
    back = carried.encode() if isinstance(carried, str) else base64.b64decode(carried["base64"])
    assert back == raw


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical.compact({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert canonical.readable({"b": [1], "a": {}}) == b'{\n  "a": {},\n  "b": [1]\n}\n'


def test_findings_are_in_order_whatever_their_places_hold() -> None:
    places = ["\ud800", "b", "\udcff\ud800", "a", "\udcff"]
    found = sorted((error("X", place, "m") for place in places), key=Finding.sort_key)
    assert [finding.place for finding in found][:2] == ["a", "b"]

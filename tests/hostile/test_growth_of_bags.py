"""Bags made so that time by the square of their size would be minutes or hours."""

from archive.core.bagit.tag_lines import edited
from archive.core.bagit.tagfile import plain_value, render_tag_file

MANY = 400_000


def test_blank_lines_that_turn_out_to_be_a_tag_s_own() -> None:
    blank = b"\r" * MANY
    file = b"Note: one\r" + blank + b" two\r"
    assert edited(file, encoding="utf-8", removed=["Note"]) == b""
    assert edited(blank + b" two\r", encoding="utf-8", added=[("A", "b")]) == blank + b" two\rA: b\r"


def test_a_tag_that_stands_in_every_line() -> None:
    file = b"Payload-Oxum: 1.1\n" * MANY + b"Last: x\n"
    after = edited(file, encoding="utf-8", changed=[("Payload-Oxum", "1.2")])
    assert after == b"Payload-Oxum: 1.2\nLast: x\n"


def test_a_long_value_of_short_words() -> None:
    value = "a " * (1 << 20) + "b"
    assert plain_value(value) == value
    assert render_tag_file([("A", value)]).count(b"a") == 1 << 20

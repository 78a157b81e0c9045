"""bag-info.txt edited in place: what is not named stays byte for byte (RFC 8493 §2.2.2)."""

import pytest

from archive.core.bagit.tag_lines import TagEditError, edited
from archive.core.limits.bags import LINE_CHARACTERS

FILE = b"Source-Organization : Valley\r\nNote:one\r\n   two\r\nNOTE: x\r\n\r\nLast: \xc3\xa9nd"


def test_nothing_asked_is_nothing_changed() -> None:
    assert edited(FILE, encoding="utf-8") == FILE


def test_a_tag_is_set_in_its_place_with_the_file_s_line_ends_and_its_repetitions_go() -> None:
    after = edited(FILE, encoding="utf-8", changed=[("Note", "three\nfour")])
    assert after == FILE.replace(b"Note:one\r\n   two\r\nNOTE: x\r\n", b"Note: three\r\n  four\r\n")


def test_a_tag_that_has_its_value_already_keeps_its_bytes() -> None:
    once = FILE.replace(b"NOTE: x\r\n", b"")
    assert edited(once, encoding="utf-8", changed=[("Note", "one\ntwo")]) == once


def test_the_last_line_stays_without_an_end() -> None:
    assert edited(FILE, encoding="utf-8", changed=[("last", "z")]) == FILE.replace(
        b"Last: \xc3\xa9nd", b"last: z"
    )


def test_a_tag_is_added_at_the_end_even_where_it_is_there() -> None:
    assert edited(FILE, encoding="utf-8", added=[("Note", "y")]) == FILE + b"\r\nNote: y\r\n"


def test_a_tag_that_is_not_there_is_set_at_the_end() -> None:
    assert edited(b"A: 1\n", encoding="utf-8", changed=[("B", "2")]) == b"A: 1\nB: 2\n"


def test_removing_takes_every_line_of_the_tag_and_no_other() -> None:
    after = edited(FILE, encoding="utf-8", removed=["nOtE"])
    assert after == FILE.replace(b"Note:one\r\n   two\r\nNOTE: x\r\n", b"")


def test_a_tag_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(TagEditError, match="has no tag Nothing"):
        edited(FILE, encoding="utf-8", removed=["Nothing"])


def test_a_file_that_is_not_there_begins_empty() -> None:
    assert edited(b"", encoding="utf-8", added=[("A", "1")]) == b"A: 1\n"


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_the_order_of_bytes_is_kept_with_its_mark(mark: str) -> None:
    data = "\ufeffA: 1\n".encode(mark)
    assert edited(data, encoding="utf-16", added=[("B", "é")]) == "\ufeffA: 1\nB: é\n".encode(mark)


def test_bytes_that_are_not_utf_8_stay() -> None:
    assert edited(b"A: \xff\n", encoding="utf-8", added=[("B", "2")]) == b"A: \xff\nB: 2\n"


def test_a_file_that_could_not_be_written_back_is_not_edited() -> None:
    with pytest.raises(TagEditError, match="byte for byte"):
        edited(b"A: \xff\n", encoding="ascii", added=[("B", "2")])


def test_a_value_that_the_encoding_does_not_have_is_refused() -> None:
    with pytest.raises(TagEditError, match="which has no 'é'"):
        edited(b"A: 1\n", encoding="ascii", added=[("B", "é")])


def test_an_upgrade_mends_colons_and_keeps_folding_order_and_values() -> None:
    after = edited(FILE, encoding="utf-8", upgrade=True)
    assert after == FILE.replace(b"tion : V", b"tion: V").replace(b"Note:one", b"Note: one")


def test_an_upgrade_is_utf_8_without_a_mark() -> None:
    data = "\ufeffTag    :   ü\n".encode("utf-16-be")
    assert edited(data, encoding="utf-16", upgrade=True) == "Tag: ü\n".encode()


def test_a_first_line_that_continues_nothing_is_no_tag() -> None:
    after = edited(b" Note: one\n", encoding="utf-8", changed=[("Note", "two")])
    assert after == b" Note: one\nNote: two\n"


@pytest.mark.parametrize(("encoding", "codec"), [("utf-16", "utf-16-le"), ("utf-32", "utf-32-be")])
def test_a_second_mark_is_no_part_of_the_first_label(encoding: str, codec: str) -> None:
    after = edited("\ufeff\ufeffA: 1\n".encode(codec), encoding=encoding, changed=[("A", "2")])
    assert after == "\ufeff\ufeffA: 2\n".encode(codec)


def test_a_line_too_long_to_be_read_is_replaced() -> None:
    data = b"Note: " + b"a" * LINE_CHARACTERS + b"\nOther: x\n"
    assert edited(data, encoding="utf-8", changed=[("Note", "new")]) == b"Note: new\nOther: x\n"

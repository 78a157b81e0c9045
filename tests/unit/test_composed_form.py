"""Two Unicode spellings of one name, and names made to take hours."""

import unicodedata

from archive.core.composed_form import composed


def test_spellings_of_one_name_come_to_one_form() -> None:
    assert composed("data/e\u0301.txt") == composed("data/\u00e9.txt") == "data/\u00e9.txt"


def test_as_many_marks_as_stream_safe_text_has_are_put_in_order() -> None:
    text = "e" + "\u0301\u0316" * 15
    assert composed(text) == unicodedata.normalize("NFC", text) != text


def test_more_marks_in_a_row_are_left_as_they_are() -> None:
    text = "e" + "\u0301\u0316" * 15 + "\u0301"
    assert composed(text) == text != unicodedata.normalize("NFC", text)


def test_a_name_is_not_too_long_for_the_rows_of_marks_in_it_together() -> None:
    text = ("e" + "\u0301\u0316" * 15) * 9
    assert composed(text) == unicodedata.normalize("NFC", text)

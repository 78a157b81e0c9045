"""Types in words of every day: spelt otherwise, a kind of a term, or several at once."""

import pytest

from archive.core.descriptions.type_words import kind_of, several, term_spelt


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("still image", "StillImage"),
        ("Still Images", "StillImage"),
        ("http://purl.org/dc/dcmitype/Image", "Image"),
        ("dcmitype:Text", "Text"),
        ("physical-object", "PhysicalObject"),
        ("image/jpeg", None),
        ("photograph", None),
        ("", None),
    ],
)
def test_term_spelt_otherwise_is_told(text: str, term: str | None) -> None:
    assert term_spelt(text) == term


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Photographs", "StillImage"),
        ("oral history", "Sound"),
        ("Motion picture", "MovingImage"),
        ("Mixed materials", "Collection"),
        ("Letters", "Text"),
        ("letters of credit", None),
        ("Photographs; Letters", None),
    ],
)
def test_word_is_told_the_term_that_it_is_a_kind_of(text: str, term: str | None) -> None:
    assert kind_of(text) == term


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Text; Image", True), ("Photographs|Letters", True), ("Text", False), ("Text; odd", False)],
)
def test_several_types_in_one_value_are_told(text: str, expected: bool) -> None:
    assert several(text) is expected

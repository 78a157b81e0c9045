"""The description: one form on disk, nothing of meaning lost on the way."""

import json

from archive.core.descriptions.description import Description, Value, differences, tidy

LETTER = Description(
    {"title": (Value("Letter"), Value("Brief", "de")), "date": (Value("1918-11", scheme="EDTF"),)},
    {"box": ("3", "4")},
)


def test_description_survives_its_form_on_disk() -> None:
    assert Description.from_json(json.loads(LETTER.canonical_bytes())) == LETTER


def test_value_with_language_is_an_object_and_without_is_a_string() -> None:
    assert LETTER.to_json() == {
        "schema": "dublin-core/1",
        "title": ["Letter", {"value": "Brief", "lang": "de"}],
        "date": [{"value": "1918-11", "scheme": "EDTF"}],
        "other": {"box": ["3", "4"]},
    }


def test_canonical_bytes_do_not_depend_on_the_order_of_terms() -> None:
    swapped = Description(dict(reversed(list(LETTER.terms.items()))), LETTER.other)
    assert swapped.canonical_bytes() == LETTER.canonical_bytes()


def test_single_value_may_stand_without_its_array() -> None:
    lone = Description.from_json({"title": "Letter", "other": {"box": "3"}})
    assert lone == Description({"title": (Value("Letter"),)}, {"box": ("3",)})


def test_tidy_trims_and_unifies_line_ends_and_keeps_the_rest() -> None:
    assert tidy(" \u00a0a\r\nb\rc\x00 d\t\n") == "a\nb\nc\x00 d"
    assert tidy("\x1ca\x1f") == "\x1ca\x1f"


def test_title_is_the_first_title_or_empty() -> None:
    assert LETTER.title == "Letter"
    assert Description({}).title == ""


def test_with_terms_replaces_adds_and_removes() -> None:
    changed = LETTER.with_terms({"title": [Value("New")], "date": [], "creator": [Value("Ada")]})
    assert changed.terms == {"title": (Value("New"),), "creator": (Value("Ada"),)}
    assert changed.other == LETTER.other


def test_differences_name_terms_and_columns() -> None:
    changed = LETTER.with_terms({"title": [Value("Letter")], "creator": [Value("Ada")]})
    assert differences(LETTER, changed) == ("title", "creator")
    assert differences(LETTER, Description(LETTER.terms, {"box": ("4", "3")})) == ("box",)
    assert differences(LETTER, LETTER) == ()

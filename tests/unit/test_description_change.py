"""What is offered takes the place of what is held, field by field; what is not named stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.description_change import Field, field_changes, merged
from archive.core.errors import ConfigurationError
from archive.services.changes.notes import ChangeNote, note_text, parse_note
from archive.services.changes.request import Assignment, parse_assignment, parse_field
from archive.services.opened import software_agent

EN, FR, PLAIN = Value("Letter", "en"), Value("Lettre", "fr"), Value("Brief")
HELD = Description({"title": (EN, FR), "creator": (Value("Ana"),)}, {"shelf": ("3",)})


def title(*values: Value) -> Description:
    return Description({"title": values})


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (Description({}), (EN, FR)),
        (title(PLAIN), (PLAIN,)),
        (title(Value("Billet", "fr")), (EN, Value("Billet", "fr"))),
        (title(Value("Note", "en")), (Value("Note", "en"), FR)),
        (title(Value("Brief", "de")), (EN, FR, Value("Brief", "de"))),
        (title(FR, EN), (EN, FR)),
        (title(Value("A", "en"), Value("B", "en")), (Value("A", "en"), Value("B", "en"), FR)),
    ],
    ids=["nothing", "no language", "second", "first", "a third", "another order", "two of one"],
)
def test_a_value_takes_the_place_of_those_in_its_language(
    offered: Description, expected: tuple[Value, ...]
) -> None:
    new = merged(HELD, offered)
    assert new.terms["title"] == expected
    assert new.terms["creator"] == HELD.terms["creator"]
    assert new.other == HELD.other


def test_an_empty_value_that_is_held_stays_where_nothing_else_is_changed() -> None:
    held = Description({}, {"Notes": ("a", "", "b"), "Blank": ("",)})
    assert merged(held, Description({}, {"Notes": ("a", "b")})) == held
    changed = merged(held, Description({}, {"Notes": ("a", "c")}))
    assert changed.other == {"Notes": ("a", "c"), "Blank": ("",)}
    assert merged(held, Description({}, {"Notes": ("a",)}), [Field("Notes")]).other["Notes"] == ("a",)


def test_a_text_that_is_held_already_keeps_its_scheme_and_iri() -> None:
    held = Description({"subject": (Value("Bells", None, "lcsh", "http://id.loc.gov/x"),)})
    assert merged(held, Description({"subject": (Value("Bells"),)})) == held


def test_a_text_that_is_held_with_an_iri_and_without_stays_both() -> None:
    both = Description({"subject": (Value("Bells", None, None, "http://id.loc.gov/x"), Value("Bells"))})
    assert merged(both, both) == both


def test_a_text_under_several_schemes_keeps_them_in_their_order() -> None:
    several = (Value("Bells", None, "lcsh"), Value("Bells", None, "aat", "urn:a:2"), Value("Bells"))
    held = Description({"subject": (*several, Value("Cloches", "fr", "rameau"))})
    offered = (Value("Bells"), Value("Bells"), Value("Bells"), Value("Cloches", "fr"))
    assert merged(held, Description({"subject": offered})) == held
    fewer = merged(held, Description({"subject": (several[1],)}))
    assert fewer.terms["subject"] == (several[1],)


def test_the_order_of_values_is_part_of_them() -> None:
    held = Description({"creator": (Value("A"), Value("B"))})
    assert merged(held, Description({"creator": (Value("B"), Value("A"))})) != held


@pytest.mark.parametrize(
    ("field", "left"),
    [(Field("title"), None), (Field("title", "fr"), (EN,)), (Field("title", "de"), (EN, FR))],
)
def test_a_cleared_field_is_gone_and_only_it(field: Field, left: tuple[Value, ...] | None) -> None:
    new = merged(HELD, Description({}), [field])
    assert new.terms.get("title") == left
    assert new.terms["creator"] == HELD.terms["creator"]


def test_a_column_that_is_not_dublin_core_is_cleared_by_its_name() -> None:
    assert merged(HELD, Description({}), [Field("shelf")]).other == {}


def test_what_is_offered_wins_over_what_is_cleared() -> None:
    assert merged(HELD, title(PLAIN), [Field("title")]).terms["title"] == (PLAIN,)


def test_changes_name_the_fields_as_people_write_them_with_old_and_new() -> None:
    new = merged(HELD, Description({"extent": (Value("2 p."),)}, {"shelf": ("4",)}), [Field("creator")])
    assert field_changes(HELD, new) == (
        ("dc.creator", (Value("Ana"),), ()),
        ("dcterms.extent", (), (Value("2 p."),)),
        ("shelf", (Value("3"),), (Value("4"),)),
    )


VALUES = st.builds(
    Value,
    st.text(min_size=1, max_size=2),
    st.sampled_from([None, "en"]),
    st.none(),
    st.sampled_from([None, "u:x"]),
)
DESCRIPTIONS = st.builds(
    Description,
    st.dictionaries(
        st.sampled_from(["title", "creator", "date"]), st.lists(VALUES, min_size=1, max_size=3).map(tuple)
    ),
)


@given(held=DESCRIPTIONS, offered=DESCRIPTIONS)
def test_the_same_change_again_changes_nothing(held: Description, offered: Description) -> None:
    once = merged(held, offered)
    assert merged(once, offered) == once
    assert merged(held, held) == held


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dc.title=A = B", Assignment("dc.title", "A = B")),
        (" title =x", Assignment("title", "x")),
        ("dc.title[fr]=x", Assignment("dc.title[fr]", "x")),
        ("shelf mark=3", Assignment("shelf mark", "3")),
    ],
)
def test_a_field_and_its_value_are_parted_at_the_first_equals_sign(text: str, expected: Assignment) -> None:
    assert parse_assignment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "title",
        "=x",
        "title=",
        "title= ",
        "dc.titel=x",
        "reference=x",
        "filename=x",
        "md5=x",
        "id=x",
        "revision=2",
    ],
)
def test_what_is_no_field_of_a_description_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_assignment(text)


def test_a_field_to_be_emptied_may_be_meant_in_one_language() -> None:
    assert parse_field("dc.title[fr]") == Field("title", "fr")


@pytest.mark.parametrize("reason", ["plain", "two\nlines\nauthority: not one", "by: somebody else"])
def test_a_note_gives_back_who_and_why(reason: str) -> None:
    agent = software_agent()
    assert parse_note(note_text(agent, reason=reason)) == ChangeNote(agent.name, reason)
    assert parse_note(note_text(agent, authority=reason)) == ChangeNote(agent.name, None, reason)
    assert parse_note(note_text(agent)) == ChangeNote(agent.name, None)
    assert parse_note("a text of another program") == ChangeNote(None, "a text of another program")

"""Access is a closed set: read in any spelling, written in one, never taken for open where nobody says so."""

from dataclasses import replace

import pytest

from archive.core.descriptions.access import (
    NOT_STATED,
    OPEN,
    RESTRICTED,
    Access,
    AccessError,
    AccessStatus,
    parse_access,
    stored_access,
)
from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.description_access import with_access
from archive.core.descriptions.description_change import Field, field_changes, merged
from archive.core.findings import At, Severity
from archive.core.holding import Holding
from archive.schemas import is_valid
from archive.storage.index import indexed_document

UNTIL = Access(AccessStatus.EMBARGOED, "2040-01-01")


def described(access: str | None = None, column: str = "access", text: str | None = None) -> Description:
    stated = None if access is None else parse_access(access)
    other = {} if text is None else {column: (text,)}
    return Description({"title": (Value("A"),)}, other, stated)


@pytest.mark.parametrize(
    ("text", "access"),
    [
        ("open", OPEN),
        (" Restricted ", RESTRICTED),
        ("not stated", NOT_STATED),
        ("embargoed  until 2040-01-01", UNTIL),
        ("RESTRICTED; title hidden", RESTRICTED._replace(title_hidden=True)),
        ("embargoed until 2040-01-01, title hidden", UNTIL._replace(title_hidden=True)),
    ],
)
def test_every_spelling_of_the_closed_set_is_read_and_written_in_one(text: str, access: Access) -> None:
    assert parse_access(text) == access
    assert parse_access(str(access)) == access


@pytest.mark.parametrize(
    "text",
    [
        "opened",
        "open, title hidden",
        "embargoed",
        "embargoed until 2040",
        "embargoed until 2040-02-30",
        "embargoed until 1/1/2040",
        "embargoed until ٢٠٤٠-٠١-٠١",
        "restricted" + " " * 300,
        "open||restricted",
        "open / restricted",
        "“restricted”",
        "(embargoed until 2040-01-01)",
        "title hidden",
        "Open.",
        "closed",
        "Private",
        "confidential",
        "under embargo",
        "currently restricted",
        "access: restricted",
        "is_restricted",
        "\uff52estricted",
        "re\u00adstricted",
        "\u200brestricted",
        "info:eu-repo/semantics/closedAccess",
        "no copies, restricted",
        "no restrictions until 2030, then restricted",
        "not only restricted",
        "no other restrictions",
        "restrictions: none, but restricted until 2030",
        "by appointment, title hidden",
        "by appointment" + " " * 300 + "restricted",
    ],
)
def test_what_was_meant_for_it_and_is_not_of_the_set_is_told_apart_from_free_words(text: str) -> None:
    with pytest.raises(AccessError) as trouble:
        parse_access(text)
    assert trouble.value.is_meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "by appointment",
        "Open to members",
        "public domain",
        "disclosed in 1990",
        "unrestricted",
        "No restrictions.",
        "not restricted",
        "non-restricted",
        "no longer under embargo",
        "no access restrictions",
        "without any restriction",
        "Restrictions: none",
        "access restrictions: none.",
    ],
)
def test_free_words_are_not_meant_for_it(text: str) -> None:
    with pytest.raises(AccessError) as trouble:
        parse_access(text)
    assert not trouble.value.is_meant


def test_an_embargo_is_over_on_the_day_it_names_and_not_the_day_before() -> None:
    assert UNTIL.on("2039-12-31") == UNTIL
    assert UNTIL.on("2040-01-01") == OPEN


def test_a_stored_text_that_is_not_ours_counts_as_restricted_and_an_absent_one_as_not_stated() -> None:
    assert stored_access("opened by nobody") == RESTRICTED
    assert stored_access("") == NOT_STATED


def test_a_column_of_that_name_becomes_the_statement_and_free_words_stay_a_column() -> None:
    stated, found = with_access(
        described(None, "Access", "Restricted"), "t.csv:2", lambda name: At(field=name)
    )
    assert (stated.access, stated.other, found) == (RESTRICTED, {}, ())
    kept, found = with_access(described(text="open to members"), "t.csv:2", lambda name: At(field=name))
    assert (kept.access, kept.other["access"]) == (None, ("open to members",))
    assert [one.severity for one in found] == [Severity.WARNING]


@pytest.mark.parametrize("text", ["restrictd", "embargoed until soon"])
def test_a_statement_that_cannot_be_read_is_an_error_for_it_might_open_what_is_closed(text: str) -> None:
    _, found = with_access(described(text=text), "t.csv:2", lambda name: At(field=name))
    assert [one.code for one in found] == ["DESC-ACCESS-UNREADABLE"]


def test_it_is_stored_as_one_text_under_the_schema_and_read_again() -> None:
    description = described("embargoed until 2040-01-01, title hidden")
    document = description.to_json()
    assert document["access"] == "embargoed until 2040-01-01, title hidden"
    assert is_valid("dublin-core", document)
    assert Description.from_stored(description.canonical_bytes()) == description
    assert Description.from_json(document) == description


@pytest.mark.parametrize(
    "text", ["Open", "not stated", "open, title hidden", "embargoed until 2040-13-01", "open\n"]
)
def test_the_schema_knows_the_one_spelling_only(text: str) -> None:
    assert not is_valid("dublin-core", {"title": "A", "access": text})


def test_nothing_offered_leaves_it_a_statement_replaces_it_and_not_stated_takes_it_back() -> None:
    held = described("restricted")
    assert merged(held, described()).access == RESTRICTED
    assert merged(held, described("open")).access == OPEN
    assert merged(held, described("not stated")).access is None
    assert merged(held, described(), [Field("access")]).access is None


def test_a_change_of_it_is_a_change_of_a_field() -> None:
    (change,) = field_changes(described("restricted"), described("open"))
    assert (change.field, change.old, change.new) == ("access", (Value("restricted"),), (Value("open"),))


def test_a_hidden_title_is_neither_listed_nor_searched() -> None:
    holding = Holding(
        bag="0" * 36,
        run="r",
        reference="1",
        declared=False,
        accession=None,
        source="s",
        files=1,
        bytes=1,
        payload_key="00",
        tag_manifest="00",
        awaiting=False,
        description=described("restricted, title hidden"),
    )
    made = indexed_document(holding)
    assert "[title hidden]" in made.facts
    assert "A" not in made.facts
    assert made.words[0] == ""


def test_what_was_said_beside_a_hidden_title_is_hidden_with_it() -> None:
    said = ("/dc.title", "/dcterms.alternative", "/dcterms:title", "/title[en]", "/Title")
    beside = dict.fromkeys(said, ("A",)) | {"/dc.creator": ("C",), "title of it": ("D",)}
    description = replace(described("restricted, title hidden"), other=beside)
    assert dict(description.without_title().other) == {"/dc.creator": ("C",), "title of it": ("D",)}


@pytest.mark.parametrize("columns", [("access", "Access"), ("ACCESS ", "access")])
def test_two_columns_of_access_are_never_one_word_against_the_other(columns: tuple[str, str]) -> None:
    other = dict(zip(columns, (("open",), ("restricted",)), strict=True))
    kept, (found,) = with_access(Description({"title": (Value("A"),)}, other), "m.csv:2", lambda _: At())
    assert (kept.access, found.code, found.severity) == (None, "DESC-ACCESS-UNREADABLE", Severity.ERROR)

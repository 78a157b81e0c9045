"""DCMI Metadata Terms: names, refinements, and the spellings people use for them."""

import pytest

from archive.core.descriptions.dcterms import (
    DATE_TERMS,
    ELEMENTS,
    REFINES,
    TERMS,
    claims_dublin_core,
    element_of,
    nearest_term,
    normalise_key,
    normalise_key_with_language,
    qualified,
)


def test_vocabulary_has_fifteen_elements_and_fifty_five_terms() -> None:
    assert len(ELEMENTS) == 15
    assert len(TERMS) == len(set(TERMS)) == 55
    assert {element for element in REFINES.values() if element} <= set(ELEMENTS)


@pytest.mark.parametrize(
    ("key", "term"),
    [
        ("title", "title"),
        ("dc.title", "title"),
        ("dc:title", "title"),
        (" DC.Title ", "title"),
        ("dcterms.extent", "extent"),
        ("dcterms:extent", "extent"),
        ("dc.accessrights", "accessRights"),
        ("dct:isPartOf", "isPartOf"),
        ("http://purl.org/dc/elements/1.1/creator", "creator"),
        ("http://purl.org/dc/terms/isPartOf", "isPartOf"),
        ("dc.date.issued", "issued"),
    ],
)
def test_every_spelling_of_a_key_names_its_term(key: str, term: str) -> None:
    assert normalise_key(key) == term


@pytest.mark.parametrize(
    "key", ["", "dc.", "dc.titel", "box", "dc.title.issued", "dc..issued", "dc.date.", "dcx.title", "schema"]
)
def test_key_outside_the_vocabulary_names_no_term(key: str) -> None:
    assert normalise_key(key) is None


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("dc.title[en]", ("title", "en")),
        ("title[pt-BR] ", ("title", "pt-BR")),
        ("dc.title[]", ("title", None)),
        ("dc.title", ("title", None)),
        ("box[en]", None),
    ],
)
def test_language_in_brackets_is_told_from_the_key(key: str, expected: tuple[str, str | None] | None) -> None:
    assert normalise_key_with_language(key) == expected


@pytest.mark.parametrize(
    ("key", "term"),
    [("dc.titel", "title"), ("creater", "creator"), ("dc.xyzzy", None), ("dc.tilte[en]", "title")],
)
def test_nearest_term_is_offered_for_a_misspelling(key: str, term: str | None) -> None:
    assert nearest_term(key) == term


def test_prefix_claims_dublin_core_even_before_an_unknown_name() -> None:
    assert claims_dublin_core("dc.titel")
    assert not claims_dublin_core("decoration")


def test_refinement_is_carried_by_its_element() -> None:
    assert element_of("accessRights") == "rights"
    assert element_of("rightsHolder") is None
    assert element_of("title") == "title"
    assert (qualified("title"), qualified("extent")) == ("dc.title", "dcterms.extent")
    assert "created" in DATE_TERMS
    assert "coverage" not in DATE_TERMS

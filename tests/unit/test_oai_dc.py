"""oai_dc: what stands where, and what is left out."""

from lxml import etree

from archive.core.descriptions.dcterms import ELEMENTS, REFINES
from archive.core.descriptions.description import Description, Value
from archive.formats.oai_dc import oai_dc_xml, xml_language

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def elements(description: Description, *identifiers: str) -> list[tuple[str, str | None, str | None]]:
    """Each element as a parser sees it: name, language, text."""
    root = etree.fromstring(oai_dc_xml(description, identifiers))
    return [(str(each.tag).rpartition("}")[2], each.get(_LANG), each.text) for each in root.iterchildren("*")]


def test_elements_stand_in_the_order_of_dcmes_whatever_the_order_of_the_description() -> None:
    description = Description({term: (Value(term),) for term in reversed(ELEMENTS)})
    assert [name for name, _, _ in elements(description)] == list(ELEMENTS)


def test_a_refinement_stands_under_the_element_it_refines_after_the_elements_own_values() -> None:
    description = Description(
        {"alternative": (Value("b"),), "created": (Value("1984?"),), "title": (Value("a"),)}
    )
    assert elements(description) == [("title", None, "a"), ("title", None, "b"), ("date", None, "1984?")]


def test_terms_that_refine_no_element_are_left_to_the_json() -> None:
    lost = [term for term, element in REFINES.items() if element is None]
    assert elements(Description({term: (Value("x"),) for term in lost})) == []


def test_reference_and_urn_come_first_among_the_identifiers_and_none_appears_twice() -> None:
    description = Description({"identifier": (Value("Box 3"), Value("2026-000001"))})
    assert [text for _, _, text in elements(description, "2026-000001", "urn:uuid:1")] == [
        "2026-000001",
        "urn:uuid:1",
        "Box 3",
    ]


def test_the_same_text_in_two_languages_stays_twice() -> None:
    description = Description(
        {"title": (Value("Museum", "en"), Value("Museum", "de"), Value("Museum", "de"))}
    )
    assert elements(description) == [("title", "en", "Museum"), ("title", "de", "Museum")]


def test_languages_are_canonical() -> None:
    assert [xml_language(tag) for tag in ("eng", "EN-us", "iw", "fre", "zh-hant", "en-GB", "nds")] == [
        "en",
        "en-US",
        "he",
        "fr",
        "zh-Hant",
        "en-GB",
        "nds",
    ]


def test_a_language_that_xml_schema_refuses_is_left_out() -> None:
    for tag in ("not a tag", "", "klingon!", "en_US", "1", "x" * 9, "é", "en-" + "a" * 200):
        assert xml_language(tag) == "", tag


def test_line_ends_and_tabs_of_a_value_survive_a_parser() -> None:
    assert elements(Description({"title": (Value("a\r\nb\tc\rd"),)})) == [("title", None, "a\r\nb\tc\rd")]


def test_what_xml_cannot_carry_becomes_the_replacement_character_and_a_comment_says_so() -> None:
    document = oai_dc_xml(Description({"title": (Value("a\x00b\ufffe\ud800"),)}), ())
    assert "a\ufffdb\ufffd\ufffd" in document.decode()
    assert b"dublin-core.json" in document


def test_a_replacement_character_of_the_description_itself_needs_no_comment() -> None:
    assert b"<!--" not in oai_dc_xml(Description({"title": (Value("a\ufffdb"),)}), ())

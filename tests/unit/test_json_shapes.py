"""Descriptions in JSON as other systems give them: found where they stand, nothing of them dropped."""

import io
import json
from typing import Any

import pytest

from archive.core.descriptions.description import Value
from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar

INNER = {"title": "The mill", "creator": ["Doe, Ana"], "date": "1902"}


def read(document: Any) -> tuple[list[DescribedRow], list[Finding]]:
    """The rows of a document, and all that is said of it."""
    data = json.dumps(document, indent=1, ensure_ascii=False).encode()
    items = list(read_descriptions("set.json", io.BytesIO(data)))
    rows = [item for item in items if isinstance(item, DescribedRow)]
    of_rows = [finding for row in rows for finding in row.findings]
    return rows, [*(item for item in items if isinstance(item, Finding)), *of_rows]


def one(document: Any) -> DescribedRow:
    (row,), _ = read(document)
    return row


def said(document: Any, code: str) -> list[str]:
    return [finding.message for finding in read(document)[1] if finding.code == code]


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"metadata": INNER, "created": 1600000000}, "metadata"),
        ({"status": "ok", "message": INNER}, "message"),
        ({"a": {"b": INNER}}, "a/b"),
    ],
)
def test_description_inside_a_wrapper_is_read_and_said(document: Any, where: str) -> None:
    row = one(document)
    assert row.description.title == "The mill"
    assert row.description.first("creator") == "Doe, Ana"
    assert any(f"stands in “{where}”" in message for message in said(document, "DESC-READ-AS"))


def test_what_stands_round_a_description_is_kept_and_never_taken_for_a_term() -> None:
    row = one({"created": "1999", "files": [{"name": "a.txt", "size": 3}], "metadata": INNER})
    assert "created" not in row.description.terms
    assert row.description.other == {"/created": ("1999",), "/files": ('{"name":"a.txt","size":3}',)}
    assert row.paths == ()


@pytest.mark.parametrize(
    ("outside", "inside", "access", "codes"),
    [
        ("restricted", {}, "restricted", []),
        ("restricted", {"access": "open"}, "open", []),
        ({"record": "public", "files": "restricted"}, {}, "None", ["DESC-ACCESS-UNREADABLE"]),
        ("restrictd", {}, "None", ["DESC-ACCESS-UNREADABLE"]),
    ],
)
def test_who_may_see_it_may_be_said_outside(
    outside: Any, inside: dict[str, str], access: str, codes: list[str]
) -> None:
    row = one({"access": outside, "metadata": {**INNER, **inside}})
    assert str(row.description.access) == access
    assert [each.code for each in row.findings if each.code != "DESC-READ-AS"] == codes


@pytest.mark.parametrize("column", ["access", "Access"])
@pytest.mark.parametrize(
    ("stated", "access"),
    [
        (["restricted"], "restricted"),
        ({"value": "restricted"}, "restricted"),
        ([{"value": "embargoed until 2090-01-01"}], "embargoed until 2090-01-01"),
        ([None, "open"], "open"),
    ],
)
def test_access_is_read_from_the_object_that_a_title_is_read_from(
    column: str, stated: Any, access: str
) -> None:
    for document in ({**INNER, column: stated}, {**INNER, "other": {column: stated}}):
        row = one(document)
        assert (str(row.description.access), row.description.other, row.findings) == (access, {}, ())


@pytest.mark.parametrize("name", ["m.json", "m.yaml", "letter.txt.dc.json"])
@pytest.mark.parametrize(
    "stated",
    [
        {"status": "restricted"},
        {"value": {"value": "restricted"}},
        {"value": "open", "until": "2090-01-01"},
        [["restricted"]],
        ["open", {"status": "restricted"}],
        {},
    ],
)
def test_access_in_an_object_that_is_not_understood_is_an_error_and_no_column_of_ones_own(
    name: str, stated: Any
) -> None:
    data = json.dumps({**INNER, "access": stated}, indent=1).encode()
    row = read_sidecar(name, data) if name.startswith("letter") else None
    if row is None:
        (row,) = read_descriptions(name, io.BytesIO(data))  # type: ignore[assignment]
    assert isinstance(row, DescribedRow)
    (finding,) = row.findings
    assert (finding.code, finding.at.field, finding.at.line) == ("DESC-ACCESS-UNREADABLE", "access", 7)
    assert "restricted" in (finding.remedy or "")
    assert (row.description.access, row.description.other) == (None, {})


@pytest.mark.parametrize("stated", [False, 0, 1.5])
def test_access_that_is_no_text_is_an_error(stated: Any) -> None:
    (finding,) = one({**INNER, "access": stated}).findings
    assert finding.code == "DESC-ACCESS-UNREADABLE"


def test_description_with_a_title_of_its_own_is_never_looked_into() -> None:
    row = one({"title": "Outside", "metadata": INNER})
    assert row.description.title == "Outside"


@pytest.mark.parametrize("wrapper", ["docs", "records", "@graph"])
def test_records_of_a_list_inside_are_read_each_with_its_line(wrapper: str) -> None:
    document = {"count": 2, wrapper: [{"filename": "a.txt", **INNER}, {"filename": "b.txt", **INNER}]}
    rows, _ = read(document)
    assert [(row.paths, row.at.line) for row in rows] == [(("a.txt",), 4), (("b.txt",), 12)]
    (how,) = said(document, "DESC-READ-AS")
    assert how.endswith(f"stands in “{wrapper}”; what is round it is not read")


def test_each_record_of_a_list_may_wrap_its_description() -> None:
    document = {"hits": {"hits": [{"filename": "a.txt", "_source": INNER}, {"id": "b", "_source": INNER}]}}
    rows, _ = read(document)
    assert [row.description.title for row in rows] == ["The mill", "The mill"]
    assert rows[1].names == ("b",)
    assert len(said(document, "DESC-READ-AS")) == 2  # of the list, and of its records


def test_member_that_is_named_like_the_list_elsewhere_misleads_nobody() -> None:
    document = {"note": {"docs": ["x"]}, "docs": [{"filename": "a.txt", **INNER}]}
    rows, _ = read(document)
    assert [row.paths for row in rows] == [("a.txt",)]


def test_record_of_a_list_without_a_file_is_known_by_its_identifiers() -> None:
    rows, _ = read([{"@id": "https://a.example/items/1", "dc:identifier": "ms-1", "dc:title": "The mill"}])
    assert [row.names for row in rows] == [("https://a.example/items/1", "ms-1")]


def test_json_ld_values_keep_language_type_and_iri() -> None:
    row = one(
        {
            "@context": {"dc": "http://purl.org/dc/elements/1.1/"},
            "dc:title": {"@value": "Die Mühle", "@language": "de"},
            "dcterms:created": [{"@value": "1902", "@type": "xsd:gYear"}],
            "dcterms:license": {"@id": "https://a.example/licence"},
        }
    )
    assert row.description.terms == {
        "title": (Value("Die Mühle", "de"),),
        "created": (Value("1902", None, "xsd:gYear"),),
        "license": (Value("https://a.example/licence", None, None, "https://a.example/licence"),),
    }
    assert row.findings == ()


def test_values_of_dspace_and_omeka_are_read_without_what_says_how_they_are_kept() -> None:
    row = one(
        {
            "dc.title": [
                {"value": "The mill", "language": "en", "authority": None, "confidence": -1, "place": 0}
            ],
            "dcterms:creator": [
                {
                    "type": "literal",
                    "property_id": 2,
                    "property_label": "Creator",
                    "is_public": True,
                    "@value": "A",
                }
            ],
        }
    )
    assert row.description.terms == {"title": (Value("The mill", "en"),), "creator": (Value("A"),)}
    assert row.description.other == {}


@pytest.mark.parametrize(
    "more",
    [
        {"orcid": "0000-0002-1825-0097"},
        {"is_public": False},
        {"is_public": "false", "property_id": 2},
        {"is_public": True},
        {"type": "photographer"},
        {"place": "Wien"},
        {"place": {"name": "Wien"}},
        {"place": True},
        {"confidence": "high"},
        {"property_label": "Photographer"},
        {"authority": "gnd"},
    ],
)
def test_object_that_says_more_than_its_text_is_kept_whole(more: dict[str, Any]) -> None:
    person = {"name": "Doe, Ana", **more}
    row = one({"title": "The mill", "creator": [person]})
    assert row.description.terms["creator"] == (Value("Doe, Ana"),)
    assert [json.loads(text) for text in row.description.other["/creator"]] == [person]
    assert [finding.code for finding in row.findings] == ["DESC-READ-AS"]


def test_object_without_any_text_is_one_error_that_says_what_to_write() -> None:
    row = one({"title": "The mill", "creator": [{"born": 1850, "died": 1920}, "Doe, Ana"]})
    (finding,) = row.findings
    assert (finding.code, finding.at.field) == ("DESC-VALUE-TYPE", "creator")
    assert "value" in (finding.remedy or "")
    assert row.description.terms["creator"] == (Value("Doe, Ana"),)


@pytest.mark.parametrize(
    "value",
    [
        {"value": "A", "place": 3, "confidence": 600, "authority": None},
        {"type": "literal", "@value": "A"},
        {"type": "literal", "property_id": 2, "property_label": "Creator", "is_public": True, "name": "A"},
    ],
)
def test_how_a_system_keeps_a_value_is_passed_over_where_it_is_that_alone(value: dict[str, Any]) -> None:
    row = one({"title": "The mill", "creator": value})
    assert (row.description.first("creator"), row.description.other, row.findings) == ("A", {}, ())


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"name": "The mill", "author": "Doe"}, "none of its members"),
        ({"@context": "https://schema.org/", "name": "The mill", "description": "x"}, "schema.org"),
    ],
)
def test_description_in_other_words_is_refused_by_name(document: Any, words: str) -> None:
    (finding,) = one(document).findings
    assert (finding.code, words in finding.message) == ("DESC-NO-TERMS", True)
    assert "title" in (finding.remedy or "")


@pytest.mark.parametrize("name", ["m.json", "letter.txt.dc.json"])
def test_numbers_in_columns_of_ones_own_stand_as_they_were_written(name: str) -> None:
    numbers = "[1e5, -0, 12, 12345678901234567890.5]"
    text = f'{{"title": "T", "box": 1.10, "run": {numbers}, "of": {{"b": 2.0, "a": [3]}}}}'
    rows = list(read_descriptions(name, io.BytesIO(text.encode())))
    row = rows[0] if name == "m.json" else read_sidecar(name, text.encode())
    assert isinstance(row, DescribedRow)
    assert row.description.other == {
        "box": ("1.10",),
        "run": ("1e5", "-0", "12", "12345678901234567890.5"),
        "of": ('{"a":[3],"b":2.0}',),
    }


@pytest.mark.parametrize("number", ["1e400", "9" * 301, "0." + "9" * 300])
def test_number_beyond_what_programs_can_hold_is_refused_beside_a_document_too(number: str) -> None:
    row = read_sidecar("letter.txt.dc.json", f'{{"title": "T", "box": {number}}}'.encode())
    assert isinstance(row, DescribedRow)
    assert [finding.code for finding in row.findings] == ["DESC-NUMBER"]


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ({"@value": "x", "@id": "urn:isbn:1"}, {"value": "x", "uri": "urn:isbn:1"}),
        ({"value": "x", "uri": "urn:x:1", "place": 0}, {"value": "x", "uri": "urn:x:1"}),
        ({"@value": "x", "@language": "de", "language": "de"}, {"value": "x", "lang": "de"}),
    ],
)
def test_iri_of_a_value_stays_with_it(item: dict[str, object], value: dict[str, str]) -> None:
    text = json.dumps({"title": "T", "subject": [item]})
    (row,) = read_descriptions("m.json", io.BytesIO(text.encode()))
    assert isinstance(row, DescribedRow)
    assert row.description.to_json() == {"schema": "dublin-core/1", "title": ["T"], "subject": [value]}


@pytest.mark.parametrize(
    "item",
    [
        {"value": "x", "lang": "en", "language": "fr", "place": 0},
        {"name": "x", "@id": "ex:thing"},
        {"name": "x", "@id": "http://a.example/1", "uri": "http://a.example/2"},
    ],
)
def test_what_a_value_says_twice_or_within_a_context_is_kept_whole(item: dict[str, object]) -> None:
    text = json.dumps({"title": "T", "subject": [item]})
    (row,) = read_descriptions("m.json", io.BytesIO(text.encode()))
    assert isinstance(row, DescribedRow)
    assert [json.loads(whole) for whole in row.description.other["/subject"]] == [item]

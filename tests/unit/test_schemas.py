"""The schemas: found, resolved without a network, judged alike by both engines, explained in words."""

import json
from typing import Any

import jsonschema
import pytest

from archive import schemas
from archive.core.schema_formats import FORMATS
from archive.schemas import SchemaProblem, explain, is_valid, load, names


def formats_in(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["format"]} if isinstance(schema.get("format"), str) else set()
        return own.union(*map(formats_in, schema.values()))
    return set().union(*map(formats_in, schema)) if isinstance(schema, list) else set()


@pytest.mark.parametrize("name", names())
def test_schema_is_draft_2020_12_for_people_and_programs(name: str) -> None:
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith("urn:")
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("name", names())
def test_schema_uses_only_formats_that_both_engines_judge_by_our_rules(name: str) -> None:
    assert formats_in(load(name)) <= set(FORMATS)


def test_unknown_schema_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        is_valid("no-such-schema", {})


@pytest.mark.parametrize(
    "document",
    [
        {"title": "Letter"},
        {"title": ["Letter", {"value": "Brief", "lang": "de", "scheme": "s", "uri": "u"}]},
        {"schema": "dublin-core/1", "title": ["x"], "other": {"box": ["3", ""], "shelf": "4"}},
        {"title": "\u200b"},
    ],
)
def test_description_in_any_of_its_forms_is_valid(document: dict[str, Any]) -> None:
    assert is_valid("dublin-core", document)
    assert explain("dublin-core", document) == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({}, SchemaProblem(("title",), "is missing", "a value")),
        ([], SchemaProblem((), "is a list", "an object")),
        ({"title": []}, SchemaProblem(("title",), "has 0 values", "at least 1")),
        ({"title": 1984}, SchemaProblem(("title",), "is a number", "text or an object or a list")),
        ({"title": ["a", None]}, SchemaProblem(("title", 1), "is null", "text or an object")),
        ({"title": [["a"]]}, SchemaProblem(("title", 0), "is a list", "text or an object")),
        (
            {"title": "a", "titel": "b"},
            SchemaProblem(("titel",), "is not a name this schema knows", "a known name"),
        ),
        ({"title": {"lang": "en"}}, SchemaProblem(("title", "value"), "is missing", "a value")),
        (
            {"title": "a", "schema": "dublin-core/2"},
            SchemaProblem(("schema",), "is “dublin-core/2”", "dublin-core/1"),
        ),
    ],
)
def test_problem_names_place_fact_and_expectation(document: Any, problem: SchemaProblem) -> None:
    assert explain("dublin-core", document) == [problem]
    assert not is_valid("dublin-core", document)


@pytest.mark.parametrize("blank", ["", " ", "\n", "\t\r\n", "\u00a0\u2003\u3000", "\u0085", "\u2028"])
def test_blank_text_is_no_value(blank: str) -> None:
    assert not is_valid("dublin-core", {"title": [blank]})
    (problem,) = explain("dublin-core", {"title": [blank]})
    assert problem.path == ("title", 0)
    assert problem.expected.startswith("Text that is not blank")


@pytest.mark.parametrize(
    "document", [{"title": "\ud800"}, {"title": 10**5000}, {1: 2}, {"title": float("nan")}]
)
def test_value_that_json_cannot_hold_raises_nothing(document: dict[Any, Any]) -> None:
    assert is_valid("dublin-core", document) == (not explain("dublin-core", document))


def test_every_format_gives_one_verdict_under_both_engines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    cases = {
        "ark": ("ark:13030/xf93gt2", "ark:/99999/x1", "ark:13030/", "13030/x"),
        "bcp47": ("en", "de-CH", "en_US", "xx-yy-zz-qq"),
        "date": ("2001-02-28", "2001-02-30", "2001-02-28\n", "٢٠٠١-٠١-٠١"),
        "date-time": ("2001-02-28T10:00:00Z", "2001-02-28T10:00:00", "2001-02-28 10:00:00Z", "yesterday"),
        "dcmitype": ("Text", "text", "Letter"),
        "edtf": ("1918~", "198X", "July 1918", "1984\n"),
        "iri": ("urn:x:y", "https://example.org/ü", "no iri", "a:b c", "a:%zz"),
        "media-type": ("text/plain", "text/html; charset=utf-8", "text", "text/pl ain"),
        "uri": ("https://example.org/a?b#c", "https://example.org/ü", "not a uri"),
        "uuid": ("01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d"),
    }
    assert set(cases) == set(FORMATS)
    for name in cases:
        schema = {"$id": f"urn:test:{name}", "properties": {"x": {"format": name}}}
        (tmp_path / f"f-{name}.schema.json").write_text(json.dumps(schema))
    monkeypatch.setattr(schemas, "schema_dir", lambda: tmp_path)
    caches = (schemas.load, schemas._by_identifier, schemas._verdict, schemas._explainer)
    for cache in caches:
        cache.cache_clear()
    try:
        for name, values in cases.items():
            verdicts = [is_valid(f"f-{name}", {"x": value}) for value in values]
            assert verdicts == [not explain(f"f-{name}", {"x": value}) for value in values], name
            assert verdicts[0], name
            assert not verdicts[-1], name
            assert is_valid(f"f-{name}", {"x": 5})
    finally:
        for cache in caches:
            cache.cache_clear()


def test_reference_between_schemas_is_resolved_among_our_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "a.schema.json").write_text('{"$id": "urn:test:a", "$ref": "urn:test:b#/$defs/x"}')
    (tmp_path / "b.schema.json").write_text('{"$id": "urn:test:b", "$defs": {"x": {"type": "integer"}}}')
    monkeypatch.setattr(schemas, "schema_dir", lambda: tmp_path)
    caches = (schemas.load, schemas._by_identifier, schemas._verdict, schemas._explainer)
    for cache in caches:
        cache.cache_clear()
    try:
        assert is_valid("a", 1)
        assert explain("a", "1") == [SchemaProblem((), "is text", "a whole number")]
        assert not is_valid("a", "1")
    finally:
        for cache in caches:
            cache.cache_clear()

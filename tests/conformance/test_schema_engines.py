"""Both engines give one verdict: jsonschema-rs, which decides, and jsonschema, which explains.

Held together over every schema of this program: descriptions good and bad under those that judge
descriptions, and under every other one documents made from the schema itself, with one thing wrong.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from archive import schemas
from archive.core.description_profile import parse_overlay
from archive.core.description_profile.tap import compile_tap
from archive.schemas import Overlay
from tests.conformance.description_corpus import ODD, SEED, TEXTS, corpus

OF_DESCRIPTIONS = ("dublin-core", "profile-core", "profile-dacs-minimum", "profile-isad-minimum")
DEEPEST = 12
HOUSE_RULES = """
propertyID,mandatory,repeatable,valueNodeType,valueDataType,valueConstraint,valueConstraintType
dc:title,true,false,,,,
dc:type,true,,,,Text|Sound|StillImage,picklist
dc:date,,,,edtf:EDTF,,
dc:language,,,,dcterms:RFC5646,,
dc:identifier,,,,,[A-Z][0-9]+,pattern
dc:relation,,,IRI,,,
dc:source,,,,,https://example.org/ urn:,IRIstem
dcterms:alternative,,,,rdf:langString,,
dc:subject,,,,,en de,languageTag
dc:description,,,,,3,minLength
dc:rights,,,,,40,maxLength
dcterms:created,,,,xsd:gYear,,
level,true,,,,fonds series file item,picklist
""".strip()


@pytest.fixture(scope="module")
def descriptions() -> list[Any]:
    """At least five hundred, both good and bad."""
    made = corpus()
    assert len(made) >= 500
    return made


@pytest.mark.parametrize("name", OF_DESCRIPTIONS)
def test_both_engines_agree_on_every_description(name: str, descriptions: list[Any]) -> None:
    verdicts = [
        (schemas.is_valid(name, document), not schemas.explain(name, document)) for document in descriptions
    ]
    differing = [document for document, (one, two) in zip(descriptions, verdicts, strict=True) if one != two]
    assert differing == []
    assert {one for one, _ in verdicts} == {True, False}  # a corpus that is all good or all bad shows nothing


def test_both_engines_agree_on_a_profile_compiled_from_a_table(descriptions: list[Any]) -> None:
    rows = [line.split(",") for line in HOUSE_RULES.splitlines()]
    made = compile_tap(rows, name="house", place="house.csv")
    assert made.schema is not None, made.findings
    assert parse_overlay(made.schema, name="house", place="house.csv").profile is not None
    overlay = Overlay(made.schema)
    named = [document for document in descriptions if isinstance(document, dict)]
    kept = [{**document, "title": "x", "type": "Text", "other": {"level": "file"}} for document in named]
    verdicts = [overlay.is_valid(document) for document in kept]
    assert [
        document
        for document, one in zip(kept, verdicts, strict=True)
        if one != (not overlay.explain(document))
    ] == []
    assert {*verdicts} == {True, False}


@pytest.mark.parametrize("name", [name for name in schemas.names() if name not in OF_DESCRIPTIONS])
def test_both_engines_agree_on_documents_made_from_a_schema_and_spoilt(name: str) -> None:
    chance = random.Random(SEED)
    schema = schemas.load(name)
    documents = [*_made(schema, chance), *TEXTS, *ODD]
    differing = [one for one in documents if schemas.is_valid(name, one) != (not schemas.explain(name, one))]
    assert differing == []


def _made(schema: dict[str, Any], chance: random.Random) -> Iterator[Any]:
    for _ in range(12):
        document = _example(schema, schema, chance, 0)
        yield document
        spoilt = _spoilt(document, chance)
        yield spoilt


def _example(schema: Any, root: dict[str, Any], chance: random.Random, depth: int) -> Any:
    """Something that may follow the schema: near enough that one change decides."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return "x"
    if "$ref" in schema:
        target, base = _resolved(schema["$ref"], root)
        found = _example(target, base, chance, depth + 1)
        return found if not isinstance(found, dict) else found | _members(schema, root, chance, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return chance.choice(schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _example(chance.choice(schema[key]), root, chance, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema or "allOf" in schema else "string")
    kind = chance.choice(kind) if isinstance(kind, list) else kind
    match kind:
        case "object":
            return _members(schema, root, chance, depth)
        case "array":
            return [
                _example(schema.get("items", {}), root, chance, depth + 1)
                for _ in range(chance.randint(0, 2))
            ]
        case "integer" | "number":
            return chance.choice([schema.get("minimum", 0), 7, 1.0])
        case "boolean":
            return chance.choice([True, False])
        case "null":
            return None
        case _:
            return chance.choice(
                ["x", "2026-11-21T00:00:00Z", "0" * 128, "01a1fc2f-0000-7000-8000-000000000000", "1918"]
            )


def _members(
    schema: dict[str, Any], root: dict[str, Any], chance: random.Random, depth: int
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        found = _example(part, root, chance, depth + 1)
        made |= found if isinstance(found, dict) else {}
    wanted = set(schema.get("required", ()))
    for name, member in schema.get("properties", {}).items():
        if name in wanted or chance.random() < 0.3:
            made[name] = _example(member, root, chance, depth + 1)
    return made


def _resolved(ref: str, root: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    identifier, _, pointer = ref.partition("#")
    base = root
    if identifier:
        base = next(schema for schema in map(schemas.load, schemas.names()) if schema["$id"] == identifier)
    found: Any = base
    for part in pointer.split("/")[1:]:
        found = found[part]
    return found, base


def _spoilt(document: Any, chance: random.Random) -> Any:
    if isinstance(document, dict) and document:
        name = chance.choice(list(document))
        changed = dict(document)
        match chance.randint(0, 2):
            case 0:
                del changed[name]
            case 1:
                changed[name] = chance.choice([*TEXTS, *ODD])
            case _:
                changed[name] = _spoilt(changed[name], chance)
        return changed
    return chance.choice([*TEXTS, *ODD])

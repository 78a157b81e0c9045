"""DC TAP: any table is compiled or refused; what is compiled is a profile that both engines can judge by."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.description_profile.tap import COLUMNS, compile_tap
from archive.core.descriptions.dcterms import TERMS
from archive.formats.profile_documents import checked, read_profile_document
from archive.schemas import Overlay, matches_in_linear_time

STATED = [
    "access",
    "level",
    "true",
    "FALSE",
    "2",
    "IRI",
    "bnode",
    "xsd:date",
    "xsd:gYear",
    "edtf:EDTF",
    "rdf:langString",
    "picklist",
    "pattern",
    "IRIstem",
    "languageTag",
    "minLength",
    "maxLength",
    "Text|Sound",
    "[A-Z]+",
    "(",
    "a{99999}",
    "(?P<x>a)",
    "(a+)+b",
    "https://example.org/",
    "7",
]
WORDS = st.sampled_from([*TERMS[:20], *(f"dc:{term}" for term in TERMS[:15]), *STATED, "", " ", "a b"])
CELLS = st.one_of(WORDS, st.text(max_size=12))
HEADERS = st.one_of(st.just(list(COLUMNS)), st.lists(st.one_of(st.sampled_from(COLUMNS), CELLS), max_size=8))
ROWS = st.lists(st.lists(CELLS, max_size=13), max_size=6)
DESCRIPTIONS = st.fixed_dictionaries(
    {"title": st.lists(st.one_of(st.text(max_size=8), st.fixed_dictionaries({"value": CELLS})), max_size=3)},
    optional={term: st.one_of(CELLS, st.lists(CELLS, max_size=2)) for term in TERMS[1:20]}
    | {"access": CELLS, "other": st.dictionaries(st.sampled_from(["level", "box"]), CELLS)},
)


@given(HEADERS, ROWS)
@settings(max_examples=150, deadline=None)
def test_any_table_is_compiled_or_refused_and_what_is_compiled_can_be_judged_by(
    header: list[str], rows: list[list[str]]
) -> None:
    linear = matches_in_linear_time
    made = compile_tap([header, *rows], name="house", place="house.csv", compiles=linear)
    assert (made.schema is None) == any(found.severity == "error" for found in made.findings)
    if made.schema is not None:
        parsed = checked(made.schema, name="house", place="house.csv")
        assert parsed.profile is not None, parsed.findings


@given(ROWS, DESCRIPTIONS)
@settings(max_examples=80, deadline=None)
def test_both_engines_judge_alike_by_what_is_compiled(
    rows: list[list[str]], document: dict[str, Any]
) -> None:
    made = compile_tap([list(COLUMNS), *rows], name="house", place="house.csv")
    if made.schema is None or checked(made.schema, name="house", place="house.csv").profile is None:
        return
    overlay = Overlay(made.schema)
    assert overlay.is_valid(document) == (not overlay.explain(document))


@given(st.binary(max_size=300), st.sampled_from(["house.csv", "house.tsv", "house.json"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_profile_or_findings(data: bytes, name: str) -> None:
    parsed = read_profile_document("house", name, data)
    assert parsed.profile is not None or parsed.findings

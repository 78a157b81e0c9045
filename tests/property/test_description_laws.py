"""Descriptions: both schema engines agree, and what is read, written and read again is the same."""

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.descriptions.dcterms import TERMS, qualified
from archive.core.descriptions.description import WHITE_SPACE, Description, Value, differences, tidy
from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, path_candidates, read_descriptions, read_sidecar
from archive.schemas import explain, is_valid

EXAMPLES = settings(max_examples=80, deadline=None)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
odd = st.sampled_from(
    ["", " ", "\n", "a\n", "\u00a0", "\u0085", "\x1c", "\u200b", "\ufeff", "1984", "dublin-core/1"]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts, odd)
statements = st.fixed_dictionaries(
    {}, optional={"value": scalars, "lang": scalars, "scheme": texts, "uri": odd, "else": scalars}
)
items = st.one_of(scalars, statements, st.lists(scalars, max_size=2))
contents = st.one_of(items, st.lists(items, max_size=3))
keys = st.sampled_from([*TERMS[:6], "extent", "schema", "other", "unknown"])
documents = st.one_of(
    scalars,
    st.dictionaries(keys, contents, max_size=4),
    st.dictionaries(keys, contents, max_size=4).map(lambda document: {"title": "x", **document}),
    st.dictionaries(texts, contents, max_size=3).map(lambda other: {"title": ["x"], "other": other}),
)

filled = texts.filter(lambda text: text.strip(WHITE_SPACE) != "")
values = st.builds(
    Value,
    texts.map(tidy).filter(bool),
    *[st.one_of(st.none(), filled) for _ in range(3)],
)
descriptions = st.builds(
    Description,
    st.dictionaries(st.sampled_from(TERMS), st.lists(values, min_size=1, max_size=3).map(tuple), max_size=5),
    st.dictionaries(st.sampled_from(["box", "shelf mark", "Regal"]), st.lists(filled, min_size=1).map(tuple)),
)


@given(documents)
@settings(max_examples=300, deadline=None)
def test_both_engines_give_one_verdict(document: Any) -> None:
    assert is_valid("dublin-core", document) == (not explain("dublin-core", document))


@given(descriptions)
@EXAMPLES
def test_reading_what_was_written_gives_the_same_description(description: Description) -> None:
    assert Description.from_json(json.loads(description.canonical_bytes())) == description
    read = read_sidecar("a.dc.json", description.canonical_bytes())
    assert isinstance(read, DescribedRow)
    assert differences(read.description, description) == ()
    assert read.description.canonical_bytes() == description.canonical_bytes()


@given(descriptions, values)
@EXAMPLES
def test_description_with_a_title_is_valid_under_the_schema(description: Description, title: Value) -> None:
    assert is_valid("dublin-core", description.with_terms({"title": [title]}).to_json())


@given(documents)
@EXAMPLES
def test_whatever_json_holds_is_read_or_reported_and_can_be_stored(document: Any) -> None:
    read = read_sidecar("a.dc.json", json.dumps(document).encode())
    if isinstance(read, DescribedRow):
        stored = read.description.canonical_bytes()
        assert Description.from_json(json.loads(stored)) == read.description
    else:
        assert read


@given(
    st.dictionaries(
        st.sampled_from(TERMS), st.lists(texts.filter(lambda t: "||" not in t), min_size=1, max_size=3)
    )
)
@EXAMPLES
def test_table_gives_every_cell_under_its_term(terms: dict[str, list[str]]) -> None:
    columns = [(qualified(term), text) for term, column in terms.items() for text in column]
    cells = [["filename", *(name for name, _ in columns)], ["a.txt", *(text for _, text in columns)]]
    data = "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells)
    rows = [x for x in read_descriptions("m.csv", io.BytesIO(data.encode())) if isinstance(x, DescribedRow)]
    expected = {term: kept for term, column in terms.items() if (kept := [t for t in map(tidy, column) if t])}
    assert [{term: [v.value for v in vs] for term, vs in row.description.terms.items()} for row in rows] == [
        expected
    ]


@given(st.binary(max_size=60), st.sampled_from(["csv", "tsv", "json", "xml", "yaml"]))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_a_reader_raise(data: bytes, ending: str) -> None:
    for item in read_descriptions(f"m.{ending}", io.BytesIO(data)):
        assert isinstance(item, (Finding, DescribedRow))
        if isinstance(item, DescribedRow):
            item.description.canonical_bytes()


@given(st.text(max_size=20))
@EXAMPLES
def test_first_candidate_is_the_path_as_written(path: str) -> None:
    assert path_candidates(path)[:1] == ((path,) if path else ())

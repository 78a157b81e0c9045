"""What a query is understood as: every EDTF date as one, and a field that is none is said."""

import pytest

from archive.core.search_query import parse_search
from archive.storage.index import Index
from tests.indexed import holding, words


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("date:[..1984]", [1900, 1920, 1984]),
        ("date:[1984..]", [1984, 1990]),
        ("date:[1912..1990]", [1920, 1984, 1990]),
        ("date:{1900..1920}", [1900, 1920]),
        ("date:[1900,1920]", [1900, 1920]),
        ("date:../1920", [1900, 1920]),
        ("date:1984/..", [1984, 1990]),
        ("date:..1920", [1900, 1920]),
        ("date:1984..", [1984, 1990]),
        ("date:192X..1984", [1920, 1984]),
    ],
)
def test_every_edtf_date_is_one_of_a_query(query: str, hits: list[int]) -> None:
    asked = parse_search(query)
    assert asked.notes == ()
    with Index.create(":memory:", durable=False) as index:
        index.add(
            holding(year, description=words(title="x", date=str(year))) for year in (1900, 1920, 1984, 1990)
        )
        assert sorted(row.entry for row in index.search(asked)) == hits


@pytest.mark.parametrize("query", ["date:..", "date:[..", "date:1984..never", "date:"])
def test_what_is_no_date_is_said(query: str) -> None:
    asked = parse_search(query)
    assert (asked.dates, len(asked.notes)) == ((), 1)


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("title: letter", "title: was looked for as a word; a field and its word have no blank between"),
        ("Creator: ana", "Creator: was looked for as a word; a field and its word have no blank between"),
        ("author:ana", "author: is no field; “author ana” was looked for as words"),
    ],
)
def test_what_looks_like_a_field_and_is_none_is_said(query: str, note: str) -> None:
    assert parse_search(query).notes == (note,)


@pytest.mark.parametrize(
    "query", ["title:letter", 'creator:"Ana Boe"', "12:30", "letter", '"title:"', "end:"]
)
def test_of_all_else_nothing_is_said(query: str) -> None:
    assert parse_search(query).notes == ()

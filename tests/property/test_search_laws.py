"""Whatever people type is a query that FTS5 accepts, and never more than words to look for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.core.descriptions.description import Description, Value
from archive.core.holding import Holding
from archive.core.limits.values import SEARCH_CHARACTERS
from archive.core.search_query import parse_search
from archive.core.searched_text import FIELDS, fold
from archive.storage.index import Index

SYNTAX = st.lists(
    st.sampled_from(
        [
            '"', "'", "(", ")", "*", "-", "^", "+", ":", "{", "}", "AND", "OR", "NOT", "NEAR(", "a", "é",
            "title:", "date:", "date:1918..", "1918", "..", "/", ";", "--", "\0", "\ud800", "“", " ",
            "\n", "\\", "口",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip
ANYTHING = st.one_of(st.text(max_size=60), SYNTAX)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One document."""
    path: Path = tmp_path_factory.mktemp("index")
    with Index.create(str(path / "catalog.sqlite"), durable=False) as made:
        made.add([one("A letter about the mill")])
        yield made


def one(title: str, number: int = 1) -> Holding:
    return Holding(
        entry=number,
        bag=f"01900000-0000-7000-8000-{number:012x}",
        run="r",
        reference=f"2026-{number:06d}",
        declared=False,
        accession=None,
        source="letter.txt",
        files=1,
        bytes=1,
        payload_key="00" * 64,
        tag_manifest="00" * 64,
        ingested="2026-01-01T00:00:00.000Z",
        awaiting=False,
        description=Description({"title": (Value(title),)}),
    )


@given(ANYTHING)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
def test_any_text_is_a_query_that_is_answered(index: Index, text: str) -> None:
    query = parse_search(text)
    assert len(index.search(query)) == index.count(query) <= 1


@given(st.text(min_size=1, max_size=40), st.sampled_from(("", *FIELDS)))
@settings(max_examples=150, deadline=None)
def test_a_title_is_found_by_each_of_its_words(
    tmp_path_factory: pytest.TempPathFactory, title: str, field: str
) -> None:
    words = [word for word in fold(title).split() if word.isalnum()]
    title = title.encode("utf-8", "replace").decode()
    with Index.create(":memory:", durable=False) as index:
        index.add([one(title)])
        for word in words:
            found = index.search(parse_search(f'"{word}"'))
            assert [row.title for row in found] == [title], (word, field)


def test_a_search_of_twenty_thousand_characters_is_cut_and_says_so(index: Index) -> None:
    query = parse_search("letter " * 3000)
    assert len(index.search(query)) == 1
    assert len(query.notes) == 2
    assert str(SEARCH_CHARACTERS) in query.notes[0]


@pytest.mark.parametrize("text", ["", "   ", "—", '""', "-", "*", "::", "date:..", "🎈"])
def test_what_has_nothing_to_look_for_finds_nothing(index: Index, text: str) -> None:
    assert index.search(parse_search(text)) == []


@pytest.mark.parametrize("text", ["date:tomorrow", "date:31.12.1918", "date:1920..1918x"])
def test_what_is_no_date_is_looked_for_as_a_word_and_says_so(text: str) -> None:
    query = parse_search(text)
    assert query.dates == ()
    assert query.match
    assert "is not a date" in query.notes[0]


def test_words_of_the_query_language_are_words() -> None:
    assert parse_search('NOT a OR "b').match.count('"') == 8

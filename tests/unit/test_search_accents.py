"""A search finds a word with and without its accents, where the tokeniser keeps them."""

import unicodedata

import pytest

from archive.core.search_query import parse_search
from archive.core.searched_text import fold
from archive.storage.index import Index
from tests.indexed import holding, words


@pytest.mark.parametrize(
    ("title", "queries"),
    [
        ("Ελληνικά ΣΟΦΌΣ", ("ελληνικα", "Ελληνικά", "ΕΛΛΗΝΙΚΑ", "ΕΛΛΗΝΙΚΆ", "σοφος", "σοφός", "ελλην*")),
        ("Ἑλληνικὴ ἀρχή, ᾠδή", ("ελληνικη", "Ἑλληνικὴ", "αρχη", "ωδη")),
        ("Война и мир, Ёлка", ("елка", "ёлка", "ЕЛКА", "война", "воина")),
        ("Łódź, Øresund, Đakovo, Æble", ("lodz", "Łódź", "oresund", "øresund", "dakovo", "aeble", "ÆBLE")),
        ("Їжак і ґава, Ўсход", ("їжак", "іжак", "усход")),
    ],
)
def test_accents_that_the_tokeniser_keeps_do_not_matter(title: str, queries: tuple[str, ...]) -> None:
    with Index.create(":memory:", durable=False) as index:
        index.add([holding(1, description=words(title=title))])
        for query in queries:
            assert len(index.search(parse_search(query))) == 1, query


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Istorii\u0361a", "istoriia"),
        ("Istorii\ufe20a\ufe21", "istoriia"),
        ("a\u0305b", "ab"),
        ("a\u0313b", "ab"),
        ("s\u0320t", "st"),
        ("r\u0329k", "rk"),
        ("a\u0332b\u0332", "ab"),
        ("o\u0338l", "ol"),
        ("so\u0358a", "soa"),
        ("e\u1dd3x", "ex"),
        ("e\u1ab0x", "ex"),
        ("x\u20d7y", "xy"),
        ("\u01e1b", "ab"),
        ("\u01e0B", "ab"),
        ("\u01e3b", "aeb"),
        ("\u01ffl", "ol"),
        ("\u0130stanbul", "istanbul"),
        ("Việt", "viet"),
    ],
    ids=ascii,
)
def test_marks_that_the_tokeniser_does_not_know_neither_matter_nor_part_a_word(
    title: str, query: str
) -> None:
    with Index.create(":memory:", durable=False) as index:
        index.add([holding(1, description=words(title=title)), holding(2, description=words(title=query))])
        for asked in (title, query, query.upper(), f"{query[:2]}*", f'"{title}"'):
            assert len(index.search(parse_search(asked))) == 2, ascii(asked)


def test_letters_of_other_scripts_keep_their_marks() -> None:
    assert fold("हिन्दी 한국어 ไทย").replace(" ", "") == "हिन्दी한국어ไทย"
    assert fold("が") != fold("か")
    for text in ("नऩ क़", "বাংলা", "தமிழ்", "آب", "ܐܒ", "កម្ពុជា"):
        assert fold(text).replace(" ", "") == unicodedata.normalize("NFKC", text).replace(" ", "")

"""A search finds a word with and without its accents, where the tokeniser keeps them."""

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


def test_letters_of_other_scripts_keep_their_marks() -> None:
    assert fold("हिन्दी 한국어 ไทย").replace(" ", "") == "हिन्दी한국어ไทย"
    assert fold("が") != fold("か")

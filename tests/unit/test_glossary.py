"""The glossary: one text for the command line and for docs/glossary.md."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive.core.glossary import GLOSSARY, NOT_USED, STANDARD_TERMS, explain, words

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"


def rows_under(heading: str) -> list[tuple[str, str]]:
    """The rows of the table below a heading, without its header."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.*?) \| (.*) \|$", section, re.MULTILINE)
    return [(word, meaning) for word, meaning in rows if word != "---"][1:]


@pytest.mark.parametrize(
    ("heading", "entries"),
    [
        ("Words we use", GLOSSARY),
        ("Words we do not use", NOT_USED),
        ("Words of the standards", STANDARD_TERMS),
    ],
)
def test_page_and_module_agree_in_words_order_and_text(heading: str, entries: Mapping[str, str]) -> None:
    assert rows_under(heading) == list(entries.items())


def test_no_word_stands_in_two_tables() -> None:
    forms = [word.casefold() for word in words()]
    assert len(forms) == len(set(forms))


def test_words_we_do_not_use_do_not_explain_those_we_use() -> None:
    avoided = re.compile(rf"\b({'|'.join(set(NOT_USED) - {'record', 'backup', 'object'})})\b", re.IGNORECASE)
    assert [word for word, meaning in GLOSSARY.items() if avoided.search(meaning)] == []


def test_meanings_are_plain_sentences_that_fit_a_table_and_a_terminal() -> None:
    for meaning in (*GLOSSARY.values(), *STANDARD_TERMS.values()):
        assert meaning.endswith(".")
        assert not set(meaning) & set("|\n\t`*")


@pytest.mark.parametrize("asked", ["bag", "Bags", " BAG "])
def test_a_word_is_found_in_any_case_and_number(asked: str) -> None:
    assert explain(asked) == GLOSSARY["bag"]


def test_plurals_in_ies_and_words_of_several_parts_are_found() -> None:
    assert explain("policies") == GLOSSARY["policy"]
    assert explain("tag   manifests") == GLOSSARY["tag manifest"]


def test_every_word_is_found_as_it_is_written() -> None:
    assert [word for word in words() if explain(word) is None] == []


def test_a_word_of_a_standard_is_mapped_to_ours() -> None:
    assert explain("aip") == STANDARD_TERMS["AIP"]


def test_an_avoided_word_gives_the_better_one_and_its_meaning() -> None:
    assert explain("scans") == f"Not used here. Say: audit. {GLOSSARY['audit']}"
    assert explain("metadata") == f"Not used here. Say: {NOT_USED['metadata']}."


@pytest.mark.parametrize("asked", ["", "s", "ies", "zeppelin"])
def test_an_unknown_word_has_no_meaning(asked: str) -> None:
    assert explain(asked) is None

"""Which file a row may mean that names none."""

import unicodedata

import pytest

from archive.core.limits.descriptions import MAX_SEARCHES_FOR_ALIKE
from archive.services.ingest.suggestions import Suggestion, Suggestions

NAMES = [
    "letters/Brief 007.txt",
    "letters/Müller.pdf",
    "a.tif",
    "twins/x.txt",
    "other/x.txt",
    "Café_menu.odt",
]


def nearest(path: str) -> Suggestion | None:
    return Suggestions(lambda: NAMES).nearest(path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("LETTERS/brief 007.TXT", "letters/Brief 007.txt"),
        ("letters\\Brief 007.txt", "letters/Brief 007.txt"),
        ("C:\\Users\\Ana\\stick\\letters\\Brief 007.txt", "letters/Brief 007.txt"),
        ("file:///C:/stick/a.tif", "a.tif"),
        ("/media/stick/a.tif ", "a.tif"),
        ('"a.tif"', "a.tif"),
        (unicodedata.normalize("NFD", "letters/müller.pdf"), "letters/Müller.pdf"),
        ("letters/Müller", "letters/Müller.pdf"),
        ("Müller", "letters/Müller.pdf"),
        ("Brief 7.txt", "letters/Brief 007.txt"),
        ("letters/Brief_007.txt", "letters/Brief 007.txt"),
        ("Brief%20007.txt", "letters/Brief 007.txt"),
        ("café menu.odt", "Café_menu.odt"),
        ("Muller.pdf", "letters/Müller.pdf"),
    ],
)
def test_name_that_is_only_spelt_otherwise_is_certain(written: str, meant: str) -> None:
    assert nearest(written) == Suggestion(meant, certain=True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("letters/Brif 007.txt", "letters/Brief 007.txt"), ("letters/Müller.doc", "letters/Müller.pdf")],
)
def test_misspelt_name_and_another_ending_are_suggested_but_not_certain(written: str, meant: str) -> None:
    assert nearest(written) == Suggestion(meant, certain=False)


@pytest.mark.parametrize("written", ["x.txt", "", "/", "nothing like it", "..", "\\\\", "a" * 100_000])
def test_name_of_several_files_or_of_none_gives_no_suggestion(written: str) -> None:
    assert nearest(written) is None


def test_searches_for_what_is_alike_are_bounded() -> None:
    suggestions = Suggestions(lambda: NAMES)
    for number in range(MAX_SEARCHES_FOR_ALIKE):
        suggestions.nearest(f"{number} nothing like it")
    assert suggestions.nearest("letters/Brif 007.txt") is None
    assert suggestions.nearest("A.TIF") == Suggestion("a.tif", certain=True)

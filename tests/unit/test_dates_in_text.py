"""Dates are found where they are spelt out, and never where a text could mean two."""

import pytest

from archive.core.descriptions.dates_in_text import dates_in_name, dates_in_text


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("London, 12 May 1918. Dear Sir,", "1918-05-12"),
        ("the 3rd of November 1921", "1921-11-03"),
        ("May 12th, 1918", "1918-05-12"),
        ("Berlin, den 12. Mai 1918", "1918-05-12"),
        ("Madrid, 12 de mayo de 1918", "1918-05-12"),
        ("on 1918-05-12 we met", "1918-05-12"),
        ("vom 25.12.1918 an", "1918-12-25"),
        ("minutes, November 1921", "1921-11"),
    ],
)
def test_a_date_in_words_is_found(text: str, edtf: str) -> None:
    assert [found.edtf for found in dates_in_text(text)] == [edtf]


@pytest.mark.parametrize(
    "text",
    ["04/05/1918", "04.05.1918", "in 1918 or so", "version 12.5.19180", "31 February 1918", "May he rest"],
)
def test_what_could_be_two_dates_or_none_is_not_found(text: str) -> None:
    assert dates_in_text(text) == ()


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("choir book 1931.txt", ["1931"]),
        ("tide-journal-1926-1927.txt", ["1926/1927"]),
        ("IMG_19181111_120000.jpg", ["1918-11-11"]),
        ("letter 1918-11-11.txt", ["1918-11-11"]),
        ("scan00019310.tif", []),
        ("letter.txt", []),
    ],
)
def test_dates_in_a_name_are_years_spans_and_days_written_year_first(name: str, dates: list[str]) -> None:
    assert [found.edtf for found in dates_in_name(name)] == dates

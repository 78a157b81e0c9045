"""1921-23 is a season to EDTF and a span of years to many: it is taken as EDTF, and both are said."""

import pytest

from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.description_rules import judge
from archive.core.edtf import is_edtf
from archive.core.findings import Finding, Severity


def judged(text: str, scheme: str | None = None) -> list[Finding]:
    """What is found in a description with this date."""
    return judge(Description({"title": (Value("T"),), "date": (Value(text, scheme=scheme),)}), "m.csv:2")


@pytest.mark.parametrize(
    ("text", "season", "span"),
    [
        ("1921-23", "the autumn of 1921", "1921/1923"),
        ("1920-21", "the spring of 1920", "1920/1921"),
        ("1914-28~", "the winter of 1914", "1914~/1928~"),
        ("1914-29", "the spring of 1914", "1914/1929"),
        ("1914-33", "the first quarter of 1914", "1914/1933"),
        ("1914-36?", "the fourth quarter of 1914", "1914?/1936?"),
        ("1914-39", "the third third of 1914", "1914/1939"),
        ("1939-40", "the first half of 1939", "1939/1940"),
        ("1939-41", "the second half of 1939", "1939/1941"),
    ],
)
def test_a_season_that_may_be_years_is_a_note_with_both(text: str, season: str, span: str) -> None:
    (finding,) = judged(text)
    assert (finding.code, finding.severity, finding.found) == ("DESC-DATE-SEASON", Severity.NOTE, text)
    assert f"is {season} in EDTF" in finding.message
    assert (finding.remedy, finding.corrected) == (f"write {span} if the years are meant", None)
    assert is_edtf(text)
    assert is_edtf(span)


@pytest.mark.parametrize(
    "text", ["1921-21", "1944-34", "1950-23", "1921-12", "1921/1923", "1921-23/1924-21", "192X-23"]
)
def test_other_dates_are_not_spoken_of(text: str) -> None:
    assert judged(text) == []


def test_where_edtf_is_named_a_season_is_one() -> None:
    assert judged("1921-23", "dcterms:EDTF") == []
    assert [finding.code for finding in judged("1921-23", "dcterms:W3CDTF")] == ["DESC-DATE-SEASON"]
    assert [finding.code for finding in judged("about 1921", "EDTF")] == ["DESC-DATE-NOT-EDTF"]

"""What is said of the values: warnings and notes, never an error, never a guess stored."""

import pytest

from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.description_rules import judge
from archive.core.findings import At, Finding, Severity


def judged(term: str, *values: Value | str, **options: str) -> list[Finding]:
    held = tuple(Value(value) if isinstance(value, str) else value for value in values)
    return judge(Description({term: held}), "metadata.csv:3", date_order=options.get("date_order"))


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("date", "1918"),
        ("date", "1918-11-11"),
        ("created", "1918/1920"),
        ("issued", "../1985"),
        ("language", "en"),
        ("language", "zh-Hant"),
        ("type", "Text"),
        ("title", "Grüße, \u200fשלום\n\tzweite Zeile"),
        ("temporal", "some time in spring"),
    ],
)
def test_clean_value_is_passed_in_silence(term: str, value: str) -> None:
    assert judged(term, value) == []


@pytest.mark.parametrize(
    ("term", "value", "code", "severity"),
    [
        ("date", "July 27, 2009", "DESC-DATE-NOT-EDTF", Severity.WARNING),
        ("modified", "1918-02-30", "DESC-DATE-NOT-EDTF", Severity.WARNING),
        ("date", "tomorrow", "DESC-DATE-NOT-EDTF", Severity.WARNING),
        ("date", "0000-00-00", "DESC-DATE-NOT-EDTF", Severity.WARNING),
        ("date", "9" * 400, "DESC-DATE-NOT-EDTF", Severity.WARNING),
        ("language", "en_US", "DESC-LANGUAGE-UNKNOWN", Severity.WARNING),
        ("language", "English", "DESC-LANGUAGE-UNKNOWN", Severity.WARNING),
        ("language", "eng", "DESC-LANGUAGE-NOT-CANONICAL", Severity.NOTE),
        ("language", "iw", "DESC-LANGUAGE-NOT-CANONICAL", Severity.NOTE),
        ("type", "Letter", "DESC-TYPE-NOT-DCMI", Severity.WARNING),
        ("type", "still image", "DESC-TYPE-NOT-CANONICAL", Severity.NOTE),
        ("title", "bad\x00title", "DESC-CONTROL-CHARACTER", Severity.WARNING),
        ("title", "caf\ufffd", "DESC-DAMAGED-TEXT", Severity.WARNING),
    ],
)
def test_value_outside_its_standard_is_named_with_its_place(
    term: str, value: str, code: str, severity: Severity
) -> None:
    (finding,) = judged(term, value)
    assert (finding.code, finding.severity) == (code, severity)
    assert finding.place.startswith("metadata.csv:3:dc")
    assert finding.found == value


def test_remedy_is_the_suggestion_for_the_date() -> None:
    (finding,) = judged("date", "July 27, 2009")
    assert finding.remedy == "write 2009-07-27"


def test_order_of_day_and_month_is_asked_until_it_is_given() -> None:
    (asked,) = judged("date", "01/02/2003")
    (given,) = judged("date", "01/02/2003", date_order="dmy")
    assert "2003-02-01" not in (asked.remedy or "") or "2003-01-02" in (asked.remedy or "")
    assert given.remedy == "write 2003-02-01"


def test_language_of_a_value_is_judged_too() -> None:
    (finding,) = judged("title", Value("Letter", "en_US"))
    assert (finding.code, finding.remedy) == ("DESC-LANGUAGE-UNKNOWN", "write en-US")


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("date", Value("spring", scheme="DCMIPeriod")),
        ("language", Value("English", scheme="house list")),
        ("type", Value("Letter", scheme="AAT")),
    ],
)
def test_value_that_follows_another_scheme_is_not_judged_by_ours(term: str, value: Value) -> None:
    assert judged(term, value) == []


@pytest.mark.parametrize("scheme", ["dcterms:W3CDTF", "W3C-DTF", "EDTF"])
def test_date_that_claims_a_date_scheme_is_judged(scheme: str) -> None:
    assert [f.code for f in judged("date", Value("spring", scheme=scheme))] == ["DESC-DATE-NOT-EDTF"]


def test_place_of_each_value_is_the_callers_to_say() -> None:
    description = Description({"date": (Value("1918"), Value("soon"))})
    places: list[tuple[str, int]] = []

    def at_of(term: str, index: int) -> At:
        places.append((term, index))
        return At(file="m.csv", line=7, column="D", field="Datum")

    (finding,) = judge(description, "m.csv:7", at_of=at_of)
    assert places == [("date", 1)]
    assert (finding.place, finding.at.column) == ("m.csv:7:Datum", "D")


def test_other_columns_are_looked_at_for_damage_alone() -> None:
    description = Description({}, {"date of box": ("soon",), "note": ("a\x1bb",)})
    (finding,) = judge(description, "m.csv:2")
    assert (finding.code, finding.place) == ("DESC-CONTROL-CHARACTER", "m.csv:2:note")

"""Patterns of profiles: what would keep a check busy is refused at its cell, what people write is not."""

import json
import time

import pytest

from archive.core.description_profile.patterns import positions
from archive.core.description_profile.tap import compile_tap
from archive.core.descriptions.description import SCHEMA_ID, Description, Value
from archive.core.findings import Finding
from archive.core.limits.bags import PROFILE_PATTERN_POSITIONS
from archive.formats.profile_documents import read_profile_document, require_profile
from archive.services.description_profiles import ProfileRules

NESTED = "((a{0,100}){0,100}){0,10}b"


def refused(pattern: str) -> Finding:
    """What is said of a table with that pattern."""
    data = f'propertyID,mandatory,valueConstraint,valueConstraintType\ndc:title,true,"{pattern}",pattern\n'
    parsed = read_profile_document("house", "house.csv", data.encode())
    assert parsed.profile is None
    (finding,) = parsed.findings
    return finding


def rules(pattern: str) -> ProfileRules:
    rows = [["propertyID", "valueConstraint", "valueConstraintType"], ["dc:title", pattern, "pattern"]]
    made = compile_tap(rows, name="house", place="house.csv")
    parsed = read_profile_document("house", "house.json", json.dumps(made.schema).encode())
    return ProfileRules(require_profile(parsed))


@pytest.mark.parametrize("pattern", [NESTED, "(a{0,100}){0,100}b", "(?x) (a{ 99 } # )\n){99}", "(){9000}"])
def test_a_pattern_whose_counts_make_it_huge_is_refused_at_its_cell(pattern: str) -> None:
    finding = refused(pattern)
    assert (finding.code, finding.at.line, finding.at.field) == ("TAP-VALUE", 2, "valueConstraint")
    assert f"more than {PROFILE_PATTERN_POSITIONS:,} characters" in finding.message
    assert "maxLength" in (finding.remedy or "")


def test_a_json_schema_with_such_a_pattern_is_refused_by_its_place() -> None:
    title = {"items": {"pattern": NESTED}}
    document = {"allOf": [{"$ref": SCHEMA_ID}], "properties": {"title": title}}
    parsed = read_profile_document("house", "house.json", json.dumps(document).encode())
    (finding,) = parsed.findings
    assert (finding.code, finding.at.field) == ("PROFILE-FILE", "properties.title.items.pattern")
    assert f"more than {PROFILE_PATTERN_POSITIONS:,} characters" in finding.message
    assert finding.remedy


@pytest.mark.parametrize("pattern", ["[0-9]{4}-[0-9]{6}", ".{1,2000}", "[^;]+(; [^;]+){0,20}", "(a+)+b"])
def test_what_people_write_stays_and_is_quick(pattern: str) -> None:
    start = time.monotonic()
    assert rules(pattern).judge(Description({"title": (Value("a" * 30_000 + "!"),)}), "t.csv:2") is not None
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("abc", 3),
        ("[0-9]{4}-[0-9]{6}", 11),
        (r"(?:a\{2}|[\]{9}]{3}){2,}", 14),
        ("(?P<year>[0-9]{4})(?i:x)", 5),
        ("[[a]{9}]b", 2),
        ("[]{9}]b", 2),
        ("[^]{9}]b", 2),
        ("a{2}{3}", 6),
        ("a{0}b*c+?", 3),
        ("(a|bc){0,10}", 30),
        (NESTED, 100_001),
    ],
)
def test_the_characters_of_a_pattern_are_counted_with_its_counts_written_out(
    pattern: str, expected: int
) -> None:
    assert positions(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?=a)b", "ahead or behind"),
        ("(?<!a)b", "ahead or behind"),
        (r"(a)\1", "back to a group"),
        ("(?P<n>a)(?P=n)", "back to a group"),
        (r"a\Z", "linear time"),
        ("a{,5}", "linear time"),
    ],
)
def test_what_is_not_matched_in_linear_time_is_refused_at_its_cell_in_a_line(pattern: str, said: str) -> None:
    finding = refused(pattern)
    assert (finding.code, finding.at.line, finding.at.field) == ("TAP-VALUE", 2, "valueConstraint")
    assert said in finding.message
    assert "\n" not in finding.message
    assert finding.remedy


def test_a_pattern_that_is_too_long_with_what_is_put_round_it_is_refused_at_its_cell() -> None:
    finding = refused("a" * 999)
    assert (finding.at.line, finding.at.field) == (2, "valueConstraint")

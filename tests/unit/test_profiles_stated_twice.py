"""Profiles that say something twice, or where no program would look: refused, for a rule would be lost."""

import pytest

from archive.core.description_profile.tap import compile_tap
from archive.core.descriptions.description import SCHEMA_ID
from archive.formats.profile_documents import read_profile_document


def test_a_heading_that_stands_twice_is_refused() -> None:
    rows = [["propertyID", "mandatory", "Mandatory"], ["dc:title", "true", "false"]]
    (found,) = compile_tap(rows, name="local", place="local.csv").findings
    assert (found.code, found.at.line, found.at.field) == ("TAP-TWICE", 1, "mandatory")


def test_a_value_below_a_blank_heading_is_refused_and_blank_columns_are_not() -> None:
    rows = [["propertyID", "", ""], ["dc:title", "", "true"]]
    (found,) = compile_tap(rows, name="local", place="local.csv").findings
    assert (found.code, found.at.line, found.at.field, found.found) == ("TAP-VALUE", 2, "C", "true")
    rows[1][2] = " "
    assert compile_tap(rows, name="local", place="local.csv").findings == ()


@pytest.mark.parametrize(
    "rules", ['"required":["title","creator"],"required":["title"]', '"a":{"b":1,"b":1}']
)
def test_a_name_that_stands_twice_in_an_object_is_refused(rules: str) -> None:
    data = f'{{"allOf":[{{"$ref":"{SCHEMA_ID}"}}],{rules}}}'.encode()
    parsed = read_profile_document("local", "local.json", data)
    assert parsed.profile is None
    (found,) = parsed.findings
    assert (found.code, "twice in one object" in found.message) == ("PROFILE-FILE", True)

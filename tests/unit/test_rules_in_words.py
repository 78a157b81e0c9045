"""What a rule of a profile asks for, said to whoever describes: also where the rule has no description."""

from typing import Any

import pytest

from archive.schemas import Overlay

DATED = {"type": "string", "pattern": "^[0-9]{4}$"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"anyOf": [DATED, {"const": "unknown"}], "description": "a year"}, "a year"),
        ({"anyOf": [{**DATED, "description": "a year"}, {"const": "unknown"}]}, "a year or unknown"),
        ({"anyOf": [DATED, {"const": "unknown"}]}, "text that matches ^[0-9]{4}$ or unknown"),
        ({"oneOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, "one of a, b or null"),
        ({"anyOf": [{"minLength": 30}, {"not": {"const": "x"}}]}, "what the rule “anyOf” allows"),
        ({"anyOf": [{"const": "a" * 200}, {"const": "b" * 200}]}, "what the rule “anyOf” allows"),
        ({"anyOf": [{"$ref": "#/$defs/year"}, False]}, "what the rule “anyOf” allows"),
        ({"not": {"const": "x"}}, "what the rule “not” allows"),
    ],
)
def test_what_is_expected_is_no_word_of_schemas(rule: dict[str, Any], expected: str) -> None:
    overlay = Overlay({"$defs": {"year": DATED}, "properties": {"date": rule}})
    (problem,) = overlay.explain({"date": "x"})
    assert problem.expected == expected

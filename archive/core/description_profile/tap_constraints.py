"""What a row of DC TAP asks of a value, as the JSON Schema that says the same."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from archive.core.description_profile.patterns import Trouble, pattern_trouble
from archive.core.limits.bags import PROFILE_PATTERN_CHARACTERS

LANGUAGE_STRING: Final = "langstring"
_NO_LINE_END: Final = {"pattern": "[\\r\\n]"}
_YEAR, _MONTH = "-?[0-9]{4,}", "(?:0[1-9]|1[0-2])"


def _pattern(expression: str, said: str) -> dict[str, Any]:
    return {"pattern": f"^(?:{expression})$", "not": _NO_LINE_END, "description": said}


# What a value of each datatype is written like; the prefix is not looked at.
DATATYPES: Final[Mapping[str, dict[str, Any]]] = {
    "string": {},
    "literal": {},
    LANGUAGE_STRING: {},
    "date": {"format": "date"},
    "datetime": {"format": "date-time"},
    "gyear": _pattern(_YEAR, "a year of four digits"),
    "gyearmonth": _pattern(f"{_YEAR}-{_MONTH}", "a year and a month such as 1918-11"),
    "anyuri": {"format": "iri"},
    "integer": _pattern("[+-]?[0-9]+", "a whole number"),
    "nonnegativeinteger": _pattern("[+]?[0-9]+", "a whole number, 0 or more"),
    "decimal": _pattern(r"[+-]?[0-9]+(?:\.[0-9]+)?", "a decimal number"),
    "boolean": _pattern("true|false|1|0", "true or false"),
    "edtf": {"format": "edtf"},
    "w3cdtf": _pattern(f"[0-9]{{4}}(?:-{_MONTH}(?:-[0-3][0-9])?)?", "a date such as 1918 or 1918-11-11"),
    "language": {"format": "bcp47"},
    "rfc5646": {"format": "bcp47"},
    "dcmitype": {"format": "dcmitype"},
}


class Constraint(NamedTuple):
    """Schemas that the text of every value has to follow; whether its language is asked for, and which."""

    values: tuple[dict[str, Any], ...]
    has_language: bool = False
    language: dict[str, Any] | None = None

    def of_term(self, *, repeatable: bool) -> dict[str, Any]:
        """The schema of a term: a list, its members texts or objects with a text."""
        parts: list[dict[str, Any]] = []
        if self.has_language:
            parts.append({"type": "object", "required": ["lang"], "description": "text with its language"})
        if self.language is not None:
            parts[0]["properties"] = {"lang": self.language}
        if text := _all_of(self.values):
            parts.append({"if": {"type": "string"}, "then": text, "else": {"properties": {"value": text}}})
        schema: dict[str, Any] = {} if repeatable else {"maxItems": 1}
        return schema | {"items": _all_of(parts)} if parts else schema

    def of_text(self, *, repeatable: bool) -> dict[str, Any]:
        """The schema of `access`, or of a column that is not Dublin Core: a text, or a list of texts."""
        schema: dict[str, Any] = {} if repeatable else {"maxItems": 1}
        text = _all_of(self.values)
        if not text:
            return schema
        return schema | {"if": {"type": "array"}, "then": {"items": text}, "else": text}


def datatype_of(name: str) -> dict[str, Any] | None:
    """The schema of a datatype, whatever its prefix; None for one that is not known."""
    return DATATYPES.get(re.split("[:/#]", name)[-1].lower())


def _all_of(parts: "tuple[dict[str, Any], ...] | list[dict[str, Any]]") -> dict[str, Any]:
    if len(parts) > 1:
        return {"allOf": list(parts)}
    return parts[0] if parts else {}


def _listed(text: str) -> list[str]:
    for separator in ("||", "|", ";", ","):
        if separator in text:
            return [part for each in text.split(separator) if (part := each.strip().strip('"').strip())]
    return text.split()


def _picklist(text: str) -> dict[str, Any] | Trouble:
    return {"enum": listed} if (listed := list(dict.fromkeys(_listed(text)))) else Trouble("lists nothing")


def _expression(text: str) -> dict[str, Any] | Trouble:
    return pattern_trouble(text) or _pattern(text, f"text that matches {text}")


def _stem(text: str) -> dict[str, Any] | Trouble:
    stems = _listed(text)
    if not stems:  # an empty pattern would accept everything
        return Trouble("lists nothing")
    return {
        "pattern": "^(?:" + "|".join(map(_escaped, stems)) + ")",
        "description": "begins with " + " or ".join(stems),
    }


def _escaped(text: str) -> str:
    """The text as every regular expression engine takes it for itself alone."""
    return re.sub(r"([\\^$.|?*+()\[\]{}/-])", r"\\\1", text)


def _languages(text: str) -> dict[str, Any] | Trouble:
    """RFC 5646 § 2.1.1: the case of a tag's letters says nothing."""
    tags = _listed(text)
    if not tags:
        return Trouble("lists nothing")
    said = "one of " + ", ".join(tags)
    written = [_in_either_case(tag) for tag in dict.fromkeys(map(str.lower, tags))]
    together = _pattern("|".join(written), said)
    if len(together["pattern"]) <= PROFILE_PATTERN_CHARACTERS:
        return {"lang": together}
    return {"lang": {"anyOf": [_pattern(one, said) for one in written], "description": said}}


def _in_either_case(tag: str) -> str:
    return re.sub("[a-z]", lambda one: f"[{one[0]}{one[0].upper()}]", _escaped(tag))


def _length(keyword: str) -> Callable[[str], dict[str, Any] | Trouble]:
    def compiled(text: str) -> dict[str, Any] | Trouble:
        if re.fullmatch("[0-9]{1,6}", text):
            return {keyword: int(text)}
        return Trouble("is no number of characters")

    return compiled


CONSTRAINTS: Final[Mapping[str, Callable[[str], dict[str, Any] | Trouble]]] = {
    "": lambda text: {"enum": [text]},
    "picklist": _picklist,
    "pattern": _expression,
    "iristem": _stem,
    "languagetag": _languages,
    "minlength": _length("minLength"),
    "maxlength": _length("maxLength"),
}

"""DC TAP: an application profile as a table, compiled to the JSON Schema overlay that says the same.

Source: DCTAP Elements (DCMI, 2023), https://www.dublincore.org/specifications/dctap/elements/. What cannot be
said of one description is refused by row and column; nothing is left out in silence.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from archive.core.access import FIELD
from archive.core.dcterms import claims_dublin_core, nearest_term, normalise_key, qualified
from archive.core.description import SCHEMA_ID
from archive.core.description_profile.overlay import DRAFT, pattern_trouble
from archive.core.findings import At, Finding, error, note

COLUMNS: Final = (
    "shapeID",
    "shapeLabel",
    "propertyID",
    "propertyLabel",
    "mandatory",
    "repeatable",
    "valueNodeType",
    "valueDataType",
    "valueConstraint",
    "valueConstraintType",
    "valueShape",
    "note",
)
_BY_FOLDED = {name.lower(): name for name in COLUMNS}
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_NO_LINE_END: Final = {"pattern": "[\\r\\n]"}
_YEAR, _MONTH = "-?[0-9]{4,}", "(?:0[1-9]|1[0-2])"


def _pattern(expression: str, said: str) -> dict[str, Any]:
    return {"pattern": f"^(?:{expression})$", "not": _NO_LINE_END, "description": said}


# What a value of each datatype is written like; the prefix is not looked at.
_DATATYPES: Final[Mapping[str, dict[str, Any]]] = {
    "string": {},
    "literal": {},
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


class CompiledTable(NamedTuple):
    """The overlay, None where a row cannot be compiled; the findings say which and why."""

    schema: dict[str, Any] | None
    findings: tuple[Finding, ...]


def compile_tap(rows: Sequence[Sequence[str]], *, name: str, place: str) -> CompiledTable:
    """The JSON Schema overlay that a table states; `rows` are its cells, the header first."""
    compiling = _Compiling(place)
    statements = compiling.statements(rows)
    for statement in statements:
        compiling.take(statement)
    if not statements and not compiling.findings:
        compiling.refuse(1, "propertyID", "TAP-PROPERTY", "states no property")
    if any(finding.severity == "error" for finding in compiling.findings):
        return CompiledTable(None, tuple(compiling.findings))
    return CompiledTable(compiling.schema(name), tuple(compiling.findings))


class _Statement(NamedTuple):
    row: int
    cells: Mapping[str, str]


class _Compiling:
    def __init__(self, place: str) -> None:
        self.place = place
        self.findings: list[Finding] = []
        self.label = ""
        self._properties: dict[str, Any] = {}
        self._required: list[str] = []
        self._other: dict[str, Any] = {}
        self._other_required: list[str] = []

    def refuse(self, row: int, column: str, code: str, message: str, **more: Any) -> None:
        """Adds an error at a cell."""
        self.findings.append(
            error(code, f"{self.place}:{row}:{column}", message, at=self._at(row, column), **more)
        )

    def _at(self, row: int, column: str) -> At:
        return At(file=self.place, line=row, field=column)

    def statements(self, rows: Sequence[Sequence[str]]) -> list[_Statement]:
        """The rows that state a property, by the names of their columns."""
        header = [_BY_FOLDED.get(re.sub(r"[\s_-]", "", cell).lower(), "") for cell in rows[0]] if rows else []
        if "propertyID" not in header:
            self.refuse(
                1, "propertyID", "TAP-SYNTAX", "has no column propertyID", expected=", ".join(COLUMNS)
            )
            return []
        for given, known in zip(rows[0], header, strict=True):
            if given.strip() and not known:
                message = "is no column of DC TAP, and is not looked at"
                self.findings.append(
                    note("TAP-COLUMN", f"{self.place}:1:{given}", message, at=self._at(1, given), found=given)
                )
        found: list[_Statement] = []
        shape = ""
        for number, row in enumerate(rows[1:], 2):
            cells = {
                known: cell.strip()
                for known, cell in zip(header, row, strict=False)
                if known and cell.strip()
            }
            this = cells.get("shapeID") or shape or "default"
            if shape and this != shape:
                message = "begins a second shape; a description is one, and is held against one"
                self.refuse(number, "shapeID", "TAP-SHAPE", message, expected=shape, found=this)
                return found
            shape = this
            self.label = self.label or cells.get("shapeLabel", "")
            if "propertyID" in cells:
                found.append(_Statement(number, cells))
            elif any(name not in {"shapeID", "shapeLabel", "note"} for name in cells):
                self.refuse(
                    number, "propertyID", "TAP-PROPERTY", "is empty, and the row says something of it"
                )
        return found

    def take(self, statement: _Statement) -> None:
        """Adds what one row states."""
        row, cells = statement
        named = cells["propertyID"]
        if "valueShape" in cells:
            message = "asks for a value that is itself described, which a value of a description is not"
            remedy = "ask for its identifier instead (valueNodeType IRI), or leave the cell empty"
            self.refuse(row, "valueShape", "TAP-SHAPE", message, found=cells["valueShape"], remedy=remedy)
        field = FIELD if named.lower() == FIELD else normalise_key(named)
        if field is None and (claims_dublin_core(named) or ":" in named):
            near = nearest_term(named)
            remedy = (
                f"did you mean {qualified(near)}?"
                if near
                else "such as dcterms:extent; or a column's plain name"
            )
            self.refuse(
                row, "propertyID", "TAP-PROPERTY", "is no term of Dublin Core", found=named, remedy=remedy
            )
            return
        mandatory, repeatable = (
            self._truth(statement, "mandatory", default=False),
            self._truth(statement, "repeatable", default=True),
        )
        constraint = self._constraint(statement)
        known = self._other if field is None else self._properties
        key = named if field is None else field
        if key in known:
            self.refuse(
                row, "propertyID", "TAP-TWICE", f"{named} is stated twice", remedy="keep one row for each"
            )
            return
        known[key] = (
            _text_schema(constraint)
            if field is None or field == FIELD
            else _values_schema(constraint, repeatable=repeatable)
        )
        if label := cells.get("propertyLabel"):
            known[key]["title"] = label
        if mandatory:
            (self._other_required if field is None else self._required).append(key)

    def _truth(self, statement: _Statement, column: str, *, default: bool) -> bool:
        text = statement.cells.get(column, "")
        if not text:
            return default
        truth = _TRUTHS.get(text.lower())
        if truth is None:
            self.refuse(
                statement.row,
                column,
                "TAP-VALUE",
                "is neither true nor false",
                expected="true or false",
                found=text,
            )
        return default if truth is None else truth

    def _constraint(self, statement: _Statement) -> dict[str, Any]:
        """The schema of one value."""
        row, cells = statement
        constraint: dict[str, Any] = {}
        kind = cells.get("valueNodeType", "").lower()
        if kind == "bnode":
            message = "asks for a value that is itself described, which a value of a description is not"
            self.refuse(row, "valueNodeType", "TAP-SHAPE", message, found=cells["valueNodeType"])
        elif kind == "iri":
            constraint["format"] = "iri"
        elif kind not in {"", "literal", "iri literal", "literal iri"}:
            self.refuse(
                row,
                "valueNodeType",
                "TAP-VALUE",
                "is no type of value",
                expected="IRI or literal",
                found=kind,
            )
        datatype = cells.get("valueDataType", "")
        if datatype.lower().endswith("langstring"):
            constraint = {"required": ["lang"], "description": "text with its language"}
        elif datatype:
            known = _DATATYPES.get(re.split("[:/#]", datatype)[-1].lower())
            if known is None:
                expected = ", ".join(sorted(_DATATYPES))
                self.refuse(
                    row, "valueDataType", "TAP-VALUE", "cannot be judged", expected=expected, found=datatype
                )
            else:
                constraint |= known
        if "valueConstraint" in cells:
            constraint |= self._narrowed(statement)
        elif "valueConstraintType" in cells:
            self.refuse(row, "valueConstraint", "TAP-VALUE", "is empty, though it has a type")
        return constraint

    def _narrowed(self, statement: _Statement) -> dict[str, Any]:
        text, kind = (
            statement.cells["valueConstraint"],
            statement.cells.get("valueConstraintType", "").lower(),
        )
        compile_one = _CONSTRAINTS.get(kind)
        if compile_one is None:
            expected = ", ".join(name for name in _CONSTRAINTS if name)
            self.refuse(
                statement.row,
                "valueConstraintType",
                "TAP-VALUE",
                "cannot be judged",
                expected=expected,
                found=kind,
            )
            return {}
        narrowed = compile_one(text)
        if isinstance(narrowed, str):
            self.refuse(statement.row, "valueConstraint", "TAP-VALUE", narrowed, found=text[:200])
            return {}
        if kind == "picklist":
            listed = narrowed["enum"]
            self.findings.append(
                note(
                    "TAP-LIST",
                    f"{self.place}:{statement.row}:valueConstraint",
                    f"read as a list of {len(listed)}: " + " · ".join(listed[:12]),
                    at=self._at(statement.row, "valueConstraint"),
                )
            )
        return narrowed

    def schema(self, name: str) -> dict[str, Any]:
        """The overlay that all rows make."""
        properties = dict(self._properties)
        if self._other:
            properties["other"] = {"properties": self._other, "required": self._other_required}
        required = [*self._required, *(["other"] if self._other_required else [])]
        return {
            "$schema": DRAFT,
            "$id": f"urn:document-archive:profile:{name}",
            "title": self.label or name,
            "description": f"Compiled from the table {self.place}.",
            "allOf": [{"$ref": SCHEMA_ID}],
            "required": required,
            "properties": properties,
            "unevaluatedProperties": False,
        }


def _values_schema(constraint: dict[str, Any], *, repeatable: bool) -> dict[str, Any]:
    """The schema of a term: a list, its items texts or objects with a text."""
    schema: dict[str, Any] = {} if repeatable else {"maxItems": 1}
    if "required" in constraint:
        return schema | {"items": {"type": "object", **constraint}}
    lang = constraint.get("lang")
    if lang is not None:
        return schema | {"items": {"type": "object", "required": ["lang"], "properties": {"lang": lang}}}
    if constraint:
        judged = {"if": {"type": "string"}, "then": constraint, "else": {"properties": {"value": constraint}}}
        schema["items"] = judged
    return schema


def _text_schema(constraint: dict[str, Any]) -> dict[str, Any]:
    """The schema of a column that is not Dublin Core: a text, or a list of texts."""
    plain = {key: value for key, value in constraint.items() if key not in {"required", "lang"}}
    if not plain:
        return {}
    return {"if": {"type": "array"}, "then": {"items": plain}, "else": plain}


def _listed(text: str) -> list[str]:
    for separator in ("||", "|", ";", ","):
        if separator in text:
            return [part for each in text.split(separator) if (part := each.strip().strip('"').strip())]
    return text.split()


def _picklist(text: str) -> dict[str, Any] | str:
    return {"enum": listed} if (listed := list(dict.fromkeys(_listed(text)))) else "lists nothing"


def _expression(text: str) -> dict[str, Any] | str:
    return pattern_trouble(text) or _pattern(text, f"text that matches {text}")


def _stem(text: str) -> dict[str, Any]:
    stems = _listed(text)
    return {
        "pattern": "^(?:" + "|".join(map(_escaped, stems)) + ")",
        "description": "begins with " + " or ".join(stems),
    }


def _escaped(text: str) -> str:
    """The text as every regular expression engine takes it for itself alone."""
    return re.sub(r"([\\^$.|?*+()\[\]{}/-])", r"\\\1", text)


def _languages(text: str) -> dict[str, Any]:
    return {"lang": {"enum": _listed(text)}}


def _length(keyword: str) -> Callable[[str], dict[str, Any] | str]:
    def compiled(text: str) -> dict[str, Any] | str:
        return {keyword: int(text)} if re.fullmatch("[0-9]{1,6}", text) else "is no number of characters"

    return compiled


_CONSTRAINTS: Final[Mapping[str, Callable[[str], dict[str, Any] | str]]] = {
    "": lambda text: {"enum": [text]},
    "picklist": _picklist,
    "pattern": _expression,
    "iristem": _stem,
    "languagetag": _languages,
    "minlength": _length("minLength"),
    "maxlength": _length("maxLength"),
}

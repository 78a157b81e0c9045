"""DC TAP: an application profile as a table, compiled to the JSON Schema overlay that says the same.

Source: DCTAP Elements (DCMI, 2023), https://www.dublincore.org/specifications/dctap/elements/. What cannot be
said of one description is refused by row and column; nothing is left out in silence.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from archive.core.description_profile.overlay import DRAFT
from archive.core.description_profile.patterns import Trouble, pattern_trouble
from archive.core.description_profile.tap_constraints import (
    CONSTRAINTS,
    DATATYPES,
    LANGUAGE_STRING,
    Constraint,
    datatype_of,
)
from archive.core.descriptions.access import FIELD
from archive.core.descriptions.dcterms import (
    TERM_SET,
    claims_dublin_core,
    nearest_term,
    normalise_key,
    qualified,
)
from archive.core.descriptions.description import SCHEMA_ID
from archive.core.findings import At, Finding, error, note
from archive.core.tables.sheet import column_letter

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


class CompiledTable(NamedTuple):
    """The overlay, None where a row cannot be compiled; the findings say which and why."""

    schema: dict[str, Any] | None
    findings: tuple[Finding, ...]


def compile_tap(
    rows: Sequence[Sequence[str]], *, name: str, place: str, compiles: Callable[[str], bool] | None = None
) -> CompiledTable:
    """The JSON Schema overlay that a table states; `rows` are its cells, the header first.

    `compiles` is asked of patterns as `pattern_trouble` says.
    """
    compiling = _Compiling(place, compiles)
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
    def __init__(self, place: str, compiles: Callable[[str], bool] | None) -> None:
        self.place = place
        self._compiles = compiles
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
        if twice := [known for known in COLUMNS if header.count(known) > 1]:
            for known in twice:
                self.refuse(1, known, "TAP-TWICE", f"{known} is a heading twice", remedy="keep one of them")
            return []
        self._say_unknown(rows[0], header)
        headings = [cell.strip() for cell in rows[0]]
        found: list[_Statement] = []
        shape = ""
        for number, row in enumerate(rows[1:], 2):
            self._refuse_stray(number, row, headings)
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

    def _refuse_stray(self, number: int, row: Sequence[str], headings: Sequence[str]) -> None:
        """A value under no heading: those before it may stand in wrong columns."""
        for index, cell in enumerate(row):
            if cell.strip() and not (index < len(headings) and headings[index]):
                self.refuse(
                    number,
                    column_letter(index),
                    "TAP-VALUE",
                    "stands under no heading",
                    found=cell.strip()[:200],
                    remedy="name its column; a cell that holds the separator stands in quotation marks",
                )
                return

    def _say_unknown(self, given_header: Sequence[str], header: Sequence[str]) -> None:
        for given, known in zip(given_header, header, strict=True):
            if given.strip() and not known:
                message = "is no column of DC TAP, and is not looked at"
                self.findings.append(
                    note("TAP-COLUMN", f"{self.place}:1:{given}", message, at=self._at(1, given), found=given)
                )

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
        mandatory = self._truth(statement, "mandatory", default=False)
        repeatable = self._truth(statement, "repeatable", default=True)
        constraint = self._constraint(statement)
        known = self._other if field is None else self._properties
        key = named if field is None else field
        if key in known:
            remedy = "keep one row for each"
            self.refuse(row, "propertyID", "TAP-TWICE", f"{named} is stated twice", remedy=remedy)
            return
        if field in TERM_SET:
            known[key] = constraint.of_term(repeatable=repeatable)
        elif constraint.has_language:
            column = "valueDataType" if "valueDataType" in cells else "valueConstraintType"
            self.refuse(row, column, "TAP-VALUE", f"asks for the language of {named}, which has none")
        else:
            known[key] = constraint.of_text(repeatable=repeatable)
        if key in known and (label := cells.get("propertyLabel")):
            known[key]["title"] = label
        if mandatory:
            (self._other_required if field is None else self._required).append(key)

    def _truth(self, statement: _Statement, column: str, *, default: bool) -> bool:
        text = statement.cells.get(column, "")
        if not text:
            return default
        truth = _TRUTHS.get(text.lower())
        if truth is None:
            self._cannot(statement, column, "is neither true nor false", "true or false")
        return default if truth is None else truth

    def _constraint(self, statement: _Statement) -> Constraint:
        """What one value has to be."""
        row, cells = statement
        kind = cells.get("valueNodeType", "").lower()
        values: list[dict[str, Any]] = []
        if kind == "bnode":
            message = "asks for a value that is itself described, which a value of a description is not"
            self.refuse(row, "valueNodeType", "TAP-SHAPE", message, found=kind)
        elif kind == "iri":
            values.append({"format": "iri"})
        elif kind not in {"", "literal", "iri literal", "literal iri"}:
            self._cannot(statement, "valueNodeType", "is no type of value", "IRI or literal")
        has_language = False
        if datatype := cells.get("valueDataType", ""):
            known = datatype_of(datatype)
            if known is None:
                self._cannot(statement, "valueDataType", "cannot be judged", ", ".join(sorted(DATATYPES)))
            elif known:
                values.append(known)
            has_language = datatype.lower().endswith(LANGUAGE_STRING)
        language = None
        if "valueConstraint" in cells:
            narrowed = self._narrowed(statement)
            language = narrowed.pop("lang", None)
            values += [narrowed] if narrowed else []
        elif "valueConstraintType" in cells:
            self.refuse(row, "valueConstraint", "TAP-VALUE", "is empty, though it has a type")
        return Constraint(tuple(values), has_language or language is not None, language)

    def _cannot(self, statement: _Statement, column: str, message: str, expected: str) -> None:
        found = statement.cells.get(column, "")
        self.refuse(statement.row, column, "TAP-VALUE", message, expected=expected, found=found)

    def _narrowed(self, statement: _Statement) -> dict[str, Any]:
        text = statement.cells["valueConstraint"]
        kind = statement.cells.get("valueConstraintType", "").lower()
        compile_one = CONSTRAINTS.get(kind)
        if compile_one is None:
            self._cannot(
                statement, "valueConstraintType", "cannot be judged", ", ".join(filter(None, CONSTRAINTS))
            )
            return {}
        narrowed = compile_one(text)
        if isinstance(narrowed, dict) and "pattern" in narrowed:
            narrowed = pattern_trouble(narrowed["pattern"], self._compiles) or narrowed
        if isinstance(narrowed, Trouble):
            self.refuse(
                statement.row,
                "valueConstraint",
                "TAP-VALUE",
                narrowed.message,
                found=text[:200],
                remedy=narrowed.remedy,
            )
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

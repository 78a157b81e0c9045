"""Codes about profiles of descriptions, and the tables that they are compiled from."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note

JUDGED: Final[Mapping[str, FindingCode]] = {
    "PROFILE-FILE": error(
        "A file is no profile that descriptions can be held against.", "Mend it at the place named."
    ),
    "PROFILE-MISSING": error(
        "A description lacks a field that the profile asks for.",
        "Give it a value; where nobody knows, say so.",
    ),
    "PROFILE-RECOMMENDED": note(
        "A description lacks a field that the profile recommends.", "Give it a value where it is known."
    ),
    "PROFILE-VALUE": error("A value is not as the profile asks for it.", "Write it as the finding says."),
}

TABLES: Final[Mapping[str, FindingCode]] = {
    "TAP-COLUMN": note("A column of a DC TAP table is none of DC TAP.", "Nothing has to be done."),
    "TAP-LIST": note("How a list of allowed values was read.", "Look whether it was taken apart as meant."),
    "TAP-PROPERTY": error(
        "A row of a DC TAP table names no part of a description.", "Write a term such as dcterms:extent."
    ),
    "TAP-SHAPE": error(
        "A DC TAP table asks for more than one description can say.",
        "State one shape, without shapes as values.",
    ),
    "TAP-SYNTAX": error("A file is no DC TAP table.", "Save it as CSV in UTF-8, with a column propertyID."),
    "TAP-TWICE": error("A DC TAP table states a property, or has a heading, twice.", "Keep one of them."),
    "TAP-VALUE": error("A cell of a DC TAP table cannot be read.", "Write what the finding expects."),
}

"""What an institution asks of its descriptions: a JSON Schema over the one of descriptions, or a table.

A profile narrows the schema of descriptions (`allOf`), never widens it. The table is DC TAP (DCMI Tabular
Application Profiles, https://www.dublincore.org/specifications/dctap/elements/), compiled to the same.
"""

from archive.core.description_profile.model import DescriptionProfile, Requirement, field_name, fields_of
from archive.core.description_profile.overlay import ParsedProfile, parse_overlay

__all__ = [
    "DescriptionProfile",
    "ParsedProfile",
    "Requirement",
    "field_name",
    "fields_of",
    "parse_overlay",
]

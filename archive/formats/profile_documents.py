"""A profile of descriptions out of the bytes of its file: a JSON Schema overlay, or a DC TAP table."""

import csv
import io
import json
from pathlib import PurePath
from typing import Any

from archive.core.description_profile import DescriptionProfile, ParsedProfile, parse_overlay
from archive.core.description_profile.tap import compile_tap
from archive.core.findings import At, Finding, Severity, error
from archive.core.limits.bags import PROFILE_CELL, PROFILE_ROWS
from archive.core.text import printable
from archive.schemas import Overlay, SchemaFaultError, matches_in_linear_time


def read_profile_document(name: str, path: str, data: bytes) -> ParsedProfile:
    """The profile, or why it cannot be used; the ending of the path says which form it has."""
    place = PurePath(path).name
    if place.endswith(".json"):
        document = _json(data, place)
        return document if isinstance(document, ParsedProfile) else checked(document, name=name, place=place)
    rows = _rows(data, place)
    if isinstance(rows, Finding):
        return ParsedProfile(None, (rows,))
    compiled = compile_tap(rows, name=name, place=place, compiles=matches_in_linear_time)
    if compiled.schema is None:
        return ParsedProfile(None, compiled.findings)
    made = checked(compiled.schema, name=name, place=place)
    return ParsedProfile(made.profile, (*compiled.findings, *made.findings))


def checked(document: Any, *, name: str, place: str) -> ParsedProfile:
    """The overlay as a profile, once it is a JSON Schema that descriptions can be held against."""
    parsed = parse_overlay(document, name=name, place=place, compiles=matches_in_linear_time)
    if parsed.profile is None:
        return parsed
    try:
        Overlay(parsed.profile.schema)
    except SchemaFaultError as trouble:
        return _refused(place, f"is no JSON Schema of draft 2020-12: {trouble}")
    return parsed


def require_profile(parsed: ParsedProfile) -> DescriptionProfile:
    """The profile; ConfigurationError, with every finding, where it cannot be used."""
    from archive.core.errors import ConfigurationError

    if parsed.profile is not None:
        return parsed.profile
    first = next(finding for finding in parsed.findings if finding.severity is Severity.ERROR)
    raise ConfigurationError(
        f"{first.place}: {first.message}; no description can be held against this profile",
        remedy=first.remedy or "mend the profile; each fault is named above",
        findings=parsed.findings,
    )


def _json(data: bytes, place: str) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except _TwiceError as twice:
        return _refused(place, f"states “{printable(str(twice)[:80])}” twice in one object")
    except (ValueError, RecursionError) as trouble:
        return _refused(place, f"is not JSON: {str(trouble)[:200] or 'nested too deeply'}")


class _TwiceError(Exception):
    """A name that an object has twice: every program would keep one of its rules, and not say which."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise _TwiceError(name)
        members[name] = value
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _rows(data: bytes, place: str) -> list[list[str]] | Finding:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        return error("TAP-SYNTAX", place, f"is not UTF-8 at byte {trouble.start}", remedy="save it as UTF-8")
    delimiter = "\t" if place.endswith(".tsv") else _delimiter(text)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if len(rows) > PROFILE_ROWS or any(len(cell) > PROFILE_CELL for cell in row):
                message = (
                    f"has more than {PROFILE_ROWS:,} rows, or a cell of more than {PROFILE_CELL:,} characters"
                )
                return error("TAP-SYNTAX", place, message, at=At(file=place, line=len(rows)))
    except csv.Error as trouble:
        line = len(rows) + 1
        return error("TAP-SYNTAX", f"{place}:{line}", f"is no table: {trouble}", at=At(file=place, line=line))
    return rows


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _refused(place: str, message: str) -> ParsedProfile:
    return ParsedProfile(None, (error("PROFILE-FILE", place, message, at=At(file=place)),))

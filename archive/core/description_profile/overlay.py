"""Reads a profile out of its JSON Schema, and refuses what no description could be held against."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from archive.core.description_profile.model import OTHER, DescriptionProfile, Requirement
from archive.core.description_profile.patterns import pattern_trouble
from archive.core.description_profile.unfolding import UnfoldingError, require_bounded
from archive.core.descriptions.access import FIELD
from archive.core.descriptions.dcterms import TERM_SET, nearest_term, normalise_key
from archive.core.descriptions.description import SCHEMA_ID
from archive.core.findings import At, Finding, error
from archive.core.limits.descriptions import MAX_DEPTH
from archive.core.schema_formats import FORMATS

ABOUT: Final = "x-profile"  # our own annotations: recommended, inherits
FAULT: Final = "PROFILE-FILE"
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_NAME = re.compile("[a-z0-9][a-z0-9._-]{0,63}")


class ParsedProfile(NamedTuple):
    """The profile, None where the findings say why it cannot be used."""

    profile: DescriptionProfile | None
    findings: tuple[Finding, ...]


def parse_overlay(
    document: Any, *, name: str, place: str, compiles: Callable[[str], bool] | None = None
) -> ParsedProfile:
    """The profile that a parsed JSON document states; `compiles` as for `pattern_trouble`.

    Every `$ref` has to lead to the schema of descriptions or into the document, every format has to be one
    that is judged, every pattern one that can be compiled, every property a part of a description. That it is
    a JSON Schema at all is for `archive.schemas.Overlay` to say.
    """
    if not isinstance(document, dict):
        return ParsedProfile(None, (_fault(place, "", "is not a JSON object"),))
    found = [*_identity(document, name, place), *_faults(document, place, compiles)]
    if not found:
        try:
            require_bounded(document)
        except UnfoldingError as trouble:
            found.append(_fault(place, "$ref", str(trouble)))
    about = document.get(ABOUT, {})
    if not isinstance(about, dict):
        found.append(_fault(place, ABOUT, "is not an object"))
        about = {}
    recommended = _recommended(about, place, found)
    inherits = _fields(about.get("inherits", []), f"{ABOUT}.inherits", place, found)
    if found:
        return ParsedProfile(None, tuple(found))
    profile = DescriptionProfile(
        name=name,
        title=str(document.get("title") or name),
        text=str(document.get("description") or ""),
        schema=document,
        required=tuple(dict.fromkeys(_requirements(document))),
        recommended=recommended,
        inherits=frozenset(inherits),
        place=place,
    )
    return ParsedProfile(profile, ())


def _identity(document: Mapping[str, Any], name: str, place: str) -> Iterator[Finding]:
    if _NAME.fullmatch(name) is None:
        yield _fault(place, "", f"a profile is not called {name!r}: small letters, digits, - and _ name it")
    if document.get("$schema", DRAFT) != DRAFT:
        yield _fault(place, "$schema", "is another draft of JSON Schema", expected=DRAFT)
    parts = document.get("allOf")
    refs = [part.get("$ref") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    if SCHEMA_ID not in refs:
        message = "does not build on the schema of descriptions"
        yield _fault(place, "allOf", message, expected=f'"allOf": [{{"$ref": "{SCHEMA_ID}"}}, …]')


def _faults(
    document: Mapping[str, Any], place: str, compiles: Callable[[str], bool] | None
) -> Iterator[Finding]:
    """What only a walk through the whole document finds."""
    properties = document.get("properties", {})
    for key in properties if isinstance(properties, dict) else ():
        if key not in TERM_SET and key not in {FIELD, "other", "schema"}:
            near = normalise_key(key) or nearest_term(key)
            remedy = f"did you mean {near}?" if near else "columns of your own stand under other"
            message = "is no part of a description"
            yield _fault(place, f"properties.{key}", message, remedy=remedy)
    level: list[tuple[str, Any, int]] = [("", document, 0)]
    while level:
        path, node, depth = level.pop()
        if depth > MAX_DEPTH:
            yield _fault(place, path, f"is nested deeper than {MAX_DEPTH} levels")
            return
        if isinstance(node, list):
            level += [(f"{path}[{number}]", each, depth + 1) for number, each in enumerate(node)]
        elif isinstance(node, dict):
            yield from _faults_of(node, path, place)
            yield from _pattern_faults(node, path, place, compiles)
            level += [(f"{path}.{key}".lstrip("."), each, depth + 1) for key, each in node.items()]


def _faults_of(node: Mapping[str, Any], path: str, place: str) -> Iterator[Finding]:
    for key in ("$ref", "$dynamicRef"):
        target = node.get(key)
        if isinstance(target, str) and not target.startswith(("#", SCHEMA_ID)):
            message = f"refers to {target[:80]}, and nothing is ever fetched"
            yield _fault(place, f"{path}.{key}".lstrip("."), message, expected=SCHEMA_ID)
    named = node.get("format")
    if isinstance(named, str) and named not in FORMATS and not path.endswith("properties"):
        yield _fault(
            place, f"{path}.format".lstrip("."), f"{named[:80]} is not judged", expected=", ".join(FORMATS)
        )
    if "patternProperties" in node and not path.endswith("properties"):
        yield _fault(place, f"{path}.patternProperties".lstrip("."), "is not understood: name the properties")


def _pattern_faults(
    node: Mapping[str, Any], path: str, place: str, compiles: Callable[[str], bool] | None
) -> Iterator[Finding]:
    pattern = node.get("pattern")
    named_so = path.endswith("properties")  # a field called pattern, not the keyword
    if isinstance(pattern, str) and not named_so and (trouble := pattern_trouble(pattern, compiles)):
        yield _fault(place, f"{path}.pattern".lstrip("."), trouble.message, remedy=trouble.remedy)


def _requirements(node: Mapping[str, Any]) -> Iterator[Requirement]:
    """What must be there, as far as the schema says it plainly: `required`, and `anyOf` over `required`."""
    for field in _required(node):
        yield Requirement((field,))
    for part in node.get("allOf", ()):
        if not isinstance(part, dict):
            continue
        branches = part.get("anyOf")
        if isinstance(branches, list) and branches:
            alternatives = [_required(branch) if isinstance(branch, dict) else [] for branch in branches]
            if all(len(each) == 1 for each in alternatives):
                yield Requirement(tuple(each[0] for each in alternatives))
        yield from _requirements({key: part[key] for key in ("required", "properties") if key in part})


def without_requirements(document: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without what `required` of the profile says: what it asks of the values that are there."""
    kept = {key: value for key, value in document.items() if key != "required"}
    properties = kept.get("properties")
    if isinstance(properties, dict) and isinstance(properties.get("other"), dict):
        other = {key: value for key, value in properties["other"].items() if key != "required"}
        kept["properties"] = {**properties, "other": other}
    parts = kept.get("allOf")
    if isinstance(parts, list):
        kept["allOf"] = [_values_of(part) if isinstance(part, dict) else part for part in parts]
    return kept


def _values_of(part: Mapping[str, Any]) -> dict[str, Any]:
    kept = without_requirements({key: value for key, value in part.items() if key != "allOf"})
    branches = part.get("anyOf")
    if isinstance(branches, list) and all(
        isinstance(branch, dict) and len(_required(branch)) == 1 for branch in branches
    ):
        del kept["anyOf"]
    return kept | {key: value for key, value in part.items() if key == "allOf"}


def _required(node: Mapping[str, Any]) -> list[str]:
    names = _named_by(node)
    fields = [name for name in names if name in TERM_SET or name == FIELD]
    properties = node.get("properties")
    other = properties.get("other") if isinstance(properties, dict) else None
    if "other" in names and isinstance(other, dict):
        fields += [OTHER + name for name in _named_by(other)]
    return fields


def _named_by(node: Mapping[str, Any]) -> list[str]:
    """The names that `required` lists; that it is a list at all is for a JSON Schema's own schema to say."""
    listed = node.get("required")
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _recommended(about: Mapping[str, Any], place: str, found: list[Finding]) -> tuple[Requirement, ...]:
    wanted = about.get("recommended", [])
    if not isinstance(wanted, list):
        found.append(_fault(place, f"{ABOUT}.recommended", "is not a list"))
        return ()
    spot = f"{ABOUT}.recommended"
    each_of = [_fields(each if isinstance(each, list) else [each], spot, place, found) for each in wanted]
    return tuple(Requirement(fields) for fields in each_of if fields)


def _fields(listed: Any, spot: str, place: str, found: list[Finding]) -> tuple[str, ...]:
    if not isinstance(listed, list):
        found.append(_fault(place, spot, "is not a list"))
        return ()
    for each in listed:
        known = isinstance(each, str) and (each in TERM_SET or each == FIELD or each.startswith(OTHER))
        if not known:
            found.append(_fault(place, spot, f"{each!r:.80} is no field of a description"))
    return tuple(each for each in listed if isinstance(each, str))


def _fault(place: str, field: str, message: str, **more: Any) -> Finding:
    at = At(file=place, field=field or None)
    return error(FAULT, f"{place}:{field}" if field else place, message, at=at, **more)

"""Who may see a document, where the objects round its description in JSON or YAML say so too.

The nearest statement holds. Words that state no access (docs/access.md) are none: they never undo a statement
that stands farther out.
"""

from collections.abc import Mapping
from typing import Any

from archive.core.descriptions.access import NOT_STATED, AccessError, parse_access
from archive.core.descriptions.description_access import access_texts, is_access
from archive.formats.descriptions.plain_values import without_blanks


def of_access(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members called `access`, in any spelling."""
    return {key: content for key, content in members.items() if is_access(key)}


def others(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's member `other`; one that holds no columns is kept as one, under its JSON Pointer."""
    kept = record.get("other")
    return dict(kept) if type(kept) is dict else {} if kept is None else {"/other": kept}


def nearest(levels: list[dict[str, Any]]) -> int | None:
    """Which of the levels, from outside to inside, is to be heard; None where all are empty.

    The last that states access, also in words that cannot be read, which are an error then; else the last
    that says anything.
    """
    stated = [number for number, level in enumerate(levels) if _states(level)]
    said = [number for number, level in enumerate(levels) if level]
    heard = stated or said
    return heard[-1] if heard else None


def with_access_round(record: Mapping[str, Any], outer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with the members `access` from round it, unless it states access itself.

    What it says there without stating any is kept under JSON Pointers.
    """
    other = others(record)
    own = {**of_access(other), **of_access(record)}
    if not outer or nearest([dict(outer), own]) == 1:
        return record
    rest = {key: each for key, each in other.items() if key not in own}
    for key, each in own.items():
        place = f"/{key}"
        rest[place] = [rest[place], each] if place in rest else each
    content = {key: each for key, each in record.items() if key not in own}
    return {**content, **({"other": rest} if rest else {}), **outer}


def _states(members: Mapping[str, Any]) -> bool:
    items = [item for each in members.values() for item in (each if type(each) is list else [each])]
    texts = access_texts(without_blanks(items))
    if texts is None:
        return True
    texts = without_blanks(texts)
    return len(texts) > 1 or any(map(is_statement, texts))


def is_statement(text: str) -> bool:
    """True for a text that states access, or was meant to and cannot be read."""
    try:
        return parse_access(text) != NOT_STATED
    except AccessError as trouble:
        return trouble.is_meant

"""What members of the entries that we know are made of; their readers need not ask again.

Whoever holds a key can sign anything: an id that is a path would lead out of the archive, and a number that
is a text would stop whoever counts.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from archive.core.limits.ledger import ENTRY_ID_CHARACTERS, ENTRY_NUMBER

_ID: Final = re.compile(f"[0-9A-Za-z-]{{1,{ENTRY_ID_CHARACTERS}}}")


def is_id(value: Any) -> bool:
    """True for what can be the id of a bag or run: one name, and no path that leads elsewhere."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= ENTRY_NUMBER


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values()))


def _are_digests(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


_SHAPES: Final[tuple[tuple[str, Callable[[Any], bool], tuple[str, ...]], ...]] = (
    ("an id of letters, digits and hyphens", is_id, ("bag", "run")),
    (
        "a whole number",
        _is_number,
        ("bags", "bytes", "files", "moved", "policy", "restored", "revision", "selected", "size", "started"),
    ),
    (
        "a text",
        _is_text,
        (
            *("choice", "copy", "form", "manifest", "mode", "note", "outcome", "record", "recorded"),
            *("reference", "results", "root", "seed", "settings", "tagmanifest"),
        ),
    ),
    ("a list of texts", _are_texts, ("incidents", "notes")),
    ("a table of whole numbers", _are_counts, ("counts",)),
    ("a table of digests", _are_digests, ("payload",)),
)
_EXPECTED: Final = {name: (what, holds) for what, holds, names in _SHAPES for name in names}


def fault_in(members: Mapping[str, Any]) -> str | None:
    """What is wrong with the first member that is not what it has to be; None where all are."""
    for name, value in members.items():
        expected = _EXPECTED.get(name)
        if expected is not None and not expected[1](value):
            return f"its {name} is not {expected[0]}"
    return None

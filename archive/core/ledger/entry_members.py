"""What members of the entries that we know are made of; their readers need not ask again.

Whoever holds a key can sign anything: an id that is a path would lead out of the archive, and a number that
is a text would stop whoever counts. A ledger has millions of entries, so that this is told in one pass.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from archive.core.limits.ledger import ENTRY_ID_CHARACTERS, ENTRY_NUMBER

ID_PATTERN: Final = f"[0-9A-Za-z-]{{1,{ENTRY_ID_CHARACTERS}}}"
TIME_PATTERN: Final = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3}Z"
_ID: Final = re.compile(ID_PATTERN).fullmatch


class _Shape(Enum):
    """What a member is to be, in words."""

    ID = "an id of letters, digits and hyphens"
    NUMBER = "a whole number"
    TEXT = "a text"
    TEXTS = "a list of texts"
    COUNTS = "a table of whole numbers"
    DIGESTS = "a table of digests"


_NAMES: Final = {
    _Shape.ID: ("bag", "run"),
    _Shape.NUMBER: (
        *("bags", "bytes", "files", "moved", "policy", "restored", "revision", "selected", "size", "started"),
    ),
    _Shape.TEXT: (
        *("choice", "copy", "form", "manifest", "mode", "note", "outcome", "record", "recorded"),
        *("reference", "results", "root", "seed", "settings", "tagmanifest"),
    ),
    _Shape.TEXTS: ("incidents", "notes"),
    _Shape.COUNTS: ("counts",),
    _Shape.DIGESTS: ("payload",),
}
_EXPECTED: Final = {name: shape for shape, names in _NAMES.items() for name in names}
_TEXT: Final = _Shape.TEXT
_NUMBER: Final = _Shape.NUMBER
_IDS: Final = _Shape.ID


def is_id(value: Any) -> bool:
    """True for what can be the id of a bag or run: one name, and no path that leads elsewhere."""
    return type(value) is str and _ID(value) is not None


def fault_in(members: Mapping[str, Any], *, escapes: bool) -> str | None:
    """What is wrong with the first member that is not what it has to be; None where all are.

    `escapes` tells that the JSON had some: only so does a NUL come into a text.
    """
    for name, value in members.items():
        shape = _EXPECTED.get(name)
        if shape is None:
            continue
        if shape is _TEXT:
            holds = _is_text(value, escapes=escapes)
        elif shape is _NUMBER:
            holds = _is_number(value)
        elif shape is _IDS:
            holds = is_id(value)
        else:
            holds = _holds(shape, value, escapes=escapes)
        if not holds:
            return f"its {name} is not {shape.value}"
    return None


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= ENTRY_NUMBER


def _holds(shape: _Shape, value: Any, *, escapes: bool) -> bool:
    """Whether a list or table is one, and of the right things."""
    if shape is _Shape.TEXTS:
        return type(value) is list and all(_is_text(each, escapes=escapes) for each in value)
    if type(value) is not dict:
        return False
    if shape is _Shape.COUNTS:
        return all(map(_is_number, value.values()))
    return all(_is_text(each, escapes=escapes) for each in value.values())


def _is_text(value: Any, *, escapes: bool) -> bool:
    return type(value) is str and not (escapes and "\0" in value)

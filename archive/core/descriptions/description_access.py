"""The column `access` of a table, or the key of a description, taken out of what is merely kept."""

from collections.abc import Callable
from typing import Any, Final

from archive.core.descriptions.access import CHOICES, EXPECTED, FIELD, AccessError, parse_access
from archive.core.descriptions.description import Description, Value
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.output import QUOTED
from archive.core.text import printable

UNREADABLE: Final = "DESC-ACCESS-UNREADABLE"
NOT_OURS: Final = "DESC-ACCESS-FREE-TEXT"
_OF_A_VALUE: Final = frozenset(Value._fields)


def is_access(column: str) -> bool:
    """True for the name of the column or key, in any case and with blanks around it."""
    return column.strip().lower() == FIELD


def access_texts(items: list[Any]) -> list[str] | None:
    """The texts of a key's values, each a text or a value of ours; None where one is anything else."""
    texts: list[Any] = [
        item.get("value") if type(item) is dict and item.keys() <= _OF_A_VALUE else item for item in items
    ]
    return texts if all(type(text) is str for text in texts) else None


def no_access_text(place: str, column: str, at: At) -> Finding:
    """The error for a key with an object, a list or a number in which no text is found.

    Not kept with a warning, for who writes objects there means access, and to drop it might open it.
    """
    return error(
        UNREADABLE,
        f"{place}:{column}",
        "states access in another form than one text",
        at=at,
        expected=EXPECTED,
        remedy="write as one text " + ", ".join(CHOICES),
    )


def with_access(
    description: Description, place: str, at_of: Callable[[str], At], *, strict: bool = False
) -> tuple[Description, tuple[Finding, ...]]:
    """The description with what its column `access` states, in any case, and what is wrong with that.

    A text that was meant for it and cannot be read is an error: to drop it might open what is closed. Any
    other text is somebody's own column of that name: it is kept with a warning, unless `strict`. `at_of`
    gives the place of a column.
    """
    columns = [name for name in description.other if is_access(name)]
    if not columns:
        return description, ()
    texts = [text for name in columns for text in description.other[name]]
    column = columns[0]
    at, spot = at_of(column), f"{place}:{column}"
    if len(texts) != 1:
        message = f"states {len(texts)} kinds of access where one is expected"
        remedy = "keep one of them"
        return description, (error(UNREADABLE, spot, message, at=at, expected=EXPECTED, remedy=remedy),)
    try:
        access = parse_access(texts[0])
    except AccessError as trouble:
        return description, (_unreadable(texts[0], trouble, spot, at, strict=strict),)
    other = {name: kept for name, kept in description.other.items() if name != column}
    return Description(description.terms, other, access), ()


def _unreadable(text: str, trouble: AccessError, spot: str, at: At, *, strict: bool) -> Finding:
    if strict or trouble.is_meant:
        message = f"“{printable(text[:QUOTED])}” {trouble}"
        return error(
            UNREADABLE,
            spot,
            message,
            at=at,
            expected=EXPECTED,
            found=text[:QUOTED],
            remedy="write one of " + ", ".join(CHOICES),
        )
    return warning(
        NOT_OURS,
        spot,
        "is a text of your own: it is kept, and access counts as not stated",
        at=at,
        expected=EXPECTED,
        found=text[:QUOTED],
        remedy="write words of your own into dcterms.accessRights, and one of these into access",
    )

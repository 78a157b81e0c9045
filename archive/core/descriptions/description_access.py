"""The column `access` of a table, or the key of a description, taken out of what is merely kept."""

from collections.abc import Callable
from typing import Final

from archive.core.descriptions.access import CHOICES, EXPECTED, FIELD, AccessError, parse_access
from archive.core.descriptions.description import Description
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.output import QUOTED
from archive.core.text import printable

UNREADABLE: Final = "DESC-ACCESS-UNREADABLE"
NOT_OURS: Final = "DESC-ACCESS-FREE-TEXT"


def with_access(
    description: Description, place: str, at_of: Callable[[str], At], *, strict: bool = False
) -> tuple[Description, tuple[Finding, ...]]:
    """The description with what its column `access` states, in any case, and what is wrong with that.

    A text that was meant for it and cannot be read is an error: to drop it might open what is closed. Any
    other text is somebody's own column of that name: it is kept with a warning, unless `strict`. `at_of`
    gives the place of a column.
    """
    columns = [name for name in description.other if name.strip().lower() == FIELD]
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

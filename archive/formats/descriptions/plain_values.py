"""What a record of JSON or YAML holds, looked at and sifted before it becomes a description."""

from typing import Any

from archive.core.canonical import compact
from archive.core.descriptions.description import WHITE_SPACE
from archive.core.limits.descriptions import MAX_DEPTH


def lacks_value(item: Any) -> bool:
    """True for an object without the member that holds a value's text."""
    return type(item) is dict and "value" not in item


def with_scheme(item: Any, scheme: str) -> Any:
    """The value, a text or an object, with the scheme where it states none itself."""
    if isinstance(item, str):
        return {"value": item, "scheme": scheme}
    return {"scheme": scheme, **item} if isinstance(item, dict) else item


def without(items: list[Any], indexes: set[int]) -> list[Any]:
    """The values but for those of the indexes; none of them where -1 is among these."""
    return [] if -1 in indexes else [item for index, item in enumerate(items) if index not in indexes]


def without_blank_values(items: list[Any]) -> list[Any]:
    """The values of a term whose text, where they have one, is not blank."""
    return [x for x in items if not _is_blank(x["value"] if isinstance(x, dict) and "value" in x else x)]


def without_blanks(items: list[Any]) -> list[Any]:
    """The items that are neither blank nor null."""
    return [item for item in items if not _is_blank(item)]


def _is_blank(item: Any) -> bool:
    return item is None or (isinstance(item, str) and not item.strip(WHITE_SPACE))


def is_encodable(items: Any) -> bool:
    """False where a text of the value holds half of a character, or it is nested too deeply for JSON."""
    try:
        compact(items)
    except (UnicodeEncodeError, RecursionError):
        return False
    except ValueError:
        return True  # NaN and the like: the schema refuses those
    return True


def is_deep(value: Any) -> bool:
    """True where lists and objects are nested beyond the limit; iterative, so any depth is safe."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, (list, dict))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True

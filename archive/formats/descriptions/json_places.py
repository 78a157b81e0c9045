"""Where in a text of JSON its names and values stand."""

import json
import re
from typing import Final

_NEXT: Final = re.compile(r"[ \t\r]*,?[ \t\r]*[^] \t\n\r,]")  # another value in the same line


def line_of(text: str, key: str, start: int, end: int) -> int | None:
    """The line of the name in the value that stands there, counted from where that begins."""
    at = text.find(json.dumps(key, ensure_ascii=False), start, end)
    return text.count("\n", start, at) + 1 if at >= 0 else None


def is_followed(text: str, start: int, end: int) -> bool:
    """True where another value begins in the line in which the one that stands there begins."""
    return text.find("\n", start, end) < 0 and _NEXT.match(text, end) is not None

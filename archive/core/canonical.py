"""One byte sequence per value: what is hashed, signed or compared never depends on who wrote it."""

import json
from typing import Any

_compact = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_member = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(", ", ": "), allow_nan=False
).encode


def compact(value: Any) -> bytes:
    """Canonical JSON on one line: keys sorted by code point, no spaces, UTF-8, no final newline."""
    return _compact(value).encode()


def readable(document: dict[str, Any]) -> bytes:
    """Canonical JSON for files that people open: sorted keys, a member per line, final newline.

    The C encoder writes each member, which `indent=` would rule out (10 times slower).
    """
    if not document:
        return b"{}\n"
    lines = ",\n".join(f"  {_member(key)}: {_member(document[key])}" for key in sorted(document))
    return f"{{\n{lines}\n}}\n".encode()

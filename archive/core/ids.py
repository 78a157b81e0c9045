"""Identifiers of bags and runs: UUID version 7 (RFC 9562 §5.7) from a given time and given random bytes."""

import re
from typing import NewType

BagId = NewType("BagId", str)
RunId = NewType("RunId", str)

RANDOM_BYTES = 10
SHORT_LENGTH = 8
_MAX_TIME = (1 << 48) - 1
_CANONICAL = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def uuid7(milliseconds: int, random: bytes) -> str:
    """The UUIDv7 of a time in milliseconds since 1970 (clamped to 48 bits) and ten random bytes."""
    time = min(max(milliseconds, 0), _MAX_TIME)
    rest = int.from_bytes(random[:RANDOM_BYTES], "big")
    high = (time << 16) | 0x7000 | ((rest >> 68) & 0x0FFF)
    low = (0b10 << 62) | (rest & ((1 << 62) - 1))
    text = f"{(high << 64) | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_uuid7(text: str) -> bool:
    """True for the canonical spelling of a version 7 UUID."""
    return _CANONICAL.fullmatch(text) is not None


def short_id(identifier: str) -> str:
    """The last eight characters, which are random: what people see and type."""
    return identifier[-SHORT_LENGTH:]

"""File names and times as text that XML carries without loss."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.core.portable_names import original_name, premis_original_name

_BILLION: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = -62_135_596_800  # 0001-01-01T00:00:00Z
_LAST: Final = 253_402_300_799  # 9999-12-31T23:59:59Z
_ISO: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{9}))?Z"
)
_SECONDS: Final = re.compile(r"@(-?[0-9]{1,30})(?:\.([0-9]{9}))?")


def xml_name(name: str) -> str:
    """The name, as `os.fsdecode` gives it, percent-encoded where XML would not give it back."""
    if "%" not in name and name.isprintable():
        return name  # nearly every name, without a regular expression
    return premis_original_name(name)


def exact_name(text: str) -> str:
    """The name that `xml_name` encoded; bytes that are not UTF-8 as surrogate escapes."""
    return original_name(text) if "%" in text else text


def time_text(nanoseconds: int) -> str:
    """A time in nanoseconds since 1970 as UTC, to the nanosecond where it has a fraction.

    Outside the years 1 to 9999, which ISO 8601 cannot write, it is `@` and seconds.
    """
    seconds, rest = divmod(nanoseconds, _BILLION)
    fraction = f".{rest:09d}" if rest else ""
    if not _FIRST <= seconds <= _LAST:
        return f"@{seconds}{fraction}"
    moment = _EPOCH + timedelta(seconds=seconds)
    return f"{moment.isoformat()[:19]}{fraction}Z"


def parse_time(text: str) -> int | None:
    """The nanoseconds since 1970 that `time_text` wrote, or None for anything else."""
    if match := _ISO.fullmatch(text):
        try:
            moment = datetime(*(int(part) for part in match.groups()[:6]), tzinfo=UTC)  # type: ignore[misc,arg-type]
        except ValueError:
            return None
        since = moment - _EPOCH
        return (since.days * 86_400 + since.seconds) * _BILLION + int(match[7] or 0)
    if match := _SECONDS.fullmatch(text):
        return int(match[1]) * _BILLION + int(match[2] or 0)
    return None

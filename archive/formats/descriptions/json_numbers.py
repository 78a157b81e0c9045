"""Numbers of JSON as they were written: 1.10 is a number of a box or an edition as often as a quantity."""

import math
from typing import Any, Final, NamedTuple, Self

from archive.core.canonical import compact
from archive.core.limits.descriptions import LONGEST_NUMBER

_MINUS_ZERO: Final = "-0"


class WrittenNumber(float):
    """A number that does not come back as it was written by its value alone; `text` is how it was."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Keeps the text beside the value that it has."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class Refused(NamedTuple):
    """A number that is none, or none that programs hold, until the name is known under which it stands."""

    why: str


def without_refused(value: Any, why: list[str]) -> Any:
    """The value with null for each refused number in it and its lists; the reasons are added to `why`."""
    if type(value) is list:
        return [without_refused(each, why) for each in value]
    if type(value) is not Refused:
        return value
    why.append(value.why)
    return None


def read_fraction(text: str) -> float | None:
    """A number with a fraction or an exponent; None for one beyond what other programs can hold."""
    number = WrittenNumber(text) if len(text) <= LONGEST_NUMBER else math.inf
    return number if math.isfinite(number) else None


def read_whole(text: str) -> int | float | None:
    """A whole number; None for one beyond what other programs can hold."""
    if text == _MINUS_ZERO:
        return WrittenNumber(text)
    return int(text) if len(text) <= LONGEST_NUMBER else None


def as_written(value: Any) -> str:
    """A value as compact canonical JSON, but for its numbers, which stand as they were written.

    Raises what `compact` raises; the caller bounds the depth.
    """
    if isinstance(value, WrittenNumber):
        return value.text
    if isinstance(value, list):
        return f"[{','.join(map(as_written, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{as_written(key)}:{as_written(value[key])}" for key in sorted(value)) + "}"
    return compact(value).decode()

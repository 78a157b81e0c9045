"""A suggestion, and the readings from which it is made."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from archive.core.edtf import is_edtf

Order = Literal["dmy", "mdy", "ymd"]

# The question that the order of numbers in a source settles for all of it.
WHICH_ORDER: Final = "which is the day and which the month?"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateSuggestion:
    """What a free-text date probably says.

    `edtf` is the suggestion, None where there is none or where a person must choose among `ambiguous`;
    `reason` says in plain words how the text was read. Every date in either parses as EDTF.
    """

    edtf: str | None
    reason: str
    ambiguous: tuple[str, ...] = ()


class Reading(NamedTuple):
    """What one rule made of a text: one date, or several among which a person must choose."""

    dates: tuple[str, ...]
    reason: str


def reading(dates: "list[str] | tuple[str, ...] | str", reason: str) -> Reading | None:
    """The reading with those of the dates that exist, each once; None where none does."""
    spelled = (dates,) if isinstance(dates, str) else dates
    real = tuple(dict.fromkeys(date for date in spelled if is_edtf(date)))
    return Reading(real, reason) if real else None

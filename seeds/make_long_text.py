"""Writes the long seed: two years of a tide station's journal, the same bytes on every machine.

    python seeds/make_long_text.py [FILE]

Chance comes from a linear congruential generator of our own, so no version of Python can change the text.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

FILE_NAME = "tide-journal-1926-1927.txt"
FIRST_DAY = date(1926, 1, 1)
LAST_DAY = date(1927, 12, 31)

_WATCHES = ("06.00", "12.00", "18.00")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_FORCES = ("calm", "light airs", "light", "gentle", "moderate", "fresh", "strong", "half a gale")
_SKIES = ("clear", "high thin cloud", "broken cloud", "overcast", "low cloud", "mist", "drizzle", "showers")
_SEAS = ("smooth", "slight", "a long low swell", "choppy over the bar", "rough", "white to the horizon")
_SIGHTINGS = (
    "Four herring boats out, four back.",
    "The ferry passed on time, which was remarked on.",
    "A heron stood on the gauge and would not be measured.",
    "Two porpoises north of the mole.",
    "Driftwood: one oar, painted green.",
    "The gauge pipe was cleared of weed.",
    "School children came to see the float go up and down.",
    "A barge with bricks waited for water, and got it.",
    "Ink frozen; entry made in pencil and gone over later.",
    "Nets drying along the whole of the sea wall.",
    "The barometer was tapped, and answered.",
    "A letter came asking for last month’s figures; sent.",
    "Swallows under the eaves of the float house.",
    "Fog bell rung for an hour by the miller’s son.",
    "Nothing to add.",
    "The clock of the gauge gained a minute and was set back.",
)


class _Chance:
    """A stream of whole numbers: x ← 1664525 x + 1013904223 (mod 2^32), as in Numerical Recipes §7.1."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, limit: int) -> int:
        """The next number, from 0 to limit - 1; the high bits, which are the better ones."""
        self._state = (self._state * 1_664_525 + 1_013_904_223) % 2**32
        return self._state * limit >> 32

    def choice(self, words: Sequence[str]) -> str:
        return words[self.below(len(words))]


def _entry(watch: str, chance: _Chance) -> str:
    height = 60 + chance.below(420)
    barometer = 985 + chance.below(50)
    line = (
        f"{watch}  Water {height // 100}.{height % 100:02d} m. Barometer {barometer} mb."
        f" Wind {chance.choice(_WINDS)}, {chance.choice(_FORCES)}; sky {chance.choice(_SKIES)};"
        f" sea {chance.choice(_SEAS)}."
    )
    return f"{line} {chance.choice(_SIGHTINGS)}" if chance.below(3) == 0 else line


def _lines() -> Iterator[str]:
    chance = _Chance(1926)
    yield "JOURNAL OF THE TIDE STATION AT MERRIN QUAY"
    yield "Three readings a day, by whoever has the watch"
    day = FIRST_DAY
    while day <= LAST_DAY:
        yield ""
        if day.day == 1:
            yield f"{_MONTHS[day.month - 1].upper()} {day.year}"
            yield ""
        yield f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
        for watch in _WATCHES:
            yield _entry(watch, chance)
        day += timedelta(days=1)


def journal() -> bytes:
    """The whole journal as UTF-8 with LF line ends; more than 200 KB."""
    return "".join(f"{line}\n" for line in _lines()).encode()


def main() -> None:
    """Write the journal to the file named on the command line, else beside the other texts."""
    default = Path(__file__).parent / "texts" / FILE_NAME
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    target.write_bytes(journal())


if __name__ == "__main__":
    main()

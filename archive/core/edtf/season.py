"""Divisions of a year, 21 to 41, and the months in which they can lie (ISO 8601-2:2019 §4.8)."""

# First month, last month, level. The year that is written holds the whole season: a winter keeps both ends
# of its year. Meteorological and astronomical seasons are both inside, hence four months.
_NORTH = {0: (3, 6), 1: (6, 9), 2: (9, 12), 3: (1, 12)}
_SOUTH = {0: (9, 12), 1: (1, 12), 2: (3, 6), 3: (6, 9)}

_SPANS: dict[str, tuple[int, int, int]] = {
    # Seasons of no stated hemisphere: from the earlier to the later of the two readings.
    "21": (3, 12, 1),
    "22": (1, 12, 1),
    "23": (3, 12, 1),
    "24": (1, 12, 1),
    **{str(25 + number): (*months, 2) for number, months in _NORTH.items()},
    **{str(29 + number): (*months, 2) for number, months in _SOUTH.items()},
    **{str(33 + number): (3 * number + 1, 3 * number + 3, 2) for number in range(4)},  # quarters
    **{str(37 + number): (4 * number + 1, 4 * number + 4, 2) for number in range(3)},  # quadrimesters
    **{str(40 + number): (6 * number + 1, 6 * number + 6, 2) for number in range(2)},  # semesters
}


def season_span(digits: str) -> tuple[int, int, int] | None:
    """First month, last month and EDTF level of a season's two digits; None where they name none."""
    return _SPANS.get(digits)

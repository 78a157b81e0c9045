"""Quantities as people read them, the same on a terminal and on our pages."""

from typing import Final

_UNITS: Final = ("KiB", "MiB", "GiB", "TiB", "PiB")


def byte_size(count: int) -> str:
    """`1 byte`, `512 bytes`, `41.0 KiB`: binary units (IEC 80000-13), one decimal, thousands with a comma."""
    if count < 1024:
        return "1 byte" if count == 1 else f"{count:,} bytes"
    value = float(count)
    unit = ""
    for unit in _UNITS:  # noqa: B007 - the unit that is reached
        value /= 1024
        if value < 1023.95:  # what rounds to 1,024.0 is 1.0 of the next unit
            break
    return f"{value:,.1f} {unit}"

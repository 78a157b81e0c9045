"""What the marks look like, the same in every format: colours that print, and never colour alone."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from archive.core.tables.sheet import Mark


class Look(NamedTuple):
    """Background (RGB in hexadecimal, empty for none), text colour, weight and slant."""

    background: str = ""
    colour: str = "000000"
    bold: bool = False
    italic: bool = False


LOOKS: Final[Mapping[Mark, Look]] = {
    Mark.NONE: Look(),
    Mark.HEADING: Look("DCE6F0", bold=True),
    Mark.HELP: Look("F2F2F2", "595959", italic=True),
    Mark.ERROR: Look("FFC7CE", "9C0006", bold=True),
    Mark.WARNING: Look("FFEB9C", "7F6000"),
    Mark.NOTE: Look("DDEBF7", "1F3864"),
}

"""The file `contents` of an item in DSpace's Simple Archive Format: which files it has, and their flags.

Source: DSpace documentation, "Importing and Exporting Items via Simple Archive Format": a file to a line,
flags behind tabs (`bundle:`, `permissions:`, `description:`, `primary:true`); `-r -s N -f PATH` registers a
file that lies elsewhere.
"""

import re
from typing import Final, NamedTuple

from archive.core.text import text_lines

CONTENTS: Final = "contents"
DUBLIN_CORE: Final = "dublin_core.xml"
_REGISTERED = re.compile(r"-r\s+-s\s+[0-9]+\s+-f\s+(.+)")
_OTHER_SCHEMA = re.compile(r"metadata_[A-Za-z0-9_.-]+\.xml")


class ListedFile(NamedTuple):
    """One line: the file's name relative to the item, its flags as written, whether it lies elsewhere."""

    name: str
    flags: tuple[str, ...]
    registered: bool
    line: int

    @property
    def restricts(self) -> bool:
        """True where the line says who may read the file."""
        return any(flag.lower().startswith("permissions:") for flag in self.flags)


def parse_contents(text: str) -> list[ListedFile]:
    """Every line that names a file; blank ones are passed over."""
    listed: list[ListedFile] = []
    for number, line in enumerate(text_lines(text), start=1):
        name, *flags = line.split("\t")
        name = name.strip(" ")  # other white space may be part of it
        registered = _REGISTERED.fullmatch(name)
        if name.strip():
            path = registered[1].strip() if registered else name
            stated = tuple(filter(None, map(str.strip, flags)))
            listed.append(ListedFile(path, stated, registered is not None, number))
    return listed


def describes(name: str) -> bool:
    """True for a file of an item that holds its description."""
    return name == DUBLIN_CORE or _OTHER_SCHEMA.fullmatch(name) is not None

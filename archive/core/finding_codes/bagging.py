"""Codes about making bags of plain folders, and mending bags."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

_NOTHING = "Nothing has to be done."

SOURCES: Final[Mapping[str, FindingCode]] = {
    "SRC-BAG": warning(
        "A folder to be bagged is a bag already, and becomes the payload of another.",
        "To change the bag itself use archive bag update.",
    ),
    "SRC-EMPTY": warning("A folder to be bagged holds no file.", "Look whether it is the right folder."),
    "SRC-EMPTY-FOLDER": warning(
        "A folder with nothing in it is not bagged: manifests list files only.",
        "Add --keep-empty-folders, which puts an empty file into each.",
    ),
    "SRC-NAME": error(
        "A file has a name or path that no manifest can state.", "Rename the file, or leave it out."
    ),
    "SRC-SYSTEM-FILE": note(
        "A file that a desktop or system left is bagged like any other.",
        "Leave it out with --exclude if it is not wanted.",
    ),
}

BAGGING: Final[Mapping[str, FindingCode]] = {
    "BAGGING-ENCODING": warning(
        "A bag is UTF-8 from now on, but tag files of its own kind stay in the encoding they were in.",
        "Look whether whoever reads them expects that.",
    ),
    "BAGGING-FINISHED": note("An interrupted update of a bag was finished before another failed.", _NOTHING),
    "BAGGING-LEFTOVER": note("What an unfinished run had left was removed.", _NOTHING),
    "BAGGING-UNCHANGED": note("A bag is already as an update was to make it.", _NOTHING),
}

"""Why there is no content where something stands, or should."""

from enum import StrEnum


class Obstacle(StrEnum):
    """What stands in the way of reading a regular file or folder."""

    MISSING = "missing"  # storage answered: nothing is there
    LINK = "link"
    SPECIAL = "special"  # a pipe, socket or device; for a file also a folder
    UNREADABLE = "unreadable"  # storage did not answer, or the file changed while it was read

"""Places at hand that refuse to be read: they may have the good bytes that are lacking."""

from archive.core.findings import Finding, error
from archive.core.text import printable


def refused_place(where: str, reason: str, lacking: str) -> Finding:
    """That the file at `where` cannot be read, for `reason`, and may have the bytes of `lacking`."""
    message = f"cannot be read ({printable(reason)}), and may have good bytes of {printable(lacking)}"
    remedy = "look at that storage, its cable, and who may read it; then give the same command again"
    return error("REPAIR-PLACE-UNREADABLE", where, message, remedy=remedy)

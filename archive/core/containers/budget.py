"""How much a container may hold: an archive of one megabyte must not cost an hour or all memory."""

from typing import NamedTuple

from archive.core.limits import MIB

# Zero bytes behind an archive that fill a tape's record: a hole of a terabyte would take minutes to read.
PADDING = 64 * MIB


class Budget(NamedTuple):
    """Bounds on one container, generous enough for any honest shelf; a caller may raise each.

    A container that is not compressed cannot hold more than its own bytes, so only `members` bounds it.
    """

    # As many as a manifest may have lines. Names cost the memory; see `names`.
    members: int = 1_000_000
    # Expanded bytes. Reading this much takes hours, which somebody should have asked for.
    expanded: int = 4 << 40
    # Expanded bytes for each byte of the file, beyond `free` bytes. Texts and tables stay far below; blank
    # images and zeroed disks reach deflate's own limit of 1,032 and more, and are to be asked for.
    ratio: int = 200
    free: int = 64 * MIB

    @property
    def names(self) -> int:
        """Bytes of memory that the names of members and folders may take."""
        return self.members * 134

    def room(self, file_size: int) -> int:
        """The expanded bytes that a compressed file of so many bytes may hold."""
        return min(self.expanded, max(self.free, self.ratio * file_size))


USUAL = Budget()

"""How much a container may hold: an archive of one megabyte must not cost an hour or all memory."""

from typing import NamedTuple

from archive.core.limits.containers import (
    EXPANDED_BYTES,
    EXPANSION_RATIO,
    FREE_EXPANSION_BYTES,
    MEMBERS,
    MEMORY_PER_MEMBER,
)


class Budget(NamedTuple):
    """Bounds on one container, generous enough for any honest shelf; a caller may raise each.

    A container that is not compressed cannot hold more than its own bytes, so only `members` bounds it.
    """

    members: int = MEMBERS
    expanded: int = EXPANDED_BYTES
    ratio: int = EXPANSION_RATIO
    free: int = FREE_EXPANSION_BYTES

    @property
    def names(self) -> int:
        """Bytes of memory that the names of members and folders may take."""
        return self.members * MEMORY_PER_MEMBER

    def room(self, file_size: int) -> int:
        """The expanded bytes that a compressed file of so many bytes may hold."""
        return min(self.expanded, max(self.free, self.ratio * file_size))


USUAL = Budget()

"""Which algorithms a listed file is to be hashed with, and which manifest's digest each is held against."""

from archive.core.bagit_judge.listing import Column, Listing
from archive.core.digests import Algorithm

Algorithms = tuple[Algorithm, ...]
Plan = tuple[Algorithms, list[tuple[int, Column]]]  # the place of each manifest's digest among them


class Plans:
    """The plan of each path, by its number; for a listing that is settled."""

    def __init__(self, listing: Listing) -> None:
        self.columns = [column for column in listing.columns if column.algorithm]
        self._bits = [(1 << place, column) for place, column in enumerate(self.columns)]
        self._rows = [(bit, column.rows) for bit, column in self._bits]
        self._known: dict[int, Plan] = {}

    def mask(self, number: int) -> int:
        """The manifests that list a path, a bit each."""
        mask = 0
        for bit, rows in self._rows:
            if number < len(rows) and rows[number]:
                mask |= bit
        return mask

    def of(self, mask: int) -> Plan:
        """The plan of a file that these manifests list."""
        known = self._known.get(mask)
        if known is None:
            columns = [column for bit, column in self._bits if mask & bit]
            algorithms = tuple(dict.fromkeys([column.algorithm for column in columns if column.algorithm]))
            places = [(algorithms.index(column.algorithm), column) for column in columns if column.algorithm]
            known = self._known[mask] = (algorithms, places)
        return known

"""A shelf that is one bag in a tar or zip, whose files may have other paths than those of the held bag."""

from collections.abc import Iterator

from archive.core.bagit.contents import EntryKind, one_by_one
from archive.core.digests import Algorithm
from archive.storage.bag_sources.serialised import SerialisedBag
from archive.storage.disk.spool import open_spool
from archive.storage.shelves.containers import ContainerShelf
from archive.storage.shelves.offer import Offer

_TABLES = """
CREATE TABLE files (digest BLOB, path BLOB, PRIMARY KEY (digest, path)) WITHOUT ROWID;
"""


class MembersShelf(ContainerShelf):
    """Offers the member at the path, then every other file of the bag that has the digest.

    Each is read once, when something is looked for that is not smaller than it.
    """

    def __init__(self, bag: SerialisedBag, name: str) -> None:
        super().__init__(bag, name)
        self._db = open_spool(_TABLES)
        self._read_to = -1  # bytes of the largest members that were read

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:
        """See Shelf."""
        yield from super().offers(bag, path, digest, most)
        self._read_up_to(most)
        query = "SELECT path FROM files WHERE digest = ? ORDER BY path"
        for (raw,) in self._db.execute(query, (bytes.fromhex(digest),)).fetchall():
            found = raw.decode("utf-8", "surrogateescape")
            if found != path:
                yield from super().offers(bag, found, digest, most)

    def close(self) -> None:
        """See Shelf."""
        self._db.close()
        super().close()

    def _read_up_to(self, most: int) -> None:
        """Read the members of up to `most` bytes that were not read before, in one pass."""
        if most <= self._read_to:
            return
        wanted = (
            (one.path, (Algorithm.SHA512,))
            for one in self._bag.entries()
            if one.kind is EntryKind.FILE and self._read_to < one.size <= most
        )
        for found in one_by_one(self._bag.digests(wanted)):
            if found.digests:
                row = found.digests[0], found.path.encode("utf-8", "surrogateescape")
                self._db.execute("INSERT OR IGNORE INTO files VALUES (?, ?)", row)
        self._read_to = most

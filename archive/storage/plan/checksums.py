"""The depositor's digests, each with the place that states it."""

import sqlite3
from collections.abc import Iterator

from archive.core.digests import Algorithm, Digest
from archive.core.submission import DepositorDigest, Role
from archive.storage.plan.rows import path_bytes, path_text


class PlannedChecksums:
    """Digests by file and algorithm. Those that the judge of a bag held its files to are `judged`."""

    db: sqlite3.Connection

    def add_checksum(
        self, file: int, digest: Digest, stated_in: str, *, judged: bool = False
    ) -> DepositorDigest | None:
        """Takes a depositor's digest in; returns the one already there where it differs.

        A judged one takes the place of one that is not.
        """
        key = (file, digest.algorithm.value)
        held = self.db.execute(
            "SELECT value, stated_in, judged FROM checksums WHERE file = ? AND algorithm = ?", key
        ).fetchone()
        if held is None or (judged and not held[2]):
            self.db.execute(
                "INSERT OR REPLACE INTO checksums VALUES (?, ?, ?, ?, ?)",
                (*key, digest.value, path_bytes(stated_in), judged),
            )
        if held is not None and held[0] != digest.value:
            return DepositorDigest(Digest(digest.algorithm, held[0]), path_text(held[1]), bool(held[2]))
        return None

    def judged_algorithms(self, file: int) -> set[Algorithm]:
        """The algorithms of the manifests of its bag that state a digest of the file."""
        rows = self.db.execute("SELECT algorithm FROM checksums WHERE file = ? AND judged", (file,))
        return {Algorithm(algorithm) for (algorithm,) in rows}

    def digests_between(self, first: int, last: int) -> dict[int, list[tuple[str, DepositorDigest]]]:
        """Of the documents numbered above `first` up to `last` the digests, with the path of each file."""
        digests: dict[int, list[tuple[str, DepositorDigest]]] = {}
        for document, path, algorithm, value, stated_in, judged in self.db.execute(
            "SELECT document, path, algorithm, value, stated_in, judged FROM checksums JOIN files"
            " ON checksums.file = files.id WHERE document > ? AND document <= ? ORDER BY files.id, algorithm",
            (first, last),
        ):
            digest = Digest(Algorithm(algorithm), value)
            said = DepositorDigest(digest, path_text(stated_in), bool(judged))
            digests.setdefault(document, []).append((path_text(path), said))
        return digests

    def stated_beside(self) -> Iterator[tuple[int, str, Digest, str]]:
        """(root, path, digest, where it is stated) of descriptions and lists that are part of no document."""
        query = (
            "SELECT root, path, algorithm, value, stated_in FROM checksums"
            " JOIN files ON checksums.file = files.id WHERE document IS NULL AND role IN (?, ?)"
            " ORDER BY files.id, algorithm"
        )
        roles = (Role.DESCRIPTION.value, Role.CHECKSUMS.value)
        for root, path, algorithm, value, stated_in in self.db.execute(query, roles).fetchall():
            yield root, path_text(path), Digest(Algorithm(algorithm), value), path_text(stated_in)

    def count_stated(self) -> int:
        """How many files of planned documents the depositor stated digests of; what was judged aside."""
        counted: int = self.db.execute(
            "SELECT count(*) FROM files JOIN documents ON documents.seq = files.document"
            " WHERE state = 'planned'"
            " AND EXISTS (SELECT 1 FROM checksums WHERE file = files.id AND NOT judged)"
        ).fetchone()[0]
        return counted

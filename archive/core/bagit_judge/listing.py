"""Every path that a bag's manifests and fetch.txt name, once, and what each manifest says of it.

For a manifest of a million lines: a path is held once, a digest as its bytes, a line as four bytes.
"""

from array import array
from collections.abc import Iterator

from archive.core.bagit.manifest_lines import MANIFEST_CLAUSE, TAG_MANIFEST_CLAUSE, PlainLines
from archive.core.bagit.names import ManifestName
from archive.core.digests import Algorithm

_UNKNOWN_WIDTH = 8  # bytes kept of a digest that cannot be verified: enough to tell two apart


class Column:
    """What one manifest says: by the number of a path its digest and line."""

    def __init__(self, name: str, naming: ManifestName, index: dict[str, int]) -> None:
        self.name = name
        self.tag = naming.tag
        self.label = naming.label
        self.algorithm: Algorithm | None = naming.algorithm
        self.clause = TAG_MANIFEST_CLAUSE if naming.tag else MANIFEST_CLAUSE
        self.unread = False  # storage did not give all of it
        self._index = index
        self.rows = array("I")  # path number -> row + 1, 0 where it is not listed; for the hot loops
        self._lines = array("I")
        self._width = naming.algorithm.hex_length // 2 if naming.algorithm else _UNKNOWN_WIDTH
        self._digests = bytearray()

    def __len__(self) -> int:
        """How many paths are listed."""
        return len(self._lines)

    def lists(self, number: int) -> bool:
        """True where the path of that number is listed."""
        return number < len(self.rows) and self.rows[number] != 0

    def line(self, number: int) -> int:
        """The line, from 1, in which a listed path stands first."""
        return self._lines[self.rows[number] - 1]

    def digest(self, number: int) -> bytes:
        """The digest that a listed path has."""
        end = self.rows[number] * self._width
        return bytes(self._digests[end - self._width : end])

    def holds(self, number: int, end: int, digests: bytes) -> bool:
        """True where the paths from a number on stand in this order in the manifest, with these digests."""
        rows = self.rows[number:end]
        if (
            len(rows) != end - number
            or not rows[0]
            or rows != array("I", range(rows[0], rows[0] + len(rows)))
        ):
            return False
        start = (rows[0] - 1) * self._width
        return self._digests[start : start + len(rows) * self._width] == digests

    def differs(self, number: int, digest: bytes) -> bool:
        """True where a listed path has another digest."""
        end = self.rows[number] * self._width
        return self._digests[end - self._width : end] != digest

    def add(self, path: str, value: str, number: int) -> bool | None:
        """Keep an entry; as `archive.core.bagit.manifest_lines.Entries` says."""
        index = self._index
        known = index.setdefault(path, len(index))
        digest = bytes.fromhex(value) if self.algorithm else _fingerprint(value)
        return self._enter(known, digest, number)

    def add_all(self, lines: PlainLines, first: int) -> list[tuple[int, bool]]:
        """Keep many entries; as `archive.core.bagit.manifest_blocks.BulkEntries` says."""
        index, rows, width = self._index, self.rows, self._width
        paths, digests = lines
        row, begun, count = len(self._lines), len(rows), len(paths)
        if row == begun == len(index):  # the first manifest, in whose order paths are numbered
            fresh = dict(zip(paths, range(row, row + count), strict=True))
            if len(fresh) == count and index.keys().isdisjoint(fresh):
                index.update(fresh)
                rows.extend(range(row + 1, row + count + 1))
                self._lines.extend(range(first, first + count))
                self._digests += digests
                return []
        repeated: list[tuple[int, bool]] = []
        for place, path in enumerate(paths):
            known = index.setdefault(path, len(index))
            digest = digests[place * width : place * width + width]
            same = self._enter(known, digest, first + place)
            if same is not None:
                repeated.append((place, same))
        return repeated

    def _enter(self, number: int, digest: bytes, line: int) -> bool | None:
        rows = self.rows
        if number >= len(rows):
            rows.frombytes(bytes((number + 1 - len(rows)) * rows.itemsize))
        elif rows[number]:
            return self.digest(number) == digest
        self._lines.append(line)
        self._digests += digest
        rows[number] = len(self._lines)
        return None


def _fingerprint(value: str) -> bytes:
    return hash(value).to_bytes(_UNKNOWN_WIDTH, "big", signed=True)


class Listing:
    """All columns, and the numbers of the paths."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.columns: list[Column] = []

    def begin(self, name: str, naming: ManifestName) -> Column:
        """A column for one more manifest."""
        column = Column(name, naming, self.index)
        self.columns.append(column)
        return column

    def settle(self) -> None:
        """Bring the columns into the order of their names, whatever order they were read in."""
        self.columns.sort(key=lambda column: column.name.encode("utf-8", "surrogateescape"))

    @property
    def payload(self) -> list[Column]:
        """The payload manifests."""
        return [column for column in self.columns if not column.tag]

    @property
    def tag(self) -> list[Column]:
        """The tag manifests."""
        return [column for column in self.columns if column.tag]

    def lists(self, number: int) -> bool:
        """True where any manifest lists the path of a number."""
        return any(column.lists(number) for column in self.columns)

    def listing(self, number: int) -> Iterator[Column]:
        """The manifests that list the path of a number."""
        return (column for column in self.columns if column.lists(number))

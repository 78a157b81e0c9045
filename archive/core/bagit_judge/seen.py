"""What the bag was seen to hold, held against what is listed."""

from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise

from archive.core.bagit.contents import Entry, EntryKind
from archive.core.bagit_judge.listing import Listing

_FEW = 100_000  # a set of so many takes 10 MB

NOTHING, FILE, OTHER, ANSWERED = range(4)


class Seen:
    """The files of the bag: listed ones by number, the others by path; and everything that is no file."""

    def __init__(self, listing: Listing) -> None:
        self.states = bytearray(len(listing.index))
        self.unlisted: list[str] = []  # files whose path nothing names
        self.folders_listed: list[str] = []  # folders whose path a manifest names
        self.folders_at_top: list[str] = []  # and that nothing names
        self.odd: list[Entry] = []
        self.closed: set[str] = set()
        self._longest_closed = 0  # characters
        self.payload_files = 0
        self.tag_files: list[str] = []
        self.has_payload_folder = False
        self.top: dict[str, EntryKind] = {}  # manifests' and bagit.txt's names that are no regular files
        self._index = listing.index
        self._keys = array("q")

    def note(self, entries: list[Entry], key_of: Callable[[str], str]) -> None:
        """Take entries; `key_of` gives one key to paths that some file system takes for one."""
        get, states, keys = self._index.get, self.states, self._keys
        for entry in entries:
            path = entry.path
            number = get(path)
            if entry.kind is not EntryKind.FILE:
                self._note_other(entry, number)
                continue
            if path.startswith("data/"):
                self.payload_files += 1
            else:
                self.tag_files.append(path)
            keys.append(hash(key_of(path)))
            if number is None:
                self.unlisted.append(path)
            else:
                states[number] = FILE

    def _note_other(self, entry: Entry, number: int | None) -> None:
        path, kind = entry.path, entry.kind
        if path == "data":
            self.has_payload_folder = kind in (EntryKind.FOLDER, EntryKind.UNREADABLE)
        if number is not None:
            self.states[number] = OTHER
        if kind is EntryKind.FOLDER:
            if number is not None:
                self.folders_listed.append(path)
            elif "/" not in path:
                self.folders_at_top.append(path)
            return
        self.odd.append(entry)
        if "/" not in path:
            self.top[path] = kind
        if kind is EntryKind.UNREADABLE:
            self.closed.add(path)
            self._longest_closed = max(self._longest_closed, len(path))

    @property
    def is_payload_closed(self) -> bool:
        """True where some of the payload could not be looked at."""
        return any(path in ("", "data") or path.startswith("data/") for path in self.closed)

    def is_hidden(self, path: str) -> bool:
        """True for a path below a folder that could not be looked into."""
        if not self.closed:
            return False
        if "" in self.closed:  # the bag itself
            return True
        path = path[: self._longest_closed + 1]  # a listed path may have far more folders than any disk
        while "/" in path:
            path = path.rpartition("/")[0]
            if path in self.closed:
                return True
        return False

    def files(self) -> Iterator[str]:
        """Every regular file that was seen, first those that are listed."""
        for path, state in zip(self._index, self.states, strict=False):
            if state in (FILE, ANSWERED):
                yield path
        yield from self.unlisted

    def colliding(self) -> set[int]:
        """The hashes of keys that more than one file has."""
        if len(self._keys) < _FEW and len(set(self._keys)) == len(self._keys):
            return set()
        keys = sorted(self._keys)
        return {one for one, other in pairwise(keys) if one == other}

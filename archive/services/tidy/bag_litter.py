"""What of a bag is litter by name and kind, with nothing that vouches for it; no payload is read to tell."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from archive.core.expectation import Expectation
from archive.core.limits.archives import LITTER_BYTES
from archive.core.litter import belongs_to_the_file_system, is_folder_litter, litter
from archive.core.obstacles import Obstacle
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import Displaced
from archive.core.text import lossless
from archive.services.repair.contents import Contents, find_contents
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST, BagReading, read_bag, read_later
from archive.storage.disk.descriptors import FOLDER
from archive.storage.layout import Layout, shard

_PAYLOAD = "data/"
NEITHER = "neither a file nor a folder"
_UNREAD = "could not be read"
_NO_LIST = "the bag's manifest {}: nothing says what belongs to it"


class Litter(NamedTuple):
    """A file or folder that is litter; `size` in bytes is None for a folder."""

    path: str
    what: str
    size: int | None

    def to_json(self) -> dict[str, Any]:
        """The member of `litter`."""
        return {"path": lossless(self.path), "what": self.what, "bytes": self.size}


class Left(NamedTuple):
    """Something of that name that stays where it is, and why; `unread` where nobody could look at it.

    `remedy` is what to do about that, where it is known.
    """

    path: str
    why: str
    unread: bool = False
    remedy: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The member of `left`."""
        told = {"path": lossless(self.path), "why": self.why}
        return told if self.remedy is None else {**told, "remedy": lossless(self.remedy)}


class BagLitter(NamedTuple):
    """What is set aside, and what stays though an audit calls it litter; in the order of the paths."""

    litter: tuple[Litter, ...]
    left: tuple[Left, ...]


def why_left(name: str, *, is_folder: bool) -> str | None:
    """Why something of that name of litter stays; None where it is what programs leave under the name."""
    if belongs_to_the_file_system(name):
        return "the file system needs it"
    if is_folder == is_folder_litter(name):
        return None
    found, left = ("a folder", "a file") if is_folder else ("a file", "a folder")
    return f"{found}, and programs leave {left} of that name"


def litter_of(reading: BagReading, contents: Contents | None) -> BagLitter:
    """What of a reading is litter, given what the bag should hold; `contents` None where nothing says so."""
    taken: dict[str, Litter] = {}
    left: dict[str, Left] = {}
    expected = contents.files if contents is not None else {}
    above, mixed = _folders_above(expected), _folders_above(reading.odd)
    for path, is_folder in _unlisted(reading, expected):
        found = _litter_on(path, above, is_folder=is_folder)
        if found is None:
            continue
        top, name = found
        whole = top != path or is_folder
        why = _why_unsure(reading, contents, top, mixed) or why_left(name, is_folder=whole)
        if why is not None:
            left[top] = Left(top, why, unread=why in {_UNREAD, _NO_LIST.format(_UNREAD)})
        else:
            size = None if whole else reading.files[path][1]
            taken[top] = Litter(top, litter(name) or "", size)
    return BagLitter(tuple(taken[path] for path in sorted(taken)), tuple(left[path] for path in sorted(left)))


def _unlisted(reading: BagReading, expected: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """(path, whether it is a folder) of what no manifest lists: files, empty folders, what is neither.

    A link may stand in the place of a folder, so that it is told as one.
    """
    yield from ((path, False) for path in reading.files if path not in expected)
    yield from ((path, True) for path in reading.empty)
    for path, hindrance in reading.odd.items():
        if path and path not in expected:
            yield path, hindrance.obstacle is not Obstacle.UNREADABLE or path in reading.folders


def _litter_on(path: str, above: set[str], *, is_folder: bool) -> tuple[str, str] | None:
    """The highest litter on the path, itself included, that holds nothing of the bag's: (path, name)."""
    parts = path.split("/")
    for depth, name in enumerate(parts, start=1):
        top = "/".join(parts[:depth])
        if litter(name) and not ((depth < len(parts) or is_folder) and top in above):
            return top, name
    return None


def _folders_above(paths: Iterable[str]) -> set[str]:
    return {path[:at] for path in paths for at, sign in enumerate(path) if sign == "/"}


def _why_unsure(reading: BagReading, contents: Contents | None, top: str, mixed: set[str]) -> str | None:
    if reading.overflow:
        return "the bag holds far more than is recorded, and not all of it was looked at"
    if contents is None or (top.startswith(_PAYLOAD) and not contents.payload_known):
        unread = MANIFEST in reading.odd or TAG_MANIFEST in reading.odd
        return _NO_LIST.format(_UNREAD if unread else "is not the recorded one")
    if top in reading.odd:
        return _UNREAD if reading.odd[top].obstacle is Obstacle.UNREADABLE else NEITHER
    if top in mixed:
        return "holds a link, or what is no file or could not be read"
    return None


def look(root: Path, promise: Expectation, *, withdrawn: bool) -> tuple[BagReading, BagLitter]:
    """The names in a bag, and what of them is litter; only the manifests are read.

    Nothing is found in a bag that is not there, or could not be opened.
    """
    with _Shard(root, promise.bag, withdrawn) as folder:
        if folder is None:
            return BagReading(), BagLitter((), ())
        reading = read_bag(folder, promise.bag, files=promise.files, hashing=False)
    if reading.trouble is not None:
        return reading, BagLitter((), ())
    return reading, litter_of(reading, find_contents(reading, promise, lambda _path, _digest: iter(())))


def displaced(
    root: Path, promise: Expectation, reading: BagReading, found: BagLitter, *, withdrawn: bool
) -> tuple[tuple[Displaced, ...], BagLitter]:
    """The same for the record, with the digest of each file that is no larger than litter can be.

    And what was found without files that are gone by now; one that could not be read stays.
    """
    files = [one.path for one in found.litter if one.size is not None]
    with _Shard(root, promise.bag, withdrawn) as folder:
        if folder is not None:
            read_later(folder, promise.bag, reading, files, lambda _path: LITTER_BYTES)
    still = tuple(one for one in found.litter if one.size is None or one.path in reading.files)
    unread = (one.path for one in found.litter if one not in still and one.path in reading.odd)
    left = (*found.left, *(Left(path, _UNREAD, unread=True) for path in unread))
    return tuple(_displaced(reading, one) for one in still), BagLitter(still, left)


def _displaced(reading: BagReading, one: Litter) -> Displaced:
    digest, size = reading.files.get(one.path, ("", None))
    return Displaced(path=one.path, outcome=FileOutcome.UNLISTED.value, sha512=digest or None, size=size)


class _Shard:
    """The descriptor of the folder that a bag lies in; None where there is none."""

    def __init__(self, root: Path, bag: str, withdrawn: bool) -> None:
        layout = Layout(root)
        self._path = (layout.withdrawn if withdrawn else layout.bags) / shard(bag)
        self._descriptor: int | None = None

    def __enter__(self) -> int | None:
        try:
            self._descriptor = os.open(self._path, FOLDER)
        except OSError:
            return None
        return self._descriptor

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

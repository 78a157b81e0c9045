"""Whether an announced repair is needed where it has still to be done: asked before it is carried on.

Whoever can write to the disk can lay a repair into staging. So its record is held against the bag as it is
now and against what is staged for it, both read in full, and these against what the ledger promises.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archive.core.errors import StorageError
from archive.core.expectation import Expectation
from archive.core.obstacles import Obstacle
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import Displaced, RepairRecord
from archive.core.text import printable
from archive.services.audit.judgement import is_intact, wanted_later
from archive.services.repair.contents import Contents, find_contents
from archive.storage.bags.bag_files import BagReading, read_bag, read_later
from archive.storage.bags.bag_restoration import FILES, NEW
from archive.storage.disk.descriptors import FOLDER, hindrance
from archive.storage.disk.kinds import something_at
from archive.storage.layout import Layout, damaged_path, shard

_UNREADABLE = FileOutcome.UNREADABLE.value
_AGAIN = "look at that storage and who may read it; then run the same command again"


class _Found(NamedTuple):
    """A bag as it is, and what is staged for it."""

    bag: BagReading
    staged: BagReading

    def texts(self, path: str, _: str) -> Iterator[bytes]:
        """The staged manifest of that name."""
        if path in self.staged.texts:
            yield self.staged.texts[path]


def require_needed(
    root: Path, staging: Path, record: RepairRecord, promise: Expectation | None, *, withdrawn: bool = False
) -> None:
    """ValueError where a file would be moved that is as promised, or one put back that is not.

    What was done already is passed over. Where no manifest at hand is the promised one, the bag is damaged,
    and what was announced is believed. Raises StorageError or
    OSError where storage does not answer.
    """
    if promise is None:
        raise ValueError("the ledger promises nothing of a bag that it names")
    layout = Layout(root)
    above = (layout.withdrawn if withdrawn else layout.bags) / shard(record.bag)
    new, aside = staging / record.bag / NEW, root / damaged_path(record.bag, record.run) / FILES
    found = _Found(_read(above, record.bag, promise), _read(new.parent, new.name, promise))
    _read_rest(new.parent, new.name, found.staged, list(found.staged.files), promise)
    if record.whole:
        _require_whole(record, found, promise)
        return
    contents = find_contents(found.bag, promise, found.texts)
    if contents is None:
        return
    _read_rest(above, record.bag, found.bag, list(found.bag.files.keys() & contents.files.keys()), promise)
    restored = {one.path for one in record.restored}
    for one in record.set_aside:
        is_back = one.path in restored and not something_at(new / one.path)
        if not is_back and not something_at(aside / one.path):
            _require_wrong(one, found, contents)
    for path in sorted(restored & found.staged.files.keys()):
        _require_promised(path, found, contents)


def _require_whole(record: RepairRecord, found: _Found, promise: Expectation) -> None:
    """A bag moves as a whole only for one that is as promised, and where it is not so itself."""
    if found.staged.trouble is not None:  # it is in its place by now
        return
    contents = find_contents(found.staged, promise, found.texts)
    if contents is None or not contents.payload_known:
        raise ValueError("what is staged is not the bag that the ledger promises")
    for path in contents.files:
        _require_promised(path, found, contents)
    was_unread = any(one.outcome == _UNREADABLE for one in record.set_aside)
    if is_intact(found.bag, promise) and not was_unread:
        raise ValueError("the bag in its place is as the ledger promises it")


def _require_wrong(one: Displaced, found: _Found, contents: Contents) -> None:
    """What moves is not as promised; for what could not be read then, and can be now, good bytes follow."""
    for path, digest in contents.files.items():
        if path != one.path and not path.startswith(f"{one.path}/"):
            continue
        if path not in found.bag.files and path not in found.bag.odd:
            continue
        if found.bag.files.get(path, ("", 0))[0] == digest and one.outcome != _UNREADABLE:
            raise ValueError(f"{printable(path)} is as the ledger promises it")
        _require_promised(path, found, contents)


def _require_promised(path: str, found: _Found, contents: Contents) -> None:
    """What comes is as promised, as far as anything at hand says what that is."""
    met = found.staged.odd.get(path)
    if met is not None and met.obstacle is Obstacle.UNREADABLE:
        raise StorageError(
            f"what is staged for {printable(path)} cannot be read: {met.reason}", remedy=_AGAIN
        )
    is_known = contents.payload_known or not path.startswith("data/")
    if is_known and found.staged.files.get(path, ("", 0))[0] != contents.files.get(path):
        raise ValueError(f"what is staged for {printable(path)} is not what the ledger promises")


def _read(above: Path, folder: str, promise: Expectation) -> BagReading:
    """All of a bag but for large files that its manifests do not name."""
    try:
        descriptor = os.open(above, FOLDER)
    except OSError as trouble:
        reading = BagReading()
        reading.trouble = hindrance(trouble)
        return reading
    try:
        reading = read_bag(descriptor, folder, files=promise.files)
        if reading.trouble is None and (later := wanted_later(reading, promise)):
            read_later(descriptor, folder, reading, later, promise.most_bytes)
        return reading
    finally:
        os.close(descriptor)


def _read_rest(above: Path, folder: str, reading: BagReading, paths: list[str], promise: Expectation) -> None:
    """Those of the files that were left out as large."""
    unread = [path for path in paths if not reading.files[path][0]]
    if unread:
        descriptor = os.open(above, FOLDER)
        try:
            read_later(descriptor, folder, reading, unread, promise.most_bytes)
        finally:
            os.close(descriptor)

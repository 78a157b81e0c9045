"""One damaged bag, read in full, with everything at hand that could put it right."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from archive.core.expectation import Expectation
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.obstacles import Obstacle
from archive.services.audit.judgement import wanted_later
from archive.services.repair.contents import Contents, find_contents
from archive.services.repair.diagnosis import Diagnosis, diagnose
from archive.storage.bags.bag_files import BagReading, read_bag, read_later
from archive.storage.disk.descriptors import FOLDER, Hindrance, hindrance
from archive.storage.layout import bag_path, shard
from archive.storage.shelves import Offer, Shelf, bounded, is_refusal
from archive.storage.shelves.folders import BagShelf

OWN = "the bag itself"


class Refusal(NamedTuple):
    """Bytes that may be those of the file at `path`: at which place, where there, and why nobody knows."""

    path: str
    place: str
    where: str
    reason: str


class BagAtHand:
    """The bag's state and the offers for its files; `diagnosis` says what is wrong with it.

    `refusals` are what places did not let be read so far, while it was looked for.
    """

    def __init__(self, root: Path, promise: Expectation, shelves: Sequence[Shelf]) -> None:
        self.promise = promise
        self.refusals: list[Refusal] = []
        self._root = root
        self._shelves = shelves
        self.reading = _read(root, promise)
        self.contents: Contents | None = find_contents(self.reading, promise, self._texts)
        if self.contents is not None:
            self._read_rest(self.contents)
        self.diagnosis: Diagnosis = diagnose(self.reading, self.contents)

    def offers(self, path: str, digest: str) -> Iterator[Offer]:
        """What may be the wanted file: what the bag itself gives first, then each shelf in its order."""
        most = self.promise.most_bytes(path)
        text = self.contents.texts.get(path) if self.contents is not None else None
        if text is not None:
            yield Offer(OWN, path, lambda: iter((text,)))
        own = BagShelf(self._root / bag_path(self.promise.bag), OWN)
        for other, (found, _) in self.reading.files.items():
            if found == digest:
                yield from own.offers(self.promise.bag, other, digest, most)
        for shelf in self._shelves:
            for offer in shelf.offers(self.promise.bag, path, digest, most):
                yield self._watched(path, offer, most)

    def _texts(self, path: str, digest: str) -> Iterator[bytes]:
        for shelf in self._shelves:
            for offer in shelf.offers(self.promise.bag, path, digest, HELD_MANIFEST_BYTES):
                watched = self._watched(path, offer, HELD_MANIFEST_BYTES)
                if (text := _gathered(watched)) is not None:
                    yield text

    def _watched(self, path: str, offer: Offer, most: int) -> Offer:
        """The same offer, of which no more is read than what is looked for can have; a refusal is kept."""

        def blocks() -> Iterator[bytes]:
            try:
                yield from bounded(offer.blocks(), most)
            except OSError as trouble:
                if is_refusal(trouble):
                    reason = trouble.strerror or str(trouble)
                    self.refusals.append(Refusal(path, offer.place, offer.where, reason))
                raise

        return offer._replace(blocks=blocks)

    def _read_rest(self, contents: Contents) -> None:
        """Large files that the walk left out."""
        unread = [
            path for path, (digest, _) in self.reading.files.items() if not digest and path in contents.files
        ]
        _later(self._root, self.promise, self.reading, unread)


def _gathered(offer: Offer) -> bytes | None:
    """The bytes of a manifest; None where they cannot be read or are too many for one."""
    try:
        return b"".join(offer.blocks())
    except OSError:
        return None


def _read(root: Path, promise: Expectation) -> BagReading:
    try:
        descriptor = os.open(root / "bags" / shard(promise.bag), FOLDER)
    except OSError as trouble:
        reading = BagReading()
        met = hindrance(trouble)
        # A shard that is a link or no folder holds no bag: it is missing, and what is there is not ours.
        unreadable = met.obstacle is Obstacle.UNREADABLE
        reading.trouble = met if unreadable else Hindrance(Obstacle.MISSING, met.reason)
        return reading
    try:
        reading = read_bag(descriptor, promise.bag, files=promise.files)
        if reading.trouble is None and (later := wanted_later(reading, promise)):
            read_later(descriptor, promise.bag, reading, later, promise.most_bytes)
        return reading
    finally:
        os.close(descriptor)


def _later(root: Path, promise: Expectation, reading: BagReading, paths: list[str]) -> None:
    if not paths:
        return
    descriptor = os.open(root / "bags" / shard(promise.bag), FOLDER)
    try:
        read_later(descriptor, promise.bag, reading, paths, promise.most_bytes)
    finally:
        os.close(descriptor)

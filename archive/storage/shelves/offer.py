"""What a shelf offers: bytes that may be those wanted, and where they lie."""

import errno
import os
from collections.abc import Callable, Iterator
from hashlib import sha512
from typing import Final, NamedTuple, Protocol

from archive.core.obstacles import Obstacle
from archive.storage.disk.descriptors import hindrance

BLOCK: Final = 1 << 20


class Offer(NamedTuple):
    """Bytes that may be those wanted.

    `place` is the shelf as the user knows it, `source` the path on it, which may begin with the shelf's own
    name: then `base` is the folder that it is relative to, else None. `blocks` reads them anew at each call
    and may raise OSError.
    """

    place: str
    source: str
    blocks: Callable[[], Iterator[bytes]]
    base: str | None = None

    @property
    def where(self) -> str:
        """Where the bytes lie, for whoever has to look there."""
        return os.path.join(self.place if self.base is None else self.base, self.source)


class Shelf(Protocol):
    """One place; raises nothing for what lies there or for what storage does.

    What storage does not let it look at it offers all the same: whoever reads that is told the trouble.
    """

    @property
    def name(self) -> str:
        """The place as the user knows it."""

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:
        """What may be the file at a path of a bag, whose sha512 (hexadecimal) should be `digest`.

        It has at most `most` bytes: a shelf need not read more of anything to know what it offers.
        """

    def close(self) -> None:
        """Lets go of what is open."""


def holds(offer: Offer, digest: str) -> bool:
    """True where the offered bytes have that sha512 (hexadecimal); they are read to their end."""
    found = sha512()
    try:
        for block in offer.blocks():
            found.update(block)
    except OSError:
        return False
    return found.hexdigest() == digest


def is_refusal(trouble: OSError) -> bool:
    """Whether storage refused bytes that may be there; what is not there, or no file, was not refused."""
    known = trouble.errno not in {None, 0, errno.EFBIG, errno.ENAMETOOLONG}
    return known and hindrance(trouble).obstacle is Obstacle.UNREADABLE


def bounded(blocks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """The same blocks; OSError in the place of the one that would make them more than `most` bytes."""
    for block in blocks:
        most -= len(block)
        if most < 0:
            raise OSError(errno.EFBIG, "has more bytes than what is looked for")
        yield block


def blocks_of(descriptor: int) -> Iterator[bytes]:
    """The bytes of an open file, which is closed at the end."""
    with open(descriptor, "rb", buffering=0) as stream:
        while block := stream.read(BLOCK):
            yield block

"""A shelf that is one bag in a tar or zip: read in place, as `archive verify` reads one."""

from collections.abc import Iterator

from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag
from archive.storage.bag_sources.serialised import SerialisedBag
from archive.storage.shelves.offer import Offer


class ContainerShelf:
    """Offers the member at the path, whichever bag is asked for."""

    def __init__(self, bag: SerialisedBag, name: str, prefix: str = "") -> None:
        self.name = name
        self._bag = bag
        self._prefix = prefix

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:  # noqa: ARG002
        """See Shelf."""
        if self._bag.content(path) is not None:
            yield Offer(self.name, f"{self._prefix}{path}", lambda: self._bag.content(path) or iter(()))

    def close(self) -> None:
        """See Shelf."""
        self._bag.close()


def open_container(path: str, name: str, *, prefix: str = "") -> ContainerShelf | None:
    """The bag in the file; None where it is no tar or zip, or one that is refused."""
    opened = open_serialised_bag(path, label=name)
    return None if isinstance(opened, RefusedContainer) else ContainerShelf(opened, name, prefix)

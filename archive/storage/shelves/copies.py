"""The copies that archive.toml names, as far as they are at hand: a disk that is away is passed over."""

from pathlib import Path

from archive.storage.copies.at_hand import is_at_hand
from archive.storage.settings import Settings
from archive.storage.shelves.folders import ArchiveShelf
from archive.storage.shelves.offer import Shelf


def copies_at_hand(settings: Settings) -> list[Shelf]:
    """A shelf for each place of `[[copies]]` whose copy lies there."""
    return [ArchiveShelf(root, name) for name, root in roots_at_hand(settings)]


def away(settings: Settings) -> list[str]:
    """The names of the places that are not at hand."""
    here = {name for name, _ in roots_at_hand(settings)}
    return [name for place in settings.copies if (name := place.name or place.path) not in here]


def roots_at_hand(settings: Settings) -> list[tuple[str, Path]]:
    """(name, folder) of each of them."""
    return [
        (place.name or place.path, Path(place.path))
        for place in settings.copies
        if is_at_hand(place, settings)
    ]

"""The copies that archive.toml names, as far as they are at hand: a disk that is away is passed over."""

from pathlib import Path

from archive.core.errors import ArchiveError
from archive.storage.copies.folder import read_marker
from archive.storage.settings import Settings
from archive.storage.shelves.folders import ArchiveShelf
from archive.storage.shelves.offer import Shelf


def copies_at_hand(settings: Settings) -> list[Shelf]:
    """A shelf for each place of `[[copies]]` whose folder bears the marker of that very copy."""
    shelves: list[Shelf] = []
    for place in settings.copies:
        try:
            marker = read_marker(Path(place.path)) if place.path else None
        except ArchiveError:
            continue
        if marker is not None and (marker.id, marker.archive) == (place.id, settings.archive_id):
            shelves.append(ArchiveShelf(Path(place.path), place.name or place.path))
    return shelves

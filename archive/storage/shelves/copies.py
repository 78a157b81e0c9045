"""The copies that archive.toml names, as far as they are at hand: a disk that is away is passed over."""

from pathlib import Path

from archive.core.errors import ArchiveError
from archive.storage.copies.folder import read_marker
from archive.storage.settings import Settings
from archive.storage.shelves.folders import ArchiveShelf
from archive.storage.shelves.offer import Shelf


def copies_at_hand(settings: Settings) -> list[Shelf]:
    """A shelf for each place of `[[copies]]` whose folder bears the marker of that very copy."""
    return [ArchiveShelf(root, name) for name, root in roots_at_hand(settings)]


def away(settings: Settings) -> list[str]:
    """The names of the places that are not at hand."""
    here = {name for name, _ in roots_at_hand(settings)}
    return [name for place in settings.copies if (name := place.name or place.path) not in here]


def roots_at_hand(settings: Settings) -> list[tuple[str, Path]]:
    """(name, folder) of each of them."""
    roots: list[tuple[str, Path]] = []
    for place in settings.copies:
        try:
            marker = read_marker(Path(place.path)) if place.path else None
        except ArchiveError:
            continue
        if marker is not None and (marker.id, marker.archive) == (place.id, settings.archive_id):
            roots.append((place.name or place.path, Path(place.path)))
    return roots

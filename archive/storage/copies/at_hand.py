"""Which of the places that archive.toml names have their copy now: one rule for all who ask."""

import os
from pathlib import Path

from archive.core.copies import CopyPlace
from archive.core.errors import ArchiveError
from archive.core.limits.archives import SETTINGS_BYTES
from archive.storage import settings as settings_file
from archive.storage.copies.folder import read_marker
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.kinds import may_be_there
from archive.storage.layout import SETTINGS, Layout
from archive.storage.settings import Settings


def is_marked(place: CopyPlace, settings: Settings) -> bool:
    """True where the folder at its path bears its marker; a disk that is away is no error."""
    try:
        marker = read_marker(Path(place.path)) if place.path else None
    except ArchiveError:
        return False
    return marker is not None and (marker.id, marker.archive) == (place.id, settings.archive_id)


def lost_its_marker(place: CopyPlace, settings: Settings) -> bool:
    """True where the copy lies at its path without its marker: `archive copy --to` writes that anew.

    The folder's own archive.toml names this archive then, no other copy was kept at that path, and it has no
    index: an archive that was restored there is none of its own copies.
    """
    if not place.path:
        return False
    root = Path(os.path.realpath(place.path))
    try:
        if read_marker(root) is not None:
            return False
    except ArchiveError:
        return False
    if may_be_there(Layout(root).index):
        return False
    return places_at(settings, root) == [place] and names_the_archive(settings, root)


def is_at_hand(place: CopyPlace, settings: Settings) -> bool:
    """True where the copy lies at its path, with its marker or without."""
    return is_marked(place, settings) or lost_its_marker(place, settings)


def places_at(settings: Settings, root: Path) -> list[CopyPlace]:
    """The places of archive.toml whose path is that folder, which is named without links."""
    places = (place for place in settings.copies if place.path)
    return [place for place in places if Path(os.path.realpath(place.path)) == root]


def names_the_archive(settings: Settings, root: Path) -> bool:
    """Whether the archive.toml in a folder is one of this archive."""
    try:
        data = read_plain(str(root / SETTINGS), SETTINGS_BYTES)
        return data is not None and settings_file.parse(data, SETTINGS).archive_id == settings.archive_id
    except (ArchiveError, NotAPlainFileError):
        return False

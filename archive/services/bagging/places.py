"""Where a bag may be made: beside its source, never in it, never in an archive."""

import os
from pathlib import Path

from archive.core.errors import ConfigurationError, StorageError
from archive.core.text import printable
from archive.storage.layout import find_root


def require_source(source: Path) -> Path:
    """The real path of the folder to be bagged.

    Raises ConfigurationError where there is no such folder, StorageError where that cannot be told.
    """
    try:
        real = source.resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError) as trouble:
        raise ConfigurationError(
            f"{printable(str(source))}: there is no such folder",
            remedy="name the folder whose files are to be bagged",
        ) from trouble
    except (OSError, RuntimeError) as trouble:
        raise StorageError(
            f"{printable(str(source))}: cannot be read: {trouble}",
            remedy="see that the folder may be read and that no link leads back to itself",
        ) from trouble
    if not real.is_dir():
        raise ConfigurationError(
            f"{printable(str(source))}: not a folder", remedy="put the file into a folder and bag that"
        )
    return real


def require_target(source: Path, target: Path) -> Path:
    """The path at which the bag will lie, its folder's links resolved; `source` is a real path.

    Raises ConfigurationError where source and target hold one another, or there is no place for a bag.
    """
    shown = printable(str(target))
    absolute = Path(os.path.abspath(target))
    if not absolute.name:
        raise ConfigurationError(
            f"{shown}: names no new folder", remedy="name a new folder in one that is there"
        )
    place = absolute.parent.resolve() / absolute.name
    if place == source or source in place.parents:
        raise ConfigurationError(
            f"{shown}: lies inside the folder that is to be bagged", remedy="name a place outside of it"
        )
    if place in source.parents:
        raise ConfigurationError(
            f"{shown}: holds the folder that is to be bagged", remedy="name a new folder beside it"
        )
    if not place.parent.is_dir():
        raise ConfigurationError(
            f"{printable(str(place.parent))}: there is no such folder for the bag to lie in",
            remedy="make it first",
        )
    refuse_archive(place)
    return place


def refuse_archive(bag: Path) -> None:
    """ConfigurationError where a bag's place is in an archive: its bags are never made or changed by hand."""
    root = find_root(bag.parent)
    if root is None and not _is_held_place(bag):
        return
    where = printable(str(root or bag.parents[2]))
    raise ConfigurationError(
        f"{printable(str(bag))}: lies in the archive {where}, whose bags are written by ingest and describe"
        " alone",
        remedy="archive ingest takes documents in; archive describe changes what is said about them",
    )


def _is_held_place(bag: Path) -> bool:
    """True for `…/bags/<two digits>/<id>`: a bag of an archive, though its settings are not there."""
    from archive.core.ids import is_uuid7

    return is_uuid7(bag.name) and bag.parent.name == bag.name[-2:] and bag.parent.parent.name == "bags"

"""What a place that somebody named is: told by what lies there, never by its name."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from archive.core.bagit.declaration import NAME as DECLARATION
from archive.core.errors import ConfigurationError
from archive.core.text import printable
from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag
from archive.storage.disk.durable import storage_error
from archive.storage.layout import SETTINGS
from archive.storage.shelves.damaged_tars import DamagedTarShelf, may_be_damaged_tar
from archive.storage.shelves.files import FilesShelf
from archive.storage.shelves.folders import ArchiveShelf, BagShelf
from archive.storage.shelves.members import MembersShelf
from archive.storage.shelves.offer import Shelf

_REMEDY: Final = "name a copy of the archive, a bag (folder, tar or zip), or the original files"
_NO_PLACE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP})


def open_shelves(place: str, *, archive: Path) -> list[Shelf]:
    """The shelves of one `--from`: an archive or its copy, a bag, or plain files.

    A bag is offered by its paths and by the digests of its files; a file that is one in a tar or zip is
    offered as the file that it is, too, a damaged tar as what is left in it. Raises ConfigurationError where
    nothing is there, where it is neither file nor folder, or the archive itself, StorageError where storage
    does not say.
    """
    path = Path(place)
    try:
        status = os.stat(place)
    except ValueError:
        raise ConfigurationError(f"{printable(place)}: no such path", remedy=_REMEDY) from None
    except OSError as trouble:
        if trouble.errno in _NO_PLACE:
            raise ConfigurationError(f"{printable(place)}: {trouble.strerror}", remedy=_REMEDY) from None
        raise storage_error(trouble, place, "look at it") from trouble
    if stat.S_ISREG(status.st_mode):
        opened = open_serialised_bag(place, label=place)
        files = FilesShelf(path.resolve(), place)
        if not isinstance(opened, RefusedContainer):
            return [MembersShelf(opened, place), files]
        return [DamagedTarShelf(place, place), files] if may_be_damaged_tar(place) else [files]
    if not stat.S_ISDIR(status.st_mode):
        raise ConfigurationError(f"{printable(place)}: is neither a file nor a folder", remedy=_REMEDY)
    if os.path.samestat(status, os.stat(archive)):
        raise ConfigurationError(f"{printable(place)}: is the archive itself", remedy=_REMEDY)
    if (path / SETTINGS).is_file():
        return [ArchiveShelf(path, place)]
    files = FilesShelf(path.resolve(), place)
    if (path / DECLARATION).is_file():
        return [BagShelf(path, place), files]  # its files may be held under other names, or in several bags
    # What is left of a copy, or somebody's own folder of that name.
    return [ArchiveShelf(path, place), files] if (path / "bags").is_dir() else [files]

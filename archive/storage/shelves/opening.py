"""What a place that somebody named is: told by what lies there, never by its name."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from archive.core.bagit.declaration import NAME as DECLARATION
from archive.core.errors import ConfigurationError
from archive.core.text import printable
from archive.storage.disk.durable import storage_error
from archive.storage.layout import SETTINGS
from archive.storage.shelves.containers import open_container
from archive.storage.shelves.damaged_tars import DamagedTarShelf, may_be_damaged_tar
from archive.storage.shelves.files import FilesShelf
from archive.storage.shelves.folders import ArchiveShelf, BagShelf
from archive.storage.shelves.offer import Shelf

_REMEDY: Final = "name a copy of the archive, a bag (folder, tar or zip), or the original files"
_NO_PLACE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP})


def open_shelves(place: str, *, archive: Path) -> list[Shelf]:
    """The shelves of one `--from`: an archive or its copy, a bag, or plain files.

    A file that is a bag in a tar or zip is offered as that and as the file that it is, a damaged tar as what
    is left in it. Raises
    ConfigurationError where nothing is there, where it is neither file nor folder, or the archive itself,
    StorageError where storage does not say.
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
        container = open_container(place, place)
        files = FilesShelf(path.resolve(), place)
        if container is not None:
            return [container, files]
        return [DamagedTarShelf(place, place), files] if may_be_damaged_tar(place) else [files]
    if not stat.S_ISDIR(status.st_mode):
        raise ConfigurationError(f"{printable(place)}: is neither a file nor a folder", remedy=_REMEDY)
    if os.path.samestat(status, os.stat(archive)):
        raise ConfigurationError(f"{printable(place)}: is the archive itself", remedy=_REMEDY)
    if (path / SETTINGS).is_file():
        return [ArchiveShelf(path, place)]
    if (path / DECLARATION).is_file():
        return [BagShelf(path, place)]
    files = FilesShelf(path.resolve(), place)
    # What is left of a copy, or somebody's own folder of that name.
    return [ArchiveShelf(path, place), files] if (path / "bags").is_dir() else [files]

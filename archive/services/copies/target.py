"""The folder that is to become a copy, or is one: looked at before anything in it is touched."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.copies import MARKER, CopyForm, CopyMarker
from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.litter import litter
from archive.core.text import printable, shell_word
from archive.services.copies.request import CopyRequest
from archive.services.opened import OpenedArchive
from archive.storage.copies.at_hand import names_the_archive, places_at
from archive.storage.copies.folder import form_of_bags, read_marker
from archive.storage.copies.names import WORK
from archive.storage.disk.durable import storage_error
from archive.storage.disk.kinds import may_be_there, something_at
from archive.storage.layout import SETTINGS, Layout

# What `replace_file` was about to make the marker of.
BEGUN_MARKER: Final = re.compile(rf"\.{re.escape(MARKER)}\.[0-9a-f]{{16}}\.tmp")


@dataclass(frozen=True, slots=True)
class CopyTarget:
    """Where a copy is or will be: `marker` is None where there is none yet, `exists` tells of the folder.

    `device` is the file system that was seen there (`st_dev`).
    """

    root: Path
    form: CopyForm
    marker: CopyMarker | None
    exists: bool
    device: int

    def require_mounted(self) -> None:
        """StorageError where the disk has gone since it was looked at: nothing is made in its mount point.

        Between the look and the first byte the whole ledger is read, which may take minutes.
        """
        if _device(self.root if self.exists else self.root.parent) != self.device:
            raise StorageError(
                f"{printable(str(self.root))}: the disk of the copy was taken away; nothing was written",
                remedy="mount it again, then run the same command again",
            )

    def require_same(self) -> None:
        """ConflictError where the folder, locked by now, holds a copy that was not seen there before.

        Another run may have begun or ended one meanwhile: two would be counted in one folder.
        """
        found = read_marker(self.root)
        if found is not None and (self.marker is None or found.id != self.marker.id):
            raise ConflictError(
                f"{printable(str(self.root))}: another run began a copy here meanwhile",
                remedy="run the same command again: it goes on with the copy that is there",
            )


def look_at_target(archive: OpenedArchive, request: CopyRequest) -> CopyTarget:
    """What is at the place; nothing is changed.

    Raises ConfigurationError where no copy can be there, ConflictError where something else is.
    """
    named = Path(request.to)
    root = Path(os.path.realpath(named))
    _refuse_nested(Path(os.path.realpath(archive.root)), root, request.to)
    if not root.is_dir():
        _refuse_absent(archive, root, request.to)
        _refuse_unmakeable(root, request.to)
        above = _device(root.parent)
        return CopyTarget(root, request.form or CopyForm.FOLDER, None, exists=False, device=above)
    marker = read_marker(root) or _lost_marker(archive, root)
    if marker is None:
        _refuse_foreign(root, request.to)
        _refuse_absent(archive, root, request.to)
        form = request.form or CopyForm.FOLDER
        return CopyTarget(root, form, None, exists=True, device=_device(root))
    if marker.archive != archive.settings.archive_id:
        raise ConflictError(
            f"{printable(request.to)}: holds a copy of another archive ({printable(marker.origin)})",
            remedy="name another folder; each copy has one of its own",
        )
    form = form_of_bags(root, marker.form)
    if request.form is not None and request.form is not form:
        raise ConfigurationError(
            f"{printable(request.to)}: this copy is kept as {form.value}, and stays so",
            remedy=f"leave --as out, or name another folder for one as {request.form.value}",
        )
    return CopyTarget(root, form, marker, exists=True, device=_device(root))


def _device(folder: Path) -> int:
    """The number of the file system that a folder is on; -1 where it is not there."""
    try:
        return os.stat(folder).st_dev
    except OSError:
        return -1


def _lost_marker(archive: OpenedArchive, root: Path) -> CopyMarker | None:
    """The marker of a copy that lost its own: its place is in archive.toml, and it names the same archive.

    It says of no ledger that the copy is whole up to it; the copy's own checkpoints are proven as ever.
    Raises ConflictError where several copies were kept at that path: one would be counted as another.
    """
    places = places_at(archive.settings, root)
    if not places or not names_the_archive(archive.settings, root):
        return None
    if may_be_there(Layout(root).index):  # an archive that was restored there is none of its own copies
        return None
    if len(places) > 1:
        names = ", ".join(f"“{printable(place.name or place.id)}”" for place in places)
        raise ConflictError(
            f"{printable(str(root))}: {MARKER} is missing, and several copies were kept here: {names}",
            remedy="empty the path of those that it is not, under [[copies]] in archive.toml, then run this"
            " again",
        )
    place = places[0]
    settings = archive.settings
    return CopyMarker(
        archive=settings.archive_id, origin=settings.origin, id=place.id, form=place.form, written_by=""
    )


def _refuse_nested(archive: Path, root: Path, named: str) -> None:
    if root == archive or archive in root.parents:
        raise ConfigurationError(
            f"{printable(named)}: lies in the archive itself", remedy="name a folder on another disk"
        )
    if root in archive.parents:
        raise ConfigurationError(
            f"{printable(named)}: the archive lies in it", remedy="name a folder on another disk"
        )


def _refuse_unmakeable(root: Path, named: str) -> None:
    if something_at(root):
        raise ConfigurationError(f"{printable(named)}: is no folder", remedy="name a folder for the copy")
    if not root.parent.is_dir():
        raise ConfigurationError(
            f"{printable(named)}: there is no folder {printable(str(root.parent))}",
            remedy="is the disk there and mounted? the folder above the copy's own has to exist",
        )


def _refuse_absent(archive: OpenedArchive, root: Path, named: str) -> None:
    """A disk that is not mounted leaves an empty folder, and a copy in it would fill the wrong disk."""
    if places := places_at(archive.settings, root):
        name = printable(places[0].name or places[0].id)
        raise ConflictError(
            f"{printable(named)}: the copy “{name}” was here, and is not now",
            remedy="mount its disk; if that copy is gone for good, take its [[copies]] out of"
            " archive.toml, then run this again",
        )


def _refuse_foreign(root: Path, named: str) -> None:
    try:
        names = os.listdir(root)
    except OSError as trouble:
        raise storage_error(trouble, named, "list the folder") from trouble
    strange = sorted(
        name for name in names if name != WORK and not litter(name) and not BEGUN_MARKER.fullmatch(name)
    )
    if SETTINGS in strange:
        raise ConflictError(
            f"{printable(named)}: is an archive, not a copy that archive copy made",
            remedy=f"name an empty folder; archive audit --copy {shell_word(named)} looks at this one",
        )
    if strange:
        raise ConflictError(
            f"{printable(named)}: holds other things ({printable(strange[0])})",
            remedy=f"name a folder for the copy alone: {shell_word(os.path.join(named, 'archive-copy'))}",
        )

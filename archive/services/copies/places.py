"""The place of a copy entered into archive.toml, and the beginning of a run entered into the ledger."""

import os
from dataclasses import replace

from archive.core.copies import CopyPlace
from archive.core.errors import ConfigurationError
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.text import is_utf8, printable
from archive.services.copies.request import CopyRequest
from archive.services.copies.target import CopyTarget
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage import settings as settings_file
from archive.storage.disk.durable import replace_file
from archive.storage.settings import read_bytes


def place_of(
    archive: OpenedArchive, request: CopyRequest, target: CopyTarget, surroundings: Surroundings
) -> CopyPlace:
    """The place as it is from now on: what archive.toml knows of it, and what was said of it now.

    Where nobody gave it a name it is called by its folder, or by its path where another place is called so.
    Raises ConfigurationError where its path cannot stand in archive.toml, or another place has its name.
    """
    path = str(target.root)
    if not is_utf8(path):
        raise ConfigurationError(
            f"{printable(path)}: is no name in UTF-8, which archive.toml could not hold",
            remedy="give the folder another name",
        )
    identity = target.marker.id if target.marker is not None else None
    known = next((place for place in archive.settings.copies if place.id == identity), None)
    others = {place.name: place for place in archive.settings.copies if place.id != identity}
    if request.name and request.name in others:
        raise ConfigurationError(
            f"--name {printable(request.name)}: is what {printable(others[request.name].path)} is called",
            remedy="give another name: reports tell copies apart by it",
        )
    if known is None:
        name = target.root.name
        identity = identity or uuid7(surroundings.now(), surroundings.random(RANDOM_BYTES))
        known = CopyPlace(id=identity, name=path if name in {"", *others} else name, path=path)
    return replace(
        known,
        path=path,
        form=target.form,
        name=known.name if request.name is None else request.name,
        medium=known.medium if request.medium is None else request.medium,
        site=known.site if request.site is None else request.site,
        provider=known.provider if request.provider is None else request.provider,
    )


def enter_place(archive: OpenedArchive, place: CopyPlace) -> bool:
    """Writes the place into archive.toml where it is not there just so; True where it was written.

    The caller holds the writer's lock and notes the settings in the ledger.
    """
    path = archive.layout.settings
    before = read_bytes(path)
    after = settings_file.with_copy(before, place)
    if after == before:
        return False
    settings_file.parse(after, path.name)  # what could not be read again is not written
    replace_file(str(path), after, os.stat(path).st_mode & 0o777)
    archive.refresh()
    return True

"""The copies that an archive is made anew from: all of one archive, whatever else is wrong with them."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.core.copies import CopyForm, CopyMarker
from archive.core.errors import ArchiveError, ConfigurationError, StorageError
from archive.core.text import printable
from archive.services.copies.batch import BagsAt
from archive.storage import settings as settings_file
from archive.storage.copies.folder import form_of_bags, read_marker
from archive.storage.copies.names import BAGS
from archive.storage.layout import SETTINGS
from archive.storage.ledger.folder import LEDGER
from archive.storage.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAtHand:
    """One copy, by the name that it was given; `settings` is None where its archive.toml does not serve,
    which storage may be the reason of."""

    name: str
    root: Path
    form: CopyForm
    settings: Settings | None
    unread: StorageError | None = None

    @property
    def bags(self) -> BagsAt:
        """Where its bags are; a withdrawn one may lie in bags/ yet."""
        return BagsAt(str(self.root), self.form, anywhere=True)


def open_copies(names: Sequence[str]) -> list[CopyAtHand]:
    """The copies in these folders; of one that was cut off before its ledger came the bags are of use.

    Raises ConfigurationError where one is no copy of an archive, where two are of different archives, or
    where none has a ledger or none a good archive.toml, StorageError where one that cannot be read may be.
    """
    found = [_open(name) for name in names]
    if not any((one.root / LEDGER).is_dir() for one in found):
        raise _no_ledger(names[0])
    archives = {one.settings.archive_id: one.name for one in found if one.settings is not None}
    if not archives:
        unread = next((one.unread for one in found if one.unread is not None), None)
        said = f"{printable(names[0])}: no {SETTINGS} that can be read"
        raise (ConfigurationError if unread is None else StorageError)(
            said if unread is None else f"{said}: {unread.message}",
            remedy="name another copy beside it, whose settings can be read",
        )
    if len(archives) > 1:
        first, second, *_ = map(printable, archives.values())
        raise ConfigurationError(
            f"{second}: is of another archive than {first}", remedy="name copies of one archive"
        )
    return found


def _open(name: str) -> CopyAtHand:
    root = Path(name).absolute()
    if not (root / LEDGER).is_dir() and not (root / BAGS).is_dir():
        raise _no_ledger(name)
    settings: Settings | None = None
    unread: StorageError | None = None
    try:
        settings = settings_file.read(root / SETTINGS)
    except StorageError as trouble:
        unread = trouble
    except ArchiveError:
        pass
    marker: CopyMarker | None = None
    with contextlib.suppress(ArchiveError):  # nothing rests on it
        marker = read_marker(root)
    if marker is not None and settings is not None and marker.archive != settings.archive_id:
        settings = None
    said = marker.form if marker is not None else CopyForm.FOLDER
    return CopyAtHand(name=name, root=root, form=form_of_bags(root, said), settings=settings, unread=unread)


def _no_ledger(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"{printable(name)}: holds no ledger of a copy", remedy="name the folder of a copy of the archive"
    )

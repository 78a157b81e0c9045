"""Whether a folder that was opened as an archive is one of its own copies."""

import os
from typing import Final

from archive.core.copies import MARKER, CopyForm
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding, warning
from archive.core.text import printable
from archive.services.opened import OpenedArchive
from archive.storage.copies.at_hand import is_marked
from archive.storage.copies.folder import form_of_bags, read_marker
from archive.storage.disk.kinds import may_be_there, something_at

_MOVE_AWAY: Final = (
    "find out who put it there, and move it away: nothing is written here while it lies there; a copy is"
    " audited with archive audit --copy"
)


def is_copy_itself(archive: OpenedArchive) -> bool:
    """Whether what was opened as an archive is one of its own copies, by all that it has.

    Nothing vouches for a marker. A copy has no index; its archive.toml names it, and no other folder that the
    settings name bears the same id.
    """
    if not (archive.root / MARKER).is_file() or may_be_there(archive.layout.index):
        return False
    if form_of_bags(archive.root, CopyForm.FOLDER) is CopyForm.TAR:  # as no archive keeps them
        return True
    try:
        marker = read_marker(archive.root)
    except ArchiveError:
        return True
    place = next((each for each in archive.settings.copies if marker and each.id == marker.id), None)
    if place is None:
        return False
    return not is_marked(place, archive.settings) or os.path.samefile(place.path, archive.root)


def strayed_marker(archive: OpenedArchive) -> list[Finding]:
    """A warning where the archive itself bears the marker of a copy: no command writes to it then."""
    if not something_at(archive.root / MARKER):
        return []
    message = "says that this is a copy, and this is the archive, or a copy of a copy"
    return [warning("COPY-MARKER", MARKER, message, remedy=_MOVE_AWAY)]


def refuse_copy(archive: OpenedArchive) -> None:
    """What `archive copy` made is never written to as if it were the archive: the two would part.

    Nor is anything that bears a copy's marker. ConfigurationError, which says whether it is a copy.
    """
    if not something_at(archive.root / MARKER):
        return
    where = printable(str(archive.root))
    if is_copy_itself(archive):
        raise ConfigurationError(
            f"{where}: is a copy of an archive ({MARKER}), and is not written to",
            remedy="work on the archive; where that is lost, archive restore COPY --to DIR makes it anew",
        )
    (found,) = strayed_marker(archive)
    raise ConfigurationError(f"{where}: {MARKER} {found.message}", remedy=found.remedy)

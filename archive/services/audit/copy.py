"""A copy of an archive, audited against the archive that it is a copy of."""

from pathlib import Path

from archive.core import findings
from archive.core.checkpoint import Checkpoint
from archive.core.errors import ConfigurationError
from archive.core.findings import Finding
from archive.services.opened import OpenedArchive, open_archive
from archive.storage.layout import SETTINGS


def open_copy(archive: OpenedArchive, folder: str) -> OpenedArchive:
    """The copy in a folder, as an archive of its own; ConfigurationError where it is none of this one."""
    root = Path(folder).absolute()
    if not (root / SETTINGS).is_file():
        raise ConfigurationError(
            f"{folder}: not a copy of an archive (it holds no {SETTINGS})", remedy="name the copy's folder"
        )
    copy = open_archive(root)
    if copy.settings.archive_id != archive.settings.archive_id:
        raise ConfigurationError(
            f"{folder}: an archive, but not a copy of this one",
            remedy=f"audit it by itself: archive -C {folder} audit",
        )
    return copy


def compare(
    archive: OpenedArchive, copy: OpenedArchive, copied: Checkpoint
) -> tuple[str | None, Finding | None]:
    """How the copy stands in words, and the finding where it is not up to date.

    A copy is an earlier state of the archive, or this very state; anything else is an error. Raises
    EvidenceError where the archive's own checkpoint does not hold.
    """
    ours = archive.checkpoint()
    place = str(copy.root)
    if copied.size > ours.size:
        message = f"is {copied.size - ours.size:,} entries ahead of the archive that it was compared with"
        remedy = "the archive itself may be the older one: audit the copy by itself, then compare the two"
        return None, findings.error("COPY-FOREIGN", place, message, remedy=remedy)
    if not archive.ledger.extends(copied.size, copied.root):
        message = "its ledger is not an earlier state of this archive's"
        remedy = "it is a fork: one of the two was written apart; find out where they part"
        return None, findings.error("COPY-FOREIGN", place, message, remedy=remedy)
    behind = ours.size - copied.size
    if not behind:
        return "a copy, up to date", None
    words = f"a copy, {behind:,} {'entry' if behind == 1 else 'entries'} behind"
    return words, findings.note("COPY-BEHIND", place, words)

"""The folder that the archive comes back in: new, empty, or of a restore that was cut off."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from archive.core.errors import ArchiveError, ConfigurationError, ConflictError
from archive.core.litter import litter
from archive.core.text import printable, shell_word
from archive.services.restore.copies import CopyAtHand
from archive.storage import settings as settings_file
from archive.storage.copies.names import WORK
from archive.storage.disk.durable import rename, replace_file, storage_error, sync_folder
from archive.storage.disk.kinds import something_at
from archive.storage.intents import remove_tree
from archive.storage.layout import SETTINGS
from archive.storage.ledger.folder import LEDGER

# Tells a restore that was cut off from a folder of somebody's: written first, and at the end archive.toml.
MARKER: Final = ".unfinished-restore"
# What `replace_file` was about to make the marker of.
_BEGUN_MARKER: Final = re.compile(rf"\.{re.escape(MARKER)}\.[0-9a-f]{{16}}\.tmp")
_SETTINGS_MODE: Final = 0o644


def look_at_target(root: Path, archive: str, copies: Iterable[CopyAtHand]) -> bool:
    """Makes sure that the archive can be made there; whether that was begun. Nothing is changed.

    Raises ConfigurationError where nothing can be made there, ConflictError where something else is.
    """
    for one in copies:
        theirs = Path(os.path.realpath(one.root))
        if theirs == root or theirs in root.parents or root in theirs.parents:
            raise ConfigurationError(
                f"{printable(str(root))}: lies in {printable(one.name)}, or around it",
                remedy="name a new folder beside it: the copy stays as it is",
            )
    if not root.is_dir():
        if something_at(root) or not root.parent.is_dir():
            raise ConfigurationError(
                f"{printable(str(root))}: no folder can be made there",
                remedy="name a new folder in an existing one",
            )
        return False
    begun = _begun(root)
    if begun is not None and begun != archive:
        raise ConflictError(
            f"{printable(str(root))}: an unfinished restore of another archive", remedy="name another folder"
        )
    try:
        names = sorted(
            name for name in os.listdir(root) if not (litter(name) or _BEGUN_MARKER.fullmatch(name))
        )
    except OSError as trouble:
        raise storage_error(trouble, str(root), "list the folder") from trouble
    if begun is None and names:
        if SETTINGS in names:  # also what the same command made a moment ago and was killed behind
            whole = f"archive -C {shell_word(str(root))} audit"
            raise ConflictError(
                f"{printable(str(root))}: is an archive already",
                remedy=f"{whole} tells whether it is whole; to restore another, name a new or empty folder",
            )
        what = f"is not empty (it holds {printable(names[0])})"
        raise ConflictError(f"{printable(str(root))}: {what}", remedy="name a new or empty folder")
    _refuse_links(root)
    return begun is not None


def _refuse_links(root: Path) -> None:
    """ConflictError where a link lies anywhere below: no restore makes one, and it would write through it."""
    folders = [str(root)]
    while folders:
        try:
            with os.scandir(folders.pop()) as listing:
                for entry in listing:
                    if entry.is_symlink():
                        raise ConflictError(
                            f"{printable(entry.path)}: is a link, and nothing is written through it",
                            remedy="remove it, then run the same command again",
                        )
                    if entry.is_dir():
                        folders.append(entry.path)
        except OSError as trouble:
            raise storage_error(trouble, str(root), "list the folder") from trouble


def keep_begun_ledger(root: Path) -> Path:
    """Sets aside the ledger that a run before this one brought: it may be younger than those of the copies.

    Returns the folder that it lies in then, until the bags are brought; where there is none, an absent one.
    """
    kept = root / WORK / "before"
    if (root / LEDGER).is_dir():
        if (kept / LEDGER).is_dir():  # the one in its place was being made from it
            remove_tree(root / LEDGER)
        else:
            try:
                kept.mkdir(parents=True, exist_ok=True)
            except OSError as trouble:
                raise storage_error(trouble, str(kept), "make the folder") from trouble
            rename(str(root / LEDGER), str(kept / LEDGER))
    return kept


def begin_target(root: Path, settings: bytes) -> None:
    """Makes the folder with its marker.

    The marker is the archive.toml to be: its rename, which `end_target` does, makes the folder an archive.
    """
    try:
        root.mkdir(exist_ok=True)
        for name in filter(_BEGUN_MARKER.fullmatch, os.listdir(root)):
            os.unlink(root / name)
    except OSError as trouble:
        raise storage_error(trouble, str(root), "make the folder") from trouble
    replace_file(str(root / MARKER), settings, _SETTINGS_MODE)


def end_target(root: Path) -> None:
    """Makes the folder an archive, by one rename; everything else in it is durable by now."""
    rename(str(root / MARKER), str(root / SETTINGS))
    sync_folder(str(root))


def _begun(root: Path) -> str | None:
    """The archive whose restore was begun there; None where none was."""
    try:
        return settings_file.read(root / MARKER).archive_id
    except ArchiveError:
        return None

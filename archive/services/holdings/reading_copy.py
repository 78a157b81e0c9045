"""A copy to read, so that nobody opens the originals: verified byte for byte as it is made."""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.errors import ConfigurationError, ConflictError
from archive.core.ids import short_id
from archive.core.ledger.entries import parse_entry
from archive.core.text import printable
from archive.services.catalog.bag_record import payload_key_of
from archive.services.evidence.checkpoints import require_outside
from archive.services.evidence.proven_entries import ProvenEntries
from archive.services.holdings.payload import (
    copy_verified,
    explained,
    most_bytes_of,
    original_names,
    payload_of,
)
from archive.services.opened import OpenedArchive
from archive.storage.bags.held_bag import HeldBag
from archive.storage.disk.durable import storage_error, sync_folder
from archive.storage.index import IndexRow

READ_ONLY: Final = 0o444


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingCopy:
    """The copy: its folder, and the files in it under their original names, relative to the folder.

    `renamed` are those whose original name this file system cannot have: they keep the stored one.
    """

    folder: Path
    files: tuple[str, ...]
    renamed: tuple[str, ...]


def open_copy(archive: OpenedArchive, row: IndexRow, to: Path | None = None) -> ReadingCopy:
    """Copies the payload of a document into `to` (a fresh temporary folder by default), read-only.

    Every byte is compared with the digest in the ledger as it is copied. Raises BagFormatError, with a
    finding, where it does not match: then nothing is left of the copy. EvidenceError where the entry is not
    what was signed, ConflictError where a name is taken, ConfigurationError for a document that is not held
    any more, and for a place inside the archive.
    """
    require_outside(archive, to or Path(tempfile.gettempdir()))
    if row.state != "held":
        raise ConfigurationError(
            f"{printable(row.reference)}: was {row.state}, and no copies are made of it any more",
            remedy=f"archive history {short_id(row.bag)} says when and why",
        )
    entry = parse_entry(ProvenEntries(archive, archive.checkpoint())(row.entry))
    made = _fresh_folder(to)
    copied: list[str] = []
    try:
        with HeldBag(archive.root, row.bag) as held:
            single = "sha512" in entry.get("payload", {})
            payload = payload_of(held, payload_key_of(entry), row.tag_manifest, single=single)
            names, renamed = original_names(held, row, [path for path, _ in payload])
            for path, digest in payload:
                copied.append(names[path])
                _refuse_links(made, names[path])
                most = most_bytes_of(entry, path)
                copy_verified(held, path, digest, made / names[path], most=most, mode=READ_ONLY)
        if to is not None:
            folders = {(made / name).parent for name in copied} | {made, made.absolute().parent}
            for folder in sorted(folders, reverse=True):
                sync_folder(str(folder))
    except BaseException as trouble:
        _take_back(made, copied, own=to is None)
        raise explained(trouble, row) from trouble
    return ReadingCopy(folder=made, files=tuple(copied), renamed=renamed)


def _fresh_folder(to: Path | None) -> Path:
    try:
        if to is None:
            return Path(tempfile.mkdtemp(prefix="archive-open-"))
        to.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise storage_error(trouble, str(to or tempfile.gettempdir()), "make the folder") from trouble
    return to


def _refuse_links(folder: Path, name: str) -> None:
    """ConflictError where a folder on the way to a file is a link: what it leads to was not named."""
    for above in reversed(Path(name).parents[:-1]):
        if (folder / above).is_symlink():
            raise ConflictError(
                f"{printable(str(folder / above))}: is a link, and nothing is written through it",
                remedy="name another folder with --to",
            )


def _take_back(folder: Path, copied: list[str], *, own: bool) -> None:
    if own:
        shutil.rmtree(folder, ignore_errors=True)
        return
    # The last one was not finished: whatever has that name was there before.
    for name in copied[:-1]:
        with suppress(OSError):
            (folder / name).unlink()

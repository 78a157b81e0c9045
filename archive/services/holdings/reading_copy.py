"""A copy to read, so that nobody opens the originals: verified byte for byte as it is made."""

import base64
import binascii
import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.entries import parse_entry
from archive.core.errors import ArchiveError, BagFormatError, ConfigurationError, ConflictError, StorageError
from archive.core.findings import error
from archive.core.ids import short_id
from archive.core.text import printable
from archive.services.catalog.bag_record import BagDoubtError, listed_bytes, payload_key_of, tag_files
from archive.services.opened import OpenedArchive
from archive.storage.durable import NotAPlainFileError, flush, storage_error, sync_folder
from archive.storage.held_bag import MANIFEST, MANIFEST_LIMIT, HeldBag
from archive.storage.index import IndexRow
from archive.storage.layout import bag_path

NAMES: Final = "metadata/names.json"
_CHUNK: Final = 1 << 20
_NAME_LIMIT: Final = 255  # bytes of a name on common file systems


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
    finding, where it does not match: then nothing is left of the copy. ConflictError where a name is taken,
    ConfigurationError for a document that is not held any more.
    """
    if row.state != "held":
        raise ConfigurationError(
            f"{printable(row.reference)}: was {row.state}, and no copies are made of it any more",
            remedy=f"archive history {short_id(row.bag)} says when and why",
        )
    entry = parse_entry(archive.ledger.entry(row.entry))
    made = _fresh_folder(to)
    copied: list[str] = []
    try:
        with HeldBag(archive.root, row.bag) as held:
            payload = _payload(held, payload_key_of(entry), single="sha512" in entry.get("payload", {}))
            names, renamed = _names(held, row, [path for path, _ in payload])
            for path, digest in payload:
                copied.append(names[path])
                _copy(held, path, digest, made / names[path])
        if to is not None:
            folders = {(made / name).parent for name in copied} | {made, made.absolute().parent}
            for folder in sorted(folders, reverse=True):
                sync_folder(str(folder))
    except BaseException as trouble:
        _take_back(made, copied, own=to is None)
        raise _explained(trouble, row) from trouble
    return ReadingCopy(folder=made, files=tuple(copied), renamed=renamed)


def _fresh_folder(to: Path | None) -> Path:
    try:
        if to is None:
            return Path(tempfile.mkdtemp(prefix="archive-open-"))
        to.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise storage_error(trouble, str(to or tempfile.gettempdir()), "make the folder") from trouble
    return to


def _payload(held: HeldBag, key: str, *, single: bool) -> list[tuple[str, str]]:
    """(path, sha512) of the payload; the digests are the ledger's, or vouched for by it."""
    data = held.read(MANIFEST, MANIFEST_LIMIT)
    entries = parse_manifest(data, name=MANIFEST, version=V1_0, payload=True).entries
    if single:
        if len(entries) != 1:
            raise BagDoubtError(f"{MANIFEST} lists {len(entries)} files, the ledger knows one")
        return [(entries[0][0], key)]
    if hashlib.sha512(data).hexdigest() != key:
        raise BagDoubtError(f"{MANIFEST} is not the one that the ledger knows")
    return entries


def _names(held: HeldBag, row: IndexRow, paths: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """For each path the name of its copy, and those that had to keep the stored one."""
    originals = _originals(held, row)
    names: dict[str, str] = {}
    renamed: list[str] = []
    taken: set[str] = set()
    for path in paths:
        stored = path.removeprefix("data/")
        wanted = originals.get(path, stored)
        if not _can_be_made(wanted) or wanted in taken:
            renamed.append(stored)
            wanted = stored
        taken.add(wanted)
        names[path] = wanted
    return names, tuple(renamed)


def _originals(held: HeldBag, row: IndexRow) -> dict[str, str]:
    """Stored path to original name where they differ; empty where the bag does not say so believably."""
    try:
        listed = tag_files(held, row.tag_manifest)
        if NAMES not in listed:
            return {}
        names = json.loads(listed_bytes(held, listed, NAMES))["names"]
        return {path: _exact(name) for path, name in names.items()}
    except (BagDoubtError, NotAPlainFileError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _exact(name: str | dict[str, str]) -> str:
    if isinstance(name, str):
        return name
    try:
        return base64.b64decode(name["base64"], validate=True).decode("utf-8", "surrogateescape")
    except binascii.Error as trouble:
        raise ValueError("not base64") from trouble


def _can_be_made(name: str) -> bool:
    parts = name.split("/")
    return "\0" not in name and all(
        part not in ("", ".", "..") and len(part.encode("utf-8", "surrogatepass")) <= _NAME_LIMIT
        for part in parts
    )


def _copy(held: HeldBag, path: str, digest: str, target: Path) -> None:
    """Copies one file under a temporary name, and gives it its own once the digest holds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() or target.is_symlink():
        raise ConflictError(
            f"{printable(str(target))}: is there already", remedy="name another folder with --to"
        )
    found = hashlib.sha512()
    part = target.parent / f".{short_id(digest)}.part"
    part.unlink(missing_ok=True)  # of an `open` that was killed here
    with (
        open(held.open(path), "rb", buffering=0) as source,
        open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as copy,
    ):
        try:
            while piece := source.read(_CHUNK):
                found.update(piece)
                copy.write(piece)
            copy.flush()
            times = os.fstat(source.fileno())
            os.utime(copy.fileno(), ns=(times.st_atime_ns, times.st_mtime_ns))
            os.fchmod(copy.fileno(), 0o444)
            flush(copy.fileno())
            _compare(path, digest, found.hexdigest())
            os.rename(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _compare(path: str, expected: str, found: str) -> None:
    if found != expected:
        raise _Altered(path, expected, found)


class _Altered(Exception):  # noqa: N818 - a fact on its way to becoming a finding
    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path)
        self.path, self.expected, self.found = path, expected, found


def _explained(trouble: BaseException, row: IndexRow) -> BaseException:
    """The trouble as the caller should hear of it."""
    remedy = f"archive audit {short_id(row.bag)} says what is wrong; take it from another copy of the archive"
    if isinstance(trouble, _Altered):
        place = f"{bag_path(row.bag)}/{trouble.path}"
        finding = error(
            "FIX-ALTERED",
            place,
            "is not what was ingested",
            expected=f"sha512:{trouble.expected}",
            found=f"sha512:{trouble.found}",
            remedy=remedy,
        )
        message = f"{row.reference}: damaged, so no copy was made"
        return BagFormatError(message, remedy=remedy, findings=(finding,))
    if isinstance(trouble, BagDoubtError | NotAPlainFileError | FileNotFoundError):
        reason = trouble.strerror if isinstance(trouble, OSError) else trouble
        return BagFormatError(f"{row.reference}: damaged, so no copy was made: {reason}", remedy=remedy)
    if isinstance(trouble, OSError) and not isinstance(trouble, ArchiveError):
        return StorageError(f"{row.reference}: could not be copied: {trouble.strerror or trouble}")
    return trouble


def _take_back(folder: Path, copied: list[str], *, own: bool) -> None:
    if own:
        shutil.rmtree(folder, ignore_errors=True)
        return
    # The last one was not finished: whatever has that name was there before.
    for name in copied[:-1]:
        with suppress(OSError):
            (folder / name).unlink()

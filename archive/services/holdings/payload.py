"""The payload of a held document: which files, what each must hold, and the names that they came under."""

import hashlib
import json
import os
from pathlib import Path
from typing import Final

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.errors import ArchiveError, BagFormatError, ConflictError, StorageError
from archive.core.expectation import UNBOUNDED
from archive.core.findings import error
from archive.core.ids import short_id
from archive.core.ledger.entries import Entry
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.limits.values import GIVEN_NAME_BYTES
from archive.core.obstacles import Obstacle
from archive.core.repair_record import exact
from archive.core.submission import SUBMISSION_FOLDER
from archive.core.text import printable
from archive.services.catalog.bag_record import BagDoubtError, listed_bytes, tag_files
from archive.storage.bags.held_bag import MANIFEST, HeldBag
from archive.storage.disk.descriptors import hindrance
from archive.storage.disk.durable import NotAPlainFileError, flush, remedy_of
from archive.storage.disk.new_files import temporary_beside
from archive.storage.index import IndexRow
from archive.storage.layout import bag_path

NAMES: Final = "metadata/names.json"
_CHUNK: Final = 1 << 20


def payload_of(held: HeldBag, key: str, tag_manifest: str, *, single: bool) -> list[tuple[str, str]]:
    """(path, sha512) of the payload; paths and digests are the ledger's, or vouched for by it.

    Of a single file the ledger knows the bytes: its name is what the tag manifest of that digest vouches for.
    """
    data = held.read(MANIFEST, HELD_MANIFEST_BYTES)
    entries = parse_manifest(data, name=MANIFEST, version=V1_0, payload=True).entries
    if single:
        if len(entries) != 1:
            raise BagDoubtError(f"{MANIFEST} lists {len(entries)} files, the ledger knows one")
        if hashlib.sha512(data).hexdigest() != tag_files(held, tag_manifest).get(MANIFEST):
            raise BagDoubtError(f"{MANIFEST} is not the one that its tag manifest knows")
        return [(entries[0][0], key)]
    if hashlib.sha512(data).hexdigest() != key:
        raise BagDoubtError(f"{MANIFEST} is not the one that the ledger knows")
    return entries


def most_bytes_of(entry: Entry, path: str) -> int:
    """The most bytes that the file at a path can have in a bag that the entry took in."""
    if path.startswith("data/"):
        return int(entry.get("bytes", UNBOUNDED))
    return UNBOUNDED if path.startswith(f"{SUBMISSION_FOLDER}/") else HELD_MANIFEST_BYTES


def original_names(held: HeldBag, row: IndexRow, paths: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """For each path the name of its copy, and those that had to keep the stored one.

    Raises OSError, NotAPlainFileError or BagDoubtError where the bag does not say as the ledger knows it.
    """
    originals = _originals(held, row)
    names: dict[str, str] = {}
    renamed: list[str] = []
    taken: set[str] = set()
    for path in paths:
        stored = path.removeprefix("data/")
        wanted = originals.get(path, stored)
        if not can_be_made(wanted) or wanted in taken:
            renamed.append(stored)
            wanted = stored
        taken.add(wanted)
        names[path] = wanted
    return names, tuple(renamed)


def _originals(held: HeldBag, row: IndexRow) -> dict[str, str]:
    """Stored path to original name where they differ; empty where what was taken in says it in no way."""
    listed = tag_files(held, row.tag_manifest)
    if NAMES not in listed:
        return {}
    data = listed_bytes(held, listed, NAMES)
    try:
        return {path: exact(name) for path, name in json.loads(data)["names"].items()}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):  # JSON of another shape
        return {}


def can_be_made(name: str) -> bool:
    """True for a relative name that a file can have below any folder: it does not leave it."""
    parts = name.split("/")
    return "\0" not in name and all(
        part not in ("", ".", "..") and len(part.encode("utf-8", "surrogatepass")) <= GIVEN_NAME_BYTES
        for part in parts
    )


def copy_verified(
    held: HeldBag, path: str, digest: str, target: Path, *, most: int, mode: int, synced: bool = True
) -> int:
    """Copies one file under a temporary name, and gives it its own once the digest holds; its bytes.

    `digest` is sha512 in hexadecimal, and what has more than `most` bytes cannot have it: not a byte of it is
    copied that is beyond. What is not `synced` is durable only when its caller makes it so.
    Raises ConflictError where there is something of that name, OSError
    where bag or disk do not give what they should, and what `explained` knows where the digest differs.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() or target.is_symlink():
        raise ConflictError(
            f"{printable(str(target))}: is there already", remedy="name another folder with --to"
        )
    _require_at_most(most, held.size(path), path)
    found, size = hashlib.sha512(), 0
    part = Path(temporary_beside(str(target)))
    with (
        open(held.open(path), "rb", buffering=0) as source,
        open(part, "xb", opener=_private) as copy,
    ):
        try:
            while piece := source.read(_CHUNK):
                found.update(piece)
                size += len(piece)
                _require_at_most(most, size, path)  # it may grow
                copy.write(piece)
            copy.flush()
            times = os.fstat(source.fileno())
            os.utime(copy.fileno(), ns=(times.st_atime_ns, times.st_mtime_ns))
            os.fchmod(copy.fileno(), mode)
            if synced:
                flush(copy.fileno())
            require_sha512(path, digest, found.hexdigest())
            os.rename(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return size


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _require_at_most(most: int, size: int, path: str) -> None:
    if size > most:
        raise NotAPlainFileError(f"{path} is larger than what was taken in")


def require_sha512(path: str, expected: str, found: str) -> None:
    """Raises what `explained` turns into a finding where a file's bytes are not those of the ledger."""
    if found != expected:
        raise AlteredError(path, expected, found)


class AlteredError(Exception):
    """A file's bytes are not those of the ledger; digests are sha512 in hexadecimal."""

    def __init__(self, path: str, expected: str, found: str) -> None:
        super().__init__(path)
        self.path, self.expected, self.found = path, expected, found


def explained(trouble: BaseException, row: IndexRow) -> BaseException:
    """The trouble as the caller should hear of it."""
    remedy = f"archive audit {short_id(row.bag)} says what is wrong; take it from another copy of the archive"
    if isinstance(trouble, AlteredError):
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
    if isinstance(trouble, BagDoubtError | NotAPlainFileError | FileNotFoundError) or _is_link(trouble):
        reason = trouble.strerror if isinstance(trouble, OSError) else trouble
        if _is_link(trouble):
            reason = "a link stands in the place of a file"
        return BagFormatError(f"{row.reference}: damaged, so no copy was made: {reason}", remedy=remedy)
    if isinstance(trouble, OSError) and not isinstance(trouble, ArchiveError):
        return StorageError(
            f"{row.reference}: could not be copied: {trouble.strerror or trouble}", remedy=remedy_of(trouble)
        )
    return trouble


def _is_link(trouble: BaseException) -> bool:
    """True for what opening a link gives: nothing on our way is one but what somebody put into the bag."""
    return isinstance(trouble, OSError) and hindrance(trouble).obstacle is Obstacle.LINK

"""The file of an evidence pack: a zip that is written member by member and never unpacked on trust."""

import contextlib
import hashlib
import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.core.canonical import readable
from archive.core.containers.zip_entries import plain_fault
from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.limits.ledger import PACK_BYTES, PACK_CONTENTS_BYTES, PACK_DIRECTORY_BYTES, PACK_MEMBERS
from archive.core.text import printable
from archive.storage.disk.durable import flush, storage_error
from archive.storage.disk.new_files import put_new, refuse_taken, temporary_beside
from archive.storage.sources.brought_files import open_brought

CONTENTS: Final = "pack.json"
KIND: Final = "evidence-pack"
VERSION: Final = 1

_ENTRY: Final = b"PK\x01\x02"  # how an entry of the directory begins (APPNOTE 4.3.12)
_PIECE: Final = 1 << 20
_OLDEST: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the zip format knows no earlier day; the same pack has the same bytes
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MEMBER = re.compile(
    r"archive\.toml|ledger/checkpoint|ledger/checkpoints/[0-9]{1,19}"
    r"|ledger/tile/(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/){0,6}[0-9]{3}(?:\.p/[0-9]{1,3})?"
    r"|ledger/timestamps/[0-9]{1,19}-[0-9a-f]{32}/(?:checkpoint|request\.tsq|response\.tsr)"
    r"|ledger/statements/[0-9]{1,19}-[0-9a-f]{32}/(?:statement\.txt|signature)"
    rf"|audits/{_ID}/(?:results-[0-9]{{1,9}}\.json|[0-9]{{6}}\.jsonl\.gz)"
    rf"|runs/{_ID}\.json|bags/[0-9a-f]{{2}}/{_ID}/(?:tag)?manifest-sha512\.txt"
)


_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Member(NamedTuple):
    """One file of a pack, by its path in the archive."""

    name: str
    content: bytes


def is_member(name: str) -> bool:
    """True for the path of a file that a pack can have; any other one is a trouble where it is unpacked."""
    return _MEMBER.fullmatch(name) is not None


def write_pack(target: Path, members: Iterable[Member], facts: dict[str, Any]) -> int:
    """Writes a new zip with the members and, last, the list of them; returns how many there are.

    Durable on return. Raises ConflictError where the name is taken, StorageError where it cannot be written:
    then nothing is left of it.
    """
    refuse_taken(str(target))
    temporary = temporary_beside(str(target))
    try:
        descriptor = os.open(temporary, _NEW, 0o644)
    except OSError as trouble:
        raise storage_error(trouble, str(target), "create the file") from trouble
    digests: dict[str, str] = {}
    try:
        with open(descriptor, "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
                for member in members:
                    digests[member.name] = hashlib.sha512(member.content).hexdigest()
                    _put(pack, member.name, member.content)
                contents = {"kind": KIND, "version": VERSION, **facts, "members": digests}
                _put(pack, CONTENTS, readable(contents))
            stream.flush()
            flush(stream.fileno())
        put_new(temporary, str(target))
    except BaseException as trouble:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(trouble, OSError):
            raise storage_error(trouble, str(target), "write the file") from trouble
        raise
    return len(digests)


def _put(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _OLDEST)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    pack.writestr(entry, content)


class Unpacked(NamedTuple):
    """What came out of a pack: its facts, and what is wrong with members, as (name, message)."""

    facts: dict[str, Any]
    troubles: list[tuple[str, str]]


def unpack(source: Path, folder: Path) -> Unpacked:
    """Writes the members of a pack below an empty folder; only names that a pack of ours can have.

    Raises ConfigurationError where the file is no pack or goes beyond the limits, ConflictError for a newer
    version, StorageError where it cannot be read or written. A member that is not as listed is a trouble.
    """
    try:
        with (
            open_brought(source, "a pack of evidence") as stream,
            _Bounded(stream.raw) as bounded,
            zipfile.ZipFile(bounded) as pack,
        ):
            return _unpack(pack, source, folder)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        RuntimeError,
    ) as trouble:
        raise ConfigurationError(f"{printable(str(source))}: not a pack: {trouble}") from trouble
    except OSError as trouble:
        raise storage_error(trouble, str(source), "read the file") from trouble


class _Bounded(io.BufferedReader):
    """The file of a pack for zipfile, which holds its whole directory in memory, however long that is."""

    def read(self, size: int | None = -1, /) -> bytes:
        """As ever; BadZipFile where a directory is asked for that no pack has."""
        if size is not None and size > PACK_DIRECTORY_BYTES:
            raise zipfile.BadZipFile(f"its directory has {size:,} bytes")
        data = super().read(size)
        if len(data) > PACK_MEMBERS and data.count(_ENTRY) > PACK_MEMBERS + 1:  # and the list of them
            raise zipfile.BadZipFile(f"more than {PACK_MEMBERS:,} members")
        return data


def _unpack(pack: zipfile.ZipFile, source: Path, folder: Path) -> Unpacked:
    entries = pack.infolist()
    by_name = {entry.filename: entry for entry in entries}
    size = sum(entry.file_size for entry in entries)
    if len(by_name) != len(entries) or len(entries) > PACK_MEMBERS or size > PACK_BYTES:
        raise ConfigurationError(f"{printable(str(source))}: not a pack: too large, or a name twice in it")
    if "archive.toml" not in by_name:
        raise ConfigurationError(f"{printable(str(source))}: not a pack: archive.toml is not there")
    contents = by_name.pop(CONTENTS, None)
    if contents is None or contents.file_size > PACK_CONTENTS_BYTES:
        raise ConfigurationError(
            f"{printable(str(source))}: not a pack: {CONTENTS} is not there, or too large"
        )
    facts = _facts(b"".join(_pieces(pack, contents)), source)
    listed: dict[str, Any] = facts.pop("members")
    troubles = [(name, "listed in the pack and not there") for name in sorted(listed.keys() - by_name.keys())]
    for name, entry in by_name.items():
        if not is_member(name):
            troubles.append((name, "no part of a pack; it was not unpacked"))
        elif name not in listed:
            troubles.append((name, "there, and not listed in the pack"))
        elif _write(pack, entry, folder / name) != listed[name]:
            troubles.append((name, "not the bytes that were packed"))
    return Unpacked(facts, troubles)


def _facts(raw: bytes, source: Path) -> dict[str, Any]:
    place = printable(str(source))
    try:
        facts = json.loads(raw)
    except (ValueError, RecursionError) as trouble:
        raise ConfigurationError(f"{place}: not a pack: {CONTENTS}: {trouble}") from trouble
    if not isinstance(facts, dict) or facts.get("kind") != KIND or not isinstance(facts.get("members"), dict):
        raise ConfigurationError(f"{place}: not a pack of evidence")
    for name, of in (("left_out", "runs"), ("left_out_parts", "paths")):
        left_out = facts.get(name, [])
        if not isinstance(left_out, list) or not all(isinstance(each, str) for each in left_out):
            raise ConfigurationError(f"{place}: not a pack: {CONTENTS}: {name}: a list of {of} expected")
    if facts.get("version") != VERSION:
        raise ConflictError(
            f"{place}: a pack of version {facts.get('version')}; this program reads version {VERSION}",
            remedy="use a newer release of archive",
        )
    return facts


def _write(pack: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> str:
    found = hashlib.sha512()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as stream:
        for piece in _pieces(pack, entry):
            found.update(piece)
            stream.write(piece)
    return found.hexdigest()


def _pieces(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member, never more than its header states."""
    if (fault := plain_fault(method=entry.compress_type, offset=entry.header_offset)) is not None:
        raise zipfile.BadZipFile(f"{printable(entry.filename)} is {fault}")
    left = entry.file_size
    with pack.open(entry) as stream:
        while piece := stream.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise StorageError(f"{printable(entry.filename)}: longer than its header states")
            yield piece

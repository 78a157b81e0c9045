"""The file of an evidence pack: what it can have in it, and a zip written of that, member by member."""

import contextlib
import hashlib
import os
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.core.canonical import readable
from archive.storage.disk.durable import flush, storage_error
from archive.storage.disk.new_files import put_new, refuse_taken, temporary_beside

CONTENTS: Final = "pack.json"  # the last member
SETTINGS: Final = "archive.toml"  # the first
KIND: Final = "evidence-pack"
VERSION: Final = 1

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

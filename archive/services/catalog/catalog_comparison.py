"""`catalog.json` on disk, compared piece by piece with what it should be."""

import errno
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from archive.core.catalog_manifest import Line
from archive.core.limits.archives import CATALOG_LINE_BYTES, RUN_FACTS_BYTES
from archive.storage.disk.durable import storage_error

_SIZE = re.compile(rb'"size":([0-9]{1,18})[,}]')
_NOTE = re.compile(rb'\n"checkpoint":\{"note":("(?:[^"\\]|\\.)*"),')
_AWAITING = re.compile(rb'"awaiting":([0-9]{1,18})[,}]')


class Difference(NamedTuple):
    """The first member that differs, with the two facts as short texts."""

    member: str
    expected: str
    found: str


class CatalogFile:
    """The open file; `trouble` says why it is none, and the claims are None where it makes none."""

    def __init__(self, stream: BinaryIO | None, trouble: str | None = None) -> None:
        self._stream = stream
        self.trouble = trouble
        self.claimed_size: int | None = None
        self.claimed_awaiting: int | None = None
        self.claimed_note: bytes | None = None
        if stream is not None:
            stream.seek(max(stream.seek(0, os.SEEK_END) - RUN_FACTS_BYTES, 0))
            tail = stream.read(RUN_FACTS_BYTES)
            tail = tail[tail.rfind(b'\n"checkpoint":') :]
            self.claimed_size = _number(_SIZE, tail)
            self.claimed_awaiting = _number(_AWAITING, tail)
            self.claimed_note = _text(_NOTE, tail)
            stream.seek(0)

    def difference(self, lines: Iterable[Line]) -> Difference | None:
        """The first difference from these lines, or None; no line behind it is asked for."""
        stream = self._stream
        if stream is None:
            raise ValueError("there is no file to compare")
        for line in lines:
            found = stream.read(len(line.data))
            if found != line.data:
                stream.seek(-len(found), os.SEEK_CUR)
                lead = len(line.data) - len(
                    line.data.lstrip(b",\n")
                )  # a row begins behind the line before it
                return _difference(line, stream.read(lead) + stream.readline(CATALOG_LINE_BYTES))
        rest = stream.read(CATALOG_LINE_BYTES)
        return Difference("what follows its end", "nothing", _shown(rest)) if rest else None


@contextmanager
def open_catalog(path: Path) -> Iterator[CatalogFile | None]:
    """The catalog, None where there is no such name; StorageError where storage does not give it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    except OSError as trouble:
        if trouble.errno not in {errno.ELOOP, errno.EMLINK, errno.ENXIO}:
            raise storage_error(trouble, path.name, "open the file") from trouble
        yield CatalogFile(None, "is not a plain file")
        return
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        yield CatalogFile(None, "is not a plain file")
        return
    with open(descriptor, "rb") as stream:
        try:
            catalog = CatalogFile(stream)
        except OSError as trouble:
            raise storage_error(trouble, path.name, "read the file") from trouble
        yield catalog


def _number(pattern: re.Pattern[bytes], text: bytes) -> int | None:
    match = pattern.search(text)
    return int(match[1]) if match else None


def _text(pattern: re.Pattern[bytes], text: bytes) -> bytes | None:
    match = pattern.search(text)
    try:
        return str(json.loads(match[1])).encode() if match else None
    except ValueError:
        return None


def _difference(line: Line, found: bytes) -> Difference:
    """Names the innermost member that differs, where both lines can still be read."""
    ours, theirs = _members(line.data), _members(found)
    if ours is None or theirs is None:
        return Difference(line.member, _shown(line.data), _shown(found))
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            member = name if line.member == "head" else f"{line.member}.{name}"
            return Difference(member, _value(ours, name), _value(theirs, name))
    return Difference(line.member, _shown(line.data), _shown(found))


def _members(line: bytes) -> dict[str, object] | None:
    text = line.strip(b"\n,")
    if text.startswith(b'"'):  # a member of the outer object
        text = text.partition(b":")[2]
    elif text.endswith(b"}") is False:
        text += b"}"
    while text.endswith(b"}}"):  # with the end of the outer object behind it
        text = text[:-1]
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def _value(members: dict[str, object], name: str) -> str:
    if name not in members:
        return "nothing"
    return _shown(json.dumps(members[name], ensure_ascii=False).encode("utf-8", "replace"))


def _shown(data: bytes) -> str:
    text = data.strip(b"\n").decode("utf-8", "replace")
    return text if len(text) <= 120 else f"{text[:120]}…"

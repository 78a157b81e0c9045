"""Reads a bag in a tar as an audit reads one in folders: in place, in one pass, nothing unpacked."""

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from hashlib import sha512
from typing import NamedTuple

from archive.core.containers.faults import Fault
from archive.core.containers.member_names import member_path, name_fault
from archive.core.containers.tar_headers import BLOCK, TarKind
from archive.core.limits.bags import EXTRA_ENTRIES, HELD_MANIFEST_BYTES
from archive.core.obstacles import Obstacle
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.tar_members import TarMember, walk_tar
from archive.storage.bag_sources.tar_stream import PlainStream
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST, BagReading
from archive.storage.copies.tar_writing import END_MARK, member_header
from archive.storage.copies.transfer import NANOSECONDS, FolderTarget, SourceTroubleError
from archive.storage.disk.descriptors import Hindrance, hindrance, is_regular

_KEPT = frozenset({MANIFEST, TAG_MANIFEST})
_OURS = frozenset({b"0", b"5", b"x"})  # the types of the headers that copying writes
_LATE = re.compile(rb"[0-9]+ mtime=([0-9]{10,20})\n")  # what a header's own field has no room for, from 2242


class TarReading(NamedTuple):
    """What is in a tar, and where it stops making sense: everything before that place was read.

    Where all of it makes sense the fault is the first byte that copying does not write, and all was read.
    """

    reading: BagReading
    fault: Fault | None = None
    offset: int | None = None


def read_tar_bag(
    shard: int, name: str, bag: str, *, files: int, most_bytes: Callable[[str], int], hashing: bool = True
) -> TarReading:
    """The bag in the tar `name` below the descriptor `shard`; no link is followed, no pipe opened.

    `files` is how many files the payload should have; the walk ends early at many more. A file with more
    than `most_bytes` of its path cannot be the promised one and is passed over, measured. Without `hashing`
    only the manifests are read. Raises nothing for what the tar holds or storage does.
    """
    walk = _Walk(bag, files, most_bytes, hashing=hashing)
    file = _opened(shard, name, walk.reading)
    if file is None:
        return TarReading(walk.reading)
    with file:
        try:
            walk.run(file)
            file.require_unchanged()
        except ContainerError as trouble:
            walk.fill_folders()
            return TarReading(walk.reading, trouble.fault, trouble.offset)
        except SourceTroubleError as trouble:
            walk.reading.trouble = Hindrance(Obstacle.UNREADABLE, f"{trouble}")
        except OSError as trouble:
            walk.reading.trouble = hindrance(trouble)
    return TarReading(walk.reading, *walk.rot)


def unpack_tar_bag(
    shard: int, name: str, target: int, bag: str, *, files: int, most_bytes: Callable[[str], int]
) -> TarReading:
    """Writes the bag in the tar `name` below `shard` as folders and files, a new name below `target`.

    Returns what was read, for the caller to judge; everything before a fault was written, except files with
    more than `most_bytes` of their path, which cannot be the promised ones. Raises
    UnstorableError where the file system written to cannot hold such a file, StorageError where it cannot be
    written.
    """
    reading = BagReading()
    file = _opened(shard, name, reading)
    if file is None:
        return TarReading(reading)
    with file, contextlib.closing(FolderTarget(target, bag)) as written:
        walk = _Walk(bag, files, most_bytes, hashing=True, written=written)
        try:
            walk.run(file)
            file.require_unchanged()
        except ContainerError as trouble:
            return TarReading(walk.reading, trouble.fault, trouble.offset)
        except (SourceTroubleError, OSError) as trouble:
            walk.reading.trouble = Hindrance(Obstacle.UNREADABLE, f"{trouble}")
    return TarReading(walk.reading, *walk.rot)


def blocks_in_tar(shard: int, name: str, bag: str, path: str) -> Iterator[bytes]:
    """The bytes of one file of the bag in that tar, in blocks of at most 1 MiB.

    Raises FileNotFoundError where no such file is in it, OSError where the tar cannot be read so far.
    """
    with ContainerFile(name, dir_fd=shard) as file:
        stream = PlainStream(file)
        try:
            for member in walk_tar(stream):
                if member.kind is TarKind.FILE and _path_in(member, bag) == path:
                    yield from stream.blocks(member.size)
                    return
        except ContainerError as trouble:
            raise OSError(0, trouble.fault.message, name) from trouble
    raise FileNotFoundError(2, os.strerror(2), f"{name}/{path}")


def _opened(shard: int, name: str, reading: BagReading) -> ContainerFile | None:
    try:
        mode = os.stat(name, dir_fd=shard, follow_symlinks=False).st_mode
        if not is_regular(mode):
            reading.trouble = Hindrance(Obstacle.LINK if stat.S_ISLNK(mode) else Obstacle.SPECIAL, "")
            return None
        return ContainerFile(name, dir_fd=shard)
    except OSError as trouble:
        reading.trouble = hindrance(trouble)
        return None


def _path_in(member: TarMember, bag: str) -> str | None:
    """The member's path in the bag, "" for the bag itself; None for what lies beside it."""
    path = member_path(member.name)
    if path == bag:
        return ""
    return path.removeprefix(f"{bag}/") if path.startswith(f"{bag}/") else None


class _Walk:
    """One pass over the members."""

    def __init__(
        self,
        bag: str,
        files: int,
        most_bytes: Callable[[str], int],
        *,
        hashing: bool,
        written: FolderTarget | None = None,
    ) -> None:
        self.reading = BagReading()
        self.rot: tuple[Fault | None, int | None] = None, None  # the first, and at which byte
        self._written = written
        self.reading.room = files + EXTRA_ENTRIES
        self._bag = bag
        self._hashing = hashing
        self._most_bytes = most_bytes
        self._seen: set[str] = set()
        self._folders: set[str] = set()
        self._header = b""  # of the member to come, with the extended one before it
        self._header_at = 0

    def run(self, file: ContainerFile) -> None:
        """Reads every member; ContainerError where the tar is none to its end."""
        stream = PlainStream(file)
        end = 0
        for member in walk_tar(stream, on_padding=self._see_padding, on_header=self._see_header):
            self._take(member, stream)
            if self.reading.overflow:
                break
            end = member.offset + member.size + -member.size % BLOCK + len(END_MARK)
        else:
            if file.size > end:
                self._note_rot(Fault("COPY-TAR", "more follows the last member than its end mark"), end)
        self.fill_folders()

    def _see_padding(self, name: bytes, offset: int) -> None:
        del name
        self._note_rot(Fault("COPY-TAR", "the padding behind a member is not zero"), offset)

    def _see_header(self, header: bytes, offset: int) -> None:
        """One that copying never writes is told at once, and not kept: it may be of any size."""
        if header[156:157] not in _OURS:
            self._note_rot(Fault("COPY-TAR", "a header of a type that copies have not"), offset)
        if self.rot[0] is None:
            self._header_at = self._header_at if self._header else offset
            self._header += header + bytes(-len(header) % BLOCK)

    def _compare_header(self, path: str, member: TarMember) -> None:
        """A checksum spelled otherwise, an owner, a comment: nothing that hides in a header goes unseen."""
        times = [member.modified, *map(int, _LATE.findall(self._header)[-1:])]
        name, folder = f"{self._bag}/{path}".rstrip("/"), member.kind is TarKind.FOLDER
        written = (member_header(name, member.size, time, folder=folder) for time in times)
        if self.rot[0] is None and self._header not in written:
            self._note_rot(Fault("COPY-TAR", "a header is not what copying writes there"), self._header_at)
        self._header = b""

    def _note_rot(self, fault: Fault, offset: int) -> None:
        if self.rot[0] is None:
            self.rot = fault, offset

    def fill_folders(self) -> None:
        """Says which folders there are, and which hold nothing."""
        reading = self.reading
        there = {*reading.files, *reading.odd}
        for path in there:
            above = path.rpartition("/")[0]
            while above and above not in self._folders:
                self._folders.add(above)
                above = above.rpartition("/")[0]
        full = {path.rpartition("/")[0] for path in (*there, *self._folders)}
        reading.folders = sorted(self._folders)
        reading.empty = sorted(self._folders - full)

    def _take(self, member: TarMember, stream: PlainStream) -> None:
        fault = name_fault(member.name, backslash_separates=False)
        if fault is not None:
            raise ContainerError(fault, offset=member.offset)
        path = _path_in(member, self._bag)
        if path is None or (not path and member.kind is not TarKind.FOLDER):
            message = "the tar holds something beside the bag"
            raise ContainerError(Fault("SER-ROOTS", message), offset=member.offset)
        if path in self._seen:
            message = "two members have one name, and readers take the first or the last"
            raise ContainerError(Fault("SER-MEMBER-REPEATED", message), offset=member.offset)
        self._seen.add(path)
        self._compare_header(path, member)
        self.reading.room -= 1
        self.reading.overflow = self.reading.room < 0
        if member.kind is TarKind.FOLDER:
            if path:
                self._folders.add(path)
                if self._written is not None:
                    self._written.add_folder(path)
        elif member.kind is TarKind.FILE:
            self._read(path, member, stream)
        else:
            obstacle = Obstacle.LINK if member.kind is TarKind.LINK else Obstacle.SPECIAL
            self.reading.odd[path] = Hindrance(obstacle, "")

    def _read(self, path: str, member: TarMember, stream: PlainStream) -> None:
        kept = path in _KEPT and member.size <= HELD_MANIFEST_BYTES
        if (not self._hashing and not kept) or member.size > self._most_bytes(path):
            self.reading.files[path] = ("", member.size)
            return
        hashed = _Hashed(stream, member, keeps=kept)
        if self._written is None:
            for _ in hashed.blocks():
                pass
        else:
            modified = member.modified * NANOSECONDS
            self._written.add_file(path, member.size, modified, hashed.blocks())
        self.reading.files[path] = (hashed.digest.hexdigest(), member.size)
        if kept:
            self.reading.texts[path] = b"".join(hashed.kept)


class _Hashed:
    """The blocks of a member, hashed as they pass; ContainerError where there are fewer than stated."""

    def __init__(self, stream: PlainStream, member: TarMember, *, keeps: bool) -> None:
        self.digest = sha512()
        self.kept: list[bytes] = []
        self._stream = stream
        self._member = member
        self._keeps = keeps

    def blocks(self) -> Iterator[bytes]:
        """All of them."""
        size = 0
        try:
            for block in self._stream.blocks(self._member.size):
                self.digest.update(block)
                size += len(block)
                if self._keeps:
                    self.kept.append(block)
                yield block
        except OSError as trouble:
            raise SourceTroubleError(hindrance(trouble).reason) from trouble
        if size != self._member.size:
            fault = Fault("SER-TRUNCATED", "the tar is cut off in a member")
            raise ContainerError(fault, offset=self._member.offset)

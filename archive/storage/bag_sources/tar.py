"""A bag in a tar: plain ones are read by offset, compressed ones are expanded once for each question."""

from collections.abc import Iterator
from typing import Final

from archive.core.bagit.contents import EntryKind, FileDigests
from archive.core.bagit_judge import is_declaration, is_judged
from archive.core.containers.budget import Budget
from archive.core.containers.faults import Fault
from archive.core.containers.kinds import HEAD, Compression, begins_tar, recognise
from archive.core.containers.tar_headers import TarKind
from archive.core.findings import At, warning
from archive.core.limits.containers import KEPT_TAG_BYTES
from archive.storage.bag_sources.catalogue import Catalogue, Place
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.content_digests import content_digests
from archive.storage.bag_sources.expansion import expand
from archive.storage.bag_sources.random_access import MembersInAnyOrder
from archive.storage.bag_sources.serialised import SerialisedBag, Wanted
from archive.storage.bag_sources.tar_members import OnPadding, TarMember, walk_tar
from archive.storage.bag_sources.tar_stream import ExpandedStream, PlainStream

_MEDIA_TYPES: Final = {
    Compression.NONE: "application/tar",  # as profiles write it; there is no registered one
    Compression.GZIP: "application/gzip",
    Compression.BZIP2: "application/x-bzip2",
    Compression.XZ: "application/x-xz",
    Compression.ZSTD: "application/zstd",
}
_CHANGED: Final = Fault("SER-CHANGED", "the tar is another one than it was a moment ago")
_KINDS: Final = {
    TarKind.FILE: EntryKind.FILE,
    TarKind.FOLDER: EntryKind.FOLDER,
    TarKind.LINK: EntryKind.LINK,
    TarKind.SPECIAL: EntryKind.SPECIAL,
}
# Bytes of compressed data read at a time. A file of a thousand tiny compressed parts is copied once for each
# part that lies in one piece.
_PACKED_PIECE: Final = 1 << 16


def open_tar(
    label: str, file: ContainerFile, compression: Compression, catalogue: Catalogue, budget: Budget
) -> SerialisedBag:
    """The bag in a tar, all its headers read and noted in the catalogue.

    Raises ContainerError where the tar cannot be read to its end; OSError where storage refuses.
    """
    media_type = _MEDIA_TYPES[compression]
    if compression is Compression.NONE:
        for member in walk_tar(PlainStream(file), on_padding=_padding_into(catalogue)):
            _note(member, catalogue)
        return _PlainTar(label, media_type, file, catalogue)
    bag = _CompressedTar(label, media_type, file, catalogue, compression, budget)
    bag.read_names()
    return bag


def _note(member: TarMember, catalogue: Catalogue) -> int:
    if member.kind is TarKind.HARD_LINK:
        message = "a member is a hard link to another, so that unpacking it would write through that one"
        catalogue.refuse(
            Fault("SER-MEMBER-HARD-LINK", message), member.name.decode("utf-8", "surrogateescape")
        )
        return -1
    return catalogue.add(member.name, _KINDS[member.kind], offset=member.offset, size=member.size)


def _padding_into(catalogue: Catalogue) -> OnPadding:
    """Warns of bytes that no content is made of; the catalogue bounds how often."""

    def warn(name: bytes, offset: int) -> None:
        path = name.decode("utf-8", "surrogateescape") or "an extended header"
        message = f"the padding behind the member is not zero (at byte {offset})"
        catalogue.add_finding(warning("SER-PADDING", path, message, at=At(file=path)))

    return warn


class _PlainTar(MembersInAnyOrder):
    """A tar whose members can be read in any order."""

    def _blocks(self, place: Place) -> Iterator[bytes]:
        return self._file.pieces(place.offset, place.offset + place.size)

    def _finish(self) -> None:
        """Nothing is left: all headers were read, and a tar has no sums of its contents."""


class _CompressedTar(SerialisedBag):
    """A tar that can only be read from its beginning."""

    def __init__(
        self,
        label: str,
        serialization: str,
        file: ContainerFile,
        catalogue: Catalogue,
        compression: Compression,
        budget: Budget,
    ) -> None:
        super().__init__(label, serialization, file, catalogue)
        self._compression = compression
        self._room = budget.room(file.size)
        self._kept: dict[int, bytes] = {}
        self._kept_room = KEPT_TAG_BYTES

    def read_names(self) -> None:
        """Reads the whole tar once: names into the catalogue, tag files of modest size into memory."""
        head = self._stream().take(HEAD)
        if not begins_tar(head):
            message = f"the file is compressed with {self._compression.value}, and holds no tar"
            raise ContainerError(Fault("SER-KIND", message, "a tar", recognise(head).name))
        stream = self._stream()
        for member in walk_tar(stream, on_padding=_padding_into(self._catalogue)):
            number = _note(member, self._catalogue)
            if number >= 0 and member.size <= self._kept_room and _may_be_judged(member):
                self._kept_room -= member.size
                content = stream.take(member.size)
                if len(content) == member.size:
                    self._kept[number] = content

    def _finish(self) -> None:
        """Nothing is left: the whole stream was expanded, and its sums compared, when names were read."""

    def _stream(self) -> ExpandedStream:
        pieces = self._file.pieces(size=_PACKED_PIECE)
        return ExpandedStream(expand(pieces, self._compression), self._room)

    def _texts(self, chosen: dict[str, Place]) -> Iterator[tuple[str, Iterator[bytes]]]:
        absent: dict[int, str] = {}
        for path, place in chosen.items():
            kept = self._kept.get(place.number)
            if kept is None:
                absent[place.offset] = path
            else:
                yield path, iter((kept,))
        if absent:
            yield from self._texts_of_a_pass(absent)

    def _texts_of_a_pass(self, absent: dict[int, str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        stream = self._stream()
        for member in walk_tar(stream):
            path = absent.pop(member.offset, None)
            if path is not None:
                yield path, stream.blocks(member.size)
                if not absent:
                    return

    def _digests(self, wanted: Wanted) -> Iterator[FileDigests]:
        """One pass over the tar; of files that were not reached, why is said of each."""
        files = (
            (self._path(full), place, algorithms)
            for full, place in self._catalogue.files()
            if (algorithms := wanted.of(place.number)) is not None
        )
        following = next(files, None)
        if following is None:
            return
        stream = self._stream()
        trouble: ContainerError | OSError = ContainerError(_CHANGED)
        try:
            for member in walk_tar(stream):
                path, place, algorithms = following
                if member.offset == place.offset:
                    size, digests = content_digests(stream.blocks(member.size), algorithms, member.size)
                    if size != place.size:
                        break
                    yield FileDigests(path, size, digests)
                    following = next(files, None)
                    if following is None:
                        return
        except (ContainerError, OSError) as caught:
            trouble = caught
        while following is not None:
            yield self._obstructed(following[0], trouble)
            following = next(files, None)


def _may_be_judged(member: TarMember) -> bool:
    """True for a file that the judge would read if the bag's folder is the one it lies in."""
    *folders, name = member.name.decode("utf-8", "surrogateescape").removeprefix("./").split("/")
    return member.kind is TarKind.FILE and len(folders) < 2 and (is_declaration(name) or is_judged(name))

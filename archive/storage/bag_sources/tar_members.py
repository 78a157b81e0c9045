"""Walks the members of a tar from its first byte to its last: nothing between or behind them is left out."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from archive.core.containers.faults import Fault
from archive.core.containers.pax_records import PaxRecords, parse_pax_records
from archive.core.containers.tar_headers import (
    BLOCK,
    FIELD_SIZE_END,
    ZEROS,
    TarHeader,
    TarKind,
    parse_tar_header,
)
from archive.core.limits.containers import (
    EXTENDED_HEADER_BYTES,
    EXTENDED_RECORDS,
    EXTENDED_RECORDS_OF_A_MEMBER,
    PADDING_BYTES,
)
from archive.storage.bag_sources.container_file import ContainerError
from archive.storage.bag_sources.tar_stream import TarStream

_CLAUSE = "POSIX.1-2017 pax"
_NOTHING = PaxRecords(None, None)


class TarMember(NamedTuple):
    """A member: its content of `size` bytes begins at `offset`, where the stream stands when it is given.

    `modified` is the time in its header, in seconds since 1970; 0 where none can be had.
    """

    name: bytes
    kind: TarKind
    size: int
    offset: int
    modified: int = 0


OnPadding = Callable[[bytes, int], None]
"""Is told of padding that is not all zero: the member's name, empty for an extended header, and its place."""

OnHeader = Callable[[bytes, int], None]
"""Is told of every header: its block, with the content of an extended one behind it, and its place."""


class _Extended:
    """What extended headers said about the member to come; two that say the same thing are a fault."""

    def __init__(self) -> None:
        self.records: PaxRecords | None = None
        self.long_name: bytes | None = None
        self.long_link = False
        self.spare = EXTENDED_RECORDS

    @property
    def pending(self) -> bool:
        return self.records is not None or self.long_name is not None or self.long_link

    def add(self, kind: TarKind, data: bytes) -> Fault | None:
        twice = Fault("SER-HEADER-AMBIGUOUS", "a member has two extended headers of one sort")
        if kind is TarKind.LONG_LINK:
            fault = twice if self.long_link else None
            self.long_link = True
            return fault
        if kind is TarKind.LONG_NAME:
            if self.long_name is not None:
                return twice
            self.long_name = data.rstrip(b"\0")
            return None
        records = parse_pax_records(data)
        if isinstance(records, Fault):
            return records
        if kind is TarKind.PAX_GLOBAL:
            self.spare -= records.records
            if records.path is None and records.size is None:
                return self._exceeded()
            message = "an extended header gives one name or size to all members"
            return Fault("SER-HEADER-AMBIGUOUS", message)
        if self.records is not None:
            return twice
        self.records = records
        self.spare -= records.records
        return self._exceeded()

    def _exceeded(self) -> Fault | None:
        message = "the extended headers of the tar hold far more records than its members need"
        return Fault("SER-BUDGET-MEMBERS", message) if self.spare < 0 else None

    def next_member(self) -> None:
        """Forget what was said of the member that was given; the next one may have as many records more."""
        self.records, self.long_name, self.long_link = None, None, False
        self.spare += EXTENDED_RECORDS_OF_A_MEMBER


def walk_tar(
    stream: TarStream, *, on_padding: OnPadding | None = None, on_header: OnHeader | None = None
) -> Iterator[TarMember]:
    """Each member; what of its content was not taken from the stream is skipped.

    What stands in padding is no fault: POSIX leaves it open, and old tars wrote what was in memory.

    Raises ContainerError for the first thing that makes the rest meaningless: a header that is none, an end
    before the end mark, anything but zero bytes behind it.
    """
    extended = _Extended()
    while True:
        offset = stream.position
        block = stream.take(BLOCK)
        if block == ZEROS:
            if extended.pending:
                raise _fault("SER-HEADER-SYNTAX", "an extended header is followed by no member", offset)
            return _require_end(stream)
        if len(block) < BLOCK:
            message = "the tar is cut off" if block else "the tar ends without its end mark"
            raise _fault("SER-TRUNCATED", message, offset)
        header = parse_tar_header(block)
        if isinstance(header, Fault):
            raise ContainerError(header, offset=offset)
        content = _content(stream, header, offset, on_padding) if header.kind in EXTENDED else b""
        if on_header is not None:
            on_header(block + content, offset)
        if header.kind in EXTENDED:
            fault = extended.add(header.kind, content)
            if fault is not None:
                raise ContainerError(fault, offset=offset)
            continue
        if header.kind is not TarKind.LABEL:
            member = _member(header, extended, stream.position, offset)
            yield member
            _pass_over(stream, member, on_padding)
        elif header.size or extended.pending:
            raise _fault("SER-HEADER-SYNTAX", "a volume label is no plain one", offset)
        extended.next_member()


EXTENDED = frozenset({TarKind.PAX, TarKind.PAX_GLOBAL, TarKind.LONG_NAME, TarKind.LONG_LINK})


def _content(stream: TarStream, header: TarHeader, offset: int, on_padding: OnPadding | None) -> bytes:
    if header.size > EXTENDED_HEADER_BYTES:
        message = f"an extended header has more than {EXTENDED_HEADER_BYTES >> 20} MiB"
        raise _fault("SER-HEADER-SYNTAX", message, offset)
    data = stream.take(header.size)
    if len(data) < header.size or not _pass_padding(stream, b"", on_padding):
        raise _fault("SER-TRUNCATED", "the tar is cut off in an extended header", offset)
    return data


def _member(header: TarHeader, extended: _Extended, start: int, offset: int) -> TarMember:
    """The member that a header and the extended headers before it describe."""
    records = extended.records or _NOTHING
    names = {name for name in (records.path, extended.long_name) if name is not None}
    name = next(iter(names), header.name)
    if len(names) > 1:
        raise _fault("SER-HEADER-AMBIGUOUS", "a member has two long names", offset, name)
    size = header.size if records.size is None else records.size
    if header.size not in (size, 0) and size < FIELD_SIZE_END:
        message = "a member's size is stated twice, and readers take the one or the other"
        fault = Fault("SER-HEADER-AMBIGUOUS", message, str(header.size), str(size), _CLAUSE)
        raise ContainerError(fault, member=_shown(name), offset=offset)
    # V7 had no type for folders. The whole name tells: a header's own may be cut off behind a slash.
    kind = TarKind.FOLDER if header.kind is TarKind.FILE and name.endswith(b"/") else header.kind
    if size and kind is not TarKind.FILE:
        # Readers disagree whether content follows such a header.
        raise _fault("SER-HEADER-AMBIGUOUS", f"a {kind.value} has a size", offset, name)
    return TarMember(name, kind, size, start, header.modified)


def _pass_over(stream: TarStream, member: TarMember, on_padding: OnPadding | None) -> None:
    skipped = stream.skip(member.offset + member.size - stream.position)
    if not skipped or not _pass_padding(stream, member.name, on_padding):
        raise _fault("SER-TRUNCATED", "the tar is cut off in a member", member.offset, member.name)


def _pass_padding(stream: TarStream, name: bytes, on_padding: OnPadding | None) -> bool:
    """Takes what is left of the block; False where the tar ends before."""
    offset = stream.position
    size = -offset % BLOCK
    padding = stream.take(size) if size else b""
    if on_padding is not None and padding.strip(b"\0"):
        on_padding(name, offset)
    return len(padding) == size


def _require_end(stream: TarStream) -> None:
    """Everything behind the first zero block is zero: another block, then what fills a tape's record."""
    offset = stream.position
    found = 0
    while block := stream.take(BLOCK * 128):
        if block.strip(b"\0"):
            message = "something follows the end of the tar, which other readers may take for members"
            raise _fault("SER-AFTER-END", message, offset + found)
        found += len(block)
        if found > PADDING_BYTES:
            raise _fault("SER-AFTER-END", "more zero bytes than any padding follow the tar", offset)
    if found < BLOCK:
        raise _fault("SER-TRUNCATED", "the tar's end mark is cut off", offset)


def _fault(code: str, message: str, offset: int, name: bytes | None = None) -> ContainerError:
    member = None if name is None else _shown(name)
    return ContainerError(Fault(code, message, clause=_CLAUSE), member=member, offset=offset)


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")

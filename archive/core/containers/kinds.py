"""What a file is, judged by its first bytes; its name is for messages only."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from archive.core.containers.tar_headers import BLOCK, ZEROS, TarHeader, is_summed, parse_tar_header


class Compression(StrEnum):
    """What a tar may be wrapped in."""

    NONE = "none"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"


class ContainerKind(StrEnum):
    """The containers that are read here."""

    TAR = "tar"
    ZIP = "zip"


class Recognised(NamedTuple):
    """The kind of a file and its compression; `kind` is None for what is not read, which `name` says."""

    kind: ContainerKind | None
    compression: Compression
    name: str


_COMPRESSIONS: Final = (
    (b"\x1f\x8b", Compression.GZIP),
    (b"BZh", Compression.BZIP2),
    (b"\xfd7zXZ\x00", Compression.XZ),
    (b"\x28\xb5\x2f\xfd", Compression.ZSTD),
)
_SKIPPABLE_ZSTD = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06")
VOLUMES: Final = "a zip of several volumes"  # or one of which a writer did not know that one would do
_OTHERS: Final = (
    (b"PK\x07\x08", VOLUMES),
    (b"PK00PK", VOLUMES),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"LZIP", "an lzip file"),
    (b"\x1f\x9d", "a file of compress (.Z)"),
    (b"\x04\x22\x4d\x18", "an lz4 file"),
    (b"MSCF", "a cabinet file"),
    (b"!<arch>\n", "an ar archive"),
    (b"07070", "a cpio archive"),
    (b"xar!", "an xar archive"),
    (b"%PDF-", "a PDF document"),
)

HEAD: Final = BLOCK  # bytes that decide


def recognise(head: bytes) -> Recognised:
    """The kind that the first 512 bytes of a file show."""
    for magic, compression in _COMPRESSIONS:
        if head.startswith(magic):
            return Recognised(ContainerKind.TAR, compression, f"a tar compressed with {compression.value}")
    if _SKIPPABLE_ZSTD.match(head):
        return Recognised(ContainerKind.TAR, Compression.ZSTD, "a tar compressed with zstd")
    if head.startswith(_ZIP):
        return Recognised(ContainerKind.ZIP, Compression.NONE, "a zip")
    if begins_tar(head):
        return Recognised(ContainerKind.TAR, Compression.NONE, "a tar")
    for magic, name in _OTHERS:
        if head.startswith(magic):
            return Recognised(None, Compression.NONE, name)
    return Recognised(None, Compression.NONE, "an empty file" if not head else "a file of another kind")


def begins_tar(head: bytes) -> bool:
    """True where the first 512 bytes, expanded where they were compressed, are those of a tar."""
    if len(head) < BLOCK:
        return False
    return head == ZEROS or head[257:262] == b"ustar" or isinstance(parse_tar_header(head), TarHeader)


def is_tar_beside(seen: Recognised, head: bytes) -> bool:
    """True where the first 512 bytes that show another kind are a tar's header at the same time.

    A gzip can hold one in its extra field, a zip in its first member's; to GNU tar the file is a plain tar.
    """
    if seen.kind is None or (seen.kind, seen.compression) == (ContainerKind.TAR, Compression.NONE):
        return False
    return len(head) == BLOCK and is_summed(head)

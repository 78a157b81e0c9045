"""Bags in tars and zips, damaged in the container, in what wraps it, and in single fields of it."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from random import Random

import zstandard

from archive.core.bagit.verdicts import BagVerdict
from archive.core.containers.kinds import ContainerKind, recognise
from tests.containers import (
    BLOCK,
    ZipMember,
    bag_files,
    honest_tar,
    honest_zip,
    in_folder,
    pax,
    pax_record,
    summed,
    tar_member,
    tar_of,
    zip_members,
    zip_of,
)
from tests.fuzz.mutation import mutated
from tests.fuzz.strict_reading import objections
from tests.fuzz.target import Target
from tests.fuzz.targets.bags import judge

_FILES = bag_files({"letter.txt": b"Dear Sir,\n", "sub/é": b"x" * 600, "l" * 120: b""})
_FORMS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
_PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
_WORDS = (
    b"ustar\x0000", b"ustar  \0", b"bag/data/", b"bag/", b"../", b"/", b"GNU.sparse.", b"path=", b"size=",
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x07\x08", b"\x01\x00\x10\x00",
    bytes(512),
    b"\xff" * 4, b"\xff" * 8, b"\x80" + bytes(7) + b"\xff" * 4, b"0000644\0",
)  # fmt: skip
_SMALL = (0, 1, 2, 8, 9, 12, 14, 93, 99, 1 << 3, 1 << 11, 0xFFFF, 0xFFFFFFFF)


@cache
def tars() -> tuple[bytes, ...]:
    """Plain tars of every form."""
    honest = [honest_tar(in_folder(_FILES), form) for form in _FORMS[1:]]
    short = in_folder(bag_files())
    extended = tar_of(short, pax(path="bag/notes", comment="x"), tar_member("bag/n", b"x"))
    return (*honest, honest_tar(short, _FORMS[0]), tar_of(short), extended, tar_of(bag_files()))


def draw_tar(chance: Random) -> bytes:
    """A tar with changed bytes, most often with checksums that fit again, half of them compressed."""
    data = chance.choice(tars())
    if chance.random() < 0.3:
        blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
        one, other = chance.randrange(len(blocks)), chance.randrange(len(blocks))
        blocks.insert(other, chance.choice((blocks[one], bytes(BLOCK), _extension(chance))))
        data = b"".join(blocks)
    if chance.random() < 0.8:
        data = header_changed(chance, data) if chance.random() < 0.6 else mutated(chance, data, _WORDS)
    if chance.random() < 0.7:
        data = summed_again(data)
    if chance.random() < 0.4:
        data = _PACKERS[chance.choice(sorted(_PACKERS))](data)
        if chance.random() < 0.5:
            data = mutated(chance, data, _WORDS)
    return data


def _extension(chance: Random) -> bytes:
    """A pax header or a GNU long name, odd in one thing."""
    key = chance.choice(("path", "linkpath", "size", "mtime", "GNU.sparse.realsize", "hdrcharset", "x"))
    value = chance.choice((b"bag/data/x", b"99", b"-1", b"1e3", b"\xff", b"", b"../x", b"9" * 30, b"a\0b"))
    record = mutated(chance, pax_record(key, value)) if chance.random() < 0.3 else pax_record(key, value)
    return tar_member("h", record, kind=chance.choice((b"x", b"g", b"L", b"K", b"X", b"S", b"V")))


def header_changed(chance: Random, data: bytes) -> bytes:
    """One field of one header, overwritten."""
    starts = [at for at in range(0, len(data), BLOCK) if data[at + 257 : at + 262] == b"ustar"]
    if not starts:
        return data
    start, (field, length) = (
        chance.choice(starts),
        chance.choice(
            ((0, 100), (100, 8), (124, 12), (136, 12), (156, 1), (157, 100), (257, 8), (329, 8), (345, 155))
        ),
    )
    at = start + field
    value = mutated(chance, data[at : at + length], _WORDS)[:length].ljust(
        length, chance.choice((b"\0", b" "))
    )
    return data[:at] + value + data[at + length :]


def summed_again(data: bytes) -> bytes:
    """Every header with a checksum that fits."""
    blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
    return b"".join(
        summed(block) if len(block) == BLOCK and block[257:262] == b"ustar" else block for block in blocks
    )


def draw_zip(chance: Random) -> bytes:
    """A zip that lies in some fields, or one with changed bytes."""
    if chance.random() < 0.4:
        method = chance.choice(
            (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
        )
        return mutated(chance, honest_zip(in_folder(_FILES), method), _WORDS)
    members = zip_members(in_folder(bag_files()))
    members.append(ZipMember(b"bag/notes.txt", b"x" * chance.choice((0, 9, 70_000))))
    for _ in range(chance.choice((1, 1, 2, 3))):
        _lie(chance, chance.choice(members))
    if chance.random() < 0.2:
        members.insert(chance.randrange(len(members)), chance.choice(members))
    end = {chance.choice(("entries", "size", "offset", "disk")): chance.choice(_SMALL) & 0xFFFF}
    data = zip_of(
        members,
        comment=chance.choice((b"", b"", b"PK\x05\x06" + bytes(18))),
        prefix=chance.choice((b"", b"", b"", b"MZ")),
        **(end if chance.random() < 0.15 else {}),
    )
    return mutated(chance, data, _WORDS) if chance.random() < 0.3 else data


def _lie(chance: Random, member: ZipMember) -> None:
    """One field says something else, in both headers or in one."""
    match chance.randrange(5):
        case 0:
            member.method = chance.choice((8, 0, 12, 14, 93, 99))
        case 1:
            member.flags ^= 1 << chance.randrange(16)
        case 2:
            member.name = mutated(chance, member.name, _WORDS)[: 1 << 12]
        case 3:
            member.mode = chance.choice((0o120777, 0o040755, 0o010644, 0o020644, 0, 0o177777))
        case _:
            field = chance.choice(("flags", "method", "crc", "packed", "size", "extra", "offset", "name"))
            if field in {"extra", "name"}:
                value: int | bytes = mutated(chance, b"\x01\x00\x08\x00" + bytes(8), _WORDS)[:200]
            else:
                value = chance.choice(_SMALL) & (0xFFFF if field in {"flags", "method"} else 0xFFFFFFFF)
            if field != "offset" and chance.random() < 0.7:
                member.local[field] = value
            if chance.random() < 0.7:
                member.central[field] = value


def check_container(data: bytes) -> None:
    """Nothing raises or writes; a valid one is the same bag to the standard library, or refused by it."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as room:
        path = Path(room) / "bag"
        path.write_bytes(data)
        report = judge(path)
        assert os.listdir(room) == [path.name], "verify wrote"
        assert path.read_bytes() == data, "verify wrote"
    if report.verdict is BagVerdict.VALID:
        try:
            files = _unpacked(data)
        except (tarfile.TarError, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
            return
        assert objections(files) == [], "valid, but a second reading objects"


def _unpacked(data: bytes) -> dict[bytes, bytes]:
    """The files as the standard library reads them, without the one folder that they are in."""
    zipped = recognise(data[:BLOCK]).kind is ContainerKind.ZIP
    files = _unzipped(data) if zipped else _untarred(data)
    (declaration,) = [
        name for name in files if name.rpartition(b"/")[2] == b"bagit.txt" and name.count(b"/") < 2
    ]
    root = declaration.removesuffix(b"bagit.txt")
    return {name.removeprefix(root): content for name, content in files.items()}


def _unzipped(data: bytes) -> dict[bytes, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {
            os.fsencode(os.path.normpath(each.filename)): opened.read(each)
            for each in opened.infolist()
            if not each.is_dir()
        }


def _untarred(data: bytes) -> dict[bytes, bytes]:
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        data = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    files = {}
    with tarfile.open(fileobj=io.BytesIO(data), errors="surrogateescape") as opened:
        for each in opened:
            content = opened.extractfile(each) if each.isfile() else None
            if content is not None:
                files[os.fsencode(os.path.normpath(each.name))] = content.read()
    return files


TARGETS: tuple[Target, ...] = (
    Target(name="tar", family="verify", draw=draw_tar, check=check_container),
    Target(name="zip", family="verify", draw=draw_zip, check=check_container),
)

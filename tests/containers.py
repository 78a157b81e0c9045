"""Builds tars and zips byte by byte, also dishonest ones, and looks at them as a judge does."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha512
from pathlib import Path

from archive.core.bagit.contents import Entry, FileDigests, one_by_one
from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.manifest import render_manifest
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit_judge.gathered import Gathered
from archive.core.bagit_judge.policy import Policy
from archive.core.containers.budget import USUAL, Budget
from archive.core.digests import Algorithm
from archive.core.findings import Finding, Severity
from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag

BLOCK = 512
END = bytes(2 * BLOCK)
ROOT = "bag"


def bag_files(payload: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """A valid bag by its paths; `payload` has paths below data/."""
    payload = (
        {"letter.txt": b"Dear Sir,\n", "sub/photo.raw": bytes(range(256)) * 8} if payload is None else payload
    )
    files = {f"data/{path}": content for path, content in payload.items()}
    manifest = render_manifest((path, sha512(content).hexdigest()) for path, content in files.items())
    return {"bagit.txt": render_declaration(), "manifest-sha512.txt": manifest, **files}


def in_folder(files: Mapping[str, bytes], root: str = ROOT) -> dict[str, bytes]:
    """The files below the folder that the archive unpacks to."""
    return {f"{root}/{path}": content for path, content in files.items()}


def tar_member(
    name: str | bytes,
    content: bytes = b"",
    *,
    kind: bytes = b"0",
    size: int | None = None,
    link: bytes = b"",
    size_field: bytes | None = None,
) -> bytes:
    """A header and its content, padded; `size` and `size_field` may lie."""
    raw = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
    stated = b"%011o\0" % (len(content) if size is None else size) if size_field is None else size_field
    header = b"".join(
        (
            raw.ljust(100, b"\0")[:100], b"0000644\0", b"0000000\0", b"0000000\0", stated, b"00000000000\0",
            b" " * 8, kind, link.ljust(100, b"\0")[:100], b"ustar\x0000", bytes(247),
        )
    )  # fmt: skip
    header = header[:148] + b"%06o\0 " % sum(header) + header[156:]
    return header + content + bytes(-len(content) % BLOCK)


def summed(header: bytes) -> bytes:
    """The header, and what follows it, with a checksum that fits."""
    blank = header[:148] + b" " * 8 + header[156:BLOCK]
    return blank[:148] + b"%06o\0 " % sum(blank) + blank[156:] + header[BLOCK:]


def pax(**records: str | bytes) -> bytes:
    """An extended header with these records, dots in keywords written as two underscores."""
    data = b"".join(pax_record(key.replace("__", "."), value) for key, value in records.items())
    return tar_member("PaxHeader", data, kind=b"x")


def pax_record(key: str, value: str | bytes) -> bytes:
    """One record, its length counting itself."""
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    rest = b" %b=%b\n" % (key.encode(), raw)
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return b"%d%b" % (length, rest)


def tar_of(files: Mapping[str, bytes], *more: bytes, end: bytes = END) -> bytes:
    """A plain tar of these files, then `more` members as bytes."""
    return b"".join([*(tar_member(name, content) for name, content in files.items()), *more, end])


def bag_tar(*more: bytes, end: bytes = END) -> bytes:
    """A valid bag in a tar, and more."""
    return tar_of(in_folder(bag_files()), *more, end=end)


def honest_tar(files: Mapping[str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    """A tar as Python's tarfile writes it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def honest_zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip as Python's zipfile writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


@dataclass
class ZipMember:
    """An entry of a zip; every field of the local header and of the directory can be made to lie."""

    name: bytes
    content: bytes = b""
    method: int = 0
    flags: int = 0
    made_by: int = 3 << 8 | 20
    mode: int = 0o100644
    packed: bytes | None = None
    local: dict[str, int | bytes] = field(default_factory=dict)
    central: dict[str, int | bytes] = field(default_factory=dict)
    before: bytes = b""  # bytes between the member before and this one
    behind: bytes = b""  # a data descriptor, or what poses as one


def zip_of(members: Iterable[ZipMember], *, comment: bytes = b"", prefix: bytes = b"", **end: int) -> bytes:
    """A zip of these members; `end` overrides `entries`, `size`, `offset`, `disk` of the end record."""
    body, directory, count = bytearray(prefix), bytearray(), 0
    for member in members:
        body += member.before
        data = member.packed
        if data is None:
            data = deflated(member.content) if member.method == 8 else member.content
        facts: dict[str, int | bytes] = {
            "name": member.name, "flags": member.flags, "method": member.method,
            "crc": zlib.crc32(member.content), "packed": len(data), "size": len(member.content), "extra": b"",
            "offset": len(body),
        }  # fmt: skip
        local = facts | member.local
        central = facts | member.central
        body += _local(local) + data + member.behind
        directory += _central(central, member.made_by, member.mode)
        count += 1
    stated = {"entries": count, "size": len(directory), "offset": len(body), "disk": 0} | end
    tail = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", stated["disk"], 0, stated["entries"], stated["entries"],
        stated["size"], stated["offset"], len(comment),
    )  # fmt: skip
    return bytes(body + directory + tail + comment)


def _local(facts: dict[str, int | bytes]) -> bytes:
    name, extra = bytes(facts["name"]), bytes(facts["extra"])
    return (
        struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, facts["flags"], facts["method"], 0, 33,
            facts["crc"], facts["packed"], facts["size"], len(name), len(extra),
        ) + name + extra
    )  # fmt: skip


def _central(facts: dict[str, int | bytes], made_by: int, mode: int) -> bytes:
    name, extra = bytes(facts["name"]), bytes(facts["extra"])
    return (
        struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", made_by, 20, facts["flags"], facts["method"], 0, 33,
            facts["crc"], facts["packed"], facts["size"], len(name), len(extra), 0, 0, 0,
            mode << 16, facts["offset"],
        ) + name + extra
    )  # fmt: skip


def zip_members(files: Mapping[str, bytes]) -> list[ZipMember]:
    """Stored members of these files."""
    return [ZipMember(name.encode("utf-8", "surrogateescape"), content) for name, content in files.items()]


def bag_zip(*more: ZipMember, comment: bytes = b"", prefix: bytes = b"", **end: int) -> bytes:
    """A valid bag in a zip, and more."""
    members = [*zip_members(in_folder(bag_files())), *more]
    return zip_of(members, comment=comment, prefix=prefix, **end)


def deflated(content: bytes) -> bytes:
    """Raw deflate data, as a zip has it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


@dataclass(frozen=True)
class Look:
    """What a judge would learn of a container."""

    verdict: BagVerdict
    refused: bool
    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...] = ()
    digests: tuple[FileDigests, ...] = ()
    tag_files: tuple[tuple[str, bytes], ...] = ()

    @property
    def errors(self) -> list[str]:
        """The codes of all errors."""
        return [finding.code for finding in self.findings if finding.severity is Severity.ERROR]

    @property
    def codes(self) -> list[str]:
        """The codes of all findings."""
        return [finding.code for finding in self.findings]


def look(path: Path, budget: Budget = USUAL) -> Look:
    """Opens a container and asks it everything that a judge asks."""
    bag = open_serialised_bag(str(path), label=path.name, budget=budget)
    if isinstance(bag, RefusedContainer):
        return Look(bag.verdict, True, bag.findings)
    try:
        tag_files = []
        for name, blocks in bag.read_tag_files(lambda _: True):
            try:
                tag_files.append((name, b"".join(blocks)))
            except OSError:
                tag_files.append((name, b"?"))
        entries = tuple(sorted(bag.entries()))
        wanted = [(entry.path, (Algorithm.SHA512, Algorithm.MD5)) for entry in entries]
        digests = tuple(sorted(one_by_one(bag.digests(wanted))))
        findings = tuple(bag.findings())
    finally:
        bag.close()
    return Look(_verdict(findings), False, findings, entries, digests, tuple(sorted(tag_files)))


def _verdict(findings: tuple[Finding, ...]) -> BagVerdict:
    gathered = Gathered(Policy())
    for finding in findings:
        gathered.add(finding)
    return gathered.verdict()

"""Containers that are small and cost much: an answer within ten seconds and 256 MiB, nothing written."""

import bz2
import gzip
import json
import lzma
import os
import shutil
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.containers.budget import Budget
from tests.containers import (
    END,
    ZipMember,
    bag_files,
    bag_tar,
    bag_zip,
    honest_zip,
    in_folder,
    look,
    pax,
    tar_member,
    tar_of,
    zip_members,
    zip_of,
)

SECONDS = 10
MEMORY = 256 << 20
CHUNK = 16 << 20
GIB = 1 << 30
HEAD = tar_of(in_folder(bag_files()), tar_member("bag/data/zeros", size=GIB), end=b"")


def repeated(pack: Callable[[bytes], bytes]) -> bytes:
    """A tar with a member of 1 GiB of zeros, in as many compressed parts as that takes."""
    return pack(HEAD) + pack(bytes(CHUNK)) * (GIB // CHUNK) + pack(END)


def deflated_zeros(size: int) -> bytes:
    """Deflate data of so many zeros, put together from equal stretches."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packer.compress(bytes(CHUNK))
    packer.flush(zlib.Z_FULL_FLUSH)
    stretch = packer.compress(bytes(CHUNK)) + packer.flush(zlib.Z_FULL_FLUSH)
    return stretch * (size // CHUNK) + packer.flush()


def zero_member(stated: int) -> ZipMember:
    """1 GiB of zeros that states a size of its own."""
    sizes: dict[str, int | bytes] = {"size": stated}
    return ZipMember(b"bag/data/z", b"", method=8, packed=deflated_zeros(GIB), local=sizes, central=sizes)


def many_members_of_a_zip() -> bytes:
    """100,000 empty members beside a bag."""
    return honest_zip(in_folder(bag_files()) | {f"bag/data/{number}": b"" for number in range(100_000)}, 0)


def many_members_of_a_tar() -> bytes:
    """The same, compressed."""
    return gzip.compress(bag_tar(*(tar_member(f"bag/data/{number}") for number in range(100_000))), 1)


def deep_names() -> bytes:
    """Folders that are only implied, far more of them than members."""
    paths = (f"bag/{number}/" + "abcdefghijklmnopqr/" * 195 + "x" for number in range(2000))
    return gzip.compress(bag_tar(*(pax(path=path) + tar_member("x") for path in paths)), 1)


def quoted_overlap() -> bytes:
    """Two entries that share one stretch of the file, each with headers that agree."""
    inner = ZipMember(b"bag/data/b", b"x" * 1000)
    quoted = zip_of([inner])[: 30 + len(inner.name) + 1000]
    outer = ZipMember(b"bag/data/a", quoted)
    content = bag_zip(outer)
    at: dict[str, int | bytes] = {"offset": content.find(quoted)}
    members = [*zip_members(in_folder(bag_files())), outer]
    both = zip_of([*members, ZipMember(inner.name, inner.content, central=at)])
    # The second member's own header and content are taken out: its entry points into the first.
    own = both.rfind(quoted)
    directory = both.find(b"PK\1\2")
    shifted = directory - len(quoted)
    assert own + len(quoted) == directory
    return both[:own] + both[directory:-6] + struct.pack("<LH", shifted, 0)


def great_dictionary() -> bytes:
    """An xz file that wants a dictionary of 4 GiB."""
    packed = bytearray(lzma.compress(bag_tar(), check=lzma.CHECK_CRC32))
    size = (packed[12] + 1) * 4
    packed[12 + 4] = 40
    packed[12 + size - 4 : 12 + size] = struct.pack("<L", zlib.crc32(packed[12 : 12 + size - 4]))
    return bytes(packed)


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "1 GiB from gzip": ("tar.gz", lambda: repeated(gzip.compress), "SER-BUDGET-BYTES"),
    "1 GiB from bzip2": ("tar.bz2", lambda: repeated(bz2.compress), "SER-BUDGET-BYTES"),
    "1 GiB from xz": ("tar.xz", lambda: repeated(lzma.compress), "SER-BUDGET-BYTES"),
    "1 GiB from a zip": ("zip", lambda: bag_zip(zero_member(GIB)), "SER-BUDGET-BYTES"),
    "1 GiB from a zip that states 9 bytes": ("zip", lambda: bag_zip(zero_member(9)), "SER-MEMBER-SIZE"),
    "100,000 members of a zip": ("zip", many_members_of_a_zip, "BAG-FILE-UNLISTED"),
    "100,000 members of a tar": ("tar.gz", many_members_of_a_tar, "BAG-FILE-UNLISTED"),
    "a member a million times": (
        "tar.gz", lambda: gzip.compress(HEAD) * 2 + gzip.compress(tar_member("x") * 50_000) * 20,
        "SER-BUDGET-BYTES",
    ),
    "folders without end": ("tar.gz", deep_names, "SER-BUDGET-MEMBERS"),
    "50,000 empty parts": ("tar.gz", lambda: gzip.compress(b"") * 50_000, "SER-KIND"),
    "a stretch that is two files": ("zip", quoted_overlap, "SER-OVERLAP"),
    "a dictionary of 4 GiB": ("tar.xz", great_dictionary, "SER-COMPRESSION-MEMORY"),
}  # fmt: skip


# A small process between: what a child of this one has used would count the memory of the tests, too.
MEASURED = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]), file=sys.stderr)
"""


def verified(path: Path) -> tuple[int, list[str], float, int]:
    """Exit code, codes of errors, seconds of processor time and bytes of memory of one `archive verify`."""
    command = [sys.executable, "-m", "archive", "--format", "json", "verify", path.name]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command], capture_output=True, cwd=path.parent, check=True
    )
    report = json.loads(done.stdout)
    codes = [finding["code"] for finding in report["bags"][0]["findings"] if finding["severity"] == "error"]
    code, seconds, memory = json.loads(done.stderr)
    return code, codes, seconds, memory


QUICK = {
    "1 GiB from gzip",
    "1 GiB from a zip that states 9 bytes",
    "100,000 members of a tar",
    "a dictionary of 4 GiB",
}


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in BOMBS]
)
def test_a_bomb_is_answered_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    ending, make, code = BOMBS[name]
    path = tmp_path / f"bag.{ending}"
    path.write_bytes(make())
    exit_code, codes, seconds, memory = verified(path)
    assert (exit_code in (1, 3), code in codes) == (True, True), set(codes)
    assert seconds < SECONDS
    assert memory < MEMORY
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_hole_of_a_terabyte_behind_a_tar_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar"
    path.write_bytes(bag_tar())
    os.truncate(path, 1 << 40)
    begun = time.monotonic()
    assert look(path).errors == ["SER-AFTER-END"]
    assert time.monotonic() - begun < SECONDS


def test_a_hole_behind_compressed_data_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar.gz"
    path.write_bytes(gzip.compress(bag_tar()))
    os.truncate(path, 1 << 40)
    assert look(path).errors == ["SER-AFTER-END"]


@pytest.mark.tool("zstd")
@pytest.mark.parametrize(
    ("options", "code"),
    [((), "SER-BUDGET-BYTES"), (("--long=30",), "SER-COMPRESSION-MEMORY")],
)
def test_a_bomb_of_zstd_is_answered_in_bounded_time_and_memory(
    tmp_path: Path, options: tuple[str, ...], code: str
) -> None:
    pytest.importorskip("zstandard", reason="needs the module zstandard")
    zstd = shutil.which("zstd")
    if zstd is None:
        pytest.skip("needs zstd")
    path = tmp_path / "bag.tar.zst"
    command = [zstd, "-q", "-c", *options]
    pieces = (bytes(CHUNK), bytes(CHUNK)) if not options else (b"", b"")
    parts = [
        subprocess.run(command, input=each, capture_output=True, check=True).stdout
        for each in (HEAD, *pieces)
    ]
    path.write_bytes(parts[0] + parts[1] * (GIB // CHUNK))
    exit_code, codes, seconds, memory = verified(path)
    assert (exit_code, codes) == (3, [code])
    assert seconds < SECONDS
    assert memory < MEMORY


def test_the_budget_can_be_raised(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar.gz"
    path.write_bytes(gzip.compress(bag_tar(tar_member("bag/data/zeros", bytes(CHUNK)))))
    small = Budget(free=1 << 20, ratio=2)
    assert look(path, small).errors == ["SER-BUDGET-BYTES"]
    assert look(path, Budget(free=1 << 20, ratio=2000)).errors == []


def test_a_plain_tar_has_no_budget_but_its_own_size(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar"
    path.write_bytes(bag_tar(tar_member("bag/data/zeros", bytes(CHUNK))))
    assert look(path, Budget(free=1, ratio=1, expanded=1)).errors == []


def test_more_members_than_the_budget_has_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar"
    path.write_bytes(bag_tar(*(tar_member(f"bag/data/{number}") for number in range(50))))
    assert look(path, Budget(members=40)).errors == ["SER-BUDGET-MEMBERS"]
    assert look(path, Budget(members=80)).errors == []

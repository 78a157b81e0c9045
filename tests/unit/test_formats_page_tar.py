"""docs/formats.md on bags in tars: a writer made from its words alone gives the same bytes."""

import io
import os
from pathlib import Path

import pytest

from archive.storage.copies.tar_writing import TarWriter

BAG = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeee0001"
LIMIT = 8_589_934_592


def _octal(number: int, size: int) -> bytes:
    return f"{number:0{size - 1}o}".encode() + b"\0"


def _block(name: bytes, mode: int, size: int, modified: int, kind: bytes) -> bytes:
    before = name.ljust(100, b"\0") + _octal(mode, 8) + _octal(0, 8) * 2 + _octal(size, 12)
    before += _octal(modified, 12)
    behind = (kind + bytes(100) + b"ustar\x0000").ljust(512 - len(before) - 8, b"\0")
    total = sum(before) + sum(behind) + 8 * ord(" ")
    return before + f"{total:06o}".encode() + b"\0 " + behind


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def _record(key: str, value: str) -> bytes:
    rest = f" {key}={value}\n".encode()
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def _header(path: str, size: int, modified: int, *, folder: bool) -> bytes:
    name, modified = path + "/" * folder, max(modified, 0)
    records = b"" if name.isascii() and len(name) <= 100 else _record("path", name)
    records += _record("size", str(size)) if size >= LIMIT else b""
    records += _record("mtime", str(modified)) if modified >= LIMIT else b""
    before = _block(b"././@PaxHeader", 0, len(records), 0, b"x") + _padded(records) if records else b""
    own = name.encode("ascii", "replace")[:100]
    return before + _block(
        own,
        0o755 if folder else 0o444,
        size if size < LIMIT else 0,
        modified if modified < LIMIT else 0,
        b"5" if folder else b"0",
    )


@pytest.mark.parametrize(
    ("path", "modified"),
    [
        (f"{BAG}/data/a", 1_800_000_000),
        (f"{BAG}/data/Ä € 𝄞", -5),
        (f"{BAG}/data/{'x' * 58}", 0),  # 100 characters
        (f"{BAG}/data/{'x' * 59}", LIMIT - 1),
        (f"{BAG}/data/{'é' * 120}/{'z' * 90}", LIMIT),
    ],
)
def test_a_writer_made_from_the_page_gives_the_same_tar(tmp_path: Path, path: str, modified: int) -> None:
    content = b"some bytes"
    target = tmp_path / "tar"
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT)
    writer = TarWriter(descriptor)
    writer.add_folder(BAG, 0)
    writer.add_folder(path, 0)
    writer.add_file(path, len(content), modified, [content])
    writer.close()
    os.close(descriptor)
    expected = io.BytesIO()
    expected.write(_header(BAG, 0, 0, folder=True) + _header(path, 0, 0, folder=True))
    expected.write(_header(path, len(content), modified, folder=False) + _padded(content) + bytes(1024))
    assert target.read_bytes() == expected.getvalue()


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
def test_so_does_a_file_whose_size_needs_a_record(tmp_path: Path, size: int) -> None:
    target = tmp_path / "tar"
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT)
    writer = TarWriter(descriptor)
    with pytest.raises(ValueError, match="bytes expected"):  # its header was written before
        writer.add_file(f"{BAG}/data/a", size, 0, [])
    writer.close()
    os.close(descriptor)
    assert target.read_bytes() == _header(f"{BAG}/data/a", size, 0, folder=False) + bytes(1024)

"""Bags for the benchmark of `archive verify`: of many small files, of few large ones, of one."""

import os
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path

from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.manifest import render_manifest

MANIFEST = "manifest-sha512.txt"
TAG_MANIFEST = "tagmanifest-sha512.txt"
_BLOCK = 1 << 20


def bag_of_corpus(corpus: Path, bag: Path) -> int:
    """Every text of a corpus as one bag; its files are links to those of the corpus. Returns how many."""
    entries: list[tuple[str, str]] = []
    for path in sorted(corpus.rglob("*.txt")):
        inner = f"data/{path.relative_to(corpus)}"
        target = bag / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
        entries.append((inner, sha512(path.read_bytes()).hexdigest()))
    _finish(bag, render_manifest(entries))
    return len(entries)


def bag_of_large_files(bag: Path, *, files: int, size: int) -> None:
    """Files of `size` bytes, a multiple of 1 MiB, each of one random block over and over."""
    (bag / "data").mkdir(parents=True)
    entries: list[tuple[str, str]] = []
    for number in range(files):
        name, block, digest = f"data/film-{number}.bin", os.urandom(_BLOCK), sha512()
        with (bag / name).open("wb") as file:
            for _ in range(size // _BLOCK):
                file.write(block)
                digest.update(block)
        entries.append((name, digest.hexdigest()))
    _finish(bag, render_manifest(entries))


def bag_of_one_text(bag: Path) -> None:
    """A letter."""
    (bag / "data").mkdir(parents=True)
    letter = b"Dear Sir,\nthe parcel came.\n" * 40
    (bag / "data/letter.txt").write_bytes(letter)
    _finish(bag, render_manifest([("data/letter.txt", sha512(letter).hexdigest())]))


def bag_of_long_manifest(bag: Path, lines: int) -> None:
    """A manifest of so many lines over a payload that is not there."""
    (bag / "data").mkdir(parents=True)
    with (bag / MANIFEST).open("wb") as file:
        file.writelines(_lines(lines))
    (bag / "bagit.txt").write_bytes(render_declaration())


def _lines(count: int) -> Iterator[bytes]:
    for number in range(count):
        digest = sha512(b"%d" % number).hexdigest().encode()
        yield b"%b  data/folder-%04d/document-%07d.txt\n" % (digest, number // 1000, number)


def _finish(bag: Path, manifest: bytes) -> None:
    declaration = render_declaration()
    (bag / MANIFEST).write_bytes(manifest)
    (bag / "bagit.txt").write_bytes(declaration)
    tags = {MANIFEST: manifest, "bagit.txt": declaration}
    listed = [(name, sha512(content).hexdigest()) for name, content in tags.items()]
    (bag / TAG_MANIFEST).write_bytes(render_manifest(listed))

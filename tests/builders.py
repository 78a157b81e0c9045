"""Builds what tests need: held bags with the promise the ledger makes of them, and every kind of damage."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha512
from pathlib import Path

from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.manifest import render_manifest
from archive.core.bagit.tagfile import render_tag_file
from archive.core.expectation import Expectation

MANIFEST = "manifest-sha512.txt"
TAG_MANIFEST = "tagmanifest-sha512.txt"
DEFAULT_PAYLOAD: Mapping[str, bytes] = {"letter.txt": b"Dear Sir,\nthe parcel came.\n" * 40}


def digest(content: bytes) -> str:
    """sha512 in hexadecimal."""
    return sha512(content).hexdigest()


@dataclass(frozen=True)
class HeldBag:
    """A bag on disk and what the ledger promises about it."""

    path: Path
    expectation: Expectation

    def rewrite_manifests(self) -> None:
        """Make both manifests fit what is in the bag now, as a forger would."""
        payload: dict[str, str] = {}
        tags: dict[str, str] = {}
        for path in sorted(self.path.rglob("*")):
            name = path.relative_to(self.path).as_posix()
            if path.is_file() and name not in {MANIFEST, TAG_MANIFEST}:
                (payload if name.startswith("data/") else tags)[name] = digest(path.read_bytes())
        manifest = render_manifest(payload.items())
        (self.path / MANIFEST).write_bytes(manifest)
        tags[MANIFEST] = digest(manifest)
        (self.path / TAG_MANIFEST).write_bytes(render_manifest(tags.items()))


def make_bag(
    shard: Path,
    payload: Mapping[str, bytes] = DEFAULT_PAYLOAD,
    *,
    name: str = "0190-bag",
    tags: Mapping[str, bytes] | None = None,
) -> HeldBag:
    """Write a held bag into `shard`; `payload` has paths below `data/`, a sole file is promised by digest."""
    path = shard / name
    (path / "data").mkdir(parents=True)
    files = {f"data/{inner}": content for inner, content in payload.items()}
    manifest = render_manifest((inner, digest(content)) for inner, content in files.items())
    size = sum(map(len, payload.values()))
    tag_files = {
        "bagit.txt": render_declaration(),
        "bag-info.txt": render_tag_file([("Payload-Oxum", f"{size}.{len(payload)}")]),
        MANIFEST: manifest,
        "metadata/dublin-core.json": b'{"title": ["A letter"]}\n',
        "metadata/premis.xml": b"<premis/>\n",
        **(tags or {}),
    }
    tag_manifest = render_manifest((inner, digest(content)) for inner, content in tag_files.items())
    for inner, content in {**files, **tag_files, TAG_MANIFEST: tag_manifest}.items():
        target = path / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    sole = len(payload) == 1
    expectation = Expectation(
        bag=name,
        entry=7,
        tag_manifest=digest(tag_manifest),
        payload=digest(*payload.values()) if sole else None,
        payload_manifest=None if sole else digest(manifest),
        files=len(payload),
        bytes=size,
    )
    return HeldBag(path, expectation)


DAMAGES = ("flip", "truncate", "empty", "append", "zero", "delete", "folder", "link", "fifo")


def damage(path: Path, kind: str) -> None:
    """Damage one file in the given way; a flipped bit keeps size and times."""
    status, content = path.stat(), path.read_bytes()
    match kind:
        case "flip":
            middle = len(content) // 2
            path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        case "truncate":
            path.write_bytes(content[:-1])
        case "empty":
            path.write_bytes(b"")
        case "append":
            path.write_bytes(content + b"\0")
        case "zero":
            path.write_bytes(bytes(len(content)))
        case _:
            path.unlink()
            _put_in_place(path, kind, content)
            return
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _put_in_place(path: Path, kind: str, content: bytes) -> None:
    match kind:
        case "delete":
            pass
        case "folder":
            path.mkdir()
        case "link":  # to the very bytes, outside the bag
            bag = next(folder for folder in path.parents if (folder / "data").is_dir())
            target = bag.parent.parent / f"outside-{path.name}"
            target.write_bytes(content)
            path.symlink_to(target)
        case "fifo":
            os.mkfifo(path)
        case _:
            raise ValueError(kind)

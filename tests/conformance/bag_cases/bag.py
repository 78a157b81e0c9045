"""A bag as a value: paths and what stands at each, so that a case is one good bag and one change."""

import hashlib
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True)
class Fifo:
    """A named pipe: to open it for reading is to wait for ever."""


@dataclass(frozen=True, slots=True)
class Socket:
    """A socket in the file system."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, also one without a file in it."""

    mode: int = 0o755


@dataclass(frozen=True, slots=True)
class Locked:
    """A file that nobody may read."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Twin:
    """A hard link to another file of the bag."""

    path: str


Content = bytes | Link | Fifo | Socket | Folder | Locked | Twin
Bag = dict[str, Content]

LETTER = b"Dear Sir,\nthe parcel came.\n"
PAYLOAD: Mapping[str, bytes] = {"data/letter.txt": LETTER, "data/plates/1.txt": b"one\n"}


def declaration(version: str = "1.0", encoding: str = "UTF-8") -> bytes:
    """The bytes of bagit.txt."""
    return f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n".encode()


def digest(content: bytes, algorithm: str = "sha512") -> str:
    """The digest in hexadecimal; `algorithm` as file names of manifests spell it."""
    names = {"sha3256": "sha3_256", "sha3512": "sha3_512", "sha-256": "sha256", "SHA256": "sha256"}
    return hashlib.new(names.get(algorithm, algorithm), content).hexdigest()


def line(path: str, content: bytes, algorithm: str = "sha512", *, gap: str = "  ") -> bytes:
    """One line of a manifest; the path exactly as given."""
    return os.fsencode(f"{digest(content, algorithm)}{gap}{path}\n")


def manifest(files: Mapping[str, bytes], algorithm: str = "sha512") -> bytes:
    """The lines for these files, paths exactly as given."""
    return b"".join(line(path, content, algorithm) for path, content in files.items())


def good(
    payload: Mapping[str, bytes] = PAYLOAD,
    *,
    version: str = "1.0",
    algorithms: Iterable[str] = ("sha512",),
    tags: Mapping[str, bytes] | None = None,
) -> Bag:
    """A valid bag without tag manifests, to be changed in one thing."""
    bag: Bag = {"bagit.txt": declaration(version), **payload, **(tags or {})}
    return bag | {f"manifest-{name}.txt": manifest(payload, name) for name in algorithms}


def info(*lines: str, **options: object) -> Bag:
    """A good bag with these lines in its file of tags; a line that has no end gets a line feed."""
    text = "".join(each if each.endswith(("\n", "\r")) else f"{each}\n" for each in lines)
    version = str(options.get("version", "1.0"))
    name = "package-info.txt" if version in {"0.93", "0.94", "0.95"} else "bag-info.txt"
    return good(version=version, tags={name: text.encode()})


def sealed(bag: Bag, *algorithms: str) -> Bag:
    """The bag with tag manifests (sha512 where none is named) over all its tag files."""
    tag_files = {
        path: content
        for path, content in bag.items()
        if isinstance(content, bytes) and not path.startswith(("data/", "tagmanifest-"))
    }
    return bag | {f"tagmanifest-{name}.txt": manifest(tag_files, name) for name in algorithms or ("sha512",)}


def without(bag: Bag, *paths: str) -> Bag:
    """The bag with these things taken out of it, and nothing else changed."""
    return {path: content for path, content in bag.items() if path not in paths}


def build(bag: Bag, folder: Path) -> None:
    """Writes the bag; links, pipes and modes last, so that they stand in nobody's way."""
    folder.mkdir(parents=True)
    ordinary = {path: content for path, content in bag.items() if isinstance(content, bytes)}
    for path, content in ordinary.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for path, other in bag.items():
        if not isinstance(other, bytes):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            _build_other(other, target, folder)


def _build_other(content: Content, target: Path, folder: Path) -> None:
    match content:
        case Link():
            target.symlink_to(content.target)
        case Fifo():
            os.mkfifo(target)
        case Socket():
            # Bound by a relative name: an address has room for 107 bytes.
            here = os.getcwd()
            os.chdir(target.parent)
            try:
                with socket.socket(socket.AF_UNIX) as made:
                    made.bind(target.name)
            finally:
                os.chdir(here)
        case Folder():
            target.mkdir(exist_ok=True)
            target.chmod(content.mode)
        case Locked():
            target.write_bytes(content.content)
            target.chmod(0)
        case Twin():
            os.link(folder / content.path, target)
        case _:
            raise TypeError(content)

"""What the plan of an ingest gives back: rows as values, and names as the bytes that they are stored as."""

import sys
from typing import NamedTuple

from archive.core.composed_form import composed
from archive.core.submission import Role


class FileRow(NamedTuple):
    """One source file of the plan; `document` is the plan number of the document that claimed it."""

    id: int
    root: int
    path: str
    size: int
    role: Role
    document: int | None


class DescribedFile(NamedTuple):
    """A file that is a document, and what `place` says of it without any finding."""

    file: FileRow
    description: bytes
    title: str
    place: str


class Staged(NamedTuple):
    """What the staging of one document established.

    `manifest_row` is its row in the run's manifest, `indexed` what the index will keep of it, both ready.
    """

    seq: int
    bag: str
    payload_key: str
    tag_manifest: str
    files: int
    folder: str
    manifest_row: bytes
    indexed: bytes
    bytes: int


class StagedBag(NamedTuple):
    """One bag in staging; `reference` is the minted one, None where the document declares its own."""

    seq: int
    bag: str
    folder: str
    tag_manifest: str
    payload_key: str
    files: int
    bytes: int
    reference: str | None


class Outcome(NamedTuple):
    """One document of the plan as the report needs it; `reference` is declared or minted."""

    seq: int
    source: str
    title: str
    reference: str
    bag: str
    bytes: int
    differs: tuple[str, ...]


ROLES = {role.value: role for role in Role}  # a third of the time of Role(value)


# No name begins so, for one has 255 bytes at most: what lies below a folder, or begins so, is less than
# that behind its path.
BEHIND_ALL = b"\xff" * 256


_ENCODING, _ESCAPES = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()


def path_bytes(path: str) -> bytes:
    """A name as the file system has it: `os.fsencode` of a text, at half the price."""
    return path.encode(_ENCODING, _ESCAPES)


def path_text(name: bytes) -> str:
    """The name that `path_bytes` encoded."""
    return name.decode(_ENCODING, _ESCAPES)


def nfc(path: str) -> str:
    """A name in Unicode form C, under which two spellings of one name are found."""
    return composed(path)


def nfc_bytes(path: str) -> bytes | None:
    """The form C of a name that is in another one, else None."""
    return None if path.isascii() or (normal := nfc(path)) == path else path_bytes(normal)

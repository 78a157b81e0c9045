"""What the plan of an ingest gives back: rows as values, and names as the bytes that they are stored as."""

import os
import unicodedata
from typing import NamedTuple

from archive.core.submission import Role


class FileRow(NamedTuple):
    """One source file of the plan; `document` is the plan number of the document that claimed it."""

    id: int
    root: int
    path: str
    size: int
    role: Role
    document: int | None


class Staged(NamedTuple):
    """What the staging of one document established; `payload` lists (stored path, bytes, sha512).

    `submission` lists the manifests of the bag that the document came in, "" where it came in none; both are
    canonical JSON.
    """

    seq: int
    bag: str
    payload_key: str
    tag_manifest: str
    files: int
    bytes: int
    payload: str
    folder: str
    submission: str = ""


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
    """One document of the plan as the report and the ledger need it; `reference` is declared or minted."""

    seq: int
    source: str
    title: str
    reference: str
    declared: bool
    awaiting: bool
    description: bytes
    place: str
    bag: str
    payload_key: str
    tag_manifest: str
    files: int
    bytes: int
    payload: str
    folder: str
    submission: str
    differs: tuple[str, ...]


ROLES = {role.value: role for role in Role}  # a third of the time of Role(value)


def path_bytes(path: str) -> bytes:
    """A name as the file system has it."""
    return os.fsencode(path)


def nfc(path: str) -> str:
    """A name in Unicode form C, under which two spellings of one name are found."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)

"""Unpacks a pack of evidence, never on trust: every byte of the zip and every member is held to account."""

import json
import os
from hashlib import sha512
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from archive.core.bagit.contents import EntryKind
from archive.core.containers.budget import Budget
from archive.core.containers.faults import Fault
from archive.core.containers.zip_entries import PLAIN_METHODS
from archive.core.containers.zip_records import CENTRAL_SIZE, END64_MAGIC, END_MAGIC, LOCAL_SIZE, ZipEnd
from archive.core.errors import ConfigurationError, ConflictError, EvidenceError
from archive.core.findings import error
from archive.core.limits.ledger import PACK_BYTES, PACK_CONTENTS_BYTES, PACK_DIRECTORY_BYTES, PACK_MEMBERS
from archive.core.text import printable
from archive.storage.bag_sources.catalogue import Catalogue, Place
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.zip_content import content_blocks
from archive.storage.bag_sources.zip_directory import ZipDirectory, find_zip_end, read_zip_directory
from archive.storage.disk.durable import storage_error
from archive.storage.ledger.pack_files import CONTENTS, KIND, SETTINGS, VERSION, is_member
from archive.storage.sources.brought_files import open_brought

_LOCAL: Final = b"PK\x03\x04"  # how a member begins (APPNOTE 4.3.7)
_BUDGET: Final = Budget(members=2 * PACK_MEMBERS)  # folders that names imply count as well
_TAIL: Final = 4096  # bytes in which the end of the directory is looked for, where something follows it
_TOO_MUCH: Final = frozenset({"SER-BUDGET-BYTES", "SER-BUDGET-MEMBERS"})
_AS_WRITTEN: Final = "name the file that archive ledger pack --out wrote"
_AGAIN: Final = "ask the archive for the pack again; keep this one"


class Unpacked(NamedTuple):
    """What came out of a pack: its facts, and what is wrong with members, as (name, message)."""

    facts: dict[str, Any]
    troubles: list[tuple[str, str]]


def unpack(source: Path, folder: Path) -> Unpacked:
    """Writes the members of a pack below an empty folder; only names that a pack of ours can have.

    A member that is damaged or not as listed is a trouble, and so are bytes that belong to no member. Raises
    ConfigurationError where the file is no pack or goes beyond the limits, EvidenceError for a pack of which
    nothing can be said, since its directory, list or settings are damaged, ConflictError for a newer version,
    StorageError where it cannot be read or written.
    """
    with open_brought(source, "a pack of evidence") as stream:
        try:
            with ContainerFile(str(source), descriptor=os.dup(stream.fileno())) as file:
                return _Pack(source, file).unpack(folder)
        except OSError as trouble:
            raise storage_error(trouble, str(source), "read the file") from trouble


def _is_ours(file: ContainerFile) -> bool:
    """True for what begins or ends as a pack does, whatever became of the rest.

    A pack begins with the header of its settings; its directory ends with the name of its list.
    """
    head = file.read(0, LOCAL_SIZE + len(SETTINGS))
    if head.startswith(_LOCAL) and head[LOCAL_SIZE:] == SETTINGS.encode():
        return True
    tail = file.read(max(0, file.size - _TAIL), _TAIL)
    return any(CONTENTS.encode() + magic in tail for magic in (END_MAGIC, END64_MAGIC))


def _require_modest(end: ZipEnd | None, size: int) -> None:
    """Raises ContainerError for a directory of which its end says that it is longer than any of a pack.

    One that would be longer than the file of that size is damaged, which whoever reads it will find.
    """
    message = None
    if end is None or max(end.size, CENTRAL_SIZE * end.entries) > size:
        return
    if end.size > PACK_DIRECTORY_BYTES:
        message = f"its directory has {end.size:,} bytes"
    elif end.entries > PACK_MEMBERS + 1:  # and the list of them
        message = f"more than {PACK_MEMBERS:,} members"
    if message is not None:
        raise ContainerError(Fault("SER-BUDGET-MEMBERS", message))


class _Pack:
    """One file: its members by their names, and what is wrong with it so far."""

    def __init__(self, source: Path, file: ContainerFile) -> None:
        self._place = printable(str(source))
        self._file = file
        self._catalogue = Catalogue(source.name, _BUDGET)
        self._troubles: dict[str, str] = {}
        self._directory = self._read_directory()
        for finding in self._catalogue.findings():
            self._troubles.setdefault(finding.place, finding.message)

    def unpack(self, folder: Path) -> Unpacked:
        """As `unpack` says."""
        files = dict(self._catalogue.files())
        facts = self._facts(files)
        listed: dict[str, Any] = facts.pop("members")
        absent = sorted(listed.keys() - files.keys() - self._troubles.keys())
        troubles = dict.fromkeys(absent, "listed in the pack and not there") | self._troubles
        for entry in self._catalogue.entries():
            if entry.kind not in (EntryKind.FILE, EntryKind.FOLDER):
                troubles.setdefault(entry.path, "no part of a pack; it was not unpacked")
        if not self._catalogue.broken and len(self._directory) > len(self._catalogue):
            troubles.setdefault(self._place, "folders stand in it as members, which no pack has")
        for name, place in files.items():
            if name == CONTENTS:
                continue
            if not is_member(name):
                message: str | None = "no part of a pack; it was not unpacked"
            elif name not in listed:
                message = "there, and not listed in the pack"
            else:
                message = self._write(place, folder / name, listed[name])
            if message is not None:
                troubles.setdefault(name, message)
        if not (folder / SETTINGS).exists():
            self._refuse(SETTINGS, troubles.get(SETTINGS, "not there"))
        return Unpacked(facts, list(troubles.items()))

    def _read_directory(self) -> ZipDirectory:
        """All headers, held against one another; what is wrong with one member is in the catalogue."""
        try:
            _require_modest(find_zip_end(self._file), self._file.size)
            return read_zip_directory(self._file, self._catalogue, PACK_BYTES, exact=True)
        except ContainerError as trouble:
            message = trouble.fault.message
            if trouble.fault.code in _TOO_MUCH or not _is_ours(self._file):
                raise ConfigurationError(
                    f"{self._place}: not a pack: {message}", remedy=_AS_WRITTEN
                ) from trouble
            self._refuse(trouble.member or self._place, message)

    def _refuse(self, name: str, message: str) -> NoReturn:
        finding = error("PACK-MEMBER", name, message)
        raise EvidenceError(
            f"{self._place}: a pack that does not hold: {printable(name)}: {message}",
            remedy=_AGAIN,
            findings=(finding,),
        )

    def _facts(self, files: dict[str, Place]) -> dict[str, Any]:
        """What the pack says of itself; every member of it is compressed as those of a pack are."""
        for name in (SETTINGS, CONTENTS):
            if name not in files and self._troubles and _is_ours(self._file):
                self._refuse(*next(iter(self._troubles.items())))
            if name not in files and any(entry.path == name for entry in self._catalogue.entries()):
                self._refuse(name, "not there as a file")
            if name not in files:
                raise ConfigurationError(
                    f"{self._place}: not a pack: {name} is not there", remedy=_AS_WRITTEN
                )
        if CONTENTS in self._troubles:
            self._refuse(CONTENTS, self._troubles[CONTENTS])
        if files[CONTENTS].size > PACK_CONTENTS_BYTES:
            raise ConfigurationError(
                f"{self._place}: not a pack: {CONTENTS} is too large", remedy=_AS_WRITTEN
            )
        methods = {self._directory.content(place.offset).method for place in files.values()}
        if (odd := methods - PLAIN_METHODS) and not self._troubles:
            message = f"compressed in a way that no pack is (method {min(odd)})"
            raise ConfigurationError(f"{self._place}: not a pack: {message}", remedy=_AS_WRITTEN)
        try:
            raw = b"".join(content_blocks(self._file, self._directory.content(files[CONTENTS].offset)))
        except ContainerError as trouble:
            self._refuse(CONTENTS, trouble.fault.message)
        return _parse_facts(raw, self._place)

    def _write(self, place: Place, target: Path, listed: object) -> str | None:
        """Writes a member; what is wrong with it, and then, where it is damaged, nothing is left of it."""
        content = self._directory.content(place.offset)
        if content.method not in PLAIN_METHODS:
            return f"compressed in a way that no pack is (method {content.method})"
        found = sha512()
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as stream:
                for block in content_blocks(self._file, content):
                    found.update(block)
                    stream.write(block)
        except ContainerError as trouble:
            target.unlink()
            return trouble.fault.message
        return None if found.hexdigest() == listed else "not the bytes that were packed"


def _parse_facts(raw: bytes, place: str) -> dict[str, Any]:
    try:
        facts = json.loads(raw)
    except (ValueError, RecursionError) as trouble:
        raise ConfigurationError(
            f"{place}: not a pack: {CONTENTS}: {trouble}", remedy=_AS_WRITTEN
        ) from trouble
    if not isinstance(facts, dict) or facts.get("kind") != KIND or not isinstance(facts.get("members"), dict):
        raise ConfigurationError(f"{place}: not a pack of evidence", remedy=_AS_WRITTEN)
    for name, of in (("left_out", "runs"), ("left_out_parts", "paths")):
        left_out = facts.get(name, [])
        if not isinstance(left_out, list) or not all(isinstance(each, str) for each in left_out):
            raise ConfigurationError(
                f"{place}: not a pack: {CONTENTS}: {name}: a list of {of} expected", remedy=_AS_WRITTEN
            )
    if facts.get("version") != VERSION:
        raise ConflictError(
            f"{place}: a pack of version {facts.get('version')}; this program reads version {VERSION}",
            remedy="use a newer release of archive",
        )
    return facts

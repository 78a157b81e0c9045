"""Tag files of a bag changed together: after a crash the old ones stand, or the same command finishes.

Everything new is staged in `.unfinished-update/` inside the bag, with a second name for everything old, and
made durable; then a journal says what is to be done, and from then on it is done, however often it has to be
begun again. The order keeps the bag valid between any two steps, where no change needs two files at once: tag
manifests that will not hold any more go first, new ones come last (a bag may have none, RFC 8493 §2.2.1).
"""

import contextlib
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.core.canonical import readable
from archive.core.errors import ConflictError, StorageError
from archive.core.limits.bags import TAG_JOURNAL_BYTES
from archive.core.limits.values import GIVEN_NAME_BYTES
from archive.core.text import is_utf8, printable
from archive.storage.disk.digested_file import DigestedFile, digests_of
from archive.storage.disk.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    read_plain,
    remedy_of,
    remove,
    rename,
    storage_error,
    sync_file,
    sync_folder,
    write_new,
)
from archive.storage.disk.kinds import something_at
from archive.storage.disk.streamed_file import pieces_of, sha512_of_file
from archive.storage.intents import remove_tree

FOLDER: Final = ".unfinished-update"
_JOURNAL: Final = "journal.json"
_VERSION: Final = 1
_DECLARATION: Final = "bagit.txt"
_TAG_MANIFEST: Final = "tagmanifest-"
# A journal may lie in a bag from anywhere: it can name only files at the top of the bag that updates change.
_NAME: Final = re.compile(r"(?:bagit|bag-info|package-info|fetch|(?:tag)?manifest-[^/\0]+)\.txt")

_FOLDERS: Final = frozenset({"new", "old"})
_FILES: Final = frozenset({_JOURNAL, f"{_JOURNAL}.tmp"})
_STAGED: Final = re.compile(_NAME.pattern.replace("(?:tag)?", "(?:tag-)?"))


class Change(NamedTuple):
    """One file at the top of the bag: sha512 (hexadecimal) before and after, None where there is none."""

    name: str
    before: str | None
    after: str | None

    @property
    def word(self) -> str:
        """What happens to it: `added`, `replaced` or `removed`."""
        if self.after is None:
            return "removed"
        return "added" if self.before is None else "replaced"


class Recovered(NamedTuple):
    """The changes of an earlier run that were finished; `same` where it had been asked for the same."""

    changes: tuple[Change, ...]
    same: bool


class _Journal(NamedTuple):
    changes: tuple[Change, ...]
    request: Any


class TagFileChanges:
    """Changes of one bag's tag files; the bag's folder is locked by whoever makes them."""

    def __init__(self, bag: str, request: Mapping[str, Any], *, dry_run: bool = False) -> None:
        """`request` is what was asked for, as JSON: it tells whether a later run asks for the same.

        With `dry_run` changes are only worked out.
        """
        self._dry_run = dry_run
        self._bag = bag
        self._request = request
        self._folder = os.path.join(bag, FOLDER)
        self._changes: dict[str, Change] = {}

    def begin(self) -> None:
        """Makes the folder for what is staged."""
        if self._dry_run:
            return
        for folder in (self._folder, self._staged(), self._kept()):
            make_folder(folder)

    def stage(self, name: str, pieces: Iterable[bytes], algorithms: Iterable[str] = ()) -> dict[str, str]:
        """Stages a file's new content; returns its digests (hexadecimal) by hashlib name, sha512 among them.

        OSError or ReadBackError where it cannot be written.
        """
        names = tuple(dict.fromkeys(("sha512", *algorithms)))
        if self._dry_run:
            digests = digests_of(pieces, names)
        else:
            digests = _written(self._staged(name), pieces, names)
            os.chmod(self._staged(name), self._mode(name))
        self._changes[name] = Change(name, self._digest(name), digests["sha512"])
        return digests

    def drop(self, name: str) -> None:
        """Says that a file is to be removed."""
        self._changes[name] = Change(name, self._digest(name), None)

    def changes(self) -> tuple[Change, ...]:
        """What is to be done, by name; files that stay as they are are left out."""
        return tuple(sorted(change for change in self._changes.values() if change.before != change.after))

    def commit(self) -> None:
        """From here on the changes happen: journal first, then the files, then the journal goes."""
        if self._dry_run:
            return
        changes = self.changes()
        for change in changes:
            if change.before is not None:
                self._keep(change.name)
        for change in changes:
            if change.after is not None:
                sync_file(self._staged(change.name))
        for folder in (self._staged(), self._kept(), self._folder):
            sync_folder(folder)
        data = _journal(changes, self._request)
        temporary = os.path.join(self._folder, f"{_JOURNAL}.tmp")
        write_new(temporary, data, sync=True)
        read_back(temporary, data)
        rename(temporary, os.path.join(self._folder, _JOURNAL))
        sync_folder(self._folder)
        sync_folder(self._bag)
        self._carry_out(changes)

    def abandon(self) -> None:
        """Removes what was staged, where nothing was committed."""
        if not something_at(os.path.join(self._folder, _JOURNAL)) and something_at(self._folder):
            remove_tree(Path(self._folder))

    def recover(self) -> Recovered | None:
        """Finishes changes that a run that died had committed, or removes what it had staged.

        What was finished, or None. Raises ConflictError where a file is neither the old one nor the new one,
        or the folder is not one of ours: then nothing is touched.
        """
        if not unfinished(self._bag):
            return None
        self._require_folders()
        journal = self._read_journal()
        if journal is None:
            remove_tree(Path(self._folder))
            return None
        for change in journal.changes:
            self._require_known(change)
        self._carry_out(journal.changes)
        return Recovered(journal.changes, journal.request == self._request)

    def _require_folders(self) -> None:
        """ConflictError where anything else stands in our folders' place: a bag may come from anywhere."""
        for folder in (self._folder, self._staged(), self._kept()):
            with contextlib.suppress(FileNotFoundError):
                if not stat.S_ISDIR(os.lstat(folder).st_mode):
                    raise _in_the_way(folder, "is in the way, and no folder of an unfinished update")
                self._require_ours(folder)

    def _require_ours(self, folder: str) -> None:
        """ConflictError where a folder holds what no update leaves: it would be removed with the folder."""
        top = folder == self._folder
        try:
            with os.scandir(folder) as listing:
                for entry in listing:
                    inner = top and entry.name in _FOLDERS
                    ours = entry.name in _FILES if top else _STAGED.fullmatch(entry.name)
                    if not inner and (not ours or entry.is_dir(follow_symlinks=False)):
                        raise _in_the_way(entry.path, "is in the way, and nothing that an update leaves")
        except OSError as trouble:
            raise storage_error(trouble, folder, "look into the folder") from trouble

    def _carry_out(self, changes: Iterable[Change]) -> None:
        manifests = [change for change in changes if change.name.startswith(_TAG_MANIFEST)]
        others = [change for change in changes if change not in manifests]
        for change in manifests:
            if self._digest(change.name) != change.after:
                remove(os.path.join(self._bag, change.name))
        sync_folder(self._bag)
        for group in (others, manifests):
            for change in group:
                if change.after is not None and something_at(self._staged(change.name)):
                    rename(self._staged(change.name), os.path.join(self._bag, change.name))
            for change in group:
                if change.after is None:
                    remove(os.path.join(self._bag, change.name))
            sync_folder(self._bag)
        remove(os.path.join(self._folder, _JOURNAL))
        sync_folder(self._folder)
        remove_tree(Path(self._folder))
        sync_folder(self._bag)

    def _require_known(self, change: Change) -> None:
        """ConflictError where a file of an unfinished change is not one that the journal knows.

        What is still to be replaced or removed must be kept, as a run keeps it before its journal is there:
        else the journal is not from a run of ours, and nothing could be put back.
        """
        now = self._digest(change.name)
        staged = os.path.join(FOLDER, "new", _inner(change.name))
        waiting = sha512_of_file(self._staged(change.name)) if self._is_staged(change.name) else None
        gone = now is None and change.name.startswith(_TAG_MANIFEST)
        if now not in {change.before, change.after} and not gone:
            raise ConflictError(
                f"{printable(os.path.join(self._bag, change.name))}: was changed since an update of this bag"
                " was interrupted",
                remedy=f"the old file is {FOLDER}/old/{_inner(change.name)}, the new one {staged}:"
                " put one of the two in its place",
            )
        if change.after not in {now, waiting}:
            raise ConflictError(
                f"{printable(os.path.join(self._bag, staged))}: is not what an interrupted update had staged",
                remedy=f"the old files are in {FOLDER}/old: put them back and remove {FOLDER}",
            )
        if now != change.after and change.before is not None and not self._is_kept(change):
            kept = os.path.join(FOLDER, "old", _inner(change.name))
            raise ConflictError(
                f"{printable(os.path.join(self._bag, kept))}: is not the old file that an update keeps",
                remedy=f"remove {FOLDER}, and archive verify says whether the bag is valid without it",
            )

    def _is_kept(self, change: Change) -> bool:
        kept = self._kept(change.name)
        return something_at(kept) and sha512_of_file(kept) == change.before

    def _read_journal(self) -> _Journal | None:
        path = os.path.join(self._folder, _JOURNAL)
        try:
            data = read_plain(path, TAG_JOURNAL_BYTES)
            if data is None:
                return None
            document = json.loads(data)
            if document["version"] != _VERSION:
                raise ConflictError(
                    f"{printable(path)}: is of a newer form", remedy="use a newer release of archive"
                )
            return _Journal(_changes(document["changes"]), document["request"])
        except (NotAPlainFileError, ValueError, KeyError, TypeError, RecursionError) as trouble:
            raise ConflictError(
                f"{printable(path)}: is not a journal of this program",
                remedy=f"the old files are in {FOLDER}/old: put them back and remove {FOLDER}",
            ) from trouble

    def _keep(self, name: str) -> None:
        """Gives the old file a second name, or copies it where the file system has no hard links."""
        old, kept = os.path.join(self._bag, name), self._kept(name)
        try:
            os.link(old, kept, follow_symlinks=False)
        except OSError:
            try:
                _written(kept, pieces_of(old), ("sha512",))
            except OSError as trouble:
                raise storage_error(trouble, kept, "keep the old file") from trouble
            sync_file(kept)

    def _digest(self, name: str) -> str | None:
        path = os.path.join(self._bag, name)
        return sha512_of_file(path) if something_at(path) else None

    def _is_staged(self, name: str) -> bool:
        return something_at(self._staged(name))

    def _mode(self, name: str) -> int:
        """That of the file that is replaced, or of bagit.txt."""
        for like in (name, _DECLARATION):
            with contextlib.suppress(OSError):
                return os.lstat(os.path.join(self._bag, like)).st_mode & 0o777
        return 0o444

    def _staged(self, name: str = "") -> str:
        return os.path.join(self._folder, "new", _inner(name)) if name else os.path.join(self._folder, "new")

    def _kept(self, name: str = "") -> str:
        return os.path.join(self._folder, "old", _inner(name)) if name else os.path.join(self._folder, "old")


def _in_the_way(path: str, why: str) -> ConflictError:
    return ConflictError(f"{printable(path)}: {why}", remedy="look at it and move it away")


def _inner(name: str) -> str:
    """A file's name in our folders: bagit-python takes any path with `tagmanifest-` for a tag manifest."""
    return name.replace(_TAG_MANIFEST, "tag-manifest-")


def _written(path: str, pieces: Iterable[bytes], algorithms: Sequence[str]) -> dict[str, str]:
    file = DigestedFile(path, algorithms)
    try:
        for piece in pieces:
            file.write(piece)
        return file.finish()
    finally:
        file.close()


def unfinished(bag: str) -> bool:
    """True where an update of the bag began and did not end."""
    try:
        return something_at(os.path.join(bag, FOLDER))
    except OSError as trouble:
        raise StorageError(
            f"{printable(bag)}: cannot be read: {trouble.strerror}", remedy=remedy_of(trouble)
        ) from trouble


def _changes(rows: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """The rows of the journal; ValueError where one file changes twice, or as no update changes it."""
    changes = tuple(_change(row) for row in rows)
    if len({change.name for change in changes}) < len(changes):
        raise ValueError("a file changes once")
    return changes


def _change(row: Mapping[str, Any]) -> Change:
    """A row of the journal; ValueError where it names what no update changes."""
    if not _NAME.fullmatch(row["name"]) or not is_utf8(row["name"]):
        raise ValueError("no tag file of ours")
    if len(_inner(row["name"]).encode()) > GIVEN_NAME_BYTES:
        raise ValueError("no disk can hold it")
    if not all(isinstance(row[digest], str | None) for digest in ("before", "after")):
        raise ValueError("no digest")
    if row["name"] == _DECLARATION and row["after"] is None:
        raise ValueError("without it there is no bag")
    return Change(row["name"], row["before"], row["after"])


def _journal(changes: Iterable[Change], request: Mapping[str, Any]) -> bytes:
    rows = [change._asdict() for change in changes]
    head = {"kind": "bag-update-journal", "version": _VERSION}
    return readable({**head, "request": request, "changes": rows})

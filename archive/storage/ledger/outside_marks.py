"""Marks from outside over checkpoints: `ledger/<kind>/<size>-<digest>/` with the files of each as they came.

The digest in the folder's name, the first 32 digits of SHA-256 over the files one after another, shows
damage; what a mark proves is shown by its own signature. One that is taken away leaves no trace: whoever
removes it only loses what it proved.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.errors import StorageError
from archive.core.litter import litter
from archive.core.text import printable
from archive.storage.disk.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    read_plain,
    remove,
    rename,
    storage_error,
    sync_folder,
    write_new,
)
from archive.storage.disk.kinds import link_lies_at, something_lies_at
from archive.storage.ledger.folder import LEDGER, MARK_NAME, LedgerFolder

_TEMPORARY: Final = ".new"


class StoredMark(NamedTuple):
    """One mark by its place relative to the archive, with the bytes of its files in their order.

    `trouble` says what is wrong with it, `unread` what kept it from being read, so that nothing is known of
    it; then there are no files.
    """

    place: str
    files: tuple[bytes, ...] = ()
    trouble: str | None = None
    unread: StorageError | None = None


class MarkFolder:
    """The marks of one kind; `files` has the name of each file of a mark with the most bytes it may have.

    `covered` gives the number of entries that the first of them is about, None where it is malformed.
    """

    def __init__(
        self,
        archive: Path,
        kind: str,
        files: Mapping[str, int],
        covered: Callable[[bytes], int | None],
    ) -> None:
        self._ledger = LedgerFolder(str(archive))
        self._kind = kind
        self._folder = archive / LEDGER / kind
        self._place = f"{LEDGER}/{kind}"
        self._files = files
        self._covered = covered

    def put(self, size: int, *contents: bytes) -> str:
        """Keeps a mark over so many entries, durable and whole or not at all; returns its place.

        The caller holds the writer's lock. The same one again changes nothing. StorageError where it cannot
        be written.
        """
        self._ledger.refuse_links(self._kind)
        if make_folder(str(self._folder)):
            sync_folder(str(self._folder.parent))
        name = f"{size}-{_digest(contents)}"
        temporary, target = str(self._folder / _TEMPORARY), str(self._folder / name)
        self._clear(temporary)
        if something_lies_at(target):
            return f"{self._place}/{name}"
        make_folder(temporary)
        for file, data in zip(self._files, contents, strict=True):
            path = os.path.join(temporary, file)
            write_new(path, data, sync=True)
            read_back(path, data)
        sync_folder(temporary)
        rename(temporary, target)
        sync_folder(str(self._folder))
        return f"{self._place}/{name}"

    def stored(self) -> Iterator[StoredMark]:
        """Every mark, in the order of the sizes they cover; what is none of ours comes with its trouble.

        Raises StorageError where the folder cannot be listed.
        """
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return
        except OSError as trouble:
            raise storage_error(trouble, str(self._folder), "list the folder") from trouble
        for name in sorted(names, key=_order):
            # of a command that was killed: the next one clears it; or left by a desktop
            if name != _TEMPORARY and litter(name) is None:
                yield self._read(name)

    def _read(self, name: str) -> StoredMark:
        place = f"{self._place}/{name}"
        if not MARK_NAME.fullmatch(name):
            return StoredMark(place, trouble="no mark that was kept here")
        found = []
        try:
            if link_lies_at(self._folder / name):
                return StoredMark(place, trouble="a link stands in its place")
            for file, limit in self._files.items():
                data = read_plain(str(self._folder / name / file), limit)
                if data is None:
                    return StoredMark(place, trouble=f"{file} is missing")
                found.append(data)
        except NotAPlainFileError as trouble:
            return StoredMark(place, trouble=printable(str(trouble)))
        except StorageError as trouble:
            return StoredMark(place, unread=trouble)
        except OSError as trouble:  # of a look at what has the name
            return StoredMark(place, unread=storage_error(trouble, str(self._folder / name), "look at"))
        if name.partition("-")[2] != _digest(found):
            return StoredMark(place, trouble="its files are not those that were kept")
        size = self._covered(found[0])
        if size is not None and name.partition("-")[0] != str(size):
            return StoredMark(place, trouble=f"it is about {size} entries, and not as many as its name says")
        return StoredMark(place, tuple(found))

    def _clear(self, temporary: str) -> None:
        for file in self._files:
            remove(os.path.join(temporary, file))
        with contextlib.suppress(FileNotFoundError):
            try:
                os.rmdir(temporary)
            except FileNotFoundError:
                return
            except OSError as trouble:
                raise storage_error(trouble, temporary, "clear the folder") from trouble


def _order(name: str) -> tuple[int, bytes]:
    match = MARK_NAME.fullmatch(name)
    return int(match[1]) if match else -1, os.fsencode(name)


def _digest(files: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(files)).hexdigest()[:32]

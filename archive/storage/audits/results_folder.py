"""The folder of one run of an audit or a copy, while its results come.

`audits/<run>/plan.json` is written first; then a file of results for each chunk, renamed into place when
whole; at the end the list of them, which the ledger vouches for. A resumed run adds files and writes the next
list.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from archive.core.canonical import readable
from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.limits.archives import RESULTS_FILE_BYTES
from archive.storage.audits.results import (
    OPEN,
    PLAN,
    VERSION,
    ListedChunk,
    ResultsList,
    digest_of,
    is_chunk,
    list_number,
    read_chunk,
    read_list,
)
from archive.storage.audits.unlisted_results import UnlistedResults
from archive.storage.disk.durable import READ_ONLY, refuse_link, remedy_of, replace_file, sync_folder
from archive.storage.disk.kinds import something_lies_at
from archive.storage.disk.streamed_file import sha512_of_plain

_NO_PLAN: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EMLINK})


class ResultsFolder:
    """The folder of one run, while it is written; no other process of ours writes to it meanwhile.

    `unlisted` keeps, with the keys, what is stored before a list names it; None where the run is not one that
    could be resumed. `passed_over` are files of results that a resumed run found and does not believe.
    """

    def __init__(self, audits: Path, run: str, unlisted: UnlistedResults | None = None) -> None:
        self.run = run
        self.folder = audits / run
        self.passed_over: list[str] = []
        self._unlisted = unlisted
        self._chunks: list[ListedChunk] = []
        self._doubtful: set[str] = set()
        self._list = 0
        self._number = 0
        self._lock = -1

    def begin(self, plan: dict[str, Any]) -> None:
        """Makes the folder with its plan; durable on return."""
        try:
            os.mkdir(self.folder, 0o755)
        except OSError as trouble:
            raise StorageError(
                f"audits/{self.run}: cannot be made: {trouble.strerror}", remedy=remedy_of(trouble)
            ) from trouble
        replace_file(str(self.folder / PLAN), readable({"version": VERSION, **plan}), READ_ONLY)
        sync_folder(str(self.folder.parent))
        self._hold()

    def resume(self, known_lists: Sequence[str], started: str) -> None:
        """Takes up a run that did not end: what is listed in the ledger's lists, then what came after.

        `known_lists` are their sha512, oldest first. What no list names counts where its digest lies with the
        keys, and is removed where it does not, unless a known list is lost: its bags are read again.
        `started` stands for the time of it. Raises ConflictError where the run is still going on,
        StorageError where its folder cannot be read or is a link.
        """
        refuse_link(str(self.folder))
        self._hold()
        try:
            names = sorted(os.listdir(self.folder))
        except OSError as trouble:
            raise StorageError(
                f"audits/{self.run}: cannot be read: {trouble.strerror}", remedy=remedy_of(trouble)
            ) from trouble
        listed, lost = self._take_lists(names, known_lists)
        for chunk in self._chunks:
            if digest_of(self.folder / chunk.file) != chunk.sha512:
                self._doubtful.add(chunk.file)  # its bags are read anew
        ours = self._unlisted.read() if self._unlisted is not None else {}
        for name in names:
            if is_chunk(name) and name not in listed:
                self._take_unlisted(name, ours.get(name), started, keep=lost)
            elif name.startswith(".") and name.endswith(".tmp"):
                os.unlink(self.folder / name)
        self._number = max((int(chunk.file.partition(".")[0]) for chunk in self._chunks), default=0)

    def _take_lists(self, names: Iterable[str], known: Sequence[str]) -> tuple[set[str], bool]:
        """Takes up the newest list that the ledger knows; what all of them list, and whether one is lost.

        Where one is, nothing is removed: any other may be it, altered, and any file one that it lists.
        """
        found: dict[str, ResultsList] = {}
        others: list[str] = []
        for name in sorted(filter(list_number, names), key=list_number):
            one = read_list(self.folder / name)
            if one is not None and one.sha512 in known:
                found[one.sha512] = one
            elif one is not None:  # its entry never reached the ledger
                others.append(name)
        lost = not found.keys() >= set(known)
        for name in () if lost else others:
            os.unlink(self.folder / name)
        for digest in known:  # in the order of the ledger, whatever names they bear
            if digest in found:
                self._chunks = list(found[digest].chunks)
        self._list = len(known)
        return {chunk.file for one in found.values() for chunk in one.chunks}, lost

    def _take_unlisted(self, name: str, stored: str | None, started: str, *, keep: bool) -> None:
        # Where storage does not tell, nothing is removed: it may be what was stored.
        if stored is not None and sha512_of_plain(str(self.folder / name), RESULTS_FILE_BYTES) == stored:
            self._chunks.append(ListedChunk(name, stored, started))
            return
        if keep:
            return
        try:
            os.unlink(self.folder / name)
        except OSError as trouble:
            raise StorageError(
                f"audits/{self.run}/{name}: cannot be removed: {trouble.strerror}",
                remedy="remove it: neither the ledger nor the folder of the keys knows these results",
            ) from trouble
        self.passed_over.append(name)

    def done(self) -> Iterator[dict[str, Any]]:
        """The rows that earlier parts of the run have written, as far as they can be believed and read.

        `looked` is the time by which a bag had been looked at.
        """
        for chunk in self._chunks:
            if chunk.file not in self._doubtful:
                with contextlib.suppress(OSError, ValueError):
                    for row in read_chunk(self.folder / chunk.file):
                        yield {**row, "looked": chunk.time}

    def add(self, data: bytes, time: str) -> None:
        """Puts the file of a chunk looked at by that time in place; durable on return, or not there."""
        name = self._free_chunk()
        try:
            replace_file(str(self.folder / name), data, READ_ONLY)
        except BaseException:
            # It is in place where only the last sync failed, and no list will name it.
            with contextlib.suppress(OSError):
                os.unlink(self.folder / name)
            raise
        sha512 = hashlib.sha512(data).hexdigest()
        self._chunks.append(ListedChunk(name, sha512, time))
        if self._unlisted is not None:
            self._unlisted.add(name, sha512)

    def finish(self, summary: dict[str, Any]) -> str:
        """Writes the list of the chunks; returns its sha512 (hex) for the ledger. Durable, or not there."""
        name = self._free_list()
        chunks = [chunk._asdict() for chunk in self._chunks]
        data = readable({"version": VERSION, "run": self.run, "chunks": chunks, **summary})
        try:
            replace_file(str(self.folder / name), data, READ_ONLY)
        except BaseException:
            self.retract()
            raise
        return hashlib.sha512(data).hexdigest()

    def retract(self) -> None:
        """Removes the list just written: the ledger could not be made to vouch for it."""
        with contextlib.suppress(OSError):
            os.unlink(self.folder / f"results-{self._list}.json")
        self._list -= 1

    def vouched(self) -> None:
        """The ledger vouches for the list just written."""
        if self._unlisted is not None:
            self._unlisted.drop()

    def _free_chunk(self) -> str:
        """The next name of a chunk: what stands there beside a lost list is not replaced."""
        while True:
            self._number += 1
            name = f"{self._number:06d}.jsonl.gz"
            if not something_lies_at(self.folder / name):
                return name

    def _free_list(self) -> str:
        """The next name of a list, likewise."""
        while True:
            self._list += 1
            name = f"results-{self._list}.json"
            if not something_lies_at(self.folder / name):
                return name

    def close(self) -> None:
        """Lets others take the run up."""
        if self._unlisted is not None:
            self._unlisted.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _hold(self) -> None:
        try:
            self._lock = os.open(self.folder / PLAN, OPEN)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            self.close()
            raise ConflictError(
                f"audits/{self.run}: this audit is still going on", remedy="wait until it is done"
            ) from trouble
        except OSError as trouble:
            if trouble.errno not in _NO_PLAN:
                place = f"audits/{self.run}/{PLAN}"
                raise StorageError(
                    f"{place}: cannot be read: {trouble.strerror}", remedy=remedy_of(trouble)
                ) from trouble
            raise ConfigurationError(
                f"audits/{self.run}: no audit that could be resumed", remedy="begin a new one: archive audit"
            ) from trouble

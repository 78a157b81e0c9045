"""Audits that wait for a signature, kept with the keys and outside the archive.

`<folder of the keys>/waiting/<archive>/<run>.json`. What is signed later is this statement and the results
whose digest it holds: whoever can write to the archive alone can neither change it nor have anything else
signed in its place. Whoever can write to the folder of the keys can.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha512
from typing import Any, Final, NamedTuple

from archive.core.canonical import readable
from archive.core.errors import ConflictError
from archive.core.ids import is_uuid7
from archive.core.ledger.entries import Entry, EntryType, is_entry_time, parse_entry
from archive.core.ledger.entry_members import fault_in
from archive.core.limits.archives import WAITING_BYTES
from archive.core.outcomes import RunOutcome
from archive.core.text import printable
from archive.storage.audits.begun_runs import BegunRun
from archive.storage.disk.durable import (
    NotAPlainFileError,
    read_plain,
    remove,
    replace_file,
    storage_error,
)
from archive.storage.keys.signing_key import PRIVATE, folder_about, make_key_home

_FINISHED: Final = frozenset({"time", "agents", "outcome", "counts", "results", "interrupted"})
_BEGINNINGS: Final = frozenset({EntryType.AUDIT_STARTED, EntryType.COPY_AUDIT_STARTED})
_OUTCOMES: Final = frozenset(outcome.value for outcome in RunOutcome)
_MEMBERS: Final = frozenset({"version", "run", "ledger", "started", "finished"})
_DIGEST: Final = "sha512"
WAITING: Final = "waiting"
VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRun:
    """One audit: the ledger that it judged by, the text of its `audit started`, and how it ended.

    `finished` has the members of its `audit finished` but the index of the other entry; None while the audit
    goes on, or where it was killed. Of the audit of a copy these are `copy audit started` and `copy audited`.
    """

    run: str
    size: int
    root: str
    started: str
    finished: dict[str, Any] | None = None

    @property
    def results(self) -> str | None:
        """The sha512 (hex) of its list of results; None where it did not end."""
        results: str | None = None if self.finished is None else self.finished["results"]
        return results

    @property
    def begun(self) -> BegunRun:
        """Its beginning, as its `audit started` tells it."""
        entry = parse_entry(self.started.encode())
        mode, choice = entry.get("mode"), entry.get("choice")
        return BegunRun(self.run, None, entry.time, mode, choice, _copy_of(entry))

    @property
    def copy(self) -> str | None:
        """The place of the copy whose bytes it looked at; None where they were the archive's own."""
        return _copy_of(parse_entry(self.started.encode()))

    def to_json(self) -> dict[str, Any]:
        """The statement as it is kept, with the digest of the rest of it."""
        statement = {
            "version": VERSION,
            "run": self.run,
            "ledger": {"size": self.size, "root": self.root},
            "started": self.started,
            "finished": self.finished,
        }
        return {**statement, _DIGEST: _digest_of(statement)}


class DamagedStatement(NamedTuple):
    """A file where the statement about a run is expected, and why it is none."""

    run: str
    path: str
    trouble: str


class WaitingRuns:
    """The statements about one archive. Every write is durable before the call returns."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    @classmethod
    def of(cls, archive_id: str) -> "WaitingRuns":
        """Those of the archive with that identifier, in the folder where keys are looked for."""
        return cls(folder_about(archive_id, WAITING))

    def all(self) -> Iterator[WaitingRun | DamagedStatement]:
        """Every statement, in the order in which the runs began; StorageError where it cannot be read."""
        try:
            names = sorted(os.listdir(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as trouble:
            raise storage_error(trouble, self.folder, "list the folder") from trouble
        for name in names:
            run = name.removesuffix(".json")
            if name.endswith(".json") and is_uuid7(run):
                yield self._read(run)

    def finished(self) -> list[WaitingRun]:
        """Those that have ended and wait."""
        return [run for run in self.all() if isinstance(run, WaitingRun) and run.finished is not None]

    def runs(self) -> dict[str, WaitingRun]:
        """Every statement that can be read, by its run."""
        return {run.run: run for run in self.all() if isinstance(run, WaitingRun)}

    def put(self, run: WaitingRun) -> None:
        """Keep the statement, in place of an earlier one of the same run."""
        make_key_home(self.folder)
        replace_file(self._path(run.run), readable(run.to_json()), PRIVATE)

    def drop(self, run: str) -> None:
        """Forget a run: it is recorded, or came to nothing."""
        remove(self._path(run))

    def _path(self, run: str) -> str:
        return os.path.join(self.folder, f"{run}.json")

    def _read(self, run: str) -> WaitingRun | DamagedStatement:
        path = self._path(run)
        try:
            raw = read_plain(path, WAITING_BYTES)
            return _parse(raw or b"", run)
        except (
            NotAPlainFileError,
            ConflictError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as trouble:
            return DamagedStatement(run, path, printable(str(trouble)))


def _parse(raw: bytes, run: str) -> WaitingRun:
    document: Any = json.loads(raw)
    if document["version"] != VERSION:
        raise ValueError(f"version {VERSION} expected")
    if readable(document) != raw:  # nor is a text with half a character in it
        raise ValueError("it is not as it was written")
    digest = document.pop(_DIGEST, None)  # earlier versions wrote none
    if digest is not None and digest != _digest_of(document):
        raise ValueError("it is not what its digest says")
    size, root = document["ledger"]["size"], document["ledger"]["root"]
    started, finished = document["started"], document["finished"]
    if document.keys() != _MEMBERS or document["run"] != run or type(size) is not int or size < 0:
        raise ValueError("not the statement of this run")
    begun = parse_entry(str(started).encode())
    if not isinstance(root, str) or begun.run != run or begun.type not in _BEGINNINGS:
        raise ValueError("it does not begin this run")
    if begun.type == EntryType.COPY_AUDIT_STARTED and _copy_of(begun) is None:
        raise ValueError("it does not say of which copy")
    if finished is not None and not _ends(finished, begun):
        raise ValueError("it does not end this run")
    return WaitingRun(run=run, size=size, root=root, started=started, finished=finished)


def _ends(finished: dict[str, Any], begun: Entry) -> bool:
    """Whether the end of the run can be made of it; AttributeError where it is no table."""
    is_of_copy = begun.type == EntryType.COPY_AUDIT_STARTED
    size = finished.get("size")
    return (
        finished.keys() == (_FINISHED | {"size"} if is_of_copy else _FINISHED)
        and (not is_of_copy or (type(size) is int and size >= 0))
        and fault_in(finished, escapes=True) is None
        and finished["outcome"] in _OUTCOMES
        and type(finished["interrupted"]) is bool
        and isinstance(finished["time"], str)
        and is_entry_time(finished["time"])
        and finished["agents"] == list(begun.agents)
    )


def _copy_of(begun: Entry) -> str | None:
    copy = begun.get("copy") if begun.type == EntryType.COPY_AUDIT_STARTED else None
    return copy if isinstance(copy, str) else None


def _digest_of(statement: dict[str, Any]) -> str:
    return sha512(readable(statement)).hexdigest()

"""Results of audits: a compressed file per chunk as it comes, and a list of them that the ledger vouches for.

`audits/<run>/plan.json` is written first; `NNNNNN.jsonl.gz` has one JSON line per bag, renamed into place
when whole; `results-<n>.json` lists them with their sha512 and the time at which each came, and its own
digest stands in the ledger's `audit finished`. A resumed run adds chunks and writes the next list. Where a
bag stands in two chunks, the later one holds.
"""

import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.core.canonical import compact, readable
from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.ids import is_uuid7
from archive.core.limits.archives import RESULTS_LINE_BYTES, RESULTS_LIST_BYTES
from archive.core.outcomes import BagOutcome
from archive.storage.durable import NotAPlainFileError, read_plain, replace_file, sync_folder
from archive.storage.streamed_file import sha512_of_file

PLAN: Final = "plan.json"
VERSION: Final = 1
_LEVEL: Final = 6
_OUTCOMES: Final = frozenset(outcome.value for outcome in BagOutcome)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK: Final = re.compile(r"[0-9]{6,}\.jsonl\.gz")
_LIST: Final = re.compile(r"results-([1-9][0-9]{0,8})\.json")
_INTACT = re.compile(
    rb'\{"bag":"([0-9a-f-]{36})","bytes":([0-9]{1,18}),"files":([0-9]{1,18}),"outcome":"intact"\}\n'
)


class ChunkRow(NamedTuple):
    """One bag of a chunk as its results file keeps it."""

    bag: str
    outcome: str
    files: int
    bytes: int
    findings: list[dict[str, Any]]


class ListedChunk(NamedTuple):
    """A chunk's file as a list of results names it; `time` is when its bags had been looked at."""

    file: str
    sha512: str
    time: str


def pack(rows: Iterable[ChunkRow]) -> bytes:
    """The bytes of a chunk's file; the same rows give the same bytes."""
    lines = []
    for row in rows:
        document: dict[str, Any] = {
            "bag": row.bag,
            "bytes": row.bytes,
            "files": row.files,
            "outcome": row.outcome,
        }
        if row.findings:
            document["findings"] = row.findings
        lines.append(compact(document))
    return gzip.compress(b"\n".join(lines) + b"\n", _LEVEL, mtime=0)


def read_chunk(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a chunk's file, a line in memory at a time; ValueError or OSError where it is not one."""
    try:
        with open(os.open(path, _OPEN), "rb") as raw, gzip.GzipFile(fileobj=raw) as stream:
            while line := stream.readline(RESULTS_LINE_BYTES):
                # Nearly every row: a fifth of the time that parsing it takes.
                if plain := _INTACT.fullmatch(line):
                    bag, size, files = plain.groups()
                    yield {"bag": bag.decode(), "bytes": int(size), "files": int(files), "outcome": "intact"}
                    continue
                row = json.loads(line)
                if not _is_row(row):
                    raise ValueError("not a row of an audit")
                yield row
    except (EOFError, zlib.error, gzip.BadGzipFile, RecursionError) as trouble:
        raise ValueError(f"not a results file: {trouble}") from trouble


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("bag"), str)
        and is_uuid7(row["bag"])
        and isinstance(row.get("outcome"), str)
        and row["outcome"] in _OUTCOMES
        and all(type(row.get(name)) is int and 0 <= row[name] < 1 << 60 for name in ("files", "bytes"))
        and isinstance(row.get("findings", []), list)
    )


def is_chunk(name: str) -> bool:
    """True for the name of a chunk's file."""
    return _CHUNK.fullmatch(name) is not None


def list_number(name: str) -> int:
    """n of `results-<n>.json`; 0 for any other name."""
    match = _LIST.fullmatch(name)
    return int(match[1]) if match else 0


def read_list(path: Path) -> tuple[str, list[ListedChunk]] | None:
    """(sha512, chunks) of a list of results; None where there is no such file, or it is no list."""
    try:
        data = read_plain(str(path), RESULTS_LIST_BYTES)
        if data is None:
            return None
        chunks = [
            ListedChunk(str(one["file"]), str(one["sha512"]), _time(one.get("time")))
            for one in json.loads(data)["chunks"]
        ]
    except (NotAPlainFileError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not all(is_chunk(chunk.file) for chunk in chunks):
        return None
    return hashlib.sha512(data).hexdigest(), chunks


def read_summary(audits: Path, run: str, digest: str) -> dict[str, Any] | None:
    """The list of results with that sha512 (hexadecimal), whole; None where the run has none such."""
    folder = audits / run
    try:
        names = sorted(filter(list_number, os.listdir(folder)), key=list_number, reverse=True)
    except OSError:
        return None
    for name in names:
        try:
            data = read_plain(str(folder / name), RESULTS_LIST_BYTES)
            if data is not None and hashlib.sha512(data).hexdigest() == digest:
                document = json.loads(data)
                return document if isinstance(document, dict) else None
        except (NotAPlainFileError, StorageError, ValueError, RecursionError):
            continue
    return None


class ResultsFolder:
    """The folder of one audit run, while it is written; nobody else can write to it meanwhile."""

    def __init__(self, audits: Path, run: str) -> None:
        self.run = run
        self.folder = audits / run
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
            raise StorageError(f"audits/{self.run}: cannot be made: {trouble.strerror}") from trouble
        replace_file(str(self.folder / PLAN), readable({"version": VERSION, **plan}))
        sync_folder(str(self.folder.parent))
        self._hold()

    def resume(self, known_lists: Iterable[str], started: str) -> None:
        """Takes up a run that did not end: what is listed in the ledger's lists, then what came after.

        `started` stands for the time of chunks that no list names. Raises ConflictError where the run is
        still going on, StorageError where its folder cannot be read.
        """
        self._hold()
        try:
            names = sorted(os.listdir(self.folder))
        except OSError as trouble:
            raise StorageError(f"audits/{self.run}: cannot be read: {trouble.strerror}") from trouble
        known = set(known_lists)
        for name in sorted(names, key=list_number):
            if not list_number(name):
                continue
            found = read_list(self.folder / name)
            if found is not None and found[0] in known:
                self._chunks, self._list = found[1], list_number(name)
            elif found is not None:  # its entry never reached the ledger
                os.unlink(self.folder / name)
        listed = {chunk.file for chunk in self._chunks}
        for chunk in self._chunks:
            if digest_of(self.folder / chunk.file) != chunk.sha512:
                self._doubtful.add(chunk.file)  # its bags are read anew
        for name in names:
            if is_chunk(name) and name not in listed:
                self._chunks.append(ListedChunk(name, digest_of(self.folder / name) or "", started))
            elif name.startswith(".") and name.endswith(".tmp"):
                os.unlink(self.folder / name)
        self._number = max((int(chunk.file.partition(".")[0]) for chunk in self._chunks), default=0)

    def done(self) -> Iterator[dict[str, Any]]:
        """The rows that earlier parts of the run have written, as far as they can be believed and read."""
        for chunk in self._chunks:
            if chunk.file not in self._doubtful:
                with contextlib.suppress(OSError, ValueError):
                    yield from read_chunk(self.folder / chunk.file)

    def add(self, data: bytes, time: str) -> None:
        """Puts the file of a chunk looked at by that time in place; durable on return, or not there."""
        self._number += 1
        name = f"{self._number:06d}.jsonl.gz"
        try:
            replace_file(str(self.folder / name), data, 0o444)
        except BaseException:
            # It is in place where only the last sync failed, and no list will name it.
            with contextlib.suppress(OSError):
                os.unlink(self.folder / name)
            raise
        self._chunks.append(ListedChunk(name, hashlib.sha512(data).hexdigest(), time))

    def finish(self, summary: dict[str, Any]) -> str:
        """Writes the list of the chunks; returns its sha512 (hex) for the ledger. Durable, or not there."""
        self._list += 1
        chunks = [chunk._asdict() for chunk in self._chunks]
        data = readable({"version": VERSION, "run": self.run, "chunks": chunks, **summary})
        try:
            replace_file(str(self.folder / f"results-{self._list}.json"), data, 0o444)
        except BaseException:
            self.retract()
            raise
        return hashlib.sha512(data).hexdigest()

    def retract(self) -> None:
        """Removes the list just written: the ledger could not be made to vouch for it."""
        with contextlib.suppress(OSError):
            os.unlink(self.folder / f"results-{self._list}.json")
        self._list -= 1

    def close(self) -> None:
        """Lets others take the run up."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _hold(self) -> None:
        try:
            self._lock = os.open(self.folder / PLAN, _OPEN)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            self.close()
            raise ConflictError(f"audits/{self.run}: this audit is still going on") from trouble
        except OSError as trouble:
            raise ConfigurationError(
                f"audits/{self.run}: no audit that could be resumed", remedy="begin a new one: archive audit"
            ) from trouble


def is_unsigned(folder: Path) -> bool:
    """True where the plan says that the audit was begun without a signature."""
    try:
        data = read_plain(str(folder / PLAN), RESULTS_LINE_BYTES)
        return data is not None and json.loads(data).get("unsigned") is True
    except (NotAPlainFileError, StorageError, ValueError, AttributeError, RecursionError):
        return False


def is_begun(folder: Path) -> bool:
    """False for the folder of an audit that was killed before its plan was in place."""
    try:
        return any(not name.startswith(f".{PLAN}.") for name in os.listdir(folder))
    except OSError:
        return True


def read_plan(audits: Path, run: str) -> dict[str, Any]:
    """The plan of a run; ConfigurationError where there is none."""
    remedy = "begin a new one: archive audit"
    try:
        data = read_plain(str(audits / run / PLAN), RESULTS_LINE_BYTES)
        plan = json.loads(data) if data is not None else None
    except (NotAPlainFileError, ValueError, RecursionError):
        plan = None
    if not isinstance(plan, dict):
        raise ConfigurationError(f"audits/{run}: no audit that could be resumed", remedy=remedy)
    if plan.get("version") != VERSION:
        raise ConflictError(f"audits/{run}/{PLAN}: written by another version of archive", remedy=remedy)
    return plan


def past_checks(audits: Path, run: str) -> Iterator[dict[str, Any]]:
    """The rows of one audit's results, for whoever schedules; what cannot be read is left out.

    `looked` is the time by which the bag had been looked at, where a list of results says it.
    """
    folder = audits / run
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    times: dict[str, str] = {}
    for name in names:
        if list_number(name) and (found := read_list(folder / name)) is not None:
            times |= {chunk.file: chunk.time for chunk in found[1]}
    for name in names:
        if not is_chunk(name):
            continue
        with contextlib.suppress(OSError, ValueError):
            for row in read_chunk(folder / name):
                if times.get(name):
                    row["looked"] = times[name]
                yield row


def _time(text: Any) -> str:
    return text if isinstance(text, str) and _TIME.fullmatch(text) else ""


def digest_of(path: Path) -> str | None:
    """The sha512 (hexadecimal) of a results file; None where it cannot be read."""
    try:
        return sha512_of_file(str(path))
    except StorageError:
        return None

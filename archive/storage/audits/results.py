"""Results of audits: a compressed file per chunk as it comes, and a list of them that the ledger vouches for.

`NNNNNN.jsonl.gz` has one JSON line per bag; `results-<n>.json` lists these files with their sha512 and the
time at which each came, and its own digest stands in the ledger's `audit finished`. Where a bag stands in two
files, the later one holds.
"""

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.core.canonical import compact
from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.ids import is_uuid7
from archive.core.limits.archives import RESULTS_FILE_BYTES, RESULTS_LINE_BYTES, RESULTS_LIST_BYTES
from archive.core.outcomes import BagOutcome
from archive.storage.disk.durable import NotAPlainFileError, read_plain, storage_error
from archive.storage.disk.streamed_file import sha512_of_plain

PLAN: Final = "plan.json"
VERSION: Final = 1
# What a list of results says of the run, and the ledger's entry of its end says, too.
_TOLD: Final = ("run", "copy", "outcome", "counts", "interrupted")
_LEVEL: Final = 6
_OUTCOMES: Final = frozenset(outcome.value for outcome in BagOutcome)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
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


class ResultsList(NamedTuple):
    """A list of results: its sha512 (hexadecimal), its chunks, and what it tells of how the run ended."""

    sha512: str
    chunks: list[ListedChunk]
    told: Mapping[str, Any]


def told_of_end(members: Mapping[str, Any]) -> dict[str, Any]:
    """What a list of results, or the entry of a run's end, tells of how it ended."""
    return {name: members[name] for name in _TOLD if name in members}


def contradiction(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """The first member of how a run ended that two tell differently; what only one tells is none."""
    for name in _TOLD:
        if name in one and name in other and _spelled(one[name]) != _spelled(other[name]):
            return name
    return None


def _spelled(value: Any) -> bytes | None:
    """A value in the one way to write it; None for what nobody writes. 1 is neither 1.0 nor true."""
    try:
        return compact(value)
    except (ValueError, RecursionError):
        return None


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


def read_chunk(path: Path, most: int = RESULTS_FILE_BYTES) -> Iterator[dict[str, Any]]:
    """The rows of a chunk's file, a line in memory at a time.

    Raises ValueError or OSError where it is not one, or has more than `most` bytes.
    """
    try:
        with open(os.open(path, OPEN), "rb") as raw, gzip.GzipFile(fileobj=raw) as stream:
            if os.fstat(raw.fileno()).st_size > most:
                raise ValueError("larger than a results file")
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


def read_list(path: Path) -> ResultsList | None:
    """A list of results; None where there is no such file, or it is no list."""
    try:
        data = read_plain(str(path), RESULTS_LIST_BYTES)
        if data is None:
            return None
        document = json.loads(data)
        chunks = [
            ListedChunk(str(one["file"]), str(one["sha512"]), _time(one.get("time")))
            for one in document["chunks"]
        ]
        told = told_of_end(document)
    except (NotAPlainFileError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    files = {chunk.file for chunk in chunks}  # one that is named again would be read again
    if len(files) < len(chunks) or not all(map(is_chunk, files)):
        return None
    return ResultsList(hashlib.sha512(data).hexdigest(), chunks, told)


def require_summary(audits: Path, run: str, digest: str) -> dict[str, Any] | None:
    """The list of results with that sha512 (hexadecimal), whole; None where the run has none such.

    Raises StorageError where one that cannot be read may be it.
    """
    folder = audits / run
    unread: StorageError | None = None
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "list the folder") from trouble
    for name in sorted(filter(list_number, names), key=list_number, reverse=True):
        try:
            data = read_plain(str(folder / name), RESULTS_LIST_BYTES)
            if data is not None and hashlib.sha512(data).hexdigest() == digest:
                document = json.loads(data)
                return document if isinstance(document, dict) else None
        except StorageError as trouble:
            unread = trouble
        except (NotAPlainFileError, ValueError, RecursionError):
            continue
    if unread is not None:
        raise unread
    return None


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


def is_time(text: Any) -> bool:
    """True for a time as entries write it."""
    return isinstance(text, str) and _TIME.fullmatch(text) is not None


def _time(text: Any) -> str:
    return text if is_time(text) else ""


def digest_of(path: Path) -> str | None:
    """The sha512 (hexadecimal) of a results file; None where it cannot be read, or is larger than any."""
    try:
        return sha512_of_plain(str(path), RESULTS_FILE_BYTES)
    except StorageError:
        return None

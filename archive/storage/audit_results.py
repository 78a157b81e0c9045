"""Results of audits: a compressed file per chunk as it comes, and a list of them that the ledger vouches for.

`audits/<run>/plan.json` is written first; `NNNNNN.jsonl.gz` has one JSON line per bag, renamed into place
when whole; `results-<n>.json` lists them with their sha512, and its own digest stands in the ledger's
`audit finished`. A resumed run adds chunks and writes the next list.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from archive.core import findings
from archive.core.canonical import compact, readable
from archive.core.errors import ConfigurationError
from archive.core.findings import Finding
from archive.storage.durable import replace_file, sync_folder

PLAN = "plan.json"
VERSION = 1
_LEVEL = 6


class ChunkRow(NamedTuple):
    """One bag of a chunk as its results file keeps it."""

    bag: str
    outcome: str
    files: int
    bytes: int
    findings: list[dict[str, Any]]


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


def unpack(data: bytes) -> Iterator[dict[str, Any]]:
    """The rows of a chunk's file; ValueError where it is not one."""
    try:
        text = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as trouble:
        raise ValueError(f"not a results file: {trouble}") from trouble
    for line in text.splitlines():
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("not a results file")  # noqa: TRY004 - one kind of trouble for one kind of file
        yield row


class ResultsFolder:
    """The folder of one audit run, while it is written."""

    def __init__(self, audits: Path, run: str) -> None:
        self.run = run
        self.folder = audits / run
        self._chunks: list[tuple[str, str]] = []

    def begin(self, plan: dict[str, Any]) -> None:
        """Makes the folder with its plan; durable on return."""
        os.mkdir(self.folder, 0o755)
        replace_file(str(self.folder / PLAN), readable({"version": VERSION, **plan}))
        sync_folder(str(self.folder.parent))

    def resume(self) -> dict[str, Any]:
        """The plan of a run that did not end; ConfigurationError where there is none."""
        try:
            plan = json.loads((self.folder / PLAN).read_bytes())
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(".jsonl.gz"))
            self._chunks = [
                (name, hashlib.sha512((self.folder / name).read_bytes()).hexdigest()) for name in names
            ]
        except (OSError, ValueError) as trouble:
            raise ConfigurationError(
                f"audits/{self.run}: no audit that could be resumed", remedy="begin a new one: archive audit"
            ) from trouble
        if not isinstance(plan, dict):
            raise ConfigurationError(f"audits/{self.run}/{PLAN}: not a plan")
        return plan

    def done(self) -> Iterator[dict[str, Any]]:
        """The rows that earlier parts of the run have written."""
        for name, _ in self._chunks:
            try:
                yield from unpack((self.folder / name).read_bytes())
            except (OSError, ValueError) as trouble:
                raise ConfigurationError(
                    f"audits/{self.run}/{name}: cannot be read: {trouble}",
                    remedy="begin a new audit: archive audit",
                ) from trouble

    def add(self, data: bytes) -> None:
        """Puts one chunk's file in place; durable on return."""
        name = f"{len(self._chunks) + 1:06d}.jsonl.gz"
        replace_file(str(self.folder / name), data, 0o444)
        self._chunks.append((name, hashlib.sha512(data).hexdigest()))

    def finish(self, summary: dict[str, Any]) -> str:
        """Writes the list of the chunks; returns its sha512 (hex) for the ledger."""
        number = 1 + sum(1 for name in os.listdir(self.folder) if name.startswith("results-"))
        chunks = [{"file": name, "sha512": digest} for name, digest in self._chunks]
        data = readable({"version": VERSION, "run": self.run, "chunks": chunks, **summary})
        replace_file(str(self.folder / f"results-{number}.json"), data, 0o444)
        return hashlib.sha512(data).hexdigest()


def is_begun(folder: Path) -> bool:
    """False for the folder of an audit that was killed before its plan was in place."""
    try:
        return any(not name.startswith(f".{PLAN}.") for name in os.listdir(folder))
    except OSError:
        return True


def verify_results(audits: Path, finished: Iterable[tuple[int, str, str]], current: str) -> Iterator[Finding]:
    """Whether the results of each finished audit are what the ledger says; `current` is not done yet."""
    by_run: dict[str, set[str]] = {}
    for _, run, digest in finished:
        by_run.setdefault(run, set()).add(digest)
    for run, digests in by_run.items():
        yield from _verify_run(audits, run, digests)
    try:
        names = sorted(os.listdir(audits))
    except OSError:
        names = []
    for name in names:
        if name not in by_run and name != current:
            place = f"audits/{name}"
            if not is_begun(audits / name):
                message = "an audit that was killed as it began"
                yield findings.note("AUDIT-UNFINISHED", place, message, remedy="the next command clears it")
            elif (audits / name / PLAN).exists():
                message = "an audit that was started and did not end"
                remedy = f"archive audit --resume {name}"
                yield findings.note("AUDIT-UNFINISHED", place, message, remedy=remedy)
            else:
                yield findings.error("AUDIT-UNKNOWN", place, "no audit that the ledger knows")


def _verify_run(audits: Path, run: str, digests: set[str]) -> Iterator[Finding]:
    folder = audits / run
    try:
        lists = {
            name: (folder / name).read_bytes()
            for name in sorted(os.listdir(folder))
            if name.startswith("results-") and name.endswith(".json")
        }
    except OSError:
        lists = {}
    present = {hashlib.sha512(data).hexdigest(): name for name, data in lists.items()}
    for digest in sorted(digests - present.keys()):
        message = "the results of this audit are missing or altered"
        yield findings.error("AUDIT-RESULTS", f"audits/{run}", message, expected=f"sha512:{digest}")
    for digest in sorted(digests & present.keys()):
        for chunk in json.loads(lists[present[digest]])["chunks"]:
            yield from _verify_chunk(folder, run, chunk)


def _verify_chunk(folder: Path, run: str, chunk: dict[str, str]) -> Iterator[Finding]:
    place = f"audits/{run}/{chunk['file']}"
    try:
        found = hashlib.sha512((folder / chunk["file"]).read_bytes()).hexdigest()
    except FileNotFoundError:
        yield findings.error("AUDIT-RESULTS", place, "results of this audit are missing")
        return
    except OSError as trouble:
        yield findings.error("AUDIT-RESULTS-UNREADABLE", place, f"cannot be read: {trouble.strerror}")
        return
    if found != chunk["sha512"]:
        yield findings.error(
            "AUDIT-RESULTS",
            place,
            "results of this audit were altered",
            expected=chunk["sha512"],
            found=found,
        )


def past_checks(audits: Path, run: str) -> Iterator[dict[str, Any]]:
    """The rows of one audit's results, for whoever rebuilds the index; what cannot be read is left out."""
    folder = audits / run
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".jsonl.gz"))
    except OSError:
        return
    for name in names:
        try:
            yield from unpack((folder / name).read_bytes())
        except (OSError, ValueError):
            continue

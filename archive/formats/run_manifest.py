"""`runs/<run>.json`, the catalog manifest of one ingest run, written row by row.

Arrays come first and totals last, so that it can be written while the rows pass and memory stays flat
(schemas/run-manifest.schema.json).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, Final

from archive.core.agents import Agent
from archive.core.canonical import compact
from archive.core.submission import SUBMISSION_FOLDER
from archive.core.text import lossless, printable

# Names as they are kept: a hyphen behind "tagmanifest" is stored as an underscore.
_SUBMITTED_MANIFEST = re.compile(rf"{SUBMISSION_FOLDER}/(?:tag)?manifest[-_][^/]+\.txt")

KIND = "run-manifest"
VERSION = 1

# The payload is listed of documents up to so many files; the digest of the bag's own payload manifest stands
# for more, so that one document of 100,000 pages does not fill the manifest of a run.
PAYLOAD_LISTED: Final = 32


class RunManifestWriter:
    """Writes one manifest to a stream and takes its sha512 as the bytes pass."""

    def __init__(self, stream: BinaryIO, *, run: str, archive: str) -> None:
        self._stream = stream
        self._hash = hashlib.sha512()
        head = compact({"archive": archive, "kind": KIND, "run": run, "version": VERSION})
        self._write(head[:-1])

    def rows(self, name: str, rows: Iterable[bytes]) -> int:
        """Writes an array of rows, each the canonical JSON of one; returns how many there were."""
        count = 0
        self._write(b",\n" + compact(name) + b":[")
        for row in rows:
            self._write((b",\n" if count else b"\n") + row)
            count += 1
        self._write(b"\n]" if count else b"]")
        return count

    def close(self, totals: Mapping[str, Any]) -> str:
        """Writes what follows the arrays; returns the sha512 (hex) of the whole."""
        self._write(b",\n" + compact(dict(totals))[1:] + b"\n")
        return self._hash.hexdigest()

    def _write(self, data: bytes) -> None:
        self._hash.update(data)
        self._stream.write(data)


def bag_row(
    *,
    bag: str,
    path: str,
    reference: str,
    source: str,
    title: str,
    tag_manifest: str,
    files: int,
    byte_count: int,
    payload: bytes | None,
    payload_key: tuple[str, str],
    awaiting: bool,
    submission: bytes | None = None,
) -> bytes:
    """One bag of the run; `payload` is the JSON array of its files, None where there are too many to list.

    `submission` is what `submission_manifests` gives.
    """
    row: dict[str, Any] = {
        "id": bag,
        "path": path,
        "reference": reference,
        "source": lossless(source),
        "title": title,
        "tagmanifest": tag_manifest,
        "files": files,
        "bytes": byte_count,
        "description_awaited": awaiting,
    }
    if payload is None:
        row["manifest"] = payload_key[1]
    # Arrays are canonical already; decoding them only to encode them again would cost as much as the rest.
    arrays = ((b"payload", payload), (b"submission", submission))
    members = [b',"%b":%b' % (name, array) for name, array in arrays if array is not None]
    return b"".join((compact(row)[:-1], *members, b"}"))


def submission_manifests(tag_files: Iterable[tuple[str, str]]) -> bytes | None:
    """The manifests of the bag that a document came in, from (path in our bag, sha512) of its tag files.

    A canonical JSON array, None where the document came in no bag.
    """
    rows = [
        {"path": path, "sha512": sha512}
        for path, sha512 in sorted(tag_files)
        if _SUBMITTED_MANIFEST.fullmatch(path)
    ]
    return compact(rows) if rows else None


def left_out_row(source: str, why: str) -> bytes:
    """One name that was not taken in, and why."""
    return compact({"source": lossless(source), "why": printable(why)})


def agent_json(agent: Agent) -> dict[str, str | None]:
    """An agent as the manifest names it."""
    return {"id": agent.id, "kind": agent.kind.value, "name": agent.name, "version": agent.version}

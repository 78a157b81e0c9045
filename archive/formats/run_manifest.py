"""`runs/<run>.json`, the catalog manifest of one ingest run, written row by row.

Arrays come first and totals last, so that it can be written while the rows pass and memory stays flat
(schemas/run-manifest.schema.json).
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from archive.core.agents import Agent
from archive.core.canonical import compact
from archive.core.text import lossless, printable

KIND = "run-manifest"
VERSION = 1


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
) -> bytes:
    """One bag of the run; `payload` is the JSON array of its files, None where there are too many to list."""
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
        return compact(row)
    # The array is canonical already; decoding it only to encode it again would cost as much as all the rest.
    return compact(row)[:-1] + b',"payload":' + payload + b"}"


def left_out_row(source: str, why: str) -> bytes:
    """One name that was not taken in, and why."""
    return compact({"source": lossless(source), "why": printable(why)})


def agent_json(agent: Agent) -> dict[str, str | None]:
    """An agent as the manifest names it."""
    return {"id": agent.id, "kind": agent.kind.value, "name": agent.name, "version": agent.version}

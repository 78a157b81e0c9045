"""Manifests of runs that are gone from `runs/`, written again where the bags give their very bytes."""

import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from archive.core.agents import AgentKind
from archive.core.canonical import compact
from archive.core.catalog_manifest import ClosedRun
from archive.core.errors import ArchiveError
from archive.core.holding import Holding
from archive.core.ids import is_uuid7
from archive.core.ledger import entries
from archive.core.ledger.entries import parse_entry
from archive.core.text import lossless
from archive.formats import run_manifest
from archive.formats.run_manifest import RunManifestWriter
from archive.services.catalog.bag_record import (
    PREMIS,
    BagDoubtError,
    derive_holding,
    listed_bytes,
    open_bag,
    tag_files,
)
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.disk.kinds import something_at
from archive.storage.disk.streamed_file import replace_streamed
from archive.storage.index import Index
from archive.storage.layout import bag_path

if TYPE_CHECKING:
    from archive.formats.premis.record import PremisSummary

_CHUNK: Final = 1 << 20


def restore_manifests(archive: OpenedArchive, index: Index) -> list[str]:
    """Writes every run manifest that is missing and whose bytes have the digest in the ledger; their runs.

    What a run left out or refused stands in its manifest only: where it did, the manifest cannot be written
    again, and stays missing.
    """
    restored = []
    for run in index.runs():
        target = archive.layout.runs / f"{run.run}.json"
        if not is_uuid7(run.run) or run.outcome != "completed" or something_at(target):
            continue
        with tempfile.TemporaryFile() as spool:
            if _write(archive, index, run, spool) == run.manifest:
                spool.seek(0)
                replace_streamed(str(target), iter(lambda: spool.read(_CHUNK), b""), 0o444)
                restored.append(run.run)
    return restored


def _write(archive: OpenedArchive, index: Index, run: ClosedRun, stream: BinaryIO) -> str | None:
    """The digest of the manifest as the bags give it, None where they do not."""
    facts: list[PremisSummary] = []
    writer = RunManifestWriter(stream, run=run.run, archive=archive.settings.archive_id)
    try:
        writer.rows("bags", _rows(archive, index, run.run, facts))
    except (ArchiveError, BagDoubtError, NotAPlainFileError, OSError):
        return None
    writer.rows("left_out", ())
    writer.rows("rejected", ())
    if not facts:
        return None
    return writer.close(_totals(run, facts[0]))


def _rows(archive: OpenedArchive, index: Index, run: str, facts: "list[PremisSummary]") -> Iterator[bytes]:
    from archive.formats.premis.reader import read_premis

    for row in index.list(run=run, state=None):
        ingestion = parse_entry(archive.ledger.entry(row.entry))
        held_first = derive_holding(archive, row.entry, ingestion)
        if held_first.findings:
            raise BagDoubtError(held_first.findings[0].message)
        with open_bag(archive, row.bag) as held:
            listed = tag_files(held, held_first.holding.tag_manifest)
            premis = read_premis(listed_bytes(held, listed, PREMIS))
        if not facts:
            facts.append(premis)
        yield row_of(held_first.holding, premis, run_manifest.submission_manifests(listed.items()))


def row_of(row: Holding, premis: "PremisSummary | None", submission: bytes | None = None) -> bytes:
    """The row of a document in the manifest of its run, as the bag's PREMIS tells its files.

    Without a PREMIS, for the bag is gone or damaged, it is what the ledger says, and names no file.
    """
    return run_manifest.bag_row(
        bag=row.bag,
        path=bag_path(row.bag),
        reference=row.reference,
        source=row.source,
        title=row.title,
        tag_manifest=row.tag_manifest,
        files=row.files,
        byte_count=row.bytes,
        payload=_payload(premis) if premis is not None else b"[]" if row.files == 1 else None,
        payload_key=("sha512", row.payload_key),
        awaiting=row.awaiting,
        submission=submission,
    )


def _payload(premis: "PremisSummary") -> bytes | None:
    if len(premis.files) > run_manifest.PAYLOAD_LISTED:
        return None
    return compact(
        [
            {"path": lossless(file.path), "bytes": file.bytes, "sha512": _sha512(file.digests)}
            for file in premis.files
        ]
    )


def _sha512(digests: tuple[tuple[str, str, str | None], ...]) -> str:
    return next((value for algorithm, value, _ in digests if algorithm == "SHA-512"), "")


def _totals(run: ClosedRun, premis: "PremisSummary") -> dict[str, Any]:
    software = [agent for agent in premis.agents if agent.kind is AgentKind.SOFTWARE]
    people = [agent for agent in premis.agents if agent.kind is not AgentKind.SOFTWARE]
    return {
        "accession": premis.accession,
        "agent": run_manifest.agent_json(people[0]) if people else None,
        "software": run_manifest.agent_json(software[0]) if software else None,
        "outcome": run.outcome,
        "received": None,
        "received_from": None,
        "sources": (premis.source_label or "").split(", "),
        "started": entries.timestamp(int(run.run.replace("-", "")[:12], 16)),  # UUIDv7 begins with its time
        "counts": {"bags": run.bags, "bytes": run.bytes, "files": run.files, "left_out": 0, "rejected": 0},
    }

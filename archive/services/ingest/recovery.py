"""An ingest that died: closed as interrupted as far as the ledger holds its bags, and taken back beyond."""

import errno
import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.core.agents import AgentKind
from archive.core.errors import ArchiveError, StorageError
from archive.core.holding import Holding
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.formats import run_manifest
from archive.formats.run_manifest import RunManifestWriter
from archive.services.catalog import bag_record
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.own_index import current_index
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.bags.bag_writing import sha512_of_descriptor
from archive.storage.bags.held_bag import TAG_MANIFEST, HeldBag
from archive.storage.disk.descriptors import FILE, FOLDER, is_regular
from archive.storage.disk.durable import NotAPlainFileError, remedy_of, remove, rename, sync_file, sync_folder
from archive.storage.disk.streamed_file import require_digest
from archive.storage.index import Index
from archive.storage.intents import RUN_MANIFEST, IntendedBag, Intent, make_for_what_goes
from archive.storage.keys.signing_key import Key
from archive.storage.layout import bag_path


def finish(
    archive: OpenedArchive,
    intent: Intent,
    checkpoint: Checkpoint,
    key: Key,
    agents: tuple[str, ...],
    surroundings: Surroundings,
) -> Checkpoint:
    """Finishes or undoes what one ingest left, the intent itself excepted; the checkpoint to go on from.

    Raises StorageError where a bag that it names cannot be read.
    """
    committed = _committed(archive, intent, checkpoint)
    _sweep(archive, intent, checkpoint, set(committed.bags))
    if committed.bags or committed.closed:
        checkpoint = _close(archive, intent, committed, checkpoint, key, agents, surroundings)
    return checkpoint


class _Committed:
    """What the ledger holds of one run."""

    __slots__ = ("bags", "closed")

    def __init__(self) -> None:
        self.bags: dict[str, tuple[int, Entry]] = {}
        self.closed: Entry | None = None


def _committed(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> _Committed:
    found = _Committed()
    for number, raw in enumerate(archive.ledger.entries(intent.size, checkpoint.size), intent.size):
        entry = parse_entry(raw)
        if entry.run != intent.run:
            continue
        if entry.type == EntryType.INGESTION and entry.bag is not None:
            found.bags[entry.bag] = (number, entry)
        elif entry.type == EntryType.RUN_CLOSED:
            found.closed = entry
    return found


def _sweep(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint, committed: set[str]) -> None:
    """Takes back what the intent names and the ledger does not hold; a bag that differs is left as it is."""
    swept = intent.folder / "swept"
    touched: set[str] = set()
    left = {
        intended.bag: published
        for intended in intent.bags()
        for published in (archive.layout.bag(intended.bag),)
        if intended.bag not in committed
        and archive.layout.has_bag(intended.bag)
        and _is_ours(published, intended)
    }
    for bag in _held(archive, checkpoint, left) if left else ():
        del left[bag]
    for bag, published in left.items():
        make_for_what_goes(swept)
        os.chmod(published, 0o755)  # a folder moves only where it may be written to
        rename(str(published), str(swept / bag))
        touched.add(str(published.parent))
    for folder in touched:
        sync_folder(folder)


def _held(archive: OpenedArchive, checkpoint: Checkpoint, named: Collection[str]) -> set[str]:
    """Which of the bags the ledger holds, by whatever run: no unfinished command published them."""
    held = set()
    for raw in archive.ledger.entries(0, checkpoint.size):
        entry = parse_entry(raw)
        if entry.type == EntryType.INGESTION and entry.bag is not None and entry.bag in named:
            held.add(entry.bag)
    return held


def _is_ours(bag: Path, intended: IntendedBag) -> bool:
    """True where its tag manifest has the intent's digest, or is torn; no crash leaves a pipe or a link."""
    try:
        folder = os.open(bag, FOLDER)
        try:
            descriptor = os.open(TAG_MANIFEST, FILE, dir_fd=folder)
        except FileNotFoundError:
            return True
        finally:
            os.close(folder)
        with open(descriptor, "rb"):
            if not is_regular(os.fstat(descriptor).st_mode):
                return False
            if sha512_of_descriptor(descriptor) == intended.tag_manifest:
                return True
            return _is_torn(os.pread(descriptor, 1 << 20, 0))
    except OSError as trouble:
        if trouble.errno == errno.ELOOP:  # a link, which no crash leaves there either
            return False
        raise StorageError(
            f"{bag_path(intended.bag)}: cannot be read: {trouble.strerror}", remedy=remedy_of(trouble)
        ) from trouble


def _is_torn(data: bytes) -> bool:
    """Empty, cut off in a line, or zeros where a block was lost: what a write that never finished leaves."""
    return not data or b"\0" in data or not data.endswith(b"\n")


def _close(
    archive: OpenedArchive,
    intent: Intent,
    committed: _Committed,
    checkpoint: Checkpoint,
    key: Key,
    agents: tuple[str, ...],
    surroundings: Surroundings,
) -> Checkpoint:
    """Puts the run's manifest in place, closing the run as interrupted where nothing closed it."""
    for bag in committed.bags:
        if archive.layout.has_bag(bag):
            os.chmod(archive.layout.bag(bag), 0o555)
    target = archive.layout.runs / f"{intent.run}.json"
    if committed.closed is None:
        with current_index(archive, checkpoint) as index:
            digest, totals = _write_manifest(archive, intent, committed, index)
        entry = entries.run_closed(
            time=entries.timestamp(surroundings.now()),
            agents=agents,
            run=intent.run,
            outcome="interrupted",
            bag_count=totals["bags"],
            file_count=totals["files"],
            byte_count=totals["bytes"],
            manifest=digest,
        )
        checkpoint = archive.ledger.append([entry], key.signer, key.last_signed)
    staged = intent.folder / RUN_MANIFEST
    if not target.exists() and staged.exists():
        rename(str(staged), str(target))
        sync_folder(str(archive.layout.runs))
    with current_index(archive, checkpoint) as index:
        publish_derived(archive, index)
    return checkpoint


def _write_manifest(
    archive: OpenedArchive, intent: Intent, committed: _Committed, index: Index
) -> tuple[str, dict[str, int]]:
    """Stages the manifest of an interrupted run from its bags and the ledger; the index tells of a bag that
    is lost whether its description is to come, for it counts it."""
    path = intent.folder / RUN_MANIFEST
    totals = {"bags": 0, "bytes": 0, "files": 0, "left_out": 0, "rejected": 0}
    remove(str(path))  # of a recovery that was killed; nothing is written through what else may lie there
    with open(path, "xb") as stream:
        writer = RunManifestWriter(stream, run=intent.run, archive=archive.settings.archive_id)
        writer.rows("bags", _rows(archive, committed, index, totals))
        writer.rows("left_out", ())
        writer.rows("rejected", ())
        facts = {"outcome": "interrupted", "started": intent.started, "counts": totals}
        digest = writer.close(_told_by_a_bag(archive, committed) | facts)
    require_digest(str(path), digest)
    os.chmod(path, 0o444)
    sync_file(str(path))
    sync_folder(str(intent.folder))
    return digest, totals


def _told_by_a_bag(archive: OpenedArchive, committed: _Committed) -> dict[str, Any]:
    """Who ingested, for which accession, from what: the PREMIS of every bag of the run says it."""
    from archive.formats.premis.reader import read_premis

    unknown = {"id": "unknown", "kind": "software", "name": "not known any more", "version": None}
    told: dict[str, Any] = {"accession": None, "agent": unknown, "sources": []}
    for bag, (_, entry) in committed.bags.items():
        try:
            with HeldBag(archive.root, bag) as held:
                listed = bag_record.tag_files(held, str(entry.get("tagmanifest")))
                premis = read_premis(bag_record.listed_bytes(held, listed, bag_record.PREMIS))
        except (ArchiveError, bag_record.BagDoubtError, NotAPlainFileError, OSError):
            continue
        for agent in premis.agents:
            name = "software" if agent.kind is AgentKind.SOFTWARE else "agent"
            if agent.id in entry.agents:
                told[name] = run_manifest.agent_json(agent)
        told["accession"] = premis.accession
        told["sources"] = [premis.source_label] if premis.source_label else []
        break
    return told


def _rows(
    archive: OpenedArchive, committed: _Committed, index: Index, totals: dict[str, int]
) -> Iterator[bytes]:
    for number, entry in committed.bags.values():
        holding, doubt = bag_record.derive_holding(archive, number, entry)
        if doubt and (row := index.by_bag(holding.bag)) is not None:
            holding = replace(holding, awaiting=row.awaiting)  # which the index counts it with
        totals["bags"] += 1
        totals["files"] += holding.files
        totals["bytes"] += holding.bytes
        yield _row(archive, holding)


def _row(archive: OpenedArchive, holding: Holding) -> bytes:
    """The row of one bag; of one that is gone or damaged meanwhile what the ledger says, and no files."""
    from archive.formats.premis.reader import read_premis
    from archive.services.catalog.lost_manifests import row_of

    try:
        with bag_record.open_bag(archive, holding.bag) as held:
            listed = bag_record.tag_files(held, holding.tag_manifest)
            premis = read_premis(bag_record.listed_bytes(held, listed, bag_record.PREMIS))
    except (ArchiveError, bag_record.BagDoubtError, NotAPlainFileError, OSError):
        return row_of(holding, None)
    return row_of(holding, premis, run_manifest.submission_manifests(listed.items()))

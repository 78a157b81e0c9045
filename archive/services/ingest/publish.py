"""Publish by rename, then commit: the ledger's new checkpoint is the only commit point."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from archive.core.agents import Agent
from archive.core.canonical import compact
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.text import lossless
from archive.formats import run_manifest
from archive.formats.run_manifest import RunManifestWriter
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.bags.bag_writing import FOLDER_MODE
from archive.storage.disk.durable import refuse_link, storage_error
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.staged_tree import files_below, folders_below
from archive.storage.disk.streamed_file import require_digest
from archive.storage.intents import RUN_MANIFEST, IntendedBag, Intent
from archive.storage.keys.signing_key import Key
from archive.storage.layout import bag_path, shard
from archive.storage.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What the entries and the manifest of a run say of it."""

    run: str
    accession: str | None
    agent: Agent
    software: Agent
    received_from: str | None
    received: str | None
    sources: tuple[str, ...]
    started: str


class Commit(NamedTuple):
    """One commit of a run: the checkpoint, the time of its entries, and the entry that closed the run."""

    checkpoint: Checkpoint
    time: str
    closed: bytes | None


@dataclass(slots=True)
class Publisher:
    """Publishes and commits the staged documents of one run, all at once or batch by batch."""

    archive: OpenedArchive
    key: Key
    intent: Intent
    facts: RunFacts
    plan: Plan
    sync: FileSystemSync
    now: Callable[[], int]
    groups: int = 0
    _time: str = ""

    def begin_commit(self) -> str:
        """Settles the time that the entries of the next commit will have."""
        self._time = entries.timestamp(self.now())
        return self._time

    def publish(self) -> None:
        """Makes what is staged durable, renames it into `bags/`, and makes that durable too."""
        self.groups += 1
        intended = (IntendedBag(row.bag, row.tag_manifest) for row in self.plan.staged_bags())
        announced = intents.announce(self.intent, self.groups, intended)
        self.sync.sync(files_below(self.intent.folder, announced), folders_below(self.intent.folder))
        shards = self._rename()
        self.sync.sync((), (*shards, str(self.archive.layout.bags)))

    def _rename(self) -> list[str]:
        bags = str(self.archive.layout.bags)
        made = set(os.listdir(bags))
        touched: dict[str, str] = {}
        for row in self.plan.staged_bags():
            name = shard(row.bag)
            folder = f"{bags}/{name}"
            if name in made and name not in touched:
                refuse_link(folder)
            try:
                if name not in made:
                    os.mkdir(folder, 0o755)
                    made.add(name)
                target = f"{folder}/{row.bag}"
                os.rename(f"{self.intent.folder}/{row.folder}/{row.bag}", target)
                os.chmod(target, FOLDER_MODE)
            except OSError as trouble:
                raise storage_error(trouble, bag_path(row.bag), "publish the bag") from trouble
            touched[name] = folder
        return list(touched.values())

    def commit(self, *, closing: bool) -> Commit:
        """Appends one entry per published bag, and with `closing` the end of the run, in one commit."""
        manifest = self._write_manifest() if closing else None
        time = self._time
        closed = None if manifest is None else self._run_closed(time, manifest)
        checkpoint = self.archive.ledger.append(
            self._entries(time, closed), self.key.signer, self.key.last_signed, sync=self.sync.sync
        )
        if closing:
            staged = self.intent.folder / RUN_MANIFEST
            place_manifest(staged, self.archive.layout.runs, self.facts.run, self.sync)
        return Commit(checkpoint, time, closed)

    @property
    def _agents(self) -> tuple[str, str]:
        return (self.facts.agent.id, self.facts.software.id)

    def _entries(self, time: str, closed: bytes | None) -> Iterator[bytes]:
        agents = self._agents
        for row in self.plan.staged_bags():
            kind, _, key = row.payload_key.partition(":")
            yield entries.ingestion(
                time=time,
                agents=agents,
                bag=row.bag,
                run=self.facts.run,
                file_count=row.files,
                byte_count=row.bytes,
                payload=(kind, key),
                tagmanifest=row.tag_manifest,
                reference=row.reference,
            )
        if closed is not None:
            yield closed

    def _run_closed(self, time: str, manifest: str) -> bytes:
        documents, files, byte_count = self._totals()
        return entries.run_closed(
            time=time,
            agents=self._agents,
            run=self.facts.run,
            outcome="completed",
            bag_count=documents,
            file_count=files,
            byte_count=byte_count,
            manifest=manifest,
        )

    def _totals(self) -> tuple[int, int, int]:
        ingested, staged = self.plan.totals("ingested"), self.plan.totals("staged")
        return (ingested[0] + staged[0], ingested[1] + staged[1], ingested[2] + staged[2])

    def _write_manifest(self) -> str:
        """Stages `runs/<run>.json`: durable before the commit that names its digest."""
        path = self.intent.folder / RUN_MANIFEST
        facts = self.facts
        with open(path, "xb", buffering=1 << 16) as stream:
            writer = RunManifestWriter(stream, run=facts.run, archive=self.archive.settings.archive_id)
            writer.rows("bags", self._rows())
            left_out = writer.rows(
                "left_out", (run_manifest.left_out_row(*row) for row in self.plan.left_out())
            )
            rejected = writer.rows("rejected", self._rejected())
            documents, files, byte_count = self._totals()
            digest = writer.close(
                {
                    "accession": facts.accession,
                    "agent": run_manifest.agent_json(facts.agent),
                    "software": run_manifest.agent_json(facts.software),
                    "outcome": "completed",
                    "received": facts.received,
                    "received_from": facts.received_from,
                    "sources": list(facts.sources),
                    "started": facts.started,
                    "counts": {
                        "bags": documents,
                        "bytes": byte_count,
                        "files": files,
                        "left_out": left_out,
                        "rejected": rejected,
                    },
                }
            )
            stream.flush()
            os.fchmod(stream.fileno(), 0o444)
        require_digest(str(path), digest)
        self.sync.sync((str(path),), (str(self.intent.folder),))
        return digest

    def _rows(self) -> Iterator[bytes]:
        yield from self.plan.manifest_rows("ingested")
        yield from self.plan.manifest_rows("staged")

    def _rejected(self) -> Iterator[bytes]:
        for source, findings in self.plan.rejected():
            yield compact({"findings": findings, "source": lossless(source)})


def place_manifest(staged: Path, runs: Path, run: str, sync: FileSystemSync) -> None:
    """Renames a committed run manifest into place."""
    target = runs / f"{run}.json"
    try:
        os.rename(staged, target)
    except OSError as trouble:
        raise storage_error(trouble, str(target), "place the run's manifest") from trouble
    sync.sync((), (str(runs),))

"""New descriptions of held documents: staged whole, published by renames, committed as one batch."""

from collections.abc import Iterator

from archive.core.bagit.manifest import parse_manifest, render_manifest
from archive.core.bagit.versions import V1_0
from archive.core.descriptions.description import SCHEMA_ID, Description
from archive.core.descriptions.description_change import field_changes
from archive.core.errors import BagFormatError, ConflictError, StorageError
from archive.core.ids import RANDOM_BYTES, short_id, uuid7
from archive.core.ledger import entries
from archive.core.ledger.change_entries import description_changed
from archive.core.text import printable
from archive.formats.oai_dc import oai_dc_xml
from archive.formats.premis.revision import RevisionRecord, revision_xml
from archive.services.catalog.bag_record import BagDoubtError, parsed_description, tag_manifest_bytes
from archive.services.catalog.recorded_rows import require_recorded
from archive.services.changes.notes import note_text
from archive.services.ingest.tag_files import digest_of
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage import intents
from archive.storage.bags import bag_revision
from archive.storage.bags.bag_revision import PREVIOUS, revision_folder
from archive.storage.bags.held_bag import TAG_MANIFEST, HeldBag
from archive.storage.descriptions.changes import DescriptionChange, DescriptionChanges
from archive.storage.disk.durable import NotAPlainFileError, storage_error
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.staged_tree import files_below, folders_below
from archive.storage.index import IndexRow
from archive.storage.intents import IntendedBag, Intent
from archive.storage.layout import bag_path
from archive.storage.ledger.notes import Notes


class Publication:
    """One run of `archive describe` under the writer's lock."""

    def __init__(
        self,
        archive: OpenedArchive,
        writing: Writing,
        changes: DescriptionChanges,
        surroundings: Surroundings,
        *,
        agent: str | None,
        reason: str | None,
    ) -> None:
        self._archive = archive
        self._writing = writing
        self._changes = changes
        self._surroundings = surroundings
        self._agent = person_agent(archive.settings, agent)
        self._software = software_agent()
        self._reason = reason

    def publish(self) -> str:
        """Gives every document of the spool its new description, all of them or none; returns the run's id.

        Raises ConflictError where one was changed since the spool was filled, BagFormatError where its bag is
        not as the ledger knows it, IndexUnusableError where the index is not: then nothing was changed.
        """
        self._refuse_moved()
        require_recorded(self._archive, self._writing.checkpoint, self._rows)
        now = self._surroundings.now()
        run = uuid7(now, self._surroundings.random(RANDOM_BYTES))
        writing, layout = self._writing, self._archive.layout
        with FileSystemSync(str(layout.root)) as sync:
            intent = intents.begin(
                layout.staging,
                run=run,
                command=intents.DESCRIBE,
                started=entries.timestamp(now),
                size=writing.checkpoint.size,
                root=writing.checkpoint.root.hex(),
            )
            try:
                self._stage(intent, entries.timestamp(now))
                commitments = self._write_note()
                announced = intents.announce(intent, 1, self._intended())
                sync.sync(files_below(intent.folder, announced), folders_below(intent.folder))
            except BaseException:
                intents.end(intent)  # nothing is published yet
                raise
            self._put_in_force(intent, sync)
            writing.checkpoint = self._archive.ledger.append(
                self._entries(run, now, commitments),
                writing.key.signer,
                writing.key.last_signed,
                sync=sync.sync,
            )
            writing.publish()
            intents.end(intent)
        return run

    def _refuse_moved(self) -> None:
        for change in self._changes.changes():
            row = self._writing.by_bag(change.bag)
            if row is None or row.state != "held" or row.tag_manifest != change.base:
                raise ConflictError(
                    f"{printable(change.reference)}: was changed by somebody else; nothing was written",
                    remedy="look at it again: the same command shows what it would change now",
                )

    def _rows(self) -> Iterator[IndexRow]:
        rows = (self._writing.by_bag(change.bag) for change in self._changes.changes())
        return (row for row in rows if row is not None)

    # -- staging -------------------------------------------------------------------------------------------

    def _stage(self, intent: Intent, time: str) -> None:
        progress = self._surroundings.progress
        progress.begin("Writing descriptions", self._changes.counts()["changed"], "documents")
        try:
            for change in self._changes.changes():
                self._changes.stage(change.bag, self._stage_one(intent, change, time))
                progress.advance(1)
        finally:
            progress.end()

    def _stage_one(self, intent: Intent, change: DescriptionChange, time: str) -> str:
        """Stages one revision; the digest of the tag manifest that is to list it."""
        before = self._tag_manifest(change)
        files = self._files(change, before, time)
        folder = revision_folder(change.revision)
        listed = dict(parse_manifest(before, name=TAG_MANIFEST, version=V1_0, payload=False).entries)
        listed |= {f"{folder}/{name}": digest_of(data) for name, data in files.items()}
        tag_manifest = render_manifest(listed.items())
        bag_revision.stage(intent.folder, change.bag, files, tag_manifest)
        return digest_of(tag_manifest)

    def _tag_manifest(self, change: DescriptionChange) -> bytes:
        """The tag manifest in force, byte for byte the one that the ledger knows."""
        try:
            with HeldBag(self._archive.root, change.bag) as held:
                data = held.read(TAG_MANIFEST)
                if tag_manifest_bytes(held, change.base) == data:
                    return data
                reason = f"{TAG_MANIFEST} is not the one that the ledger knows"
        except (BagDoubtError, NotAPlainFileError, FileNotFoundError, NotADirectoryError) as trouble:
            reason = str(trouble)
        except OSError as trouble:
            raise storage_error(trouble, bag_path(change.bag), "read the bag") from trouble
        raise BagFormatError(
            f"{printable(change.reference)}: cannot be described: {printable(reason)}",
            remedy=f"archive audit {short_id(change.bag)} says what is wrong with it",
        )

    def _files(self, change: DescriptionChange, before: bytes, time: str) -> dict[str, bytes]:
        old, new = parsed_description(change.old), parsed_description(change.new)
        return {
            "dublin-core.json": change.new,
            "dublin-core.xml": oai_dc_xml(new, (change.reference, f"urn:uuid:{change.bag}")),
            "premis.xml": self._premis(change, old, new, time),
            PREVIOUS: before,
        }

    def _premis(self, change: DescriptionChange, old: Description, new: Description, time: str) -> bytes:
        record = RevisionRecord(
            bag=change.bag,
            reference=change.reference,
            revision=change.revision,
            changed=time[:19] + "Z",
            agent=self._agent,
            software=self._software,
            schema=SCHEMA_ID,
            previous=change.base,
            terms=tuple(each.field for each in field_changes(old, new)),
            warnings=change.warnings,
            declared=change.declared,
        )
        return revision_xml(record)

    def _write_note(self) -> list[str]:
        if not self._reason:
            return []
        text = note_text(self._agent, reason=self._reason)
        return [Notes(str(self._archive.root)).write(text)]

    # -- publishing and commit -----------------------------------------------------------------------------

    def _intended(self) -> Iterator[IntendedBag]:
        for change in self._changes.changes():
            if change.tag_manifest is None:
                raise StorageError(
                    f"staging: the description of {change.bag} is not there", remedy="run it again"
                )
            yield IntendedBag(change.bag, change.tag_manifest, change.base, change.revision)

    def _put_in_force(self, intent: Intent, sync: FileSystemSync) -> None:
        """First every revision's folder, then every tag manifest: none lists what might be lost."""
        root = self._archive.root
        for step in (bag_revision.add_folder, bag_revision.put_in_force):
            folders = [step(root, intent.folder, intended) for intended in self._intended()]
            sync.sync((), folders)

    def _entries(self, run: str, now: int, commitments: list[str]) -> Iterator[bytes]:
        for change in self._changes.changes():
            yield description_changed(
                time=entries.timestamp(now),
                agents=(self._agent.id, self._software.id),
                bag=change.bag,
                run=run,
                revision=change.revision,
                tagmanifest=change.tag_manifest or "",
                previous=change.base,
                awaiting=change.awaiting,
                notes=commitments,
            )

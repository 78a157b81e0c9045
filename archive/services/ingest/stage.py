"""Staging: the work of one batch, in a worker. Each source is opened once and read once."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import NamedTuple

from archive.core.descriptions.description import Description
from archive.core.findings import Finding, error
from archive.core.holding import Holding
from archive.core.limits.bags import HELD_TAG_FILE_BYTES
from archive.core.submission import SUBMISSION_FOLDER, PlannedDocument
from archive.formats.description_table import TableRow, kept
from archive.formats.format_identification import Identifier, identifier
from archive.formats.oai_dc import oai_dc_xml
from archive.formats.premis import IngestContext, PremisFile, PremisRecord, PremisWriter
from archive.formats.run_manifest import PAYLOAD_LISTED, bag_row, submission_manifests
from archive.services.ingest import tag_files
from archive.services.ingest.payload_copy import (
    CopiedPayload,
    CopiedSubmission,
    copy_documents_payload,
    copy_documents_submission,
)
from archive.services.ingest.scanned_files import altered, stamps
from archive.services.ingest.tag_files import BagInfo
from archive.services.ingest.virus_check import check_files
from archive.services.source_copy import StorageTroubleError
from archive.storage.bags import bag_writing
from archive.storage.bags.bag_writing import ReadBackError
from archive.storage.disk.durable import remedy_of
from archive.storage.index import indexed_document, packed_document
from archive.storage.intents import make_anew
from archive.storage.layout import bag_path
from archive.storage.plan import Staged
from archive.storage.sources.source_files import SourceFiles

UMASK = 0o022  # the modes of a bag are the same whoever makes it


@dataclass(frozen=True, slots=True, kw_only=True)
class StageContext:
    """What every batch of a run shares; small, because it travels with each batch."""

    staging: str
    roots: tuple[str, ...]
    premis: IngestContext
    info: BagInfo
    ingested: str
    identify: bool = False
    virus_check: str | None = None


class Task(NamedTuple):
    """One document to stage, with the id and the reference that it gets."""

    document: PlannedDocument
    bag: str
    reference: str
    declared: bool


class StageBatch(NamedTuple):
    """Documents that one worker stages below `staging/<run>/<number>/`."""

    context: StageContext
    number: int
    tasks: tuple[Task, ...]


class Refused(NamedTuple):
    """A document that could not be staged, and why."""

    seq: int
    findings: tuple[Finding, ...]


class StagedBatch(NamedTuple):
    """What became of each document of a batch, in order.

    `storage` is (message, remedy) of trouble with our own disk.
    """

    outcomes: list[Staged | Refused]
    storage: tuple[str, str] | None = None


@dataclass(slots=True)
class _Tools:
    """What a worker opens once per run."""

    sources: SourceFiles
    premis: PremisWriter
    identifier: Identifier | None


@lru_cache(maxsize=1)
def _tools(context: StageContext) -> _Tools:
    found = identifier() if context.identify else None
    # Only the loaded tool knows the version of its signatures; the driver never loads it.
    premis = replace(context.premis, identification=found.agent) if found else context.premis
    return _Tools(SourceFiles(list(context.roots)), PremisWriter(premis), found)


def stage_batch(batch: StageBatch) -> StagedBatch:
    """Builds the bags of one batch below the run's staging folder, anew where a killed worker began them."""
    folder = os.path.join(batch.context.staging, batch_folder(batch.number))
    before = os.umask(UMASK)
    try:
        make_anew(folder)
        target = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return StagedBatch(_stage(batch, folder, target))
        finally:
            os.close(target)
    except StorageTroubleError as trouble:
        return StagedBatch([], (str(trouble), trouble.remedy))
    except ReadBackError as trouble:
        message = f"staging/{trouble}: does not read back as it was written"
        return StagedBatch([], (message, "check the disk before it is trusted with anything"))
    except OSError as trouble:
        return StagedBatch([], (f"{trouble.filename or 'staging'}: {trouble.strerror}", remedy_of(trouble)))
    finally:
        os.umask(before)


def batch_folder(number: int) -> str:
    """The name of a batch's folder in staging."""
    return f"{number:06d}"


def _stage(batch: StageBatch, folder: str, target: int) -> list[Staged | Refused]:
    context = batch.context
    tools = _tools(context)
    payloads: list[CopiedPayload] = []
    submissions: list[CopiedSubmission] = []
    for task in batch.tasks:
        for inner in ("", "/data", "/metadata"):
            os.mkdir(task.bag + inner, 0o755, dir_fd=target)
        payloads.append(copy_documents_payload(task.document, task.bag, sources=tools.sources, target=target))
        submission = copy_documents_submission(task.document, task.bag, sources=tools.sources, target=target)
        payloads[-1].trouble.extend(submission.trouble)
        submissions.append(submission)
    if context.virus_check:
        _check_viruses(context.virus_check, folder, batch.tasks, payloads, submissions)
    if tools.identifier is not None:
        payloads = _identified(tools.identifier, folder, batch.tasks, payloads)
    return [
        Refused(task.document.seq, tuple(payload.trouble))
        if payload.trouble
        else _close_bag(task, payload, submission, batch, tools.premis, target)
        for task, payload, submission in zip(batch.tasks, payloads, submissions, strict=True)
    ]


def _check_viruses(
    command: str,
    folder: str,
    tasks: Sequence[Task],
    payloads: Sequence[CopiedPayload],
    submissions: Sequence[CopiedSubmission],
) -> None:
    """Runs the scanner over the staged copies; then sees that they are what was staged.

    Our digests were taken before it ran, and a scanner may clean or take away what it looks at.
    """
    staged = list(zip(tasks, payloads, submissions, strict=True))
    before = [stamps(f"{folder}/{task.bag}") for task in tasks]
    for task, payload, submission in staged:
        names = _brought(task.document, payload, submission)
        full = ((f"{folder}/{task.bag}/{path}", name) for path, name in names)
        payload.trouble.extend(check_files(command, full))
    for (task, payload, submission), known in zip(staged, before, strict=True):
        if not payload.trouble:  # refused as it is
            digests = {file.path: file.sha512 for file in payload.files} | dict(submission.files)
            names = _brought(task.document, payload, submission)
            payload.trouble.extend(altered(f"{folder}/{task.bag}", known, digests, names))


def _brought(
    document: PlannedDocument, payload: CopiedPayload, submission: CopiedSubmission
) -> Iterator[tuple[str, str]]:
    """The path of each staged file below the new bag, and the path that the depositor knows it by."""
    for file in payload.files:
        yield file.path, document.place_of(file.original)
    original = dict(submission.names)
    for path, _ in submission.files:
        yield path, document.place_of(original.get(path, path.removeprefix(f"{SUBMISSION_FOLDER}/")))


def _identified(
    asked: Identifier, folder: str, tasks: Sequence[Task], payloads: list[CopiedPayload]
) -> list[CopiedPayload]:
    """The payloads with their formats; one call for the batch, for a call costs more than a file."""
    paths = [
        f"{folder}/{task.bag}/{file.path}"
        for task, payload in zip(tasks, payloads, strict=True)
        for file in payload.files
    ]
    answers = iter(asked.identify_many(paths))
    return [
        payload._replace(files=[file._replace(identification=next(answers)) for file in payload.files])
        for payload in payloads
    ]


def _close_bag(
    task: Task,
    copied: CopiedPayload,
    submission: CopiedSubmission,
    batch: StageBatch,
    premis: PremisWriter,
    target: int,
) -> Staged | Refused:
    """Writes the tag files over a payload that lies in staging, and makes the bag's folders read-only.

    Refuses a document with a tag file that nobody could read back: its bag would be held, and not understood.
    """
    document, bag = task.document, task.bag
    payload = [(file.path, file.sha512) for file in copied.files]
    byte_count = sum(file.bytes for file in copied.files)
    manifest = tag_files.payload_manifest(payload)
    description = Description.from_stored(document.description)
    names = [*copied.names, *submission.names]
    members = _tag_files(
        task, copied._replace(names=names), batch.context, premis, manifest, byte_count, description
    )
    largest = max(members, key=lambda member: len(member[1]))
    if len(largest[1]) > HELD_TAG_FILE_BYTES:
        return Refused(document.seq, (_too_many(document, len(copied.files), largest),))
    over = tag_files.tag_manifest(members, submission.files)
    for name, data in (*members, (tag_files.TAG_MANIFEST, over)):
        bag_writing.write_tag_file(f"{bag}/{name}", data, dir_fd=target)
    for inner in ("data", "metadata"):
        os.chmod(f"{bag}/{inner}", bag_writing.FOLDER_MODE, dir_fd=target)
    kind, key = tag_files.payload_key(payload, manifest)
    holding = Holding(
        bag=bag,
        run=batch.context.premis.run,
        reference=task.reference,
        declared=task.declared,
        accession=batch.context.premis.accession,
        source=document.source,
        files=len(payload),
        bytes=byte_count,
        payload_key=key,
        tag_manifest=tag_files.digest_of(over),
        awaiting=document.awaiting,
        description=description,
    )
    return Staged(
        seq=document.seq,
        bag=bag,
        payload_key=f"{kind}:{key}",
        tag_manifest=holding.tag_manifest,
        files=len(payload),
        bytes=byte_count,
        folder=batch_folder(batch.number),
        manifest_row=_manifest_row(holding, kind, copied.files, submission_manifests(submission.files)),
        indexed=packed_document(indexed_document(holding)),
    )


def _too_many(document: PlannedDocument, files: int, largest: tuple[str, bytes]) -> Finding:
    name, data = largest
    return error(
        "SRC-TOO-MANY-FILES",
        document.source,
        f"{files:,} files: {name} of its bag would have {len(data):,} bytes, too many to be read back",
        expected=f"{HELD_TAG_FILE_BYTES:,} bytes at most",
        remedy="ingest it as several documents, each a part of the whole",
    )


def _tag_files(
    task: Task,
    copied: CopiedPayload,
    context: StageContext,
    premis: PremisWriter,
    manifest: bytes,
    byte_count: int,
    description: Description,
) -> list[tuple[str, bytes]]:
    document = task.document
    columns, cells = None, None
    if document.received is not None:
        columns, cells = kept(document.received, _row(task, copied, byte_count, description))
    record = PremisRecord(
        bag=task.bag,
        reference=task.reference,
        source=document.source,
        ingested=context.ingested,
        files=copied.files,
        declared=task.declared,
        awaiting=document.awaiting,
        warnings=document.warnings,
        submitted=document.bag,
        columns=columns,
        cells=cells,
    )
    info = tag_files.bag_info(
        context.info,
        reference=task.reference,
        identifiers=tag_files.description_identifiers(description),
        files=len(copied.files),
        byte_count=byte_count,
    )
    names = [("metadata/names.json", tag_files.names_json(copied.names))] if copied.names else []
    return [
        ("bag-info.txt", info),
        ("bagit.txt", tag_files.DECLARATION),
        (tag_files.MANIFEST, manifest),
        ("metadata/dublin-core.json", document.description),
        ("metadata/dublin-core.xml", oai_dc_xml(description, (task.reference, f"urn:uuid:{task.bag}"))),
        *names,
        ("metadata/premis.xml", premis.xml(record)),
    ]


def _row(task: Task, copied: CopiedPayload, byte_count: int, description: Description) -> TableRow:
    """The document as a row of a table gives it back."""
    row = TableRow(task.reference, task.bag, 1, task.document.source, description)
    if len(copied.files) != 1:
        return row
    digests = {digest.algorithm.label: digest.value for digest in copied.files[0].depositor}
    return row._replace(digests=digests, size=byte_count)


def _manifest_row(
    holding: Holding, kind: str, files: Sequence[PremisFile], submission: bytes | None
) -> bytes:
    """The document's row in the run's manifest."""
    return bag_row(
        bag=holding.bag,
        path=bag_path(holding.bag),
        reference=holding.reference,
        source=holding.source,
        title=holding.title,
        tag_manifest=holding.tag_manifest,
        files=holding.files,
        byte_count=holding.bytes,
        payload=_payload_json(files).encode() if len(files) <= PAYLOAD_LISTED else None,
        payload_key=(kind, holding.payload_key),
        awaiting=holding.awaiting,
        submission=submission,
    )


def _payload_json(files: Sequence[PremisFile]) -> str:
    """The canonical JSON array of the payload, written by hand: it is made once per document."""
    rows = (
        f'{{"bytes":{file.bytes},"path":{_quoted(file.path)},"sha512":"{file.sha512}"}}' for file in files
    )
    return f"[{','.join(rows)}]"

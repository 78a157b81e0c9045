"""Which documents of a submission the archive holds already, and which contradict what it holds."""

from collections.abc import Iterable, Iterator

from archive.core import findings
from archive.core.composed_form import spellings
from archive.core.findings import Finding
from archive.core.ids import short_id
from archive.core.ledger.change_entries import keyed_reference, tombstone_reference
from archive.core.submission import PlannedDocument
from archive.engine.driver import BatchLost, Driver, result_lost
from archive.services.catalog.bag_record import BagDoubtError, current_description
from archive.services.ingest.held_by_ledger import HeldByLedger
from archive.services.ingest.offered import offered_otherwise
from archive.services.ingest.payload_keys import KeyBatch, payload_keys
from archive.services.ingest.request import Duplicates, IngestRequest
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow, is_bad
from archive.storage.plan import Plan
from archive.storage.sources.source_walk import Source

BATCH = 128


def find_held(
    plan: Plan,
    index: Index,
    archive: OpenedArchive,
    sources: list[Source],
    driver: Driver,
    request: IngestRequest,
    surroundings: Surroundings,
) -> None:
    """Moves documents that are held already to `held`, and those that contradict a held one to `rejected`.

    Only documents whose reference or original path the index knows are read. Raises IndexUnusableError where
    it calls one held that the ledger does not.
    """
    progress = surroundings.progress
    ledger = HeldByLedger(archive)
    progress.begin("Comparing with what is held", None, "documents")
    try:
        for batch, result in driver.run(payload_keys, _batches(plan, index, archive, sources)):
            if isinstance(result, BatchLost):
                raise result_lost("compared documents with what is held")
            for document, read in zip(batch.documents, result, strict=True):
                if read.key is None:  # a second reading may succeed, and would be compared with nothing
                    _refuse(document, read.wrong, plan)
                    continue
                _, _, key = read.key.partition(":")
                if _judge(document, key, plan, index, ledger, request) and read.wrong:
                    _refuse(document, read.wrong, plan)
            progress.advance(len(batch.documents))
    finally:
        progress.end()


def _batches(plan: Plan, index: Index, archive: OpenedArchive, sources: list[Source]) -> Iterator[KeyBatch]:
    counts = index.counts()
    if not counts.documents and not counts.withdrawn:
        return
    roots = tuple(source.base for source in sources)
    known: list[PlannedDocument] = []
    for document in plan.documents():
        if document.reference is not None:
            held = index.by_reference(document.reference)
            if held is None and not (counts.withdrawn and _by_reference(index, archive, document.reference)):
                continue
        elif not any(any(index.by_source(form)) for form in spellings(document.source)):
            continue
        known.append(document)
        if len(known) >= BATCH:
            yield KeyBatch(roots, tuple(known))
            known = []
    if known:
        yield KeyBatch(roots, tuple(known))


def _by_reference(index: Index, archive: OpenedArchive, reference: str) -> IndexRow | None:
    """The document with that reference, also where it was disposed of and only its tombstone knows it."""
    row = index.by_reference(reference)
    if row is not None:
        return row
    salt = archive.settings.agent_salt
    tombstones = (tombstone_reference(keyed_reference(salt, form)) for form in spellings(reference))
    return next(filter(None, map(index.by_reference, tombstones)), None)


def _refuse(document: PlannedDocument, wrong: Iterable[Finding], plan: Plan) -> None:
    """Refuses what cannot be compared, or is held and came with digests that are not its own."""
    plan.set_state(document.seq, "rejected")
    for finding in wrong:
        plan.add_finding(finding, document.source)


def _judge(
    document: PlannedDocument,
    key: str,
    plan: Plan,
    index: Index,
    ledger: HeldByLedger,
    request: IngestRequest,
) -> bool:
    """False where the archive knows nothing of the document; else what became of it is in the plan."""
    archive = ledger.archive
    if document.reference is not None:
        held = _by_reference(index, archive, document.reference)
        if held is not None and held.state == "held" and held.payload_key != key:
            _conflict(document, held, plan)
            return True
    else:
        held = _nearest(document, _same(document.source, key, index, request), plan, archive)
        if held is None:
            _tell_other_form(document, key, plan, index, request)
    if held is None:
        return False
    if held.state != "held":
        plan.set_state(document.seq, "rejected")
        plan.add_finding(
            findings.error(
                "REF-WITHDRAWN",
                document.source,
                f"was held as {held.reference} and {_gone(held)}",
                remedy="give it a reference of its own if it is to be held again",
            ),
            document.source,
        )
        return True
    ledger.require(held)
    kept = current_description(archive, held.bag, held.tag_manifest)
    try:
        files = _files_not_kept(document, archive, held)
    except OSError as trouble:
        _unreadable(document, held, trouble, plan)
        return True
    if files is None:
        kept = None
    differs = () if kept is None else offered_otherwise(document.description, document.source, kept)
    plan.record_held(document.seq, held.bag, (*differs, *(files or ())))
    if kept is None or is_bad(held):
        found = f"an audit found {held.last_outcome}" if is_bad(held) else "is not as the ledger knows it"
        message = f"is held as {held.reference}, which {found}"
        remedy = f"keep what was brought: archive repair {held.reference} --from it puts that one right"
        plan.add_finding(findings.warning("DUP-DAMAGED", document.source, message, remedy=remedy))
    return True


def _same(source: str, key: str, index: Index, request: IngestRequest) -> list[IndexRow]:
    """What has the identity of a document of that path without a reference, and its bytes."""
    rows = index.by_source(source)
    return [row for row in rows if row.payload_key == key and row.accession == request.accession]


def _tell_other_form(
    document: PlannedDocument, key: str, plan: Plan, index: Index, request: IngestRequest
) -> None:
    """Says that a new document would be told from a held one by the Unicode form of its name alone."""
    if request.duplicates is not Duplicates.KEEP:  # which is said of it as of any twin
        return
    forms = spellings(document.source)[1:]
    same = (row for form in forms for row in _same(form, key, index, request) if row.state == "held")
    if (held := next(same, None)) is not None:
        message = (
            f"the same bytes are held as {held.reference}, whose name is in another Unicode form of this one"
        )
        remedy = (
            "where it is the same document, leave it out: --duplicates leave-out, or --exclude with its name"
        )
        plan.add_finding(findings.warning("DUP-OTHER-FORM", document.source, message, remedy=remedy))


def _files_not_kept(
    document: PlannedDocument, archive: OpenedArchive, held: IndexRow
) -> tuple[str, ...] | None:
    """The tag files of a bag that the held one does not keep; None where that is not as the ledger knows it.

    Raises OSError where storage does not tell.
    """
    if not document.submission:  # no bag
        return ()
    from archive.services.ingest.held_submission import tag_files_not_kept

    try:
        return tag_files_not_kept(document, archive, held)
    except (BagDoubtError, NotAPlainFileError, FileNotFoundError, NotADirectoryError):
        return None


def _keeps_other_files(document: PlannedDocument, archive: OpenedArchive, held: IndexRow) -> bool:
    try:
        return _files_not_kept(document, archive, held) != ()
    except OSError:
        return True


def _unreadable(document: PlannedDocument, held: IndexRow, trouble: OSError, plan: Plan) -> None:
    """Says that nobody can see whether everything that was brought is held."""
    plan.set_state(document.seq, "rejected")
    reason = trouble.strerror or str(trouble)
    message = f"its payload is held as {held.reference}, which cannot be read: {reason}"
    remedy = "look at the storage, keep what was brought, and ingest it again"
    finding = findings.error("BAG-UNREADABLE", document.source, message, remedy=remedy)
    plan.add_finding(finding, document.source)


def _nearest(
    document: PlannedDocument, same: list[IndexRow], plan: Plan, archive: OpenedArchive
) -> IndexRow | None:
    """The one of several that the document is: two SOURCEs may have had one path, and its bytes.

    Held before gone and good before damaged; then one with the very tag files of a bag, one with the very
    description before one that says more, and among them one that is nobody else's in this submission.
    """
    if len(same) < 2:
        return same[0] if same else None

    def order(row: IndexRow) -> tuple[bool, bool, bool, bool, bool, bool]:
        gone = row.state != "held"
        kept = None if gone else current_description(archive, row.bag, row.tag_manifest)
        differs = kept is None or bool(offered_otherwise(document.description, document.source, kept))
        others = gone or _keeps_other_files(document, archive, row)
        other = kept != document.description
        return (gone, is_bad(row), others, differs, other, plan.is_told_held(row.bag))

    nearest = min(same, key=order)
    plan.tell_held(nearest.bag)
    return nearest


def _gone(row: IndexRow) -> str:
    return "withdrawn" if row.state == "withdrawn" else "disposed of"


def _conflict(document: PlannedDocument, held: IndexRow, plan: Plan) -> None:
    plan.set_state(document.seq, "rejected")
    plan.add_finding(
        findings.error(
            "REF-CONFLICT",
            document.source,
            f"the reference {document.reference} is held with other bytes ({short_id(held.bag)})",
            expected=f"sha512:{held.payload_key}",
            remedy="give it a reference of its own, or withdraw the held document first",
        ),
        document.source,
    )

"""The whole of an export: who may see what, the copies, what goes with them, and a name for it all."""

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from archive.core.errors import (
    ArchiveError,
    BagFormatError,
    ConfigurationError,
    ConflictError,
    EvidenceError,
    StorageError,
)
from archive.core.exit_codes import FINDINGS
from archive.core.findings import Finding, Severity, error, warning
from archive.core.ids import short_id
from archive.core.ledger import entries
from archive.core.portable_names import stored_names
from archive.core.text import printable
from archive.formats.exchange.mets import mets_xml
from archive.formats.exchange.record import ExchangedDocument, ExchangedFile
from archive.formats.exchange.ro_crate import FILE_NAME, CratedDocument, FileBeside, ro_crate_json
from archive.formats.oai_dc import oai_dc_xml
from archive.formats.pages.export import ExportedFile, ExportedPage, export_page
from archive.services.access import EffectiveAccess, may_be_exported
from archive.services.catalog.bag_record import BagDoubtError
from archive.services.evidence.proven_entries import ProvenEntries
from archive.services.export.document import DocumentCopy
from archive.services.export.request import Exported, ExportReport, ExportRequest, Form
from archive.services.export.targets import Target
from archive.services.export.telling import holds_earlier_title, keeper_of, told
from archive.services.holdings.listing import list_documents
from archive.services.holdings.payload import AlteredError, explained
from archive.services.holdings.resolution import resolve
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings, day_of
from archive.storage.disk.durable import NotAPlainFileError, storage_error
from archive.storage.index import Index, IndexRow

PAGE: Final = "about.html"
MANIFEST: Final = "manifest-sha512.txt"
DESCRIPTIONS: Final = "descriptions"
RECEIVED: Final = "as-received"
METS: Final = "mets.xml"
OBJECTS: Final = "objects/"
_UNREADABLE: Final = "EXPORT-UNREADABLE"
_TROUBLE: Final = (AlteredError, BagDoubtError, NotAPlainFileError, ArchiveError, OSError)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # our own disk, not the bag's
_RESERVED: Final = (PAGE, MANIFEST, DESCRIPTIONS, RECEIVED, FILE_NAME)


def export(
    archive: OpenedArchive, index: Index, request: ExportRequest, surroundings: Surroundings
) -> ExportReport:
    """Copies the documents asked for; the target appears whole, or not at all where none could be copied.

    A document that may not be handed out or is damaged is left out and said so (exit 1); one that cannot be
    read exits 3. The ledger is not touched: a reason for handing out what is closed stands in the copy.
    Raises ConfigurationError for a place inside the archive and for names of none, ConflictError where there
    is something of the target's name, EvidenceError where an entry is not what was signed, StorageError where
    the disk refuses.
    """
    rows = list(_chosen(index, request))
    if not rows:
        raise ConfigurationError("no document is meant by this", remedy="archive list shows what is held")
    _require_outside(archive, request.to)
    report = ExportReport(to=request.to, form=request.form)
    day = day_of(surroundings.now())
    asked = ((row, _permitted(archive, index, row, request, report, day)) for row in rows)
    allowed = [(row, access) for row, access in asked if access is not None]
    if not allowed:
        report.exit_code = FINDINGS
        return report
    with Target(request.to) as target, ExitStack() as stack:
        made = entries.timestamp(surroundings.now())
        spool = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
        lines = stack.enter_context(tempfile.SpooledTemporaryFile(1 << 20, "w+b"))
        run = _Run(archive, request, target, report, spool, lines, made, day)
        surroundings.progress.begin("Copying", sum(row.bytes for row, _ in allowed), "bytes")
        try:
            for (row, access), folder in zip(allowed, _folders(row for row, _ in allowed), strict=True):
                run.take(row, access, folder)
                surroundings.progress.advance(row.bytes)
        finally:
            surroundings.progress.end()
        if report.documents:
            run.finish()
            target.publish()
    severe = any(finding.code == _UNREADABLE for _, finding in report.refused)
    if report.refused:
        report.exit_code = StorageError.exit_code if severe else FINDINGS
    return report


def _chosen(index: Index, request: ExportRequest) -> Iterator[IndexRow]:
    """The documents, in the order of ingest where none is named."""
    if request.documents:
        chosen = {row.bag: row for row in (resolve(index, text) for text in request.documents)}
        yield from chosen.values()
        return
    yield from list_documents(index, accession=request.accession)


def _require_outside(archive: OpenedArchive, to: Path) -> None:
    whole = Path(os.path.abspath(to))  # `.` has no name of its own
    place = Path(os.path.realpath(whole.parent)) / whole.name
    if place.is_relative_to(archive.root.resolve()):
        raise ConfigurationError(
            f"{printable(str(to))}: inside the archive, where only its own commands write",
            remedy="name a folder outside of it",
        )


def _permitted(
    archive: OpenedArchive,
    index: Index,
    row: IndexRow,
    request: ExportRequest,
    report: ExportReport,
    day: str,
) -> EffectiveAccess | None:
    """The access in force where a copy may be made; None, and said so, where not."""
    if row.state != "held":
        message = f"was {row.state}, and no copies are made of it any more"
        report.refused.append((row, error("EXPORT-NOT-HELD", printable(row.reference), message)))
        return None
    permission = may_be_exported(
        archive,
        index,
        row,
        day=day,
        restricted_ok=request.restricted_ok,
        reason=request.reason,
    )
    wrong = [finding for finding in permission.findings if finding.severity is Severity.ERROR]
    report.findings += [finding for finding in permission.findings if finding not in wrong]
    if permission.allowed and _holds_hidden_title(permission.access, request):
        wrong = [_hidden_in_bag(row)]
    elif permission.allowed:
        return permission.access
    report.refused += [(row, finding) for finding in wrong]
    return None


def _holds_hidden_title(access: EffectiveAccess, request: ExportRequest) -> bool:
    """True where the copy would tell a title that nobody asked for: bytes of a bag are as they are."""
    is_own = access.source is None  # what a document inherits hides no title of it
    return request.form is Form.BAG and is_own and access.access.title_hidden and not request.restricted_ok


def _hidden_in_bag(row: IndexRow) -> Finding:
    return error(
        "EXPORT-TITLE-HIDDEN",
        printable(row.reference),
        "its bag holds the title, which is not to be shown: no copy is made",
        remedy="for somebody who may see it: --restricted-ok --reason TEXT; --as files, mets or ro-crate"
        " leave the title out",
    )


def _earlier_title(row: IndexRow) -> Finding:
    return warning(
        "EXPORT-EARLIER-TITLE",
        printable(row.reference),
        "its bag holds an earlier description, and with it a title that was not to be shown",
        remedy="give the bag only to those who may see that title; --as files, mets or ro-crate leave it out",
    )


def _folders(rows: Iterable[IndexRow]) -> Iterator[str]:
    """A folder for each document, called by its reference as far as file systems can be told it."""
    wanted: dict[str, None] = {}
    for row in rows:
        name = row.reference.replace("/", "_")
        while name in wanted:
            name = f"{name}-{short_id(row.bag)}"
        wanted[name] = None
    # Those that are taken already come first, and keep their names.
    names = stored_names([*_RESERVED, *(f"{name}/x" for name in wanted)])
    for name in wanted:
        yield names[f"{name}/x"].partition("/")[0]


class _Run:
    """The export while it is made."""

    def __init__(
        self,
        archive: OpenedArchive,
        request: ExportRequest,
        target: Target,
        report: ExportReport,
        spool: IO[str],
        lines: IO[bytes],
        made: str,
        day: str,
    ) -> None:
        self._archive, self._request, self._target, self._report = archive, request, target, report
        self._spool, self._lines, self._made, self._day = spool, lines, made, day
        self._crated: list[CratedDocument] = []
        self._keeper = keeper_of(archive)
        self._entry_at = ProvenEntries(archive, archive.checkpoint())

    def take(self, row: IndexRow, access: EffectiveAccess, folder: str) -> None:
        """Copies one document, or says why not."""
        copy = DocumentCopy(self._archive, row, self._target, self._entry_at)
        try:
            base, files = self._copied(copy, folder)
            reason = self._request.reason if access.access.on(self._day).is_closed else None
            document = told(
                self._archive,
                row,
                files,
                access=access,
                made=self._made,
                reason=reason,
                reveal=self._request.restricted_ok,
            )
            earlier = self._request.form is Form.BAG and holds_earlier_title(self._archive, row)
        except (ConflictError, EvidenceError):
            raise
        except _TROUBLE as trouble:
            if isinstance(trouble, OSError) and trouble.errno in _FULL:
                raise _unwritten(trouble, self._request.to) from trouble
            copy.take_back()
            self._refuse(row, trouble)
            return
        if earlier:
            self._report.findings.append(_earlier_title(row))
        described = self._beside(document, folder)
        for name, digest in ((base + file.name, file.sha512) for file in files):
            self._line(name, digest)
        page = ExportedPage.of(document, base)
        self._spool.write(json.dumps(page) + "\n")
        if self._request.form is Form.RO_CRATE:
            shared = self._request.as_received
            self._crated.append(CratedDocument(document, base, described, shared=shared))
        self._report.documents.append(
            Exported(
                row=row,
                folder=base.rstrip("/"),
                files=tuple(base + file.name for file in files),
                renamed=copy.renamed,
                bytes=copy.bytes,
            )
        )
        self._target.settle()

    def finish(self) -> None:
        """Writes what goes with all of them."""
        about = {
            "name": self._keeper.name,
            "contact": self._keeper.contact,
            "made": self._made,
            "count": len(self._report.documents),
        }
        page = (piece.encode("utf-8", "replace") for piece in export_page(about, self._pages()))
        size = self._write(PAGE, page)
        if self._request.form is Form.RO_CRATE:
            listed = self._lines.tell() + len(_manifest_line(FILE_NAME, "0" * 128))  # as it will be
            beside = [
                FileBeside(PAGE, "Description, rights and citation of every document", "text/html", size),
                FileBeside(MANIFEST, "SHA-512 of every file", "text/plain", listed),
            ]
            crate = ro_crate_json(self._crated, self._keeper, self._made, beside, DESCRIPTIONS)
            self._write(FILE_NAME, [crate])
        self._lines.seek(0)
        with _writing(self._request.to):
            (self._target.work / MANIFEST).write_bytes(self._lines.read())

    def _copied(self, copy: DocumentCopy, folder: str) -> tuple[str, tuple[ExchangedFile, ...]]:
        if self._request.form is Form.BAG:
            return f"{folder}/", copy.bag(f"{folder}/")
        if self._request.form is Form.METS:
            return f"{folder}/{OBJECTS}", copy.files(f"{folder}/{OBJECTS}")
        if self._request.as_received:
            return f"{RECEIVED}/", copy.files(f"{RECEIVED}/", received=folder)
        return f"{folder}/", copy.files(f"{folder}/")

    def _beside(self, document: ExchangedDocument, folder: str) -> tuple[FileBeside, ...]:
        """Writes the description of a document, in each of its forms, and what --as asks for."""
        if self._request.form is Form.BAG:
            return ()
        named = (document.reference, document.urn)
        told_exactly, told_as_oai_dc = f"{DESCRIPTIONS}/{folder}.json", f"{DESCRIPTIONS}/{folder}.xml"
        exactly = self._write(told_exactly, [document.description.canonical_bytes()])
        as_oai_dc = self._write(told_as_oai_dc, [oai_dc_xml(document.description, named)])
        what = f"Description of {document.reference}"
        described = (
            FileBeside(told_exactly, what, "application/json", exactly),
            FileBeside(told_as_oai_dc, f"{what}, as oai_dc", "application/xml", as_oai_dc),
        )
        if self._request.form is Form.METS:
            files = [replace(file, name=OBJECTS + file.name) for file in document.files]
            self._write(f"{folder}/{METS}", [mets_xml(replace(document, files=files))])
        return described

    def _write(self, name: str, pieces: Iterable[bytes]) -> int:
        """Writes a file and its line of the manifest; its bytes."""
        found = hashlib.sha512()
        path = self._target.work / name
        with _writing(self._request.to):
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "xb") as stream:
                for piece in pieces:
                    found.update(piece)
                    stream.write(piece)
                size = stream.tell()
        self._line(name, found.hexdigest())
        return size

    def _line(self, name: str, digest: str) -> None:
        self._lines.write(_manifest_line(name, digest))

    def _pages(self) -> Iterator[ExportedPage]:
        self._spool.seek(0)
        for line in self._spool:
            page = ExportedPage(*json.loads(line))
            yield page._replace(files=tuple(ExportedFile(*file) for file in page.files))

    def _refuse(self, row: IndexRow, trouble: Exception) -> None:
        said = explained(trouble, row)
        if isinstance(said, BagFormatError):
            found: list[Finding] = list(said.findings)
            code = "EXPORT-DAMAGED"
        elif isinstance(said, ArchiveError):
            found, code = [], _UNREADABLE
        else:
            raise trouble
        finding = error(code, printable(row.reference), said.message, remedy=said.remedy)
        self._report.refused.append((row, finding))
        self._report.findings += found


@contextmanager
def _writing(to: Path) -> Iterator[None]:
    """Names the target where a write of the block fails: what it is made in goes, and has no name of note."""
    try:
        yield
    except OSError as trouble:
        raise _unwritten(trouble, to) from trouble


def _unwritten(trouble: OSError, to: Path) -> StorageError:
    return storage_error(trouble, str(to), "write the copies")


def _manifest_line(name: str, digest: str) -> bytes:
    """A line as sha512sum writes and reads it: a name that breaks lines is escaped."""
    raw = os.fsencode(name)
    plain = raw.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    mark = b"" if plain == raw else b"\\"
    return mark + digest.encode() + b"  " + plain + b"\n"

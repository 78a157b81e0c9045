"""One document with all that is known of it."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.copies import CopyPlace
from archive.core.descriptions.description import Description
from archive.core.descriptions.inheritance import Inherited, inherited
from archive.core.errors import ArchiveError
from archive.core.findings import Finding, error
from archive.core.ids import short_id
from archive.core.ledger.entries import Entry, parse_entry
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.text import lossless
from archive.services.catalog.bag_record import (
    PREMIS,
    BagDoubtError,
    description_paths,
    listed_bytes,
    parsed_description,
    revision_records,
    tag_files,
    why_not_read,
)
from archive.services.copies.standing import good_places
from archive.services.evidence.proven_entries import ProvenEntries
from archive.services.holdings.listing import document_json, place_of
from archive.services.inheritance import inheritable_fields, sources
from archive.services.opened import OpenedArchive
from archive.services.signing.waiting_damage import damage_that_waits
from archive.storage.bags.held_bag import MANIFEST, HeldBag
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow, told_of
from archive.storage.layout import bag_path

if TYPE_CHECKING:
    from archive.formats.premis import PremisSummary, SummaryFile
    from archive.services.history.event import Event


class EarlierDescription(NamedTuple):
    """A description that a later one took the place of, and its number: 1 from the ingest."""

    revision: int
    description: Description


@dataclass(slots=True, kw_only=True)
class DocumentReport:
    """What the bag, the ledger and the index say of one document.

    `description` and `premis` are None where the bag does not give them as the ledger knows them: then the
    findings say why. `earlier` are the descriptions before it, oldest first. `payload` has (path in the bag,
    sha512) of every file; `twins` hold the same bytes; `later` are the entries about it after its ingest, and
    `timeline` is what happened to it, oldest first. `places` hold a good copy of it beside the archive's own,
    which is good itself unless its last audit said otherwise, or one that `waits` for a signature;
    `inherited` is what it has from what it belongs to.
    """

    row: IndexRow
    entry: Entry
    description: Description | None = None
    premis: "PremisSummary | None" = None
    payload: list[tuple[str, str]] = field(default_factory=list)
    twins: list[IndexRow] = field(default_factory=list)
    inherited: tuple[Inherited, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    later: list[Entry] = field(default_factory=list)
    earlier: list[EarlierDescription] = field(default_factory=list)
    timeline: "list[Event]" = field(default_factory=list)
    places: list[CopyPlace] = field(default_factory=list)
    waits: bool = False

    @property
    def good_copies(self) -> int:
        """How many good copies of it there are, the archive's own among them; 0 for what is not held."""
        if self.row.state != "held":
            return 0
        return len(self.places) + (self.row.last_outcome in {"", "intact"} and not self.waits)

    @property
    def files(self) -> "list[tuple[str, str, SummaryFile | None]]":
        """(path in the bag, sha512, what PREMIS says of it) of every payload file."""
        known = {file.path: file for file in self.premis.files} if self.premis else {}
        return [(path, digest, known.get(path)) for path, digest in self.payload]

    def to_json(self) -> dict[str, Any]:
        """The report under `kind: document`; arrays last, since they are what is long."""
        premis = self.premis
        return {
            "kind": "document",
            "version": 1,
            **document_json(self.row),
            "description": self.description.to_json() if self.description else None,
            "inherited": [
                {
                    "field": each.field,
                    "values": [value.to_json() for value in each.values],
                    "source": lossless(each.source),
                }
                for each in self.inherited
            ],
            "ledger": {"entry": self.row.entry, **self.entry.members},
            "files": [_file_json(*file) for file in self.files],
            "events": [
                {
                    "id": event.id,
                    "type": event.type,
                    "time": event.time,
                    "outcome": event.outcome,
                    "details": [lossless(text) for text in event.details],
                }
                for event in (premis.events if premis else ())
            ],
            "agents": [
                {"id": agent.id, "name": agent.name, "kind": agent.kind.value, "version": agent.version}
                for agent in (premis.agents if premis else ())
            ],
            "timeline": [event.to_json() for event in self.timeline],
            "earlier": [
                {"revision": one.revision, "description": one.description.to_json()} for one in self.earlier
            ],
            "later": [dict(entry.members) for entry in self.later],
            "copies": {
                "good": self.good_copies,
                "places": [{"id": place.id, "name": lossless(place.name)} for place in self.places],
            },
            "twins": [lossless(row.reference) for row in self.twins],
            "findings": [finding.to_json() for finding in self.findings],
        }


def show_document(
    archive: OpenedArchive, index: Index, row: IndexRow, *, reveal: bool = False
) -> DocumentReport:
    """All that is known of a document. What cannot be believed or read of its bag is a finding, no error.

    A title that the description, or one before it, hides is shown only with `reveal`. Raises
    EvidenceError where the ledger's checkpoint, or an entry about it, does not hold, StorageError where an
    entry about it cannot be read.
    """
    from archive.services.history.timeline import Timeline

    entry_at = ProvenEntries(archive, archive.checkpoint())
    report = DocumentReport(row=row, entry=parse_entry(entry_at(row.entry)))
    report.later = [parse_entry(entry_at(at)) for at in index.changes(row.entry)]
    if row.state == "held":
        waits = damage_that_waits(archive)
        report.waits = row.bag in waits.bags
        report.places = good_places(archive, index, row, waits)
    if row.bytes:  # empty files are no twins
        report.twins = [twin for twin in index.by_payload(row.payload_key) if twin.bag != row.bag]
    timeline = Timeline(archive, index, row)
    report.timeline = list(timeline.events())
    report.findings += timeline.findings
    if row.state == "disposed":  # nothing of it is left but what the ledger says
        return report
    try:
        with HeldBag(archive.root, row.bag, withdrawn=row.state == "withdrawn") as held:
            _read(held, report)
    except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError) as trouble:
        report.findings.append(_doubt(row, *why_not_read(trouble)))
    if report.description is not None:
        report.inherited = _inherited(archive, index, row, report.description)
        _settle_title(report, report.description, reveal=reveal)
    return report


def _inherited(
    archive: OpenedArchive, index: Index, row: IndexRow, own: Description
) -> tuple[Inherited, ...]:
    fields = inheritable_fields(archive)
    return inherited(own, sources(archive, index, row, fields))


def _settle_title(report: DocumentReport, description: Description, *, reveal: bool) -> None:
    if reveal:
        if description.hides_title:
            report.row = report.row._replace(title=description.title)
        return
    if description.hides_title:
        report.description = description.without_title()
        report.earlier = [_untitled(each) for each in report.earlier]
        return
    hidden = (each.description.titles for each in report.earlier if each.description.hides_title)
    secret = frozenset().union(*hidden) - description.titles  # a title that is told by now is none
    report.earlier = [
        _untitled(each) if each.description.titles & secret else each for each in report.earlier
    ]


def _untitled(earlier: EarlierDescription) -> EarlierDescription:
    return earlier._replace(description=earlier.description.without_title())


def _read(held: HeldBag, report: DocumentReport) -> None:
    from archive.formats.premis.reader import read_premis

    listed = tag_files(held, _promised(report))
    data = held.read(MANIFEST, HELD_MANIFEST_BYTES)
    if hashlib.sha512(data).hexdigest() != listed.get(MANIFEST):
        raise BagDoubtError(f"{MANIFEST} is not the one that its tag manifest knows")
    report.payload = parse_manifest(data, name=MANIFEST, version=V1_0, payload=True).entries
    *earlier, (_, current) = description_paths(listed)
    report.description = parsed_description(listed_bytes(held, listed, current))
    report.row = _as_described(report.row, report.description)
    for revision, path in earlier:
        said = parsed_description(listed_bytes(held, listed, path))
        report.earlier.append(EarlierDescription(revision, said))
    report.premis = read_premis(listed_bytes(held, listed, PREMIS))
    for path in revision_records(listed):
        later = read_premis(listed_bytes(held, listed, path))
        known = {agent.id for agent in report.premis.agents}
        report.premis = replace(
            report.premis,
            events=(*report.premis.events, *later.events),
            agents=(*report.premis.agents, *(agent for agent in later.agents if agent.id not in known)),
        )


def _promised(report: DocumentReport) -> str:
    """The digest of the tag manifest that the newest of its entries names: the index is not asked."""
    for entry in reversed((report.entry, *report.later)):
        if entry.bag != report.row.bag:
            raise BagDoubtError("the index names an entry of another document")
        if isinstance(digest := entry.get("tagmanifest"), str):
            return digest
    raise BagDoubtError("no entry of the ledger names its tag manifest")


def _as_described(row: IndexRow, said: Description) -> IndexRow:
    """The row as the description has it, which the ledger vouches for: an index can be edited."""
    title, creator, date = told_of(said)
    return row._replace(title=title, creator=creator, date=date)


def _doubt(row: IndexRow, code: str, reason: str) -> Finding:
    return error(
        code,
        place_of(row) or bag_path(row.bag),
        f"cannot be shown as it was ingested: {reason}",
        remedy=f"archive audit {short_id(row.bag)} says what is wrong with it",
    )


def _file_json(path: str, digest: str, known: "SummaryFile | None") -> dict[str, Any]:
    return {
        "path": lossless(path),
        "original": lossless(known.original) if known else None,
        "bytes": known.bytes if known else None,
        "sha512": digest,
        "formats": list(known.puids) if known else [],
    }

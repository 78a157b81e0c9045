"""Old and new descriptions of every document named, judged by the rules of ingest; nothing is written."""

import re
from typing import TYPE_CHECKING, Final

from archive import schemas
from archive.core import findings
from archive.core.descriptions import description_rules
from archive.core.descriptions.description import Description
from archive.core.descriptions.description_change import merged
from archive.core.errors import ArchiveError, StorageError
from archive.core.exit_codes import CONFLICT, FINDINGS, REJECTED, UNREADABLE
from archive.core.findings import Finding, Severity
from archive.core.holding import awaits_description
from archive.core.ids import short_id
from archive.core.submission import ReceivedRow
from archive.core.text import printable
from archive.services.catalog.bag_record import (
    PREMIS,
    BagDoubtError,
    current_description_path,
    listed_bytes,
    parsed_description,
    revision_of,
    tag_files,
)
from archive.services.changes.offers import Offer, Refusal, offers
from archive.services.changes.request import DescribeRequest
from archive.services.changes.stated import contradictions
from archive.services.inheritance import defaults, parts_of
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.bags.held_bag import HeldBag
from archive.storage.descriptions.changes import DescriptionChange, DescriptionChanges
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow

if TYPE_CHECKING:
    from archive.services.description_profiles import ProfileRules

_SCHEMA: Final = "dublin-core"
_DRAFT: Final = "DESC-DRAFT"
_REVISION: Final = re.compile(r"([0-9]{1,9})(?:[.,]0{1,9})?")


def select_changes(
    archive: OpenedArchive,
    index: Index,
    request: DescribeRequest,
    changes: DescriptionChanges,
    progress: Progress,
) -> None:
    """Fills the spool with what the request changes, what stays as it is, and what is refused."""
    profile = _Profile(archive, index, request.profile)
    progress.begin("Comparing descriptions", None, "documents")
    try:
        for offer in offers(request, index):
            if isinstance(offer, Finding):
                if offer.severity is Severity.ERROR:
                    changes.refuse(printable(offer.place), REJECTED, [offer.to_json()])
                else:
                    changes.add_finding(offer.to_json())
            elif isinstance(offer, Refusal):
                changes.refuse(offer.place, offer.code, [one.to_json() for one in offer.findings])
            else:
                _take(archive, request, changes, offer, profile)
                progress.advance(1)
    finally:
        progress.end()


class _Profile:
    """The profile that new descriptions are held against, with what each document inherits; maybe none."""

    def __init__(self, archive: OpenedArchive, index: Index, named: str | None) -> None:
        self._archive, self._index = archive, index
        self._rules: ProfileRules | None = None
        if named is not None or archive.settings.description.profile:
            from archive.services.description_profiles import rules_of  # with the schemas, 60 ms

            self._rules = rules_of(archive, named)

    def judge(self, new: Description, offer: Offer) -> list[Finding]:
        """What the new description of the offer's document lacks, or says against it."""
        if self._rules is None:
            return []
        fields = self._rules.profile.inherits
        above = parts_of(new, self._archive, self._index, fields)
        supplied = defaults(self._archive.settings.description, offer.row.accession)
        said = offer.said
        received = ReceivedRow(said.header, said.cells) if said.header else None
        more = (*above, *supplied)
        return self._rules.judge(new, offer.place, at=said.at, more=more, received=received)


def _take(
    archive: OpenedArchive,
    request: DescribeRequest,
    changes: DescriptionChanges,
    offer: Offer,
    profile: _Profile,
) -> None:
    row, place = offer.row, offer.place
    if changes.knows(row.bag):
        message = f"{printable(row.reference)} is described twice"
        remedy = "keep one description of each document"
        found = findings.error("HELD-TWICE", place, message, at=offer.said.at, remedy=remedy)
        changes.refuse(place, REJECTED, [found.to_json()])
        return
    try:
        with HeldBag(archive.root, row.bag) as held:
            _compare(held, request, changes, offer, profile)
    except StorageError as trouble:
        _unread(changes, row, place, trouble.message)
    except (BagDoubtError, NotAPlainFileError, ArchiveError) as doubt:
        _doubt(changes, row, place, str(doubt))
    except (FileNotFoundError, NotADirectoryError) as trouble:
        _doubt(changes, row, place, trouble.strerror or str(trouble))
    except OSError as trouble:
        _unread(changes, row, place, trouble.strerror or str(trouble))


def _compare(
    held: HeldBag, request: DescribeRequest, changes: DescriptionChanges, offer: Offer, profile: _Profile
) -> None:
    row = offer.row
    listed = tag_files(held, row.tag_manifest)
    old_bytes = listed_bytes(held, listed, current_description_path(listed))
    number = revision_of(listed)
    new = merged(parsed_description(old_bytes), offer.said.description, request.cleared)
    of_reading = [*_of_reading(offer), *contradictions(held, listed, offer)]
    found = [*of_reading, *_judged(new, offer), *profile.judge(new, offer)]
    if any(finding.severity is Severity.ERROR for finding in found):
        changes.refuse(offer.place, REJECTED, [finding.to_json() for finding in found])
        return
    new_bytes = new.canonical_bytes()
    if new_bytes == old_bytes:
        for finding in of_reading:
            changes.add_finding(finding.to_json())
        changes.add_unchanged(row.bag, row.reference, row.title)
        return
    if offer.revision is not None:
        exported_from = _revision(offer.revision)
        if not 1 <= exported_from <= number:
            changes.refuse(offer.place, REJECTED, [_no_revision(offer, number).to_json()])
            return
        if exported_from != number:
            changes.refuse(offer.place, CONFLICT, [_stale(offer, number).to_json()])
            return
    for finding in found:
        changes.add_finding(finding.to_json())
    awaiting = awaits_description(new) and _awaited_at_ingest(held, listed)
    changes.add(
        DescriptionChange(
            bag=row.bag,
            reference=row.reference,
            declared=row.declared,
            place=offer.place,
            base=row.tag_manifest,
            revision=number + 1,
            awaiting=int(awaiting) - int(row.awaiting),
            warnings=sum(finding.severity is Severity.WARNING for finding in found),
            old=old_bytes,
            new=new_bytes,
        )
    )


def _awaited_at_ingest(held: HeldBag, listed: dict[str, str]) -> bool:
    from archive.formats.premis.reader import read_premis

    return read_premis(listed_bytes(held, listed, PREMIS)).awaiting


def _of_reading(offer: Offer) -> list[Finding]:
    """What is wrong with the offered words themselves, and how they were understood.

    What the rules say of their values is said of the new description; that a row is not filled in yet, of
    none: what it leaves empty stays as it is.
    """
    of_values = {
        (finding.code, finding.message)
        for finding in description_rules.judge(offer.said.description, offer.place)
    }
    return [
        finding
        for finding in offer.said.findings
        if finding.code != _DRAFT and (finding.code, finding.message) not in of_values
    ]


def _judged(new: Description, offer: Offer) -> list[Finding]:
    """What is wrong with the description that the offered words make."""
    found: list[Finding] = []
    if not new.title:
        message = "the document would be left without a title"
        found.append(findings.error("HELD-NO-TITLE", offer.place, message, remedy="give it one: dc.title"))
    elif not schemas.is_valid(_SCHEMA, new.to_json()):
        for problem in schemas.explain(_SCHEMA, new.to_json()):
            where = ".".join(map(str, problem.path))
            place = f"{offer.place}:{where}"
            found.append(findings.error("DESC-VALUE-TYPE", place, problem.message, expected=problem.expected))
    return found or description_rules.judge(new, offer.place)


def _revision(cell: str) -> int:
    """The number in a cell `revision`, also where a spreadsheet made `1.0` of it; 0 where there is none."""
    written = _REVISION.fullmatch(cell)
    return int(written[1]) if written else 0


def _no_revision(offer: Offer, number: int) -> Finding:
    one = "has one revision, 1" if number == 1 else f"has the revisions 1 to {number}"
    return findings.error(
        "HELD-REVISION",
        offer.place,
        f"{printable(offer.row.reference)} {one}; what stands in the column revision is none of them",
        at=offer.said.at,
        expected=f"revision {number}",
        found=printable((offer.revision or "")[:40]),
        remedy="export it anew (archive list --table FILE.csv) and make your changes there",
    )


def _stale(offer: Offer, number: int) -> Finding:
    return findings.error(
        "HELD-STALE",
        offer.place,
        f"{printable(offer.row.reference)} was described again since this row was exported",
        at=offer.said.at,
        expected=f"revision {number}",
        found=f"revision {printable((offer.revision or '')[:40])}",
        remedy="export it anew (archive list --table FILE.csv) and make your changes there",
    )


def _unread(changes: DescriptionChanges, row: IndexRow, place: str, reason: str) -> None:
    message = f"{printable(row.reference)}: its bag cannot be read, and it is not described: {reason}"
    finding = findings.error("HELD-UNREADABLE", place, message)
    changes.refuse(place, UNREADABLE, [finding.to_json()])


def _doubt(changes: DescriptionChanges, row: IndexRow, place: str, reason: str) -> None:
    finding = findings.error(
        "HELD-DOUBTFUL",
        place,
        f"{printable(row.reference)}: its bag is not as the ledger knows it, it is not described: {reason}",
        remedy=f"archive audit {short_id(row.bag)} says what is wrong with it",
    )
    changes.refuse(place, FINDINGS, [finding.to_json()])

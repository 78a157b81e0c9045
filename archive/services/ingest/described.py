"""A description on its way into the plan: its canonical bytes, and what stood beside it."""

import json
import os
from typing import NamedTuple

from archive.core import findings
from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.value_languages import with_languages_alike
from archive.core.digests import Digest
from archive.core.findings import At, Finding, Severity
from archive.core.holding import supplied_title
from archive.core.limits.output import QUOTED
from archive.core.submission import ReceivedRow, Role
from archive.core.text import unseen_character
from archive.formats.descriptions import DescribedRow, without_export_marks
from archive.services.ingest.checksums import attach_stated
from archive.services.ingest.matched import Matched
from archive.storage.plan import Plan


class Described(NamedTuple):
    """What a row of a table or a sidecar says of one document; `title` is empty where it says none.

    `paths` are those of a sidecar that are not plainly the one of the document that it stands beside.
    """

    description: bytes
    title: str
    reference: str | None
    at: At
    findings: tuple[Finding, ...]
    digests: tuple[Digest, ...]
    size: int | None
    received: ReceivedRow | None = None
    paths: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """True where an error was found in it."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def described(row: DescribedRow) -> Described:
    """The row with its description in the one form that is stored."""
    description = with_languages_alike(without_export_marks(row.description))
    return Described(
        description.canonical_bytes(),
        description.shown_title,
        row.reference,
        row.at,
        row.findings,
        row.digests,
        row.size,
        ReceivedRow(row.header, row.cells) if row.header else None,
    )


def take_document(plan: Plan, said: Described, matched: Matched, place: str) -> None:
    """Takes a document with its files and its description into the plan."""
    if said.reference is not None and (fault := unseen_character(said.reference)):
        plan.add_finding(
            findings.error(
                "REF-CHARACTERS",
                place,
                f"the reference holds the character {fault}, which nobody can see or a file could not keep",
                at=said.at,
                found=said.reference[:QUOTED],
                remedy="write it in characters that can be seen and typed",
            ),
            matched.source,
        )
        refuse(plan, matched)
        return
    if said.reference is not None and (other := plan.document_of_reference(said.reference)):
        plan.add_finding(
            findings.error(
                "PAIR-REFERENCE",
                place,
                f"the reference {said.reference} is declared twice, first in {other[1]}",
                at=said.at,
                remedy="give each document its own reference",
            ),
            matched.source,
        )
        refuse(plan, matched)
        return
    description, title = said.description, said.title
    awaiting = not title and any(finding.code == "DESC-DRAFT" for finding in said.findings)
    if not title:
        title = supplied_title(os.path.basename(matched.source.rstrip("/")))
        known = Description.from_json(json.loads(description))
        description = known.with_terms({"title": (Value(title),)}).canonical_bytes()
        message = f"no title: {title} is supplied"
        plan.add_finding(findings.note("DESC-TITLE-SUPPLIED", place, message, at=said.at))
    seq = plan.add_document(
        matched.files,
        source=matched.source,
        description=description,
        title=title,
        reference=said.reference,
        awaiting=awaiting,
        place=place,
        cut=matched.cut,
        bag=matched.bag,
        received=said.received,
        warnings=sum(finding.severity is Severity.WARNING for finding in said.findings),
    )
    if said.digests or said.size is not None:
        attach_stated(plan, said.digests, said.size, matched, seq, said.at)


def refuse(plan: Plan, matched: Matched) -> None:
    """Keeps files whose description was refused from being taken in, or reported as undescribed too."""
    for file in matched.files:
        plan.set_role(file.id, Role.REFUSED)

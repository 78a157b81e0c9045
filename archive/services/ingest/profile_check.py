"""Holds every description of a submission against a profile, once it is paired with its document."""

from collections.abc import Iterator

from archive.core.descriptions.access import FIELD
from archive.core.descriptions.description import Description
from archive.core.descriptions.inheritance import Source
from archive.core.findings import Severity, at_row
from archive.core.limits.descriptions import DEEPEST_HIERARCHY
from archive.core.text import printable
from archive.services.description_profiles import ProfileRules
from archive.services.inheritance import ancestor_sources
from archive.services.opened import OpenedArchive
from archive.storage.index import Index
from archive.storage.plan import Plan


def hold_against(
    plan: Plan, rules: ProfileRules, archive: OpenedArchive | None = None, index: Index | None = None
) -> None:
    """Adds what the planned descriptions lack or say against the profile; one with an error is rejected.

    What a document is part of is looked for in the submission, then among what is held. Documents that await
    their description are passed over: nobody has described them yet.
    """
    for document in plan.documents():
        if document.awaiting:
            continue
        description = Description.from_stored(document.description)
        place, at = document.place, at_row(document.place)
        above = _above(plan, archive, index, description, rules.profile.inherits)
        found = rules.judge(description, place, at=at, more=above, received=document.received)
        for finding in found:
            plan.add_finding(finding, document.source)
        if any(finding.severity is Severity.ERROR for finding in found):
            plan.set_state(document.seq, "rejected")


def _above(
    plan: Plan,
    archive: OpenedArchive | None,
    index: Index | None,
    description: Description,
    fields: frozenset[str],
) -> Iterator[Source]:
    seen: set[str] = set()
    level = [description]
    while level and len(seen) <= DEEPEST_HIERARCHY:
        next_level: list[Description] = []
        for each in level:
            for value in each.terms.get("isPartOf", ()):
                if value.value in seen:
                    continue
                seen.add(value.value)
                planned = plan.document_of_reference(value.value)
                stored = plan.description_of(planned[0]) if planned is not None else None
                if stored is not None:
                    parent = Description.from_stored(stored[0])
                    next_level.append(parent)
                    yield Source(
                        f"{printable(value.value)} ({printable(parent.shown_title)})",
                        parent,
                        fields | {FIELD},
                    )
                elif archive is not None and index is not None and (held := index.named(value.value)):
                    yield from ancestor_sources(archive, index, held, fields)
        level = next_level

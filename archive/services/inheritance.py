"""Where a held document inherits from: what it is part of, its accession, the archive as a whole."""

from collections.abc import Iterator
from typing import Final

from archive.core.descriptions.access import FIELD, AccessStatus, stored_access
from archive.core.descriptions.description import Description
from archive.core.descriptions.inheritance import Source
from archive.core.text import printable
from archive.services.catalog.bag_record import held_description
from archive.services.opened import OpenedArchive
from archive.storage.descriptions.settings import DescriptionSettings
from archive.storage.index import Index, IndexRow

_ACCESS_ONLY: Final = frozenset((FIELD,))


def defaults(settings: DescriptionSettings, accession: str | None) -> Iterator[Source]:
    """What the accession, then the archive, supply to every document that does not say so itself."""
    if accession is not None and (said := settings.accessions.get(accession)):
        yield Source(f"accession {printable(accession)}", said)
    if settings.defaults.terms or settings.defaults.access is not None:
        yield Source("the archive", settings.defaults)


def inheritable_fields(archive: OpenedArchive) -> frozenset[str]:
    """What the profile in force lets a document inherit from what it is part of; nothing without one."""
    if not archive.settings.description.profile:
        return frozenset()
    from archive.services.description_profiles import profile_in_force

    profile = profile_in_force(archive)
    return profile.inherits if profile is not None else frozenset()


def sources(
    archive: OpenedArchive, index: Index, row: IndexRow, fields: frozenset[str] = frozenset()
) -> Iterator[Source]:
    """Everything that the document inherits from, the nearest first.

    Of what it is part of only `fields`, as a profile names them, and access: a file of a restricted series
    that does not say so itself is restricted, also where the bag of the series is damaged, or the series was
    withdrawn: neither opens what was closed. Otherwise what is not held gives nothing, nor does a bag that
    cannot be believed.
    """
    for ancestor in index.ancestors(row):
        yield from _source(archive, ancestor, fields)
    yield from defaults(archive.settings.description, row.accession)


def parts_of(
    description: Description, archive: OpenedArchive, index: Index, fields: frozenset[str]
) -> Iterator[Source]:
    """What a description inherits from what it says, perhaps only now, that its document is part of."""
    for value in description.terms.get("isPartOf", ()):
        if (row := index.named(value.value)) is not None:
            yield from ancestor_sources(archive, index, row, fields)


def ancestor_sources(
    archive: OpenedArchive, index: Index, row: IndexRow, fields: frozenset[str]
) -> Iterator[Source]:
    """The same for something that is part of the document `row`, without the defaults: first that itself."""
    yield from _source(archive, row, fields)
    for ancestor in index.ancestors(row):
        yield from _source(archive, ancestor, fields)


def _source(archive: OpenedArchive, row: IndexRow, fields: frozenset[str]) -> Iterator[Source]:
    if row.state != "held" and not closes(row):
        return
    said = held_description(archive, row.bag, row.tag_manifest) if row.state == "held" else None
    if said is None:  # what the index knows of access: a damaged bag opens nothing that was closed
        said = Description({}, access=stored_access(row.access))
    yield Source(f"{printable(row.reference)} ({printable(row.title)})", said, fields | _ACCESS_ONLY)


def closes(row: IndexRow) -> bool:
    """True where a document, held or withdrawn, is not open to everybody from the first."""
    return stored_access(row.access).status in {AccessStatus.RESTRICTED, AccessStatus.EMBARGOED}

"""Where a held document inherits from: what it is part of, its accession, the archive as a whole."""

from collections.abc import Iterator
from typing import Final

from archive.core.access import FIELD
from archive.core.description import Description
from archive.core.inheritance import Source
from archive.core.text import printable
from archive.services.catalog.bag_record import BagDoubtError, current_description, parsed_description
from archive.services.opened import OpenedArchive
from archive.storage.description_settings import DescriptionSettings
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
    that does not say so itself is restricted. What is not held, or has a bag that cannot be believed, gives
    nothing.
    """
    for ancestor in index.ancestors(row):
        if said := _description(archive, ancestor):
            name = f"{printable(ancestor.reference)} ({printable(ancestor.title)})"
            yield Source(name, said, fields | _ACCESS_ONLY)
    yield from defaults(archive.settings.description, row.accession)


def _description(archive: OpenedArchive, row: IndexRow) -> Description | None:
    data = current_description(archive, row.bag, row.tag_manifest)
    try:
        return None if data is None else parsed_description(data)
    except BagDoubtError:
        return None

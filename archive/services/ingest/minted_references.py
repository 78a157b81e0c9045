"""References for documents that bring none: never one that another document brings, has or had."""

import re
from collections.abc import Iterator
from itertools import count

from archive.core.ledger.change_entries import keyed_reference, tombstone_reference
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.tiles import TILE_WIDTH
from archive.services.opened import OpenedArchive
from archive.storage.index import LARGEST_COUNTED, Index
from archive.storage.plan import Plan


def minted_references(plan: Plan, index: Index, archive: OpenedArchive, year: int) -> Iterator[str]:
    """New references of a year without end, each given once.

    None is declared by a document of the plan, held, withdrawn, or was the declared one of a disposed
    document, which only its tombstone knows. None is at or below the last one that the ledger has, whatever
    the index knows: where that was edited, one would be signed twice.
    """
    salt = archive.settings.agent_salt
    declared = plan.is_any_reference_declared()
    disposed = index.counts().withdrawn > 0
    for number in count(max(index.next_number(year), _last_minted(archive, year) + 1)):
        reference = f"{year}-{number:06d}"
        taken = (
            (declared and plan.document_of_reference(reference) is not None)
            or (number > LARGEST_COUNTED and index.by_reference(reference) is not None)
            or (disposed and _is_a_tombstones(index, salt, reference))
        )
        if not taken:
            yield reference


def _is_a_tombstones(index: Index, salt: str, reference: str) -> bool:
    return index.by_reference(tombstone_reference(keyed_reference(salt, reference))) is not None


def _last_minted(archive: OpenedArchive, year: int) -> int:
    """The number that was minted last in a year, 0 where none was; looked for from the ledger's end."""
    form = re.compile(rb'"reference":"%d-([0-9]{6,9})"' % year)
    end = archive.checkpoint().size
    while end > 0:
        start = (end - 1) // TILE_WIDTH * TILE_WIDTH
        some = list(archive.ledger.entries(start, end))
        found = [int(match[1]) for match in map(form.search, some) if match]
        if found:
            return max(found)
        if parse_entry(some[0]).time < f"{year:04d}":
            return 0
        end = start
    return 0

"""References for documents that bring none: never one that another document brings, has or had."""

from collections.abc import Iterator
from itertools import count

from archive.core.ledger.change_entries import keyed_reference, tombstone_reference
from archive.storage.index import LARGEST_COUNTED, Index
from archive.storage.plan import Plan


def minted_references(plan: Plan, index: Index, year: int, salt: str) -> Iterator[str]:
    """New references of a year without end, each given once.

    None is declared by a document of the plan, held, withdrawn, or was the declared one of a disposed
    document, which only its tombstone knows; `salt` is the archive's.
    """
    declared = plan.is_any_reference_declared()
    disposed = index.counts().withdrawn > 0
    for number in count(index.next_number(year)):
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

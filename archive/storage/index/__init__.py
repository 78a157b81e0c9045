"""`catalog.sqlite`: what is held, searchable and in order of its last check. Derived: never evidence.

It can be deleted; the next writer makes it again from the ledger and the bags.
"""

from archive.storage.index.connection import (
    IndexBusyError,
    IndexDamagedError,
    IndexSharedError,
    IndexUnusableError,
    IndexValueError,
)
from archive.storage.index.copies_tables import CopyFault, IndexedCopy
from archive.storage.index.holdings_tables import LARGEST_COUNTED
from archive.storage.index.index import Index
from archive.storage.index.rows import (
    Counts,
    IndexedDocument,
    IndexRow,
    Received,
    Standing,
    indexed_document,
    is_bad,
    packed_document,
    told_of,
    unpacked_document,
)

__all__ = [
    "LARGEST_COUNTED",
    "CopyFault",
    "Counts",
    "Index",
    "IndexBusyError",
    "IndexDamagedError",
    "IndexRow",
    "IndexSharedError",
    "IndexUnusableError",
    "IndexValueError",
    "IndexedCopy",
    "IndexedDocument",
    "Received",
    "Standing",
    "indexed_document",
    "is_bad",
    "packed_document",
    "told_of",
    "unpacked_document",
]

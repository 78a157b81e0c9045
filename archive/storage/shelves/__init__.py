"""Places where good bytes may lie: copies of an archive, bags, tars, plain files, and what was set aside.

A shelf only offers: whoever takes bytes from it compares their digest with the one in the ledger.
"""

from archive.storage.shelves.offer import Offer, Shelf, bounded, holds, is_refusal

__all__ = ["Offer", "Shelf", "bounded", "holds", "is_refusal"]

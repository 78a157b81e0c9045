"""The catalog: what is derived from ledger and bags, kept current by each writer, rebuilt and verified."""

from archive.services.catalog.bag_record import (
    Derived,
    current_description,
    derive_holding,
    holding_from_bag,
    payload_of,
)
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.index_state import (
    add_outcomes,
    bring_up_to_date,
    current_index,
    optional_index,
    readable_index,
    reading_index,
)
from archive.services.catalog.rebuilding import Rebuilt, rebuild
from archive.services.catalog.verification import verify_catalog

__all__ = [
    "Derived",
    "Rebuilt",
    "add_outcomes",
    "bring_up_to_date",
    "current_description",
    "current_index",
    "derive_holding",
    "holding_from_bag",
    "optional_index",
    "payload_of",
    "publish_derived",
    "readable_index",
    "reading_index",
    "rebuild",
    "verify_catalog",
]

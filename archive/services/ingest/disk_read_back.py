"""`--read-back disk`: what was staged is asked of the disk itself, and judged as an audit would judge it."""

import os
from collections.abc import Iterable

from archive.core.errors import StorageError
from archive.core.expectation import Expectation
from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import audit_bag
from archive.storage.disk.page_cache import drop_tree
from archive.storage.plan import StagedBag


def read_back_from_disk(staging: str, bags: Iterable[StagedBag]) -> None:
    """Drops every staged file from the page cache and reads it again; the sync has been done.

    Raises StorageError where the disk does not give back what was written.
    """
    for bag in bags:
        folder = os.path.join(staging, bag.folder)
        drop_tree(os.path.join(folder, bag.bag))
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            result = audit_bag(descriptor, bag.bag, _expectation(bag))
        finally:
            os.close(descriptor)
        if result.outcome is not BagOutcome.INTACT:
            found = result.findings[0]
            raise StorageError(
                f"staging: {found.place}: the disk does not give back what was written: {found.message}",
                remedy="check the disk, then run the same command again",
            )


def _expectation(bag: StagedBag) -> Expectation:
    kind, _, key = bag.payload_key.partition(":")
    single = kind == "sha512"
    return Expectation(
        bag=bag.bag,
        entry=0,
        tag_manifest=bag.tag_manifest,
        payload=key if single else None,
        payload_manifest=None if single else key,
        files=bag.files,
        bytes=bag.bytes,
    )

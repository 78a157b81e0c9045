"""That rows of the index say what the ledger does, before something is signed on their word.

The index is no evidence: whoever can write to the disk can edit it.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from typing import Final

from archive.core.ledger.change_entries import CHANGES
from archive.core.ledger.checkpoint import Checkpoint
from archive.services.catalog.catching_up import CatchingUp
from archive.services.catalog.index_comparison import Passed, difference, named
from archive.services.evidence.proven_entries import proven_entries
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexRow, IndexUnusableError

# Entries are canonical JSON, so that nothing but such a change holds these bytes.
_CHANGE: Final = re.compile(b'"type":"(?:%s)"' % "|".join(sorted(CHANGES)).encode())


def require_recorded(
    archive: OpenedArchive, checkpoint: Checkpoint, rows: Callable[[], Iterable[IndexRow]]
) -> None:
    """Raises IndexUnusableError where one of these rows is not what ledger and bag give, EvidenceError where
    the entries of the ledger are not those that were signed.

    What a bag that cannot be believed would have to say is passed over; so is what audits found.
    """
    wanted = {row.entry for row in rows()}
    with (
        tempfile.TemporaryDirectory(prefix="document-archive-") as folder,
        Index.create(os.path.join(folder, "made.sqlite"), durable=False) as made,
    ):
        catching_up = CatchingUp(archive, made, archive.ledger.entry)
        entries = proven_entries(archive, checkpoint, 0, "so that nothing is signed on their word")
        with made.change():
            for number, raw in enumerate(entries):
                if number in wanted or _CHANGE.search(raw):
                    catching_up.take(number, raw)
            catching_up.flush()
        passed = Passed.of(catching_up.findings, results=True)
        for row in rows():
            found = difference(row, made.by_bag(row.bag), passed)
            if found is not None:
                raise IndexUnusableError(f"{named(row)}: {found}; nothing was changed")

"""`runs/<run>.json` compared with the digests in the ledger."""

import hashlib
import os
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.catalog_manifest import ClosedRun
from archive.core.errors import StorageError
from archive.core.findings import Finding, error
from archive.core.ids import is_uuid7
from archive.storage.disk.durable import storage_error
from archive.storage.disk.streamed_file import pieces_of

# Manifests are canonical JSON, where a quotation mark inside a text is escaped: this can stand nowhere but in
# the member of a bag.
_AWAITED: Final = b'"description_awaited":true'


class Looked(NamedTuple):
    """What one look at a manifest gave; `awaiting` is None where its bytes are not the ledger's."""

    awaiting: int | None
    finding: Finding | None = None


class RunManifests:
    """The manifests of one archive."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs

    @staticmethod
    def names(runs: Path) -> list[str]:
        """Every name in the folder, sorted; StorageError where it cannot be listed."""
        try:
            return sorted(os.listdir(runs))
        except FileNotFoundError:
            return []
        except OSError as trouble:
            raise storage_error(trouble, "runs", "list the folder") from trouble

    def look(self, run: ClosedRun) -> Looked:
        """Compares one manifest with the digest in the ledger, a mebibyte at a time."""
        place = f"runs/{run.run}.json"
        if not is_uuid7(run.run):
            return Looked(None, error("CATALOG-RUN-ALTERED", place, "the ledger names no run"))
        found, awaiting, tail = hashlib.sha512(), 0, b""
        try:
            for piece in pieces_of(str(self._runs / f"{run.run}.json")):
                found.update(piece)
                text = tail + piece
                awaiting += text.count(_AWAITED)
                tail = text[-len(_AWAITED) + 1 :]
        except FileNotFoundError:
            remedy = "put it back from another copy of the archive"
            return Looked(None, error("CATALOG-RUN-MISSING", place, "is not there", remedy=remedy))
        except (OSError, StorageError) as trouble:
            reason = trouble.strerror if isinstance(trouble, OSError) else str(trouble)
            return Looked(None, error("CATALOG-RUN-UNREADABLE", place, f"cannot be read: {reason}"))
        if found.hexdigest() == run.manifest:
            return Looked(awaiting)
        return Looked(
            None,
            error(
                "CATALOG-RUN-ALTERED",
                place,
                "is not the manifest that the ledger knows",
                expected=f"sha512:{run.manifest}",
                found=f"sha512:{found.hexdigest()}",
                remedy="put it back from another copy of the archive",
            ),
        )

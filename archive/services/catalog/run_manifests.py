"""`runs/<run>.json` compared with the digests in the ledger."""

import errno
import hashlib
import os
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.catalog_manifest import ClosedRun
from archive.core.errors import StorageError
from archive.core.findings import Finding, error
from archive.core.ids import is_uuid7
from archive.core.limits.archives import RUN_MANIFEST_READ
from archive.storage.disk.durable import storage_error
from archive.storage.disk.streamed_file import pieces_of

# Manifests are canonical JSON, where a quotation mark inside a text is escaped: this can stand nowhere but in
# the member of a bag.
_AWAITED: Final = b'"description_awaited":true'


# What systems say of a link, a folder and a socket: an answer about the thing itself.
_NO_FILE: Final = frozenset({errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO})
_PUT_BACK: Final = "put it back from another copy of the archive"


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
        """Every name in the folder, sorted; StorageError where it cannot be listed, NotADirectoryError where
        something else stands in its place."""
        try:
            return sorted(os.listdir(runs))
        except FileNotFoundError:
            return []
        except NotADirectoryError:
            raise
        except OSError as trouble:
            raise storage_error(trouble, "runs", "list the folder") from trouble

    def look(self, run: ClosedRun) -> Looked:
        """Compares one manifest with the digest in the ledger, a mebibyte at a time."""
        place = f"runs/{run.run}.json"
        if not is_uuid7(run.run):
            return Looked(None, error("CATALOG-RUN-ALTERED", place, "the ledger names no run"))
        found, awaiting, tail = hashlib.sha512(), 0, b""
        try:
            for piece in pieces_of(str(self._runs / f"{run.run}.json"), RUN_MANIFEST_READ):
                found.update(piece)
                text = tail + piece
                awaiting += text.count(_AWAITED)
                tail = text[-len(_AWAITED) + 1 :]
        except (FileNotFoundError, NotADirectoryError):
            return Looked(None, error("CATALOG-RUN-MISSING", place, "is not there", remedy=_PUT_BACK))
        except (OSError, StorageError) as trouble:
            if isinstance(trouble, OSError) and trouble.errno in _NO_FILE:
                return Looked(None, _no_manifest(place, "no plain file lies in its place"))
            if isinstance(trouble, OSError) and trouble.errno == errno.EFBIG:  # a hole may have any size
                return Looked(None, _no_manifest(place, "is larger than a manifest of a run can be"))
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
                remedy=_PUT_BACK,
            ),
        )


def _no_manifest(place: str, why: str) -> Finding:
    return error("CATALOG-RUN-ALTERED", place, why, remedy=_PUT_BACK)

"""Paths that no place on a disk could have: refused before anything is staged."""

import os
from collections.abc import Iterator

from archive.core import findings
from archive.core.limits.bags import SOURCE_PATH_BYTES
from archive.core.submission import PlannedDocument
from archive.services.ingest.payload_copy import payload_names
from archive.storage.plan import Plan


def refuse_long_paths(plan: Plan) -> None:
    """Refuses each planned document with a file whose path within it has over SOURCE_PATH_BYTES bytes."""
    if not plan.is_any_longer(SOURCE_PATH_BYTES):
        return
    for document in plan.documents():
        for path, size in _long(document):
            finding = findings.error(
                "SRC-PATH",
                path,
                f"its path within the document has {size} bytes",
                expected=f"{SOURCE_PATH_BYTES} bytes at most",
                found=f"{size} bytes",
                remedy="move the inner folders up, shorten their names, or leave it out with --exclude",
            )
            plan.add_finding(finding, document.source)
            plan.set_state(document.seq, "rejected")


def _long(document: PlannedDocument) -> Iterator[tuple[str, int]]:
    """Paths of the SOURCE, and how long they are in the document."""
    inner = [(file.path, names) for file, names in zip(document.files, payload_names(document), strict=True)]
    inner += [(file.path, (file.path, file.path)) for file in document.submission]
    for path, names in inner:
        size = max(len(os.fsencode(name)) for name in names)
        if size > SOURCE_PATH_BYTES:
            yield path, size

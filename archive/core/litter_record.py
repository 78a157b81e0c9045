"""The record of litter that was set aside from beside the bags: it lies with it, its digest in the ledger.

It has the form of the record of a repair of the archive's own files, and nothing was put back.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from archive.core.canonical import readable
from archive.core.litter import litter
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import VERSION, Displaced, place_below
from archive.core.text import lossless, printable

_IN_A_BAG: Final = re.compile(
    "(?:bags|quarantine/withdrawn)/[^/]+/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/"
)
_ITSELF: Final = ""  # the place where it was found: the archive itself


def litter_record(run: str, files: Sequence[Displaced]) -> bytes:
    """The readable bytes of the record; paths are relative to the root of the archive."""
    return readable({"version": VERSION, "run": run, "files": [_row(one) for one in files]})


def parse_litter_record(data: bytes) -> tuple[Displaced, ...]:
    """What was, or is to be, set aside; ValueError where the bytes are no such record.

    So they are where they name what no desktop program leaves under that name, or what lies in a bag, of
    which only its manifests could say that it is litter: in staging a record is anybody's word.
    """
    try:
        document = json.loads(data)
        if document["version"] != VERSION:
            raise ValueError("of a newer program")
        return tuple(map(_displaced, document["files"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as trouble:
        raise ValueError(f"not the record of litter: {trouble}") from trouble


def _row(one: Displaced) -> dict[str, Any]:
    return {
        "path": lossless(one.path),
        "outcome": one.outcome,
        "expected": None,
        "found": one.sha512,
        "bytes": one.size,
        "place": _ITSELF,
    }


def _displaced(row: Any) -> Displaced:
    path, size, found = place_below(row["path"]), row["bytes"], row["found"]
    is_litter = litter(path.rpartition("/")[2]) is not None and _IN_A_BAG.match(path) is None
    if row["outcome"] != FileOutcome.UNLISTED or not is_litter:
        raise ValueError(f"names what is no litter: {printable(path)}")
    return Displaced(
        path=path,
        outcome=FileOutcome.UNLISTED.value,
        sha512=found if isinstance(found, str) else None,
        size=size if type(size) is int else None,
    )

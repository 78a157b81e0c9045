"""The members of an ingestion's entry, read from the one spelling that we write.

A ledger has an entry of this kind for every document, and every audit reads them all: taken apart by one
pattern it costs a fraction of what it does as JSON. Whatever is spelled otherwise is left to `parse_entry`.
"""

import re
from functools import lru_cache
from typing import Any, Final

from archive.core.ledger.entry_members import ID_PATTERN, TIME_PATTERN

_TEXT: Final = r"[ !#-\[\]-~]*"  # nothing that JSON escapes, nothing beyond ASCII
_TEXTS: Final = rf'\[((?:"{_TEXT}"(?:,"{_TEXT}")*)?)\]'
_NUMBER: Final = "(0|[1-9][0-9]{0,17})"
_ID: Final = f'"({ID_PATTERN})"'
_SHA512: Final = '"([0-9a-f]{128})"'
_TIME: Final = f'"({TIME_PATTERN})"'
_spelled: Final = re.compile(
    rf'\{{"agents":{_TEXTS},"bag":{_ID},"bytes":{_NUMBER},"files":{_NUMBER},(?:"notes":{_TEXTS},)?'
    rf'"payload":\{{"((?:manifest-)?sha512)":{_SHA512}\}},(?:"reference":"({_TEXT})",)?"run":{_ID},'
    rf'"tagmanifest":{_SHA512},"time":{_TIME},"type":"ingestion","v":1\}}'.encode()
).fullmatch


def read_ingestion(raw: bytes) -> dict[str, Any] | None:
    """What `json.loads` gives of the bytes, where they are an ingestion as `ingestion` writes it, and sound;
    None where they are anything else."""
    found = _spelled(raw)
    if found is None:
        return None
    agents, bag, size, files, notes, kind, payload, reference, run, tag_manifest, time = found.groups()
    members: dict[str, Any] = {
        "agents": list(_texts(agents)),
        "bag": bag.decode(),
        "bytes": int(size),
        "files": int(files),
        "payload": {kind.decode(): payload.decode()},
        "run": run.decode(),
        "tagmanifest": tag_manifest.decode(),
        "time": time.decode(),
        "type": "ingestion",
        "v": 1,
    }
    if notes is not None:
        members["notes"] = list(_texts(notes))
    if reference is not None:
        members["reference"] = reference.decode()
    return members


@lru_cache(maxsize=64)
def _texts(joined: bytes) -> tuple[str, ...]:
    return tuple(joined[1:-1].decode().split('","')) if joined else ()

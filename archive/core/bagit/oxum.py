"""Payload-Oxum: bytes and number of the payload files, a quick look and never a proof (RFC 8493 §2.2.2)."""

import re
from typing import NamedTuple

from archive.core.bagit.tagfile import TagFile
from archive.core.findings import At, Finding, error

LABEL = "Payload-Oxum"
_OXUM = re.compile(r"([0-9]{1,20})\.([0-9]{1,20})")
_CLAUSE = "RFC 8493 §2.2.2"


class Oxum(NamedTuple):
    """Octets and streams of the payload."""

    bytes: int
    files: int

    def __str__(self) -> str:
        return f"{self.bytes}.{self.files}"


def payload_oxum(tag_file: TagFile) -> tuple[Oxum | None, tuple[Finding, ...]]:
    """The Payload-Oxum that the tags state, or None where they state none or none that can be read."""
    values = tag_file.values(LABEL)
    if not values:
        return None, ()
    at = At(file=tag_file.name, field=LABEL)
    if len(values) > 1:
        found = f"{len(values)} times"
        message = "Payload-Oxum is stated more than once"
        return None, (error("BAG-OXUM-REPEATED", tag_file.name, message, at=at, clause=_CLAUSE, found=found),)
    match = _OXUM.fullmatch(values[0])
    if match is None:
        message = "Payload-Oxum is not bytes.files"
        return None, (
            error("BAG-OXUM-SYNTAX", tag_file.name, message, at=at, clause=_CLAUSE, found=values[0][:200]),
        )
    return Oxum(int(match[1]), int(match[2])), ()

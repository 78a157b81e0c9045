"""Extended headers of tar: `length keyword=value` records (POSIX.1-2017 pax, "pax Extended Header")."""

import re
from typing import NamedTuple

from archive.core.containers.faults import Fault

_LENGTH = re.compile(rb"([1-9][0-9]{0,7}) ")
_DIGITS = re.compile(rb"[0-9]{1,19}")


class PaxRecords(NamedTuple):
    """What an extended header changes of the header that follows; None where it says nothing of it.

    `records`: how many it has, with those that are passed over.
    """

    path: bytes | None
    size: int | None
    records: int = 0


def parse_pax_records(data: bytes) -> PaxRecords | Fault:
    """The records that matter for what a member is; others (times, owners, attributes) are passed over.

    A keyword that matters twice, with two values, is a fault: readers take the first or the last.
    """
    known: dict[bytes, bytes] = {}
    position = count = 0
    while position < len(data):
        match = _LENGTH.match(data, position)
        end = position + int(match[1]) if match else 0
        if match is None or end > len(data) or end <= match.end() or data[end - 1 : end] != b"\n":
            return Fault("SER-HEADER-SYNTAX", "an extended header is not made of records")
        key, equals, value = data[match.end() : end - 1].partition(b"=")
        if not equals or not key:
            return Fault("SER-HEADER-SYNTAX", "a record of an extended header has no keyword")
        if key.startswith(b"GNU.sparse."):
            return Fault("SER-MEMBER-UNSUPPORTED", "a member is a sparse file, which is not read here")
        if key in (b"path", b"size", b"linkpath") and known.setdefault(key, value) != value:
            return Fault(
                "SER-HEADER-AMBIGUOUS", "an extended header states one thing twice", found=key.decode()
            )
        position = end
        count += 1
    return _meaning(known, count)


def _meaning(known: dict[bytes, bytes], count: int) -> PaxRecords | Fault:
    size = known.get(b"size")
    if size is not None and (not _DIGITS.fullmatch(size) or int(size) >= 1 << 63):
        found = size[:40].decode("ascii", "backslashreplace")
        return Fault("SER-HEADER-SYNTAX", "an extended header states no size a file can have", found=found)
    if known.get(b"path") == b"":
        return Fault("SER-NAME-EMPTY", "an extended header takes a member's name away")
    return PaxRecords(known.get(b"path"), None if size is None else int(size), count)

"""What a virus check left of the staged copies: what it altered was not what it looked at."""

import os
import stat
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.findings import Finding
from archive.core.text import printable
from archive.storage.bags.bag_writing import sha512_of_descriptor

_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_REMEDY: Final = "give a command that only reads; what it is to do with a find, the archivist decides"


class Stamp(NamedTuple):
    """What cannot be altered without a trace; the change time alone tells of an attribute, too."""

    kind: int
    inode: int
    size: int
    modified: int
    changed: int


def stamps(bag: str) -> dict[str, Stamp]:
    """Everything below a staged bag but folders, by its path in the bag. Raises OSError of our own disk."""
    found = {}
    for folder, folders, files in os.walk(bag):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in (*files, *links):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            found[os.path.relpath(path, bag)] = Stamp(
                status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
            )
    return found


def altered(
    bag: str, before: Mapping[str, Stamp], digests: Mapping[str, str], names: Iterable[tuple[str, str]]
) -> list[Finding]:
    """An error for each file that is not as it was staged, and for each that was not staged.

    `digests` (sha512) are by the path in the bag, `names` (path, the depositor's). Only what bears another
    stamp is read again.
    """
    after = stamps(bag)
    wrong = []
    for path, name in names:
        if after.get(path) != before[path] and not _is_same(bag, path, before[path], digests[path]):
            what = "altered the staged copy" if path in after else "took the staged copy away"
            wrong.append(_finding(name, f"the virus check {what}: what it looked at is not known"))
    wrong += [
        _finding(path, f"the virus check left {printable(path)} beside the staged copies")
        for path in sorted(after.keys() - before.keys())
    ]
    return wrong


def _finding(place: str, message: str) -> Finding:
    return findings.error("VIRUS-NOT-CHECKED", place, message, remedy=_REMEDY)


def _is_same(bag: str, path: str, before: Stamp, sha512: str) -> bool:
    """True where another attribute is all that changed: some scanners note there that they were here."""
    try:
        descriptor = os.open(os.path.join(bag, path), _FLAGS)
    except OSError:
        return False
    try:
        status = os.fstat(descriptor)
        is_as_staged = (status.st_mode, status.st_mtime_ns) == (before.kind, before.modified)
        return stat.S_ISREG(status.st_mode) and is_as_staged and sha512_of_descriptor(descriptor) == sha512
    except OSError:
        return False
    finally:
        os.close(descriptor)

"""Names that not every system takes, and names that some systems take for one (RFC 8493 §6.1)."""

from archive.core.bagit.contents import Entry
from archive.core.bagit.names import manifest_name
from archive.core.bagit_judge.gathered import Gathered
from archive.core.bagit_judge.seen import Seen
from archive.core.findings import warning
from archive.core.portable_names import collision_key, why_unportable

_CASE = "RFC 8493 §6.1.1.1"
_SYSTEMS = "RFC 8493 §6.1.2"


def check_name(entry: Entry, gathered: Gathered) -> None:
    """Say where the last component of a path is not portable; the others are entries of their own."""
    name = entry.path.rpartition("/")[2]
    why = why_unportable(name)
    if why is not None and not (name == entry.path and manifest_name(name)):
        gathered.add(warning("BAG-NAME-UNPORTABLE", entry.path, why, clause=_SYSTEMS))


def check_collisions(seen: Seen, gathered: Gathered) -> None:
    """Say which files differ only in case or Unicode form."""
    hashes = seen.colliding()
    if not hashes:
        return
    groups: dict[str, list[str]] = {}
    for path in seen.files():
        key = collision_key(path)
        if hash(key) in hashes:
            groups.setdefault(key, []).append(path)
    for paths in groups.values():
        first, *others = sorted(paths, key=lambda path: path.encode("utf-8", "surrogateescape"))
        for other in others:
            message = "differs from another file only in case or Unicode form; some systems keep one of them"
            gathered.add(warning("BAG-NAME-CASE", other, message, clause=_CASE, found=first))

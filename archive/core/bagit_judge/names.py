"""Names that not every system takes, and names that some systems take for one (RFC 8493 §6.1)."""

from archive.core.bagit.contents import Entry
from archive.core.bagit.names import manifest_name
from archive.core.bagit_judge.gathered import Gathered
from archive.core.bagit_judge.seen import Seen
from archive.core.findings import warning

_CASE = "RFC 8493 §6.1.1.1"
_SYSTEMS = "RFC 8493 §6.1.2"


# Bytes of names that every system takes, where they do not stand at an end or begin a device's name.
_ORDINARY = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-. ,()+=@!#$&\n"
_SUSPECTS = (
    b".\n",
    b" \n",
    b"\n ",
    b"\ncon",
    b"\nprn",
    b"\naux",
    b"\nnul",
    b"\ncom",
    b"\nlpt",
    b"tagmanifest-",
)
_LONGEST = 200  # characters, fewer than any limit


def check_names(entries: list[Entry], gathered: Gathered) -> None:
    """Say where the last component of a path is not portable; the others are entries of their own."""
    entries = [entry for entry in entries if "/" in entry.path or not manifest_name(entry.path)]
    names = [entry.path.rpartition("/")[2] for entry in entries]
    if not names or _all_ordinary(names):  # 0.1 µs a name, where looking at each takes 2 µs
        return
    from archive.core.portable_names import why_unportable

    for entry, name in zip(entries, names, strict=True):
        why = why_unportable(name)
        if why is not None:
            gathered.add(warning("BAG-NAME-UNPORTABLE", entry.path, why, clause=_SYSTEMS))


def _all_ordinary(names: list[str]) -> bool:
    """True where no name can have anything unusual in it."""
    joined = "\n" + "\n".join(names) + "\n"
    if not joined.isascii() or joined.count("\n") != len(names) + 1 or max(map(len, names)) > _LONGEST:
        return False
    raw = joined.encode()
    if raw.translate(None, _ORDINARY):
        return False
    lower = raw.lower()
    return not any(suspect in lower for suspect in _SUSPECTS)


def key_of(path: str) -> str:
    """Equal for paths that some file system takes for one."""
    if path.isascii():
        return path.lower()
    from archive.core.portable_names import collision_key

    return collision_key(path)


def check_collisions(seen: Seen, gathered: Gathered) -> None:
    """Say which files differ only in case or Unicode form."""
    hashes = seen.colliding()
    if not hashes:
        return
    groups: dict[str, list[str]] = {}
    for path in seen.files():
        key = key_of(path)
        if hash(key) in hashes:
            groups.setdefault(key, []).append(path)
    for paths in groups.values():
        first, *others = sorted(paths, key=lambda path: path.encode("utf-8", "surrogateescape"))
        for other in others:
            message = "differs from another file only in case or Unicode form; some systems keep one of them"
            gathered.add(warning("BAG-NAME-CASE", other, message, clause=_CASE, found=first))

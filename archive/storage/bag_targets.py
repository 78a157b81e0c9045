"""Finds bags below a folder; follows no link and opens nothing but folders."""

import os
from collections.abc import Iterator

from archive.core.bagit import declaration
from archive.core.bagit.names import manifest_name

DEPTH_LIMIT = 256


def is_bag(path: str) -> bool:
    """True for anything that is no folder, and for a folder with a sign that it is meant as a bag.

    A bag declaration, a manifest or a payload folder is such a sign.
    """
    try:
        with os.scandir(path) as listing:
            return any(
                entry.name in (declaration.NAME, "data") or manifest_name(entry.name) for entry in listing
            )
    except OSError:
        return True


def holds_archive(path: str) -> bool:
    """True for the folder of an archive."""
    from archive.storage.layout import SETTINGS  # brings pathlib

    return os.path.isfile(os.path.join(path, SETTINGS))


def bags_below(path: str, *, depth: int = DEPTH_LIMIT) -> Iterator[str]:
    """The folders meant as bags at or below a path, in the order of their bytes.

    They have a bag declaration, or a payload manifest beside a payload folder. What lies in a bag belongs to
    it: bags in bags are not searched for. A folder that cannot be listed is given too, that its being
    unreadable is said.
    """
    try:
        with os.scandir(path) as listing:
            names, manifests = [], False
            for entry in listing:
                if entry.name == declaration.NAME:
                    yield path
                    return
                naming = manifest_name(entry.name)
                manifests = manifests or (naming is not None and not naming.tag)
                if entry.is_dir(follow_symlinks=False):
                    names.append(entry.name)
    except OSError:
        yield path
        return
    if manifests and "data" in names:
        yield path
    elif depth > 0:
        for name in sorted(names, key=os.fsencode):
            yield from bags_below(os.path.join(path, name), depth=depth - 1)

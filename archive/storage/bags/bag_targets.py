"""Finds bags below a folder, in folders, tars and zips; follows no link and opens nothing but folders."""

import os
from collections.abc import Iterator

from archive.core.bagit import declaration
from archive.core.bagit.names import manifest_name
from archive.core.containers.endings import is_called_container
from archive.core.limits.bags import MAX_DEPTH


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


def bags_below(path: str, *, depth: int = MAX_DEPTH) -> Iterator[str]:
    """What is meant as a bag at or below a path, in the order of the bytes of its names.

    Folders have a bag declaration, or a payload manifest beside a payload folder. Files are called like a tar
    or a zip: what they are, and whether they hold a bag, whoever opens them says, so that a damaged one is
    not passed over. What lies in a bag belongs to it: bags in bags are not searched for. A folder that cannot
    be listed is given, that its being unreadable is said.
    """
    try:
        with os.scandir(path) as listing:
            folders: set[str] = set()
            files: set[str] = set()
            manifests = False
            for entry in listing:
                if entry.name == declaration.NAME:
                    yield path
                    return
                naming = manifest_name(entry.name)
                manifests = manifests or (naming is not None and not naming.tag)
                if entry.is_dir(follow_symlinks=False):
                    folders.add(entry.name)
                elif is_called_container(entry.name) and entry.is_file(follow_symlinks=False):
                    files.add(entry.name)
    except OSError:
        yield path
        return
    if manifests and "data" in folders:
        yield path
        return
    for name in sorted(files | folders if depth > 0 else files, key=os.fsencode):
        below = os.path.join(path, name)
        if name in files:
            yield below
        else:
            yield from bags_below(below, depth=depth - 1)

"""Which file of a SOURCE a line of a depositor's list speaks of, most literal first."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Final

# Before a path stands the folder that BagIt or Archivematica knows the SOURCE by; Archivematica's lists lie
# in a folder `metadata` beside it.
_METADATA: Final = "metadata"
_OBJECTS: Final = "objects/"
_PREFIXES: Final = (_OBJECTS, "data/", "../objects/")


def listed_paths(folder: str, paths: Sequence[str], is_folder: Callable[[str], bool]) -> Iterator[str]:
    """The paths below the SOURCE that a line of a list in `folder` may mean; none leads out of the SOURCE.

    `paths` are the readings of the line. The folder that a program put before a path is taken away only where
    the SOURCE has no such folder: else a file that is missing there would be taken for another one.
    """
    for path in paths:
        if (full := _resolved(folder, path)) is not None:
            yield full
    for path in paths:
        bare = path.removeprefix("./")
        for prefix in _PREFIXES:
            if bare.startswith(prefix) and ".." not in bare.removeprefix(prefix).split("/"):
                yield from _without(folder, prefix, bare.removeprefix(prefix), is_folder)


def _without(folder: str, prefix: str, rest: str, is_folder: Callable[[str], bool]) -> Iterator[str]:
    base = folder
    if _is_there(folder, prefix, is_folder):
        return
    if os.path.basename(folder) == _METADATA and prefix.endswith(_OBJECTS):
        base = os.path.dirname(folder)
        if (full := _resolved(base, _OBJECTS + rest)) is not None:
            yield full
        if _is_there(base, _OBJECTS, is_folder):
            return
    elif prefix.startswith("..") and _is_there(folder, _OBJECTS, is_folder):
        return
    if (full := _resolved(base, rest)) is not None:
        yield full


def _is_there(folder: str, prefix: str, is_folder: Callable[[str], bool]) -> bool:
    full = _resolved(folder, prefix.rstrip("/"))
    return full is not None and is_folder(full)


def _resolved(folder: str, path: str) -> str | None:
    """The path seen from the list's folder, `.` and `..` resolved; None where it leads out of the SOURCE."""
    if path.startswith("/") or path.endswith("/"):
        return None
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts) or None

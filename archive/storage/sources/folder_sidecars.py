"""The sidecars in one folder by what they stand beside; the folder is listed once."""

import os
from collections.abc import Callable, Iterable, Sequence

from archive.core.composed_form import composed
from archive.storage.disk.kinds import something_at

Target = Callable[[str], Sequence[str]]  # the names that a sidecar of that name may mean; none: it is none


class FolderSidecars:
    """The descriptions in a folder, and the other files there that they may mean.

    In a folder that cannot be listed, names with one of the `endings` are looked for, and no others.
    """

    def __init__(self, folder: str, target: Target, endings: Sequence[str]) -> None:
        self._folder = folder
        self._unlisted: Sequence[str] = ()
        self._names: set[str] = set()
        self._sidecars: dict[str, list[tuple[str, str]]] = {}  # what is meant, composed -> (name, as written)
        self._others: dict[str, list[str]] = {}  # the names of other files by each stem that they have
        try:
            with os.scandir(folder) as listing:
                for entry in listing:
                    self._add(entry, target)
        except OSError:
            self._unlisted = endings

    def _add(self, entry: "os.DirEntry[str]", target: Target) -> None:
        self._names.add(entry.name)
        is_folder = entry.is_dir(follow_symlinks=False)
        meant = () if is_folder else target(entry.name)
        for name in meant:
            self._sidecars.setdefault(composed(name), []).append((entry.name, name))
        if not meant and entry.is_file(follow_symlinks=False):
            for stem in stems(entry.name):
                self._others.setdefault(stem, []).append(entry.name)

    def of(self, name: str) -> list[str]:
        """The sidecars that mean a name, those that write it so first.

        What means it in another Unicode form does where nothing is called just as it says.
        """
        found = [
            (meant != name, sidecar)
            for sidecar, meant in self._sidecars.get(composed(name), ())
            if meant == name or meant not in self._names
        ]
        unlisted = [name + ending for ending in self._unlisted]
        return [
            *(sidecar for _, sidecar in sorted(found)),
            *(sidecar for sidecar in unlisted if something_at(os.path.join(self._folder, sidecar))),
        ]

    def others(self, stem: str) -> Iterable[str]:
        """The files, sidecars aside, that have the stem or are called so."""
        return self._others.get(composed(stem), ())


def stems(name: str) -> list[str]:
    """The name, then what stands before each of its dots, composed."""
    name = composed(name)
    return [name, *(name[:at] for at, char in enumerate(name) if char == "." and at)]

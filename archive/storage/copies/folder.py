"""The folder of a copy: everything in it is reached below one descriptor, and through no link."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from archive.core.copies import MARKER, CopyForm, CopyMarker, parse_marker
from archive.core.errors import ConfigurationError, StorageError
from archive.core.limits.archives import MARKER_BYTES
from archive.core.text import printable
from archive.storage.copies.names import BAGS, QUARANTINE, bag_of_name
from archive.storage.disk.descriptors import FOLDER
from archive.storage.disk.durable import NotAPlainFileError, read_plain, replace_file, storage_error
from archive.storage.disk.exchange import exchange

_LINK: Final = "put the folder itself there; nothing is read or written through a link"


def read_marker(root: Path) -> CopyMarker | None:
    """The marker of the copy in a folder; None where the folder has none.

    Raises ConfigurationError where it is no marker, ConflictError where a newer program wrote it.
    """
    try:
        data = read_plain(str(root / MARKER), MARKER_BYTES)
    except NotAPlainFileError as trouble:
        raise ConfigurationError(f"{trouble}", remedy="move it away, and look at what put it there") from None
    return None if data is None else parse_marker(data, printable(str(root / MARKER)))


def form_of_bags(root: Path, said: CopyForm) -> CopyForm:
    """The form that the bags of a copy have, by their names: `said` unless all that lies there has the other.

    A marker is edited more easily than a thousand bags are. What cannot be listed says nothing: the form is
    that of the bags in the shards that can.
    """
    other = CopyForm.TAR if said is CopyForm.FOLDER else CopyForm.FOLDER
    with contextlib.suppress(StorageError), CopyFolder(root) as folder:
        for form in (said, other):
            if next(folder.bags(form, passing_over=True), None) is not None:
                return form
    return said


def write_marker(root: Path, marker: CopyMarker) -> None:
    """Puts the marker in place, durably; StorageError where that fails."""
    replace_file(str(root / MARKER), marker.to_bytes())


class CopyFolder:
    """The root of a copy, opened; raises StorageError where it cannot be."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            self.descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as trouble:
            raise storage_error(trouble, str(root), "open the copy") from trouble

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of it; a second time is nothing."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def open_folder(self, path: str, *, make: bool = False) -> int:
        """The descriptor of a folder below the root; the caller closes it.

        With `make` it and those above it are made where they are missing. Raises OSError, also where a link
        is on the way; StorageError where something else than a folder is.
        """
        descriptor = os.dup(self.descriptor)
        for name in path.split("/") if path else ():
            try:
                inner = _step(descriptor, name, make=make)
            except NotADirectoryError as trouble:
                raise StorageError(
                    f"{printable(str(self.root / path))}: a link or a file where the copy has a folder",
                    remedy=_LINK,
                ) from trouble
            finally:
                os.close(descriptor)
            descriptor = inner
        return descriptor

    def rename(self, source: str, target: str) -> None:
        """Moves a name of the copy to another place in it, over nothing: an existing target raises OSError.

        The folder of the target is made where it is missing.
        """
        above, name = os.path.split(source)
        below, new = os.path.split(target)
        first = self.open_folder(above)
        try:
            second = self.open_folder(below, make=True)
            try:
                with contextlib.suppress(FileNotFoundError):
                    os.stat(new, dir_fd=second, follow_symlinks=False)
                    raise FileExistsError(17, os.strerror(17), target)
                os.rename(name, new, src_dir_fd=first, dst_dir_fd=second)
            finally:
                os.close(second)
        finally:
            os.close(first)

    def exchange(self, first: str, second: str) -> bool:
        """Exchanges two names of the copy in one step; False where its file system cannot."""
        above, name = os.path.split(first)
        below, other = os.path.split(second)
        one = self.open_folder(above)
        try:
            two = self.open_folder(below)
            try:
                return exchange(name, other, first_fd=one, second_fd=two)
            finally:
                os.close(two)
        finally:
            os.close(one)

    def exists(self, path: str) -> bool:
        """True where something has that name, be it a link; links on the way there are not followed."""
        above, name = os.path.split(path)
        try:
            folder = self.open_folder(above)
            try:
                os.stat(name, dir_fd=folder, follow_symlinks=False)
            finally:
                os.close(folder)
        except (OSError, StorageError):
            return False
        return True

    def bags(self, form: CopyForm, *, withdrawn: bool = False, passing_over: bool = False) -> Iterator[str]:
        """The bags that lie in their own shard, by name and kind, in no order; their bytes are not read.

        Raises StorageError where a shard cannot be listed, unless it is one for `passing_over`: then nobody
        knows what is there.
        """
        above = QUARANTINE if withdrawn else BAGS
        for shard in self._names(above):
            try:
                names = self._names(f"{above}/{shard}", form)
            except StorageError:
                if not passing_over:
                    raise
                continue
            for name in names:
                bag = bag_of_name(name, form)
                if bag is not None and bag[-2:] == shard:
                    yield bag

    def _names(self, path: str, form: CopyForm = CopyForm.FOLDER) -> list[str]:
        """The folders in a folder, or the files in it where bags are tars; a link is neither."""
        try:
            descriptor = self.open_folder(path)
        except FileNotFoundError:
            return []
        except StorageError:  # a file or a link among the shards is no bag of ours
            return []
        except OSError as trouble:
            raise storage_error(trouble, str(self.root / path), "list the folder") from trouble
        try:
            with os.scandir(descriptor) as listing:
                return [entry.name for entry in listing if _is_of(entry, form)]
        except OSError as trouble:
            raise storage_error(trouble, str(self.root / path), "list the folder") from trouble
        finally:
            os.close(descriptor)


def _is_of(entry: os.DirEntry[str], form: CopyForm) -> bool:
    if form is CopyForm.TAR:
        return entry.is_file(follow_symlinks=False)
    return entry.is_dir(follow_symlinks=False)


def _step(descriptor: int, name: str, *, make: bool) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=descriptor)
    except FileNotFoundError:
        if not make:
            raise
    with contextlib.suppress(FileExistsError):  # another worker was there first
        os.mkdir(name, 0o755, dir_fd=descriptor)
    return os.open(name, FOLDER, dir_fd=descriptor)

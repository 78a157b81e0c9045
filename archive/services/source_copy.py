"""One source file copied into a new bag: a source that misbehaves is a finding, our own disk is trouble."""

import os

from archive.core import findings
from archive.core.findings import Finding
from archive.core.limits.documents import READINGS
from archive.storage.bags import bag_writing
from archive.storage.bags.bag_writing import Copied, SourceChangedError
from archive.storage.disk.durable import remedy_of
from archive.storage.sources.source_files import NotRegularError, SourceFiles


class StorageTroubleError(Exception):
    """Our own disk refused; the run cannot go on."""

    def __init__(self, trouble: OSError) -> None:
        super().__init__(f"staging: {trouble.strerror}")
        self.remedy = remedy_of(trouble)


def copy_source(
    sources: SourceFiles, root: int, path: str, target: str, *, dir_fd: int, algorithms: tuple[str, ...]
) -> Copied | Finding:
    """Copies the file at `path` below a root to the new file `target`; `algorithms` are hashlib names.

    A finding says that the source is no regular file, cannot be read or changes while it is read. Raises
    StorageTroubleError where the target cannot be written, ReadBackError where it does not read back.
    """
    for _ in range(READINGS):
        try:
            source, status = sources.open(root, path)
        except NotRegularError:
            return not_regular(path)
        except OSError as trouble:
            return unreadable(path, trouble)
        try:
            return bag_writing.copy_payload(source, status, target, dir_fd=dir_fd, algorithms=algorithms)
        except SourceChangedError:
            os.unlink(target, dir_fd=dir_fd)
        except OSError as trouble:
            if _reads_badly(source):
                return unreadable(path, trouble)
            raise StorageTroubleError(trouble) from trouble
        finally:
            os.close(source)
    return findings.error(
        "SRC-CHANGED",
        path,
        "was written to while it was read, twice",
        remedy="run the same command again when nobody writes to it",
    )


def _reads_badly(source: int) -> bool:
    """True where the source, not our own disk, refuses: a copy's OSError does not say which side failed."""
    try:
        os.lseek(source, 0, os.SEEK_SET)
        while os.read(source, bag_writing.BUFFER_BYTES):
            pass
    except OSError:
        return True
    return False


def not_regular(path: str) -> Finding:
    """The error for what was a file when the folder was walked, and is none."""
    return findings.error("SRC-SPECIAL", path, "no longer a regular file; not opened")


def unreadable(path: str, trouble: OSError) -> Finding:
    """The error for a source that cannot be read."""
    return findings.error(
        "SRC-UNREADABLE",
        path,
        f"cannot be read: {trouble.strerror}",
        remedy="mend the permission or the medium, then run the same command again",
    )

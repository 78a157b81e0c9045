"""Opens whatever a bag may be read from."""

import os
import stat

from archive.core.bagit.verdicts import BagCounts, BagReport, BagVerdict
from archive.core.containers.budget import Budget
from archive.core.findings import Finding, error
from archive.storage.bag_sources.folder import FolderSource
from archive.storage.bag_sources.source import Lanes, OpenedSource


def open_bag(path: str, lanes: Lanes, budget: Budget) -> OpenedSource | BagReport:
    """The source of the bag at a path, to be closed; or the report that it cannot be judged.

    `budget` bounds what a tar or zip may expand to.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return FolderSource(path, lanes)
    except (FileNotFoundError, NotADirectoryError):
        return unreadable(path, "is not there", "Name a folder, tar or zip that exists.")
    except OSError as trouble:
        return unreadable(path, f"cannot be opened: {trouble.strerror or trouble}")
    if stat.S_ISREG(mode):
        return _open_file(path, budget)
    return unreadable(path, "is neither a folder nor a file; it was not opened")


def _open_file(path: str, budget: Budget) -> OpenedSource | BagReport:
    from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag  # not for folders

    opened = open_serialised_bag(path, label=path, budget=budget)
    if not isinstance(opened, RefusedContainer):
        return opened
    findings = tuple(sorted(opened.findings, key=Finding.sort_key))
    return BagReport(bag=path, verdict=opened.verdict, version=None, findings=findings, counts=BagCounts())


def unreadable(bag: str, message: str, remedy: str | None = None) -> BagReport:
    """The report of a bag that could not be opened."""
    finding = error("BAG-UNREADABLE", bag, message, clause="RFC 8493 §2", remedy=remedy)
    return BagReport(
        bag=bag, verdict=BagVerdict.UNVERIFIABLE, version=None, findings=(finding,), counts=BagCounts()
    )

"""The look at a source before anything is written: every name accounted for, all that is wrong said."""

import os
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.bagit.declaration import NAME as DECLARATION
from archive.core.bagit.lines import FileFindings
from archive.core.bagit.oxum import Oxum
from archive.core.errors import RejectedError, StorageError
from archive.core.exclusions import Exclusions
from archive.core.findings import Finding, Severity
from archive.core.limits.output import LEFT_OUT_LISTED
from archive.core.text import printable, shell_word
from archive.services.bagging.names import NameWatch
from archive.services.bagging.request import BagRequest
from archive.storage.disk.name_spool import NameSpool, SpooledName
from archive.storage.sources.source_walk import EmptyFolder, Found, LeftOut, NotTaken, walk_whole

KEPT_EMPTY: Final = ".keep"


class Survey(NamedTuple):
    """What a source holds: payload to be, what is left out, and what is to be said about the names."""

    oxum: Oxum
    left_out: tuple[tuple[str, str], ...]
    left_out_count: int
    findings: tuple[Finding, ...]


def survey(request: BagRequest, root: str, names: NameSpool) -> Survey:
    """Walks the source and spools the names of what is to be bagged, in the order of their bytes.

    Raises RejectedError, or StorageError where something cannot be read, with everything that keeps the
    source from being bagged as it is.
    """
    surveyor = _Surveyor(request, names)
    for found in walk_whole(root, surveyor.left_out_by_rule if request.exclude else None):
        surveyor.take(found)
    said = surveyor.said.all()
    if errors := surveyor.said.count(Severity.ERROR):
        raise _refusal(request, errors, said)
    if not surveyor.files:
        message = "holds no file: the payload of the bag is empty"
        said += (findings.warning("SRC-EMPTY", printable(str(request.source)), message),)
    return Survey(
        Oxum(surveyor.bytes, surveyor.files), tuple(surveyor.left_out), surveyor.left_out_count, said
    )


class _Surveyor:
    def __init__(self, request: BagRequest, names: NameSpool) -> None:
        self.said = FileFindings(str(request.source))
        self.files = self.bytes = self.left_out_count = 0
        self.left_out: list[tuple[str, str]] = []
        self._request = request
        self._names = names
        self._watch = NameWatch()
        self._exclusions = Exclusions(request.exclude)

    def left_out_by_rule(self, path: str, folder: bool) -> str | None:  # noqa: ARG002
        return self._exclusions.leave_out(path)

    def take(self, found: Found | NotTaken | LeftOut | EmptyFolder) -> None:
        match found:
            case Found():
                self._take_file(found)
            case LeftOut():
                self.left_out_count += 1
                if len(self.left_out) < LEFT_OUT_LISTED:
                    self.left_out.append((found.path, found.why))
            case NotTaken():
                remedy = f"mend it at the source, or leave it out: --exclude {os.path.basename(found.path)}"
                self.said.add(findings.error(found.code, found.path, found.why, remedy=remedy))
            case EmptyFolder():
                self._take_empty(found.path)

    def _take_file(self, found: Found) -> None:
        if found.path == DECLARATION:
            message = "is a bag already: the bag as it is becomes the payload of another"
            remedy = f"archive bag update {shell_word(str(self._request.source))} changes a bag in place"
            self.said.add(
                findings.warning("SRC-BAG", printable(str(self._request.source)), message, remedy=remedy)
            )
        for finding in self._watch.findings(found.path):
            self.said.add(finding)
        if found.litter is not None:
            message = f"is {found.litter}; it is bagged like any other file"
            remedy = f"leave it out, if it is not wanted: --exclude '{os.path.basename(found.path)}'"
            self.said.add(findings.note("SRC-SYSTEM-FILE", found.path, message, remedy=remedy))
        self._add(SpooledName(found.path, found.size))

    def _take_empty(self, path: str) -> None:
        if self._request.keep_empty_folders:
            kept = f"{path}/{KEPT_EMPTY}"
            for finding in self._watch.findings(kept):
                self.said.add(finding)
            self._add(SpooledName(kept, None))
            return
        message = "is an empty folder, which no bag can keep: manifests list files"
        remedy = f"--keep-empty-folders puts an empty file {KEPT_EMPTY} into each"
        clause = "RFC 8493 §2.1.3"
        self.said.add(findings.warning("SRC-EMPTY-FOLDER", path, message, clause=clause, remedy=remedy))

    def _add(self, name: SpooledName) -> None:
        self.files += 1
        self.bytes += name.size or 0
        self._names.add(name)


def _refusal(request: BagRequest, errors: int, said: tuple[Finding, ...]) -> RejectedError | StorageError:
    """Why nothing is bagged; what could not be looked at weighs more than what was refused."""
    message = f"{printable(str(request.source))}: not bagged, for {errors} of its names cannot be"
    remedy = "mend what the findings name; nothing was written"
    if any(finding.code == "SRC-UNREADABLE" for finding in said):
        return StorageError(message, remedy=remedy, findings=said)
    return RejectedError(message, remedy=remedy, findings=said)

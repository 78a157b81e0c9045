"""A bag updated in place: verified first, tag files changed together, payload never touched."""

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.bagit import declaration
from archive.core.bagit.declaration import Declaration, parse_declaration
from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit.versions import V1_0, Version
from archive.core.bagit_judge import Policy
from archive.core.errors import ArchiveError, BagFormatError, ConfigurationError, ConflictError, StorageError
from archive.core.findings import note
from archive.core.limits.bags import DECLARATION_BYTES
from archive.core.text import printable, shell_word
from archive.services.bagging.digest_tap import DigestTap
from archive.services.bagging.places import refuse_archive
from archive.services.bagging.tag_file_writing import TagFileWriting
from archive.services.bagging.update_plan import ManifestPlan, plan_manifests
from archive.services.bagging.update_request import UpdatedBag, UpdateRequest
from archive.services.surroundings import Surroundings
from archive.services.verify.judging import judge_bag
from archive.services.verify.lanes import ProcessLanes
from archive.storage.bag_sources.folder import FolderSource
from archive.storage.bags.bag_writing import ReadBackError
from archive.storage.bags.digest_spool import DigestSpool
from archive.storage.bags.tag_file_changes import FOLDER, Recovered, TagFileChanges, unfinished
from archive.storage.disk.durable import NotAPlainFileError, read_back_error, read_plain, storage_error
from archive.storage.disk.folder_lock import lock_folder, unlock_folder

_NOTHING: Final = "nothing was changed"
_REMEDY: Final = f"{_NOTHING}; archive verify says all that is wrong"


class _Before(NamedTuple):
    """A bag as its declaration and the names at its top say it is."""

    declared: Declaration
    version: Version
    upgrade: bool
    plan: ManifestPlan


def update_bag(request: UpdateRequest, surroundings: Surroundings) -> UpdatedBag:
    """Updates the bag that is named; an update that was interrupted is finished first.

    Raises BagFormatError, with findings, where the bag is not valid, StorageError where not all of it could
    be read: then nothing is changed. ConfigurationError for what cannot be asked of this bag, ConflictError
    where another command is at work on it.
    """
    bag = _require_bag(request.bag)
    refuse_archive(bag)
    lock = lock_folder(str(bag))
    try:
        changes = TagFileChanges(str(bag), request.to_json(), dry_run=request.dry_run)
        finished = _recover(request, changes, bag)
        if finished is not None and (finished.same or request.empty):
            return UpdatedBag(finished=finished.changes)
        if request.empty:
            raise ConfigurationError(
                f"{printable(str(request.bag))}: nothing is asked of the bag, and no update is unfinished",
                remedy="say what to change, such as --add-algorithm sha512 or --set 'Contact-Name: Ana'",
            )
        if finished is None:
            return _update(request, bag, changes, surroundings)
        try:
            updated = _update(request, bag, changes, surroundings)
        except ArchiveError as trouble:
            raise _behind_finished(trouble, finished) from trouble
        return replace(updated, finished=finished.changes)
    finally:
        unlock_folder(lock)


def _behind_finished(trouble: ArchiveError, finished: Recovered) -> ArchiveError:
    """The same trouble, and that the bag is not as it was before: an earlier update was finished first."""
    told = tuple(
        note(
            "BAGGING-FINISHED", change.name, f"was {change.word} by the interrupted update, which is finished"
        )
        for change in finished.changes
    )
    remedy = trouble.remedy and trouble.remedy.replace(_NOTHING, "nothing more was changed")
    return type(trouble)(
        f"{trouble.message} (an update that had been interrupted was finished before)",
        remedy=remedy,
        findings=(*told, *trouble.findings),
    )


def _require_bag(given: Path) -> Path:
    shown = printable(str(given))
    try:
        bag = given.resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError) as trouble:
        raise ConfigurationError(
            f"{shown}: there is no such bag", remedy="name the folder that holds bagit.txt"
        ) from trouble
    except (OSError, RuntimeError) as trouble:
        raise StorageError(
            f"{shown}: cannot be read: {trouble}",
            remedy="see that the folder may be read and that no link leads back to itself",
        ) from trouble
    if not bag.is_dir():
        raise ConfigurationError(f"{shown}: not a folder", remedy="unpack it; bags are updated as folders")
    try:
        os.lstat(bag / declaration.NAME)
    except FileNotFoundError as trouble:
        raise ConfigurationError(
            f"{shown}: no bag (it holds no bagit.txt)", remedy=f"archive bag {shown} --to BAG makes one of it"
        ) from trouble
    except OSError as trouble:
        raise storage_error(trouble, str(given), "look into the folder") from trouble
    return bag


def _recover(request: UpdateRequest, changes: TagFileChanges, bag: Path) -> Recovered | None:
    if request.dry_run and unfinished(str(bag)):
        raise ConflictError(
            f"{printable(str(request.bag))}: an update of the bag was interrupted ({FOLDER})",
            remedy=f"finish it first: archive bag update {shell_word(str(request.bag))}",
        )
    return changes.recover()


def _look(request: UpdateRequest, bag: Path) -> _Before:
    try:
        data = read_plain(str(bag / declaration.NAME), DECLARATION_BYTES + 1) or b""
        names = os.listdir(bag)
    except NotAPlainFileError:
        data, names = b"", []
    except OSError as trouble:
        raise storage_error(trouble, str(bag), "read the bag") from trouble
    declared = parse_declaration(data)
    version = declared.version or V1_0
    upgrade = request.upgrade and not version.strict
    return _Before(declared, version, upgrade, plan_manifests(names, request, version, upgrade=upgrade))


def _update(
    request: UpdateRequest, bag: Path, changes: TagFileChanges, surroundings: Surroundings
) -> UpdatedBag:
    before = _look(request, bag)
    payload = (*before.plan.written, *before.plan.completed)
    lanes = ProcessLanes(request.jobs)
    try:
        with DigestSpool() as spool, closing(FolderSource(str(bag), lanes)) as source:
            tap = DigestTap(source, spool, payload, before.plan.tags)
            report = judge_bag(tap, Policy(), progress=surroundings.progress)
            lanes.close()
            _require_valid(request, report)
            made = _write(request, before, changes, tap, spool, report)
    except OSError as trouble:
        raise storage_error(trouble, str(request.bag), "update the bag") from trouble
    finally:
        lanes.close()
    return made


def _require_valid(request: UpdateRequest, report: BagReport) -> None:
    """An invalid bag is evidence: it is never changed."""
    shown = printable(str(request.bag))
    match report.verdict:
        case BagVerdict.VALID:
            return
        case BagVerdict.UNVERIFIABLE:
            message = f"{shown}: not all of the bag could be verified, so it was not changed"
            raise StorageError(message, remedy=_REMEDY, findings=report.findings)
        case BagVerdict.INVALID | BagVerdict.INCOMPLETE:
            message = f"{shown}: the bag is {report.verdict}, so it was not changed"
            raise BagFormatError(message, remedy=_REMEDY, findings=report.findings)


def _write(
    request: UpdateRequest,
    before: _Before,
    changes: TagFileChanges,
    tap: DigestTap,
    spool: DigestSpool,
    report: BagReport,
) -> UpdatedBag:
    """Stages every file that changes, then changes them together."""
    said = list(report.findings)
    encoding = before.declared.encoding or "utf-8"
    writing = TagFileWriting(
        request, before.version, encoding, before.plan, changes, tap, spool, upgrade=before.upgrade
    )
    try:
        changes.begin()
        said += writing.write(report)
        done = changes.changes()
        if done:
            changes.commit()
    except ReadBackError as trouble:
        raise read_back_error(f"{_NOTHING}; {printable(str(trouble))}") from trouble
    finally:
        changes.abandon()
    if not done:
        said.append(
            note("BAGGING-UNCHANGED", printable(str(request.bag)), "is as it was asked to be already")
        )
    return UpdatedBag(
        before=before.version,
        after=V1_0 if before.upgrade else before.version,
        algorithms=before.plan.payload,
        changes=done,
        payload_files=report.counts.payload_files,
        payload_bytes=report.counts.payload_bytes,
        findings=tuple(said),
    )

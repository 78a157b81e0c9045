"""Audits that waited for a signature enter the ledger, if they are what was kept beside the key."""

import errno
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from archive.core import findings
from archive.core.findings import Finding
from archive.core.ledger import copy_entries, entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage import intents
from archive.storage.audits.results import PLAN
from archive.storage.audits.vouched_results import DoubtfulResultsError
from archive.storage.audits.waiting_results import require_as_kept
from archive.storage.audits.waiting_runs import DamagedStatement, WaitingRun, WaitingRuns
from archive.storage.keys.signing_key import Key

_REMEDY: Final = (
    "put it back from a copy; or move the folder and its statement beside the key out: then it was never made"
)
_LOOK: Final = "look at the storage, then archive key sign again: the results stay as they are"
_BEGINNINGS: Final = frozenset({EntryType.AUDIT_STARTED, EntryType.COPY_AUDIT_STARTED})
_NO_PLAN: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EMLINK})


@dataclass(frozen=True, slots=True)
class Recorded:
    """The runs that were recorded, and what is wrong with those that were not."""

    checkpoint: Checkpoint
    recorded: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def record_waiting(
    archive: OpenedArchive, key: Key, checkpoint: Checkpoint, surroundings: Surroundings
) -> Recorded:
    """Appends the two entries of every audit that waits, with the times at which it was made.

    The caller holds the writer's lock. A run whose results are not those that were kept is left alone and
    becomes a finding; one that was killed before its end is removed. Raises EvidenceError or StorageError
    where the ledger cannot be extended.
    """
    waiting = WaitingRuns.of(archive.settings.archive_id)
    recorded, found = [], []
    for run in waiting.all():
        if isinstance(run, DamagedStatement):
            found.append(damaged(run))
            continue
        if run.finished is None:
            _clear_dead(archive, waiting, run)
            continue
        if run.run not in _known_since(archive, run.size, checkpoint.size):
            trouble = why_not(archive, run)
            if trouble is not None:
                found.append(trouble)
                continue
            made = _entries(run, run.finished, checkpoint.size, surroundings)
            checkpoint = archive.ledger.append(made, key.signer, key.last_signed)
            recorded.append(run.run)
        waiting.drop(run.run)
    return Recorded(checkpoint, tuple(recorded), tuple(found))


def damaged(statement: DamagedStatement) -> Finding:
    """The finding about a statement that cannot be read."""
    message = f"the statement of an audit that waits for a signature is none: {statement.trouble}"
    remedy = "move it out: the audit then was never made"
    return findings.error("AUDIT-WAITING-ALTERED", statement.path, message, remedy=remedy)


def why_not(archive: OpenedArchive, run: WaitingRun) -> Finding | None:
    """Why a run that waits cannot be signed; None where it can."""
    place = f"audits/{run.run}"
    try:
        extends = archive.ledger.extends(run.size, bytes.fromhex(run.root))
    except ValueError:
        extends = False
    if not extends:
        message = f"waits for a signature, and was judged by another ledger of {run.size} entries than this"
        return findings.error("AUDIT-WAITING-ALTERED", place, message, remedy=_REMEDY)
    try:
        require_as_kept(archive.layout.audits, run)
    except DoubtfulResultsError as doubt:
        message = f"waits for a signature, and {doubt}"
        if doubt.is_unread:
            return findings.error("AUDIT-RESULTS-UNREADABLE", place, message, remedy=_LOOK)
        return findings.error("AUDIT-WAITING-ALTERED", place, message, remedy=_REMEDY)
    return None


def _entries(
    run: WaitingRun, finished: dict[str, Any], size: int, surroundings: Surroundings
) -> Iterator[bytes]:
    yield run.started.encode()
    facts = {**finished, "run": run.run, "started": size, "recorded": entries.timestamp(surroundings.now())}
    copy = run.copy
    yield entries.audit_finished(**facts) if copy is None else copy_entries.copy_audited(copy=copy, **facts)


def _known_since(archive: OpenedArchive, start: int, end: int) -> set[str]:
    """The audits that the ledger saw begin from an entry on: recorded, and killed before that was noted."""
    known = set()
    for raw in archive.ledger.entries(min(start, end), end):
        entry = parse_entry(raw)
        if entry.type in _BEGINNINGS and entry.run is not None:
            known.add(entry.run)
    return known


def _clear_dead(archive: OpenedArchive, waiting: WaitingRuns, run: WaitingRun) -> None:
    """Removes what an audit left that nobody signed and that was killed.

    One that goes on holds its plan; where storage does not give that, nobody knows, and the folder stays.
    """
    folder = archive.layout.audits / run.run
    try:
        descriptor = os.open(folder / PLAN, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as trouble:
        if trouble.errno not in _NO_PLAN:
            return
        descriptor = -1
    try:
        if descriptor >= 0:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if folder.is_dir() and not folder.is_symlink():
            intents.remove_tree(folder)
        waiting.drop(run.run)
    except BlockingIOError:
        return
    finally:
        if descriptor >= 0:
            os.close(descriptor)

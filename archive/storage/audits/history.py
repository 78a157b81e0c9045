"""Whether what lies in `audits/` is what the ledger knows of earlier audits, in both directions."""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from archive.core import findings
from archive.core.errors import StorageError
from archive.core.findings import Finding
from archive.core.ids import is_uuid7
from archive.core.limits.archives import RESULTS_FILE_BYTES
from archive.core.litter import litter
from archive.storage.audits.begun_runs import BegunRun, plan_trouble
from archive.storage.audits.results import (
    PLAN,
    ListedChunk,
    ResultsList,
    contradiction,
    is_chunk,
    is_unsigned,
    list_number,
    read_list,
)
from archive.storage.audits.vouched import KnownAudit
from archive.storage.audits.vouched_results import DoubtfulResultsError
from archive.storage.audits.waiting_results import require_as_kept
from archive.storage.audits.waiting_runs import WaitingRun
from archive.storage.disk.kinds import kind_of, known_link
from archive.storage.disk.streamed_file import sha512_of_plain

_PUT_BACK: Final = "put it back from another copy of the archive"
_NOT_OURS: Final = "sign it where it was made: archive key sign; or move it out"
_STRANGER: Final = "find out who put it there, and move it out"


class AuditHistory:
    """`audits/` as it was listed; what the ledger knows is asked later, so that it is never older."""

    def __init__(self, audits: Path) -> None:
        self._audits = audits
        self._trouble: OSError | None = None
        self._names: list[str] = []
        try:
            self._names = sorted(os.listdir(audits), key=os.fsencode)
        except FileNotFoundError:
            pass
        except OSError as trouble:
            self._trouble = trouble

    def verify(
        self,
        known: Iterator[KnownAudit],
        current: str,
        waiting: Mapping[str, WaitingRun],
        *,
        read: bool = True,
    ) -> Iterator[Finding]:
        """What does not hold; of `current`, the run that is going on, only in the parts that have ended.

        `waiting` has the statement of each run that nobody signed yet. Without `read` the files of results
        are listed, not read.
        """
        if self._trouble is not None:
            yield _unreadable("audits", self._trouble.strerror)
            return
        runs = set()
        for audit in known:
            runs.add(audit.run)
            goes_on = audit.run == current
            if not goes_on or audit.lists:
                yield from self._verify_run(audit, read=read, goes_on=goes_on)
        for name in self._names:
            if name in runs or name == current:
                continue
            if name in waiting or (is_uuid7(name) and self._is_unsigned(name)):
                yield self._waits(name, waiting.get(name))
            else:
                yield _stranger(f"audits/{name}", name, "no audit that the ledger knows")
        ended = {name for name, run in waiting.items() if run.finished is not None}
        for run in sorted(ended - runs - set(self._names)):
            message = "an audit waits for a signature, and its results are not here"
            yield findings.warning("AUDIT-WAITING-MISSING", f"audits/{run}", message, remedy=_PUT_BACK)

    def _is_unsigned(self, run: str) -> bool:
        folder = self._audits / run
        return not known_link(folder) and is_unsigned(folder)

    def _waits(self, name: str, run: WaitingRun | None) -> Finding:
        place = f"audits/{name}"
        if run is None:
            message = "an audit that nobody signed; the keys on this machine know nothing of it"
            return findings.note("AUDIT-WAITING", place, message, remedy=_NOT_OURS)
        try:
            require_as_kept(self._audits, run)
        except DoubtfulResultsError as doubt:
            message = f"waits for a signature, and {doubt}"
            if doubt.is_unread:
                return findings.error("AUDIT-RESULTS-UNREADABLE", place, message)
            return findings.error("AUDIT-WAITING-ALTERED", place, message, remedy=_PUT_BACK)
        if run.finished is None:
            message = "an audit that nobody signed goes on, or was cut off"
            return findings.note("AUDIT-WAITING", place, message, remedy="the next signed command clears it")
        message = "waits for a signature: nothing in the ledger vouches for it yet"
        return findings.note("AUDIT-WAITING", place, message, remedy="archive key sign, with the passphrase")

    def _verify_run(self, audit: KnownAudit, *, read: bool, goes_on: bool) -> Iterator[Finding]:
        folder, place = self._audits / audit.run, f"audits/{audit.run}"
        if not is_uuid7(audit.run):
            yield findings.error("AUDIT-RESULTS", "audits", "the ledger names a run that is none")
            return
        try:
            is_link = kind_of(folder) == stat.S_IFLNK
            names = [] if is_link else sorted(os.listdir(folder), key=os.fsencode)
        except (FileNotFoundError, NotADirectoryError):
            names = []
        except OSError as trouble:
            yield _unreadable(place, trouble.strerror)
            return
        # A run over a copy that was cut off is begun anew.
        if not (audit.is_complete or goes_on) and audit.copy is None:
            remedy = f"finish it: archive audit --resume {audit.run}" if PLAN in names else None
            message = "an audit that was started and did not end"
            yield findings.note("AUDIT-UNFINISHED", place, message, remedy=remedy)
        listed: set[str] = set()
        try:
            # Of a run that goes on, what its plan chooses was compared when it was taken up.
            if not goes_on and audit.begun is not None and (audit.lists or PLAN in names):
                yield from _verify_plan(self._audits, place, audit.begun)
            found = _lists(folder, names)
        except StorageError as trouble:
            yield _unreadable(place, trouble.message)
            return
        for number, (digest, told) in enumerate(zip(audit.lists, audit.told, strict=True), 1):
            if digest in found:
                names_of, results = found[digest]
                own = _own_name(names_of, number)
                listed.add(own)
                if (name := contradiction(results.told, told)) is not None:
                    yield _contradicted(f"{place}/{own}", name, results.told, told)
                chunks = [chunk for chunk in results.chunks if chunk.file not in listed]
                listed |= {chunk.file for chunk in chunks}
                for chunk in chunks if read else ():
                    yield from _verify_chunk(folder, place, chunk)
            else:
                message = "the list of this audit's results is missing or altered"
                expected = f"sha512:{digest}"
                yield findings.error("AUDIT-RESULTS", place, message, expected=expected, remedy=_PUT_BACK)
        yield from _strangers(place, set(names) - listed - {PLAN}, audit, judged=listed)


def _verify_plan(audits: Path, place: str, begun: BegunRun) -> Iterator[Finding]:
    trouble = plan_trouble(audits, begun)
    if trouble is not None:
        message = f"the plan of this audit {trouble}"
        yield findings.error("AUDIT-RESULTS", f"{place}/{PLAN}", message, remedy=_PUT_BACK)


def _lists(folder: Path, names: list[str]) -> dict[str, tuple[list[str], ResultsList]]:
    """Every list of results by its sha512: its names, that of the lowest number first, and what it says."""
    lists: dict[str, tuple[list[str], ResultsList]] = {}
    for name in sorted(filter(list_number, names), key=list_number):
        if (one := read_list(folder / name)) is not None:
            lists.setdefault(one.sha512, ([], one))[0].append(name)
    return lists


def _contradicted(place: str, name: str, told: Mapping[str, Any], signed: Mapping[str, Any]) -> Finding:
    return findings.error(
        "AUDIT-RESULTS",
        place,
        f"the ledger tells the {name} of this audit otherwise than the list of its results",
        expected=json.dumps(told[name], sort_keys=True),
        found=json.dumps(signed[name], sort_keys=True),
        remedy="go by the list, which the audit wrote; find out who signed the entry",
    )


def _own_name(names: list[str], number: int) -> str:
    """Of several names of one list, that of its number; nothing vouches for the others."""
    own = f"results-{number}.json"
    return own if own in names else names[0]


def _strangers(place: str, names: set[str], audit: KnownAudit, *, judged: set[str]) -> Iterator[Finding]:
    """Names that no list vouches for; an unfinished run has some, one with an altered list all its own."""
    is_open = not audit.is_complete or sum(map(bool, map(list_number, judged))) < len(audit.lists)
    for name in sorted(names, key=os.fsencode):
        ours = is_chunk(name) or list_number(name) or (name.startswith(".") and name.endswith(".tmp"))
        if ours and is_open:
            continue
        yield _stranger(f"{place}/{name}", name, "no list of this audit's results names it")


def _verify_chunk(folder: Path, place: str, chunk: ListedChunk) -> Iterator[Finding]:
    place = f"{place}/{chunk.file}"
    path = str(folder / chunk.file)
    try:
        kind = kind_of(path)
        found = sha512_of_plain(path, RESULTS_FILE_BYTES) if kind == stat.S_IFREG else None
    except OSError as trouble:
        yield _unreadable(place, trouble.strerror)
        return
    except StorageError as trouble:
        yield _unreadable(place, trouble.message)
        return
    if kind != stat.S_IFREG:
        message = "results of this audit are missing"
        if kind is not None:
            message += ": something that is no file stands in their place"
        yield findings.error("AUDIT-RESULTS", place, message, expected=chunk.sha512, remedy=_PUT_BACK)
        return
    if found != chunk.sha512:
        message = "results of this audit were altered"
        found = found or "a file larger than any results, which was not read"
        yield findings.error(
            "AUDIT-RESULTS", place, message, expected=chunk.sha512, found=found, remedy=_PUT_BACK
        )


def _stranger(place: str, name: str, message: str) -> Finding:
    if (kind := litter(name)) is not None:
        return findings.warning("AUDIT-LITTER", place, f"is {kind}, and no part of the archive")
    return findings.error("AUDIT-UNKNOWN", place, message, remedy=_STRANGER)


def _unreadable(place: str, reason: str | None) -> Finding:
    message = f"cannot be read: {reason}; nothing is known of the results"
    return findings.error("AUDIT-RESULTS-UNREADABLE", place, message)

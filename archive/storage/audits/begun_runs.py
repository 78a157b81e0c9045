"""Whether the plan that lies with the results of a run says what the ledger says of the run's beginning."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from archive.core.canonical import readable
from archive.core.ledger.audit_choice import digest_of_choice
from archive.core.ledger.entries import Entry, EntryType
from archive.core.limits.archives import RESULTS_LINE_BYTES
from archive.storage.audits.results import PLAN, VERSION, is_time
from archive.storage.disk.durable import NotAPlainFileError, read_plain

_BEGINNINGS: Final = frozenset(
    {EntryType.AUDIT_STARTED, EntryType.COPY_STARTED, EntryType.COPY_AUDIT_STARTED}
)
NO_PLAN: Final = "is missing"
_MEMBERS: Final = frozenset({"version", "run", "mode", "started", "choice", "copy", "entry", "unsigned"})


class BegunRun(NamedTuple):
    """The beginning of an audit or a copy: the entry's index, and what it says; None where it does not.

    Of an audit that waits for a signature the entry has no index yet.
    """

    run: str
    entry: int | None
    time: str
    mode: str | None = None
    choice: str | None = None
    copy: str | None = None


def begun_run(index: int | None, entry: Entry) -> BegunRun | None:
    """The beginning that an entry tells of; None where it tells of none."""
    if entry.type not in _BEGINNINGS or entry.run is None:
        return None
    mode, choice, copy = (entry.get(name) for name in ("mode", "choice", "copy"))
    return BegunRun(
        entry.run,
        index,
        entry.time,
        None if mode is None else str(mode),
        None if choice is None else str(choice),
        None if copy is None else str(copy),
    )


def plan_trouble(audits: Path, begun: BegunRun) -> str | None:
    """What is wrong with the plan of a run, in words; None where it is the one that was begun with.

    When a copy was begun only its plan says; of the audit of a copy it alone says the choice. Raises
    StorageError where it cannot be read.
    """
    try:
        data = read_plain(str(audits / begun.run / PLAN), RESULTS_LINE_BYTES)
    except NotAPlainFileError:
        data = b""
    if data is None:
        return NO_PLAN
    try:
        plan = json.loads(data)
        is_right = readable(plan) == data and _is_begun(plan, begun)
    except (ValueError, TypeError, AttributeError, RecursionError):
        is_right = False
    if is_right:
        return None
    said_by = "the statement beside the keys" if begun.entry is None else f"entry {begun.entry:,}"
    return f"does not say what {said_by} says of it"


def _is_begun(plan: dict[str, Any], begun: BegunRun) -> bool:
    time = plan.get("started")
    is_copying = begun.copy is not None and begun.mode is None
    return (
        plan.keys() <= _MEMBERS
        and plan.get("version") == VERSION
        and plan.get("run") == begun.run
        and (is_time(time) if is_copying else time == begun.time)
        and plan.get("mode") == begun.mode
        and plan.get("copy") == begun.copy
        and (plan["entry"] == begun.entry if "entry" in plan else plan.get("unsigned") is True)
        and (begun.choice is None or digest_of_choice(plan.get("choice") or {}) == begun.choice)
    )

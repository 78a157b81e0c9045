"""Whether an audit that waits for a signature still lies in the archive as it was kept."""

from pathlib import Path

from archive.core.errors import StorageError
from archive.storage.audits.begun_runs import NO_PLAN, plan_trouble
from archive.storage.audits.results import contradiction
from archive.storage.audits.vouched_results import DoubtfulResultsError, vouched_list
from archive.storage.audits.waiting_runs import WaitingRun
from archive.storage.disk.kinds import known_link


def require_as_kept(audits: Path, run: WaitingRun) -> None:
    """Raises DoubtfulResultsError where its plan or its results are not those of the statement that was kept.

    Whatever a later audit would hold against the signed entries is held against the statement first. One that
    has not ended has no list of results yet, and perhaps no plan.
    """
    if known_link(audits / run.run):
        raise DoubtfulResultsError("its folder is a link")
    if run.finished is not None:
        results = vouched_list(audits, run.run, run.finished["results"])
        if (name := contradiction(results.told, run.finished)) is not None:
            raise DoubtfulResultsError(f"the list of its results tells its {name} otherwise")
    try:
        trouble = plan_trouble(audits, run.begun)
    except StorageError as unread:
        raise DoubtfulResultsError("its plan cannot be read") from unread
    if trouble is not None and not (trouble == NO_PLAN and run.finished is None):
        raise DoubtfulResultsError(f"its plan {trouble}")

"""What audits found that wait for a signature: no entry says it yet, and it is damage all the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.core.findings import Finding, note
from archive.core.outcomes import BagOutcome, RunOutcome
from archive.services.opened import OpenedArchive
from archive.services.signing.recording import damaged, why_not
from archive.storage.audits.vouched_results import past_checks
from archive.storage.audits.waiting_runs import DamagedStatement, WaitingRun, WaitingRuns

_DAMAGE = frozenset({BagOutcome.DAMAGED.value, BagOutcome.MISSING.value})


@dataclass(frozen=True, slots=True)
class WaitingDamage:
    """The bags whose last look by such an audit found damage; `findings` name these audits.

    `on_copies` has for the place of each copy the bags that are not good there, as such audits say, `refused`
    the places of those that were found to be no state of this archive. `doubts` are about audits that wait
    and are not as they were kept: what they found is not known.
    """

    bags: tuple[str, ...] = ()
    on_copies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()

    def not_good(self, bag: str) -> frozenset[str]:
        """The places of the copies whose bag of that name is not good."""
        return frozenset(copy for copy, bags in self.on_copies.items() if bag in bags)


def damage_that_waits(archive: OpenedArchive) -> WaitingDamage:
    """As the statements beside the keys and the results that they name tell it.

    Raises StorageError where the statements cannot be read.
    """
    own: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {}
    refused: dict[str, str] = {}
    doubts = []
    for run in WaitingRuns.of(archive.settings.archive_id).all():
        if isinstance(run, DamagedStatement):
            doubts.append(damaged(run))
        elif run.finished is not None:
            if (doubt := why_not(archive, run)) is not None:
                doubts.append(doubt)
                continue
            copy = run.copy
            _take(archive, run, own if copy is None else found.setdefault(copy, {}), refused)
    names = {place.id: place.name or place.id for place in archive.settings.copies}
    told = _told(own, "")
    for place, bags in found.items():
        told += _told(bags, f" on the copy “{names.get(place, place)}”")
    for place, name in refused.items():
        message = f"found that the copy “{names.get(place, place)}” is no state of this archive"
        told.append(_finding(name, message))
    return WaitingDamage(
        tuple(sorted(own)),
        {place: frozenset(bags) for place, bags in found.items() if bags},
        frozenset(refused),
        tuple(told),
        tuple(doubts),
    )


def doubts_about(archive: OpenedArchive, copy: str) -> list[Finding]:
    """What is wrong with audits of the copy at that place that wait, and are not as they were kept."""
    waiting = WaitingRuns.of(archive.settings.archive_id).finished()
    about = (why_not(archive, run) for run in waiting if run.copy == copy)
    return [doubt for doubt in about if doubt is not None]


def _take(archive: OpenedArchive, run: WaitingRun, bags: dict[str, str], refused: dict[str, str]) -> None:
    """What one of them found: the run by each bag that is not good; a later look replaces an earlier one.

    On a copy a bag counts as good only where it was found intact; in the archive nothing is to be repaired
    that could not be read. A copy that was judged by another history has nothing that is known to be good.
    """
    copy, finished = run.copy, run.finished or {}
    is_refused = finished["outcome"] == RunOutcome.EVIDENCE_BROKEN
    if copy is not None and is_refused:
        refused[copy] = run.run
    elif copy is not None and run.begun.mode == "full" and not finished["interrupted"]:
        refused.pop(copy, None)
    for row in past_checks(archive.layout.audits, run.run, run.results or ""):
        if row["outcome"] in _DAMAGE or (copy is not None and row["outcome"] != BagOutcome.INTACT):
            bags[row["bag"]] = run.run
        elif row["outcome"] == BagOutcome.INTACT and not (copy is not None and is_refused):
            bags.pop(row["bag"], None)


def _told(bags: dict[str, str], where: str) -> list[Finding]:
    told = []
    for name in sorted(set(bags.values())):
        count = sum(found == name for found in bags.values())
        what = f"{count:,} {'document' if count == 1 else 'documents'}{where}"
        told.append(_finding(name, f"found {what} {'not good' if where else 'damaged or missing'}"))
    return told


def _finding(run: str, message: str) -> Finding:
    return note(
        "AUDIT-WAITING",
        f"audits/{run}",
        f"{message}, and waits for a signature: nothing in the ledger vouches for it yet",
        remedy="archive key sign, with the passphrase",
    )

"""`archive repair --ledger`: the archive's own files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.cli.confirmation import confirmed
from archive.cli.context import Context
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled, tell
from archive.cli.parameters import say_waiting
from archive.cli.progress import progress_for
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.exit_codes import DONE, UNREADABLE, weightiest
from archive.core.limits.terminal import TEXT_FINDINGS
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.services.opened import OpenedArchive
    from archive.services.repair.own_run import OwnRepair
    from archive.services.repair.request import RepairRequest


def repair_own_files(
    context: Context, request: "RepairRequest", *, plan_only: bool, yes: bool, wait: float
) -> int:
    """Puts back ledger, manifests, results and notes; the exit code."""
    from archive.services.repair.own_run import OwnRepair
    from archive.services.surroundings import Surroundings
    from archive.services.writing import refuse_copy

    archive = context.open()
    refuse_copy(archive)
    surroundings = Surroundings(progress=progress_for(context))
    work = OwnRepair(archive, request, surroundings, _copies(archive, request.sources))
    if plan_only or not (yes or context.json):
        work.propose()
        if not context.json:
            _print(context, work)
        able = len(work.rows) - work.lacking
        if not plan_only and work.rows:
            plan_only = not able or not confirmed(context, _question(work, able), yes=yes)
    failed = None
    if not plan_only:
        work.execute(wait)
        failed = _record(work, request, wait)
    if context.json:
        emit_json(_report(work, plan_only=plan_only))
    else:
        _print_summary(context, work, plan_only=plan_only)
    found = _exit_code(work, plan_only=plan_only)
    if failed is not None and not isinstance(failed, ConfigurationError):
        # What keeps it from the ledger, and is left for that reason, has the code of the failure.
        return weightiest((failed.exit_code, found if found != UNREADABLE else DONE))
    return found


def _exit_code(work: "OwnRepair", *, plan_only: bool) -> int:
    """By what the files and the ledger are, whether the ledger heard of it or not."""
    from archive.core.ledger.ledger_findings import LedgerOutcome
    from archive.services.repair import left_over

    if work.outcome is not None and not work.holds:
        return 5 if work.outcome is LedgerOutcome.BROKEN else 3
    unreadable = {finding.code for finding in work.left} <= left_over.UNREADABLE
    is_left = plan_only and len(work.rows) > work.lacking
    if work.lacking > work.unread or is_left or not unreadable:
        return 1
    return 3 if work.left or work.lacking else 0


def _copies(archive: "OpenedArchive", sources: tuple[str, ...]) -> list[tuple[str, Path]]:
    from archive.storage.shelves.copies import roots_at_hand

    copies = []
    for place in sources:
        root = Path(place)
        if not (root / "ledger").is_dir() or root.absolute() == archive.root:
            raise ConfigurationError(
                f"{printable(place)}: holds no ledger of a copy",
                remedy="name the folder of a copy of the whole archive",
            )
        copies.append((place, root))
    return [*copies, *roots_at_hand(archive.settings)]


def _record(work: "OwnRepair", request: "RepairRequest", wait: float) -> ArchiveError | None:
    """Has the ledger hear of it; what kept it from that, once something was put back.

    Without the key that is no failure: what was put back stands, and the event waits for the key.
    """
    from archive.services.writing import writing

    if not work.is_to_record:
        return None
    failed = None
    try:
        with writing(
            work.archive,
            command="repair",
            surroundings=work.surroundings,
            agent=request.agent,
            wait=wait,
            waiting=say_waiting,
        ) as hold:
            work.record(hold)
    except ArchiveError as trouble:
        failed = trouble
        if not work.waiting and not isinstance(trouble, ConfigurationError):
            raise
    work.settle(failed)
    return failed


def _report(work: "OwnRepair", *, plan_only: bool) -> dict[str, Any]:
    from archive.services.repair.proposal import RepairState

    return {
        "kind": "repair-report",
        "version": 1,
        "run": work.run,
        "plan_only": plan_only,
        "looked": 0,
        "trust": None,
        "sources": [lossless(name) for name, _ in work.copies],
        "bags": [],
        "own_files": work.rows,
        "findings": [finding.to_json() for finding in work.all_findings],
        "counts": {state.value: 0 for state in RepairState},
    }


def _print(context: Context, work: "OwnRepair") -> None:
    shown = work.rows if context.verbosity > 0 else work.rows[:TEXT_FINDINGS]
    blocked = {path for paths in work.blocked.values() for path in paths}
    for row in shown:
        path = row["path"] if isinstance(row["path"], str) else row["path"]["text"]
        if path in blocked:
            mark, words = styled("✗", "red"), "something stands in the way"
        elif row["expected"] is None:
            mark, words = styled("→", "green"), "no copy has it and nothing rests on it: set aside"
        elif row["place"] is None:
            mark, words = styled("✗", "red"), "no good bytes found at hand"
        else:
            place = row["place"] if isinstance(row["place"], str) else row["place"]["text"]
            mark, words = styled("→", "green"), f"good from {printable(place or 'the archive itself')}"
        say(f"{mark} {printable(path)}: {row['outcome']}; {words}")
    if len(shown) < len(work.rows):
        say(f"  … and {len(work.rows) - len(shown):,} more; -v shows all")


def _question(work: "OwnRepair", able: int) -> str:
    aside = f"set {plural(work.useless, 'file')} aside" if work.useless else ""
    back = f"put {plural(able - work.useless, 'file')} back" if able > work.useless else ""
    return " and ".join(filter(None, (back, aside))).capitalize() + "?"


def _print_summary(context: Context, work: "OwnRepair", *, plan_only: bool) -> None:
    from archive.services.repair.left_over import CATALOG

    if plan_only:
        able = len(work.rows) - work.lacking
        aside = f", {work.useless:,} set aside" if work.useless else ""
        back = f"{plural(able - work.useless, 'file')} of the archive itself can be put back"
        say(f"{back}{aside}. Nothing was written.")
    elif work.rows:
        aside = f", {work.useless:,} set aside" if work.useless else ""
        say(f"{plural(work.restored, 'file')} of the archive itself put back{aside}")
    elif work.holds and not work.left:
        say(f"{styled('✓', 'green')} The archive's own files are as the ledger says")
    if work.outcome is not None and not work.holds:
        print_findings(work.findings)
        tell("The ledger does not hold yet.")
    print_findings((*work.refused, *work.obstacles, *work.made_anew, *work.not_recorded))
    if work.left:
        say(f"{styled('✗', 'red')} {plural(len(work.left), 'thing')} that no copy's bytes mend:")
        print_findings(work.left)
    if context.quiet:
        return
    if plan_only and work.left and all(one.place == CATALOG for one in work.left):
        next_step("archive repair --ledger, with the signing key at hand, makes the catalog anew")
    elif work.left or work.obstacles:
        next_step("mend what is named, then archive audit")
    elif work.lacking:
        next_step("bring another copy: archive repair --ledger --from COPY")
    elif not plan_only:
        next_step("archive repair --plan looks at the documents that are known to be damaged")

"""The calls at which a command once did harm, each by what it does there and not by its number."""

import pytest

from tests.crash.commands import Trials
from tests.crash.faults import Fault


@pytest.mark.parametrize(("command", "last"), [("audit", 7), ("copy (first, folders)", 8)])
def test_a_sync_that_fails_after_a_rename_takes_nothing_back_that_the_ledger_vouches_for(
    trials: Trials, command: str, last: int
) -> None:
    steps = trials[command].steps()
    synced = [at + 1 for at, name in enumerate(steps[:-1]) if (name, steps[at + 1]) == ("rename", "fsync")]
    for at in synced[-last:]:
        trials[command].strike(Fault.SYNC, at)


@pytest.mark.parametrize("command", ["key backup", "ledger checkpoint --out", "ledger pack", "list --table"])
def test_a_new_file_for_somebody_else_is_never_there_in_part(trials: Trials, command: str) -> None:
    for at in range(len(trials[command].steps())):
        trials[command].strike(Fault.KILL, at)


def test_a_bag_on_a_copy_is_never_gone_while_its_newer_form_takes_its_place(trials: Trials) -> None:
    trial = trials["copy (next, folders)"]
    steps = trial.steps()
    placed = steps.index("rename", steps.index("syncfs", steps.index("utime")))
    for at in range(placed - 2, placed + 2):
        trial.strike(Fault.KILL, at)


def test_a_description_killed_before_it_came_into_the_bag_leaves_no_folder_there(trials: Trials) -> None:
    steps = trials["describe"].steps()
    (made,) = (
        at for at in range(len(steps)) if steps[at : at + 4] == ["fchmod", "mkdir", "fchmod", "rename"]
    )
    for at in (made + 2, made + 3):
        trials["describe"].strike_before(at, ["audit"])

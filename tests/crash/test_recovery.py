"""Killed, and the recovery killed too: the third try completes."""

import pytest

from tests.crash.commands import Trials
from tests.crash.trials import Trial

INGESTS = ("ingest (three, three batches)", "ingest --on-error continue")
CHANGES = ("describe (two, from a table)", "withdraw", "dispose", "repair")


def _moments(trial: Trial) -> list[int]:
    """Calls after which the next command has something to clean up: staging, publishing, commit, deriving."""
    steps = trial.steps()
    synced = [at for at, name in enumerate(steps) if name == "syncfs"]
    renames = [at for at, name in enumerate(steps) if name == "rename"]
    return [synced[0] - 3, synced[1], synced[2] + 1, renames[-5], renames[-3] + 1, len(steps) - 3]


@pytest.mark.parametrize("name", INGESTS)
def test_a_recovery_that_is_killed_is_taken_up_again(trials: Trials, name: str) -> None:
    for number, first in enumerate(_moments(trials[name])):
        trials[name].strike_twice(first, (12 + 3 * number, 40 + 17 * number)[number % 2])


@pytest.mark.parametrize("name", CHANGES)
def test_a_recovery_of_a_change_that_is_killed_is_taken_up_again(trials: Trials, name: str) -> None:
    renames = [at for at, call in enumerate(trials[name].steps()) if call == "rename"]
    for number, first in enumerate((renames[2], renames[-2] + 1)):
        trials[name].strike_twice(first, 9 + 6 * number)


def test_a_copy_killed_twice_is_completed_all_the_same(trials: Trials) -> None:
    steps = len(trials["copy (next, folders)"].steps())
    for first in (steps // 3, 2 * steps // 3):
        trials["copy (next, folders)"].strike_twice(first, first // 2)


def test_an_update_of_a_bag_killed_in_its_recovery_is_recovered_again(trials: Trials) -> None:
    steps = len(trials["bag update"].steps())
    for first in range(steps // 2, steps, 8):
        trials["bag update"].strike_twice(first, 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [*CHANGES, "repair --ledger", "key rotate", "bag update", "schedule --promise"]
)
def test_a_recovery_of_a_change_killed_at_any_call_is_taken_up_again(trials: Trials, name: str) -> None:
    for number, first in enumerate(range(0, len(trials[name].steps()), 7)):
        for second in range(number % 3 * 4, 60, 12):  # others for each first call
            trials[name].strike_twice(first, second)


@pytest.mark.slow
@pytest.mark.parametrize("name", INGESTS)
def test_a_recovery_killed_at_any_call_is_taken_up_again(trials: Trials, name: str) -> None:
    steps = len(trials[name].steps())
    for number, first in enumerate(_moments(trials[name])):
        for second in range(number % 3 * 3, steps + 30, 9):  # others for each moment
            trials[name].strike_twice(first, second)

"""Looks that storage refuses: nothing is lost, no verdict is wrong, and a rerun completes the command."""

import pytest

from tests.crash.commands import COMMANDS, Trials
from tests.crash.refusals import ERRORS

QUICK = (
    "audit --acknowledge",
    "bag update",
    "coverage --table",
    "describe",
    "dispose",
    "restore (tars)",
    "withdraw",
)
A_FEW = 12


def _refuse(trials: Trials, command: str, looks: list[int]) -> None:
    for number, at in enumerate(looks):
        trials[command].refuse(at, ERRORS[number % len(ERRORS)])


@pytest.mark.parametrize("command", QUICK)
def test_a_look_that_is_refused_harms_nothing(trials: Trials, command: str) -> None:
    looks = trials[command].looks
    _refuse(trials, command, looks[:: max(len(looks) // A_FEW, 1)])


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_no_look_that_is_refused_harms_anything(trials: Trials, command: str) -> None:
    _refuse(trials, command, trials[command].looks)

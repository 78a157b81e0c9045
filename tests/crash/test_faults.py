"""Errors that last, as on a disk that stays full: nothing is harmed, and a rerun completes it."""

import pytest

from tests.crash.commands import COMMANDS, Trials
from tests.crash.faults import Fault
from tests.crash.matrix import points, spread

STRIDE = 5


def test_an_error_that_lasts_harms_nothing(trials: Trials) -> None:
    for point in spread(points(trials, "ingest", Fault.ENOSPC), 5, 5):
        trials["ingest"].strike(point.fault, point.at, lasting=True)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", [Fault.ENOSPC, Fault.EIO])
def test_an_error_that_lasts_harms_nothing_anywhere(trials: Trials, command: str, fault: Fault) -> None:
    for point in points(trials, command, fault)[::STRIDE]:
        trials[command].strike(point.fault, point.at, lasting=True)

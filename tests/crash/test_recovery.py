"""Killed, and the recovery killed too: the third try completes."""

import pytest

from tests.crash.harness import Scenario


def _moments(scenario: Scenario) -> list[int]:
    """Calls after which the next command has something to clean up: staging, publishing, commit, deriving."""
    steps = scenario.steps()
    synced = [at for at, name in enumerate(steps) if name == "syncfs"]
    renames = [at for at, name in enumerate(steps) if name == "rename"]
    return [synced[0] - 3, synced[1], synced[2] + 1, renames[-5], renames[-3] + 1, len(steps) - 3]


@pytest.mark.parametrize("name", ["several_documents", "good_ones"])
def test_a_recovery_that_is_killed_is_taken_up_again(name: str, request: pytest.FixtureRequest) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    for number, first in enumerate(_moments(scenario)):
        for second in (12 + 3 * number, 40 + 17 * number):
            scenario.strike_twice(first, second)


@pytest.mark.parametrize("name", ["new_descriptions", "withdrawal", "disposal"])
def test_a_recovery_of_a_change_that_is_killed_is_taken_up_again(
    name: str, request: pytest.FixtureRequest
) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    steps = scenario.steps()
    commit = max(at for at, call in enumerate(steps) if call == "syncfs")
    for number, first in enumerate((commit - 4, commit + 6)):
        scenario.strike_twice(first, 9 + 6 * number)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["new_descriptions", "withdrawal", "disposal"])
def test_a_recovery_of_a_change_killed_at_any_call_is_taken_up_again(
    name: str, request: pytest.FixtureRequest
) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    for first in range(0, len(scenario.steps()), 7):
        for second in range(0, 40, 3):
            scenario.strike_twice(first, second)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["several_documents", "good_ones"])
def test_a_recovery_killed_at_any_call_is_taken_up_again(name: str, request: pytest.FixtureRequest) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    steps = len(scenario.steps())
    for first in _moments(scenario):
        for second in range(0, steps + 30, 3):
            scenario.strike_twice(first, second)

"""Killed before any call that changes the disk, failed at it, or lied to by it: nothing is harmed or lost."""

import pytest

from tests.crash.harness import Fault, Saboteur, Scenario

SCENARIOS = (
    "one_document",
    "several_documents",
    "with_workers",
    "good_ones",
    "submitted_bag",
    "new_archive",
    "recorded_audit",
    "catalog_rebuild",
    "new_descriptions",
    "withdrawal",
    "disposal",
)
POINTS = 5  # of each scenario and fault in the quick run; many more in the slow run
STRIDE = 5


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """The scenario that the parameter names."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Scenario)
    return found


def _points(scenario: Scenario, fault: Fault) -> list[int]:
    """The calls of the scenario's command that the fault can hit."""
    reach = Saboteur(fault, None).reach
    return [at for at, name in enumerate(scenario.steps()) if name in reach]


def _sample(points: list[int], salt: int) -> list[int]:
    """Points spread over the whole command, others for each salt."""
    stride = max(len(points) / POINTS, 1)
    chosen = {int(number * stride + salt * stride / 7) % len(points) for number in range(POINTS)}
    return [points[each] for each in sorted(chosen)]


@pytest.mark.parametrize("scenario", SCENARIOS, indirect=True)
@pytest.mark.parametrize("fault", [Fault.KILL, Fault.ENOSPC, Fault.LOST])
def test_no_fault_at_a_sample_of_calls_harms_or_loses_anything(scenario: Scenario, fault: Fault) -> None:
    for at in _sample(_points(scenario, fault), list(Fault).index(fault)):
        scenario.strike(fault, at)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, indirect=True)
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.POWER])
def test_no_fault_at_every_other_call_harms_or_loses_anything(scenario: Scenario, fault: Fault) -> None:
    for at in _points(scenario, fault)[list(Fault).index(fault) % STRIDE :: STRIDE]:
        scenario.strike(fault, at)


@pytest.mark.slow
@pytest.mark.parametrize(
    "scenario", ["one_document", "new_descriptions", "withdrawal", "disposal"], indirect=True
)
@pytest.mark.parametrize("fault", [Fault.KILL, Fault.EIO, Fault.LOST])
def test_no_fault_at_any_call_of_a_small_change_harms_or_loses_anything(
    scenario: Scenario, fault: Fault
) -> None:
    for at in _points(scenario, fault):
        scenario.strike(fault, at)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, indirect=True)
@pytest.mark.parametrize("fault", [Fault.ENOSPC, Fault.EIO])
def test_an_error_that_lasts_harms_nothing_anywhere(scenario: Scenario, fault: Fault) -> None:
    for at in _points(scenario, fault)[::STRIDE]:
        scenario.strike(fault, at, lasting=True)


def test_an_error_that_lasts_harms_nothing(one_document: Scenario) -> None:
    for at in _sample(_points(one_document, Fault.ENOSPC), 5):
        one_document.strike(Fault.ENOSPC, at, lasting=True)

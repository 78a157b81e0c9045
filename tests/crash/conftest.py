"""Trials in memory for the tests of faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.commands import Trials
from tests.crash.scenarios import Scenario
from tests.crash.scenes import in_memory


@pytest.fixture(scope="session")
def crash_folder() -> Iterator[Path]:
    """One folder in memory for all scenes of this run."""
    with in_memory() as folder:
        yield folder


@pytest.fixture(scope="session")
def trials(crash_folder: Path) -> Trials:
    """Every command that writes, each with its scene."""
    return Trials(crash_folder)


def scenario_of(trials: Trials, name: str) -> Scenario:
    """A trial that changes an archive."""
    found = trials[name]
    assert isinstance(found, Scenario)
    return found


@pytest.fixture(scope="session")
def one_document(trials: Trials) -> Scenario:
    """Ingest of one document into an archive that holds one."""
    return scenario_of(trials, "ingest")


@pytest.fixture(scope="session")
def several_documents(trials: Trials) -> Scenario:
    """Ingest of three documents in as many batches, all or nothing; one name is awkward."""
    return scenario_of(trials, "ingest (three, three batches)")

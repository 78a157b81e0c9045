"""Whatever an archive goes through, every command says of it what is so.

Commands and mishaps in any order, on an archive and its copies; a model (tests/property/life.py) says what
the bytes are and what the archive can know of them. Each example is a life of its own.
"""

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.property.lived_archive import Archive, lives


def test_a_short_life() -> None:
    run_state_machine_as_test(Archive, settings=lives(3, 8))


@pytest.mark.slow
def test_longlives() -> None:
    run_state_machine_as_test(Archive, settings=lives(60, 25))

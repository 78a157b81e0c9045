"""The list of planted defects is about the project as it is; `make mutants` runs it."""

from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.defect import Defect
from tests.mutants.defects import DEFECTS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_can_be_planted(defect: Defect) -> None:
    text = (ROOT / defect.file).read_text(encoding="utf-8")
    assert text.count(defect.before) == 1
    assert all((ROOT / tests).exists() for tests in defect.tests)
    compile(text.replace(defect.before, defect.after), defect.file, "exec")


def test_there_are_enough_and_each_is_another() -> None:
    assert len(DEFECTS) >= 25
    assert max(Counter(defect.name for defect in DEFECTS).values()) == 1

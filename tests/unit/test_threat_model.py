"""Every line of docs/threat-model.md, threats.md and requirements.md says what shows it."""

import re
from pathlib import Path

import pytest

from tests.conftest import SEEDS

ROOT = SEEDS.parent
DOCS = ROOT / "docs"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def table_rows(page: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    return [row for row in rows if not set(row) <= set("| -") and "---" not in row]


@pytest.mark.parametrize("page", ["threat-model.md", "threats.md"])
def test_every_test_that_is_named_exists(page: str) -> None:
    named = _TEST.findall((DOCS / page).read_text("utf-8"))
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"def {name}\(", (ROOT / path).read_text("utf-8"))
    ]
    assert missing == []
    assert len(named) > 25


@pytest.mark.parametrize("page", ["threat-model.md", "threats.md"])
def test_every_threat_has_a_test(page: str) -> None:
    heads = ("| who does what", "| what comes")
    rows = [row for row in table_rows(page) if not row.startswith(heads)]
    assert [row for row in rows if not _TEST.search(row)] == []


def test_every_requirement_says_what_is_not_done() -> None:
    text = (DOCS / "requirements.md").read_text("utf-8")
    assert "not by this program" in text
    assert {"3.3.5", "4.2.9", "4.4.1.2", "4.4.2", "5.1.1.3"} <= set(re.findall(r"\d\.\d(?:\.\d)+", text))
    assert Path(DOCS / "requirements.md").stat().st_size < 20_000

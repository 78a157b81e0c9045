"""Proofs and receipts checked outside an archive."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run

Printed = pytest.CaptureFixture[str]


def check(printed: Printed, *words: str | Path) -> tuple[int, dict[str, Any]]:
    """Exit code and report of `check-proof`, outside any archive."""
    printed.readouterr()
    code = run(["ledger", "check-proof", *map(str, words), "--format", "json"])
    document: dict[str, Any] = json.loads(printed.readouterr().out)
    assert schemas.explain(document["kind"], document) == []
    return code, document


def codes(document: dict[str, Any]) -> list[str]:
    return [each["code"] for each in document["findings"]]

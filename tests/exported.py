"""Letters of different access, and the report of their export."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from tests.archives import MadeArchive, described, make_archive

ODD = "a b&c %<i>\n.txt"
ODD_STORED = "a b&c __i__.txt"


def letters(folder: Path, patch: pytest.MonkeyPatch) -> MadeArchive:
    """An open letter with an odd name, a restricted one, and one in a folder that says nothing."""
    folder.mkdir(exist_ok=True)
    archive = make_archive(folder, patch)
    archive.ingest(
        {
            f"letters/{ODD}": b"one",
            f"letters/{ODD}.dc.json": described("Letter <b>", access="open", rights="Ask", extent="1 page"),
            "secret.txt": b"two",
            "secret.txt.dc.json": described("Secret", access="restricted, title hidden"),
            "sub/plain.txt": b"three",
        },
        accession="2026-7",
    )
    return archive


def asked(made: MadeArchive, printed: pytest.CaptureFixture[str], *arguments: str, code: int) -> Any:
    """The report of an export."""
    given = ["-C", str(made.root), "--format", "json", "export", *arguments]
    assert run(given) == code, printed.readouterr()
    report = json.loads(printed.readouterr().out)
    assert schemas.explain(report["kind"], report) == []
    assert schemas.is_valid(report["kind"], report)
    return report

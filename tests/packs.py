"""Packs of evidence: how tests copy, check and rewrite them."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from tests.archives import MadeArchive

Printed = pytest.CaptureFixture[str]
Members = dict[str, bytes]


def command(made: MadeArchive, *words: str) -> None:
    """Runs a command that ends well."""
    assert run(["-q", "-C", str(made.root), *words]) == 0


def check(printed: Printed, path: Path, *words: str | Path) -> tuple[int, dict[str, Any]]:
    """Exit code and report of `check-pack`."""
    printed.readouterr()
    code = run(["ledger", "check-pack", str(path), *map(str, words), "--format", "json"])
    document: dict[str, Any] = json.loads(printed.readouterr().out)
    assert schemas.explain(document["kind"], document) == []
    return code, document


def rewrite(
    path: Path,
    edit: Callable[[Members], object],
    *,
    listed: bool = False,
    method: int = zipfile.ZIP_STORED,
) -> None:
    """The pack with other members; `listed` makes its own list of them fit."""
    with zipfile.ZipFile(path) as pack:
        members = {name: pack.read(name) for name in pack.namelist()}
    edit(members)
    if listed:
        facts = json.loads(members.pop("pack.json"))
        facts["members"] = {name: hashlib.sha512(content).hexdigest() for name, content in members.items()}
        members["pack.json"] = json.dumps(facts).encode()
    with zipfile.ZipFile(path, "w", method) as pack:
        for name, content in members.items():
            pack.writestr(name, content)


def first(members: Members, beginning: str, ending: str) -> str:
    """The name of the first member that begins and ends so."""
    return next(name for name in sorted(members) if name.startswith(beginning) and name.endswith(ending))

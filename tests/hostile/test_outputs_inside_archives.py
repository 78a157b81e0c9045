"""No command is talked into writing its output into the archive: its next audit would find a stranger."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive

REFERENCE = "2026-000001"
COMMANDS = {
    "audit.html": ("audit", "--read-only", "--report"),
    "audit.json": ("audit", "--read-only", "--report"),
    "backup": ("key", "backup", "--no-passphrase", "--to"),
    "manifest.json": ("catalog", "export", "--to"),
    "checkpoint": ("ledger", "checkpoint", "--out"),
    "copies": ("export", REFERENCE, "--to"),
    "copies.zip": ("export", REFERENCE, "--to"),
    "descriptions.csv": ("catalog", "export", "--what", "descriptions", "--to"),
    "extension": ("ledger", "checkpoint", "--since", "0", "--out"),
    "lines": ("schedule", "--to"),
    "opened": ("open", REFERENCE, "--to"),
    "page.html": ("show", REFERENCE, "--report"),
    "pack.zip": ("ledger", "pack", "--out"),
    "proof": ("ledger", "prove", REFERENCE, "--out"),
    "receipt.html": ("receipt", REFERENCE, "--to"),
    "report.html": ("report", "--to"),
    "request": ("ledger", "timestamp", "--request-out"),
    "statement": ("ledger", "statement", "--says", "x", "--out"),
    "table.ods": ("list", "--table"),
    "template.ods": ("template", "--held", "--output"),
    "witness": ("ledger", "witness-key", "hill.example/w", "--out"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("inside"), patch)
        made.ingest({"a.txt": b"one"})
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        (made.folder / "link").symlink_to(made.root)
        yield made


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("folder", ["{root}", "{root}/ledger", "{root}/../link", "{root}/bags/../audits"])
def test_no_output_lies_inside_the_archive(made: MadeArchive, name: str, folder: str) -> None:
    before = sorted(made.root.rglob("*"))
    place = folder.format(root=made.root)
    assert run(["-q", "-C", str(made.root), *COMMANDS[name], f"{place}/{name}"]) == 2
    assert sorted(made.root.rglob("*")) == before


@pytest.mark.parametrize("name", COMMANDS)
def test_outside_it_is_written(made: MadeArchive, tmp_path: Path, name: str) -> None:
    if name == "request":
        pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
    assert run(["-q", "-C", str(made.root), *COMMANDS[name], f"{tmp_path}/{name}"]) == 0
    assert (tmp_path / name).exists()


def test_a_temporary_folder_inside_the_archive_is_no_place_for_a_copy_to_read(
    made: MadeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(made.root / "ledger"))
    before = sorted(made.root.rglob("*"))
    assert run(["-q", "-C", str(made.root), "open", REFERENCE]) == 2
    assert sorted(made.root.rglob("*")) == before

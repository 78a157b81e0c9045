"""What a dead ingest left is finished from what its bags say."""

import json
from pathlib import Path

import pytest

from archive.schemas import explain
from tests.e2e.command import Command
from tests.interrupted import die_at_commit


def test_the_manifest_of_an_interrupted_run_names_agent_accession_and_source(
    archive: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.cli.frame import run

    source = tmp_path / "letters"
    source.mkdir()
    for number in range(3):
        (source / f"{number}.txt").write_text(f"letter {number}")
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(archive.keys))
    die_at_commit(monkeypatch, 3)
    words = ["-C", str(archive.root), "ingest", str(source), "--describe-later", "--accession", "2026-004"]
    assert run([*words, "--on-error", "continue", "--no-identify", "--jobs", "1"]) == 130
    report = archive("audit", "--format", "json").json
    assert report["outcome"] == "intact"
    manifest = json.loads(next(archive.root.glob("runs/*.json")).read_bytes())
    assert explain("run-manifest", manifest) == []
    assert manifest["outcome"] == "interrupted"
    assert manifest["accession"] == "2026-004"
    assert manifest["agent"]["name"] == "Ana Example"
    assert manifest["software"]["name"] == "document-archive"
    assert manifest["sources"] == ["letters"]
    assert (manifest["counts"]["bags"], len(manifest["bags"])) == (2, 2)

"""What a dead ingest left is finished from what its bags say."""

import json
from pathlib import Path

import pytest

from archive.schemas import explain
from archive.services.ingest import job
from archive.services.ingest.publish import Publisher
from tests.e2e.command import Command


def test_the_manifest_of_an_interrupted_run_names_agent_accession_and_source(
    archive: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.cli.frame import run

    source = tmp_path / "letters"
    source.mkdir()
    for number in range(3):
        (source / f"{number}.txt").write_text(f"letter {number}")
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(archive.keys))
    monkeypatch.setattr(job, "BATCH_DOCUMENTS", 1)
    monkeypatch.setattr(job, "GROUP_DOCUMENTS", 1)
    commit = Publisher.commit
    commits: list[bool] = []

    def dies_at_the_third(publisher: Publisher, *, closing: bool) -> object:
        commits.append(closing)
        if len(commits) == 3:
            raise KeyboardInterrupt
        return commit(publisher, closing=closing)

    monkeypatch.setattr(Publisher, "commit", dies_at_the_third)
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

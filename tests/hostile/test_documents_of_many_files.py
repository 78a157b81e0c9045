"""A document with more files than its bag could be read back with: refused, not held and forgotten."""

from pathlib import Path

import pytest

from archive.services.ingest import stage
from tests.changes import Changing


def test_a_document_that_could_not_be_read_back_is_refused_and_others_are_not(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "more" / "diary"
    pages.mkdir(parents=True)
    for number in range(20):
        (pages / f"{number}.txt").write_text(f"page {number}")
    (tmp_path / "more" / "card.txt").write_text("a card")
    table = "filename,reference,dc.title\ndiary/,Diary,A diary\ncard.txt,Card,A card\n"
    (tmp_path / "more" / "metadata.csv").write_text(table)
    words = ["ingest", str(tmp_path / "more"), "--on-error", "continue", "--no-identify", "--jobs", "1"]
    with monkeypatch.context() as patch:
        patch.setattr(stage, "HELD_TAG_FILE_BYTES", 1 << 15)
        report = changing(*words, code=4)
    (rejected,) = report["rejected"]
    assert rejected["source"] == "diary/"
    assert [one["code"] for one in rejected["findings"]] == ["SRC-TOO-MANY-FILES"]
    assert "20 files: metadata/premis.xml" in rejected["findings"][0]["message"]
    assert [one["reference"] for one in report["ingested"]] == ["Card"]
    changing.require_whole()
    assert [one["reference"] for one in changing(*words)["ingested"]] == ["Diary"]
    changing("catalog", "rebuild")
    changing.require_whole()

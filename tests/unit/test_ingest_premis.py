"""What PREMIS says of an ingest: the tool with its signatures, and the warnings of the description."""

from pathlib import Path

import pytest

from archive.formats.format_identification import is_available
from archive.formats.premis.reader import read_premis
from archive.formats.premis.record import PremisSummary
from tests.archives import MadeArchive, described, make_archive


def premis_of(made: MadeArchive) -> PremisSummary:
    """The PREMIS of the one bag."""
    (bag,) = made.root.glob("bags/*/*")
    return read_premis((bag / "metadata/premis.xml").read_bytes())


@pytest.mark.skipif(not is_available(), reason="the extra `identify` is not installed")
def test_premis_states_the_signatures_by_which_a_format_was_identified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one"}, identify=True)
    (tool,) = [agent for agent in premis_of(made).agents if agent.id == "siegfried"]
    assert tool.version is not None
    assert "DROID_SignatureFile_V" in tool.version


@pytest.mark.parametrize(
    ("date", "notes"), [("1924-05-06", 0), ("some day in May", 1)], ids=["no-warning", "one-warning"]
)
def test_premis_counts_the_warnings_of_the_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, date: str, notes: int
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one", "a.txt.dc.json": described("A letter", date=date)})
    (bag,) = made.root.glob("bags/*/*")
    assert (bag / "metadata/premis.xml").read_text().count(f"Warnings: {notes or ''}") == bool(notes)

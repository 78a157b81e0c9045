"""docs/describing.md as a person with a spreadsheet follows it: every command prints what the page says."""

import re
import shutil
from pathlib import Path

import pytest

from archive.formats.format_identification import is_available
from tests.conftest import SEEDS
from tests.e2e.walked_pages import ROOT, blocks, commands, walked

PAGE = ROOT / "docs" / "describing.md"
LETTERS = ("clock-letter.txt", "molino.txt", "choir book 1931.txt", "garden-diary.txt", "plum-cake.txt")
# As a donor's own spreadsheet program saved it: semicolons, its own encoding, dates as people write them.
DONOR = (
    "File;Title;Author;date;language;shelf\r\n"
    "clock-letter.txt;The clock letter;Tomás Rill;04/05/1918;English;B 7\r\n"
    "Molino.txt;El molino;;c. 1920;Spanish;B 7\r\n"
    "choir book 1931.txt;The choir book of Merrin Quay;;12/06/1931;eng;B 8\r\n"
    "garden-diary.txt;A gardener's diary;;between 1918 and 1920;eng;B 8\r\n"
    "plum-cake.txt;Plum cake;;n.d.;eng;\r\n"
)
_VARIES = re.compile(r"run [0-9a-f]{8}|\d{4}-\d{6}")


def test_the_walk_prints_what_the_page_says(tmp_path: Path) -> None:
    if not is_available():
        pytest.skip("the extra `identify` is not installed")
    (tmp_path / "stick").mkdir()
    for name in LETTERS:
        shutil.copy(SEEDS / "texts" / name, tmp_path / "stick" / name)
    (tmp_path / "stick" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "note.txt").write_text("A later note\n")
    (tmp_path / "donor.csv").write_bytes(DONOR.encode("cp1252"))
    text, actual = walked(PAGE, tmp_path)
    assert _VARIES.sub("…", actual) == _VARIES.sub("…", text)


def test_the_page_shows_the_whole_way() -> None:
    text = "".join(blocks(PAGE))
    for word in ("archive check", "archive template", "--annotate", "--fix", "--report", "archive ingest"):
        assert word in text
    assert len(commands(PAGE)) >= 8

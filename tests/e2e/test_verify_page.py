"""docs/verify.md as somebody with a bag follows it: every command prints what the page says."""

import json
from pathlib import Path

from archive.cli.frame import run
from tests.e2e.walked_pages import ROOT, commands, walked

PAGE = ROOT / "docs" / "verify.md"
MUSEUM = {
    "BagIt-Profile-Info": {
        "BagIt-Profile-Identifier": "https://museum.example/profile-1.json",
        "BagIt-Profile-Version": "1.4.0",
        "External-Description": "What the museum asks of a bag",
        "Source-Organization": "Museum of the Quay",
        "Version": "1",
    },
    "Bag-Info": {"Contact-Email": {"required": True}},
}


def make_bag(folder: Path, files: dict[str, str]) -> None:
    source = folder.with_name(f"{folder.name}-source")
    source.mkdir()
    for name, text in files.items():
        (source / name).write_text(text)
    arguments = ["bag", str(source), "--to", str(folder), "--bagging-date", "2026-11-21", "-q"]
    assert run(arguments) == 0


def test_the_walk_prints_what_the_page_says(tmp_path: Path) -> None:
    make_bag(tmp_path / "letters", {"letter.txt": "Dear Ana", "reply.txt": "Yes.\n"})
    make_bag(tmp_path / "dropped", {"letter.txt": "Dear Ana", "reply.txt": "Yes.\n"})
    (tmp_path / "dropped" / "data" / "letter.txt").write_text("Dear Ann")
    make_bag(tmp_path / "sale", {"100%.txt": "all of it\n"})
    (tmp_path / "museum.json").write_text(json.dumps(MUSEUM))
    (tmp_path / "broken.json").write_text('{"Bag-Info":\n  {"Contact-Email": {"required": yes}}\n}\n')
    text, actual = walked(PAGE, tmp_path)
    assert actual == text


def test_the_page_shows_every_kind_of_answer() -> None:
    assert len(commands(PAGE)) == 4

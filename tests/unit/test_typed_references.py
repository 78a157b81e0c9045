"""What people are told to type next can be typed, for a reference with blanks too."""

import shlex
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.changes import Changing


def told(changing: Changing, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The line that says what to do next."""
    capsys.readouterr()
    assert run(["-C", str(changing.root), *words]) == 0
    return capsys.readouterr().err.split("Next: ")[1].splitlines()[0]


@pytest.mark.parametrize(
    "words",
    [("list", "--limit", "3"), ("search", "third"), ("history", "Box 3"), ("open", "Box 3", "--to", "NEW")],
    ids=lambda words: words[0],
)
def test_a_next_step_names_the_document_as_one_word(
    changing: Changing, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = told(changing, capsys, *(str(tmp_path / "new") if word == "NEW" else word for word in words))
    parts = shlex.split(said)
    assert parts[parts.index("show") + 1] == "Box 3"


def test_so_does_the_way_to_what_was_earlier(changing: Changing, capsys: pytest.CaptureFixture[str]) -> None:
    changing("describe", "Box 3", "--set", "dc.title=Another")
    said = told(changing, capsys, "history", "Box 3", "--limit", "1")
    assert shlex.split(said)[:4] == ["archive", "history", "Box 3", "--before"]


def test_and_the_remedy_of_a_circle(changing: Changing) -> None:
    changing("describe", "Box 3", "--set", "dcterms.isPartOf=Box 3")
    (found,) = changing("list", "--tree", code=1)["findings"]
    words = shlex.split(found["remedy"].partition("archive ")[2])
    changing(*words)
    assert changing("list", "--tree")["findings"] == []

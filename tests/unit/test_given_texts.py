"""A text that is empty is a variable that a script forgot to set: no default is taken in its place."""

from pathlib import Path

import click
import pytest

from archive.cli.frame import cli, run
from archive.cli.parameters import FREE_TEXT, GIVEN_AS_IT_IS, PLAIN_TEXT
from tests.given import parameters

Printed = pytest.CaptureFixture[str]
TYPES = (PLAIN_TEXT, FREE_TEXT, GIVEN_AS_IT_IS)
# What reads these refuses an empty one itself, in its own words.
JUDGED_BY_THEMSELVES = frozenset(
    {
        "--accept",
        "--at-most",
        "--clear",
        "--confidence",
        "--log-key",
        "--mail",
        "--profile",
        "--received",
        "--resume",
        "--set",
        "--tolerate",
        "--tsa",
        "--virus-check",
        "--where",
        "--witness",
    }
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))


def texts() -> list[tuple[str, click.Option]]:
    """Every option of every command whose value is a text, with the command's name."""
    found = [(name, each) for name, each in parameters(cli) if isinstance(each, click.Option)]
    return [(name, each) for name, each in found if each.type.name == "text"]


def test_every_text_of_every_command_has_to_say_something() -> None:
    assert len(texts()) > 60
    unasked = [(name, each.opts[0]) for name, each in texts() if each.type not in TYPES]
    assert [one for one in unasked if one[1] not in JUDGED_BY_THEMSELVES] == []


@pytest.mark.parametrize("text", ["", " ", "\t\u3000"])
@pytest.mark.parametrize(
    "words",
    [
        ("init", "new", "--name"),
        ("init", "new", "--contact"),
        ("copy", "--to", "copy", "--name"),
        ("copy", "--to", "copy", "--medium"),
        ("ingest", "source", "--agent"),
        ("ingest", "source", "--exclude"),
        ("key", "rotate", "--reason"),
        ("key", "replace", "--lost", "--reason"),
        ("withdraw", "1", "--reason"),
        ("audit", "--sample", "1", "--seed"),
        ("catalog", "rebuild", "--agent"),
    ],
    ids=" ".join,
)
def test_an_empty_text_is_wrong_use(words: tuple[str, ...], text: str, capsys: Printed) -> None:
    assert run([*words, text]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"'{words[-1]}': is empty" in said


def test_what_may_be_left_out_is_said_to_be(capsys: Printed) -> None:
    assert run(["key", "rotate", "--reason", ""]) == 2
    assert "leave the option out" in capsys.readouterr().err
    assert run(["withdraw", "1", "--reason", ""]) == 2
    assert "leave the option out" not in capsys.readouterr().err


def test_a_key_of_no_characters_is_no_key_not_given(capsys: Printed) -> None:
    """The key is what a copy has to be signed by: without one its own word would be taken."""
    assert run(["restore", "copy", "--to", "back", "--key", ""]) == 2
    assert "is empty" in capsys.readouterr().err

"""A path that is empty is a variable that a script forgot to set: nothing is done in its place."""

import click
import pytest

from archive.cli.frame import cli, run
from archive.cli.parameters import GivenPath
from tests.archives import MadeArchive, make_archive
from tests.given import parameters


def test_every_path_of_every_command_has_to_be_given() -> None:
    paths = [each for each in parameters(cli) if isinstance(each[1].type, click.Path)]
    assert len(paths) > 60
    assert [(name, each.name) for name, each in paths if not isinstance(each.type, GivenPath)] == []


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    made = make_archive(tmp_path_factory.mktemp("given"), monkeypatch)
    made.ingest({"a.txt": b"a"})
    monkeypatch.chdir(made.root)
    return made


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "--copy", ""),  # would audit the archive, and the copy would count as looked at
        ("audit", "--read-only", "--report", ""),
        ("ingest", "", "--describe-later"),
        ("check", ""),
        ("template", ""),
        ("verify", ""),
        ("copy", "--to", ""),
        ("repair", "--all", "--from", ""),
        ("ledger", "verify", "--trust", ""),
    ],
)
def test_an_empty_path_is_wrong_use(
    made: MadeArchive, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(["-C", str(made.root), *words]) == 2
    assert "is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "--copy", "one", "--copy", "two"),  # would look at the second alone
        ("audit", "--copy", "one", "--copy=one"),
        ("audit", "--report", "1.html", "--report", "2.html"),
        ("copy", "--to", "one", "--to", "two"),
        ("export", "--all", "--to", "one", "--to", "two"),
        ("ingest", "x", "--metadata", "1.csv", "--metadata", "2.csv"),
    ],
)
def test_a_place_that_is_given_twice_is_wrong_use(
    made: MadeArchive, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(["-C", str(made.root), *words]) == 2
    assert "is given" in capsys.readouterr().err


def test_of_several_archives_the_last_counts(made: MadeArchive) -> None:
    assert run(["-q", "-C", "one", "-C", "two", "status", "-C", str(made.root)]) == 0


def test_what_may_be_given_several_times_is_judged_by_itself(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(made.root), "audit", "--trust", "one", "--trust", "two"]) == 2
    assert "more than once" not in capsys.readouterr().err

"""A signing key that lies in what is to be taken in stays out: it would go with every copy of the archive."""

from pathlib import Path

import bagit
import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive whose key lies in home/config/keys, beside documents in home/letters."""
    home = tmp_path / "home"
    (home / "letters").mkdir(parents=True)
    (home / "letters/a.txt").write_bytes(b"a")
    made = make_archive(tmp_path, monkeypatch)
    (home / "config").mkdir()
    (made.folder / "keys").rename(home / "config/keys")
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(home / "config/keys"))
    return made


def key_folder(made: MadeArchive) -> Path:
    return next(path.parent for path in (made.folder / "home/config/keys").glob("*/key.pem"))


@pytest.mark.parametrize("place", ["home", "home/config", "home/config/keys", "id", "key.pem", "link"])
@pytest.mark.parametrize("command", ["ingest", "check"])
def test_it_is_refused_whatever_holds_it(
    made: MadeArchive, capsys: pytest.CaptureFixture[str], place: str, command: str
) -> None:
    (made.folder / "link").symlink_to(made.folder / "home")
    found = {"id": key_folder(made), "key.pem": key_folder(made) / "key.pem"}
    source = found.get(place, made.folder / place)
    words = [command, str(source), "--describe-later"] if command == "ingest" else [command, str(source)]
    assert run(["-C", str(made.root), *words]) == 2
    assert "holds a signing key" in capsys.readouterr().err
    assert list(made.root.glob("bags/*/*")) == []


@pytest.mark.parametrize("pattern", ["config", "keys", "config/keys", "key.pem", "*.pem"])
def test_it_may_be_left_out_by_name(made: MadeArchive, pattern: str) -> None:
    words = ["ingest", str(made.folder / "home"), "--describe-later", "--exclude", pattern]
    assert run(["-q", "-C", str(made.root), *words]) == 0
    assert list(made.root.glob("bags/*/*/data/**/key.pem")) == []
    assert len(list(made.root.glob("bags/*/*/data/**/a.txt"))) == 1


@pytest.mark.parametrize("pattern", ["key.pem", "*.pem", "data", "*"])
@pytest.mark.parametrize("command", ["ingest", "check"])
def test_nothing_can_be_left_out_of_a_bag(
    made: MadeArchive,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pattern: str,
    command: str,
) -> None:
    bag = made.folder / "home/config/keys"
    bagit.make_bag(str(bag))
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(bag / "data"))
    words = [command, str(bag), "--describe-later", "--exclude", pattern]
    assert run(["-C", str(made.root), *words]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "holds a signing key" in said
    assert "move the keys out of its folder" in said
    assert list(made.root.glob("bags/*/*")) == []


def test_of_a_bag_taken_apart_they_can(made: MadeArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = made.folder / "home/config/keys"
    bagit.make_bag(str(bag))
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(bag / "data"))
    words = ["--describe-later", "--exclude", "bagit.txt", "--exclude", "*.pem"]
    assert run(["-q", "-C", str(made.root), "ingest", str(bag), *words]) != 2
    assert list(made.root.glob("bags/*/*/data/**/key.pem")) == []


@pytest.mark.parametrize("place", ["home/letters", "home/letters/a.txt"])
def test_what_lies_beside_it_is_taken_in(made: MadeArchive, place: str) -> None:
    assert run(["-q", "-C", str(made.root), "ingest", str(made.folder / place), "--describe-later"]) == 0


def test_a_key_folder_that_is_not_there_keeps_nobody_from_checking(
    made: MadeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(made.folder / "nowhere"))
    assert run(["-q", "check", str(made.folder / "home/letters")]) == 1  # not described

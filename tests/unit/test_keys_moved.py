"""A key that was moved within the folder of keys, as one is put back by hand: what it signed still counts."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.services.evidence.verification import verify_ledger
from archive.services.opened import open_archive
from archive.storage.keys.signing_key import KEY_DIR
from tests.keepers import Keeper

STATE = "LEDGER-KEY-STATE"
OPEN = "LEDGER-KEY-OPEN"


def up(keeper: Keeper, *names: str) -> None:
    """Moves files from the key's own folder into the one above."""
    for name in names:
        shutil.move(keeper.file().parent / name, keeper.keys / name)


@pytest.fixture
def older(keeper: Keeper) -> Path:
    """A copy of the archive of before its key signed two more entries."""
    shutil.copytree(keeper.root, keeper.folder / "older")
    keeper.grow()
    return keeper.folder / "older"


@pytest.mark.parametrize(
    "names", [("key.pem",), ("key.pem", "last.json"), ("key.pem", "key.vkey"), ("last.json",), ()]
)
def test_an_older_state_is_not_signed_wherever_key_and_state_lie(
    keeper: Keeper, older: Path, names: tuple[str, ...]
) -> None:
    up(keeper, *names)
    code, report = keeper.ask("audit", root=older)
    assert (code, report["recorded"]) == (3, False)
    assert "2 entries fewer" in report["not_recorded"]
    assert keeper.findings(root=older) == (0, ["LEDGER-BEHIND"])
    assert keeper.do("key", "show")["last_signed"] == keeper.made.opened.checkpoint().size
    keeper.grow()


@pytest.mark.parametrize("names", [("key.pem",), ("last.json",)])
def test_a_backup_that_is_put_back_over_an_older_state_is_refused(
    keeper: Keeper, names: tuple[str, ...]
) -> None:
    backup = keeper.backup()
    older = keeper.folder / "older"
    shutil.copytree(keeper.root, older)
    keeper.grow()
    up(keeper, *names)
    keeper.file().unlink(missing_ok=True)
    (keeper.keys / "key.pem").unlink(missing_ok=True)
    assert keeper.restore(backup, root=older)[0] == 5
    assert not keeper.file().exists()
    assert keeper.restore(backup)[0] == 0


def in_its_own_folder(keeper: Keeper, patch: pytest.MonkeyPatch) -> None:
    patch.setenv(KEY_DIR, str(keeper.file().parent))


def above_it(keeper: Keeper, patch: pytest.MonkeyPatch) -> None:
    up(keeper, "key.pem", "key.vkey", "last.json")


def where_it_belongs(*_: object) -> None: ...


PLACES: list[Callable[[Keeper, pytest.MonkeyPatch], None]] = [where_it_belongs, above_it, in_its_own_folder]


@pytest.mark.parametrize("put", PLACES)
def test_every_place_of_a_key_is_warned_of_alike(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch, put: Callable[[Keeper, pytest.MonkeyPatch], None]
) -> None:
    file = keeper.file()
    put(keeper, monkeypatch)
    file = file if file.exists() else keeper.keys / "key.pem"
    assert keeper.findings() == (0, [])
    for each in (keeper.keys, file.parent):
        each.chmod(0o755)
    file.chmod(0o644)
    assert keeper.findings() == (0, [OPEN])
    file.chmod(0o600)
    (file.parent / "last.json").unlink()
    assert keeper.findings() == (0, [STATE])
    keeper.grow()
    assert keeper.findings() == (0, [])


def test_the_key_of_another_archive_above_is_none_of_ours(keeper: Keeper) -> None:
    other = keeper.folder / "other"
    assert run(["-q", "init", str(other), "--name", "Other", "--agent", "Eve"]) == 0
    (theirs,) = (path for path in keeper.keys.iterdir() if path.is_dir() and path != keeper.file().parent)
    for name in ("key.pem", "last.json"):
        shutil.move(theirs / name, keeper.keys / name)
    (keeper.keys / "key.pem").chmod(0o644)
    keeper.keys.chmod(0o755)
    assert keeper.findings() == (0, [])
    keeper.grow()
    keeper.lose()
    assert keeper.findings() == (0, [])


def test_a_key_that_is_changed_while_an_archive_is_open_is_read_again(keeper: Keeper) -> None:
    opened = open_archive(keeper.root)
    keeper.do("key", "rotate")
    keeper.grow()
    verdict = verify_ledger(opened)
    assert (verdict.outcome, verdict.findings) == (LedgerOutcome.PROVEN, ())

"""A ledger that storage refuses to give may be ahead of the archive's: no repair passes it over."""

import os
import shutil
from pathlib import Path

import pytest

from tests.archives import described
from tests.damage.repair.own_files import newest, repair, unlocked
from tests.refusals import refuse
from tests.repairs import Repairing


def refuse_all(patch: pytest.MonkeyPatch, ledger: Path, *names: str) -> None:
    """Storage gives nothing of these below a ledger, nor of what is in them."""
    for name in names:
        for place in (ledger / name, *(ledger / name).rglob("*")):
            for call in ("open", "listdir", "scandir"):
                refuse(patch, call, place)


@pytest.fixture
def keys() -> Path:
    """Where the archive's key lies."""
    return Path(os.environ["ARCHIVE_KEY_DIR"])


@pytest.fixture
def rolled_back(archive: Repairing, tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Repairing:
    """The archive was put back to an older state, on a machine without its keys; the copy is ahead of it."""
    shutil.copytree(archive.root, tmp_path / "older", symlinks=True)
    archive.made.ingest({"later.txt": b"later", "later.txt.dc.json": described("Later")}, name="later")
    shutil.rmtree(archive.copy)
    archive.root.rename(archive.copy)
    (tmp_path / "older").rename(archive.root)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(keys.with_name("no-keys")))
    return archive


CHECKPOINTS = ("checkpoint", "checkpoints")


@pytest.mark.parametrize("names", [CHECKPOINTS, (".",)])
@pytest.mark.parametrize("plan", [(), ("--plan",)])
def test_a_copy_that_may_be_ahead_and_cannot_be_read_is_said(
    rolled_back: Repairing, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], plan: tuple[str, ...]
) -> None:
    before = unlocked(rolled_back)
    with monkeypatch.context() as patch:
        refuse_all(patch, rolled_back.copy / "ledger", *names)
        report = repair(rolled_back, *plan, code=3)
        assert [one["code"] for one in report["findings"]] == ["LEDGER-UNREADABLE"]  # type: ignore[attr-defined]
    assert unlocked(rolled_back) == before
    assert repair(rolled_back, "--plan", code=1)["own_files"]


def test_entries_of_a_copy_that_is_ahead_and_cannot_be_read_are_not_said_to_be_gone(
    rolled_back: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_all(monkeypatch, rolled_back.copy / "ledger", "tile")
    before = unlocked(rolled_back)
    repair(rolled_back, code=3)
    assert unlocked(rolled_back) == before


def test_a_lost_ledger_is_not_put_back_to_an_older_state_while_a_copy_cannot_be_read(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    archive("audit")  # the copy has not got it
    newer = tmp_path / "newer"
    shutil.copytree(archive.root, newer, symlinks=True)
    shutil.rmtree(archive.root / "ledger")
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "no-keys"))
    with monkeypatch.context() as patch:
        refuse_all(patch, newer / "ledger", *CHECKPOINTS)
        report = repair(archive, "--from", str(newer), code=3)
        assert [one["code"] for one in report["findings"]] == ["LEDGER-UNREADABLE"]  # type: ignore[attr-defined]
        assert not (archive.root / "ledger").exists()
    report = repair(archive, "--from", str(newer))  # put back, and there is no key to record it with
    assert [one["code"] for one in report["findings"]] == ["REPAIR-NOT-RECORDED"]  # type: ignore[attr-defined]
    assert newest(archive.root, "ledger/checkpoints/*").name == newest(newer, "ledger/checkpoints/*").name


def test_what_the_key_signed_later_may_be_on_the_copy_that_cannot_be_read(
    rolled_back: Repairing, monkeypatch: pytest.MonkeyPatch, keys: Path
) -> None:
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(keys))
    refuse_all(monkeypatch, rolled_back.copy / "ledger", *CHECKPOINTS)
    assert "could not be read" in str(repair(rolled_back, code=3)["message"])


def test_where_no_checkpoint_can_be_read_none_is_said_to_be_gone(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(archive.root / "ledger")
    refuse_all(monkeypatch, archive.copy / "ledger", ".")
    assert "could not be read" in str(repair(archive, code=3)["message"])

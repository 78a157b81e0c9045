"""Copies of an archive share one key: whichever signs first, the other is not signed as a second history."""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import ArchiveError, ConflictError, EvidenceError
from archive.core.ledger import entries
from archive.storage.keys import signing_lock
from archive.storage.keys.signing_key import create_key, load_key
from archive.storage.ledger.commit import Commit
from tests.archives import make_archive
from tests.ledgers import ORIGIN, LedgerUnderTest, entry, make_ledger


def _copies(folder: Path) -> tuple[LedgerUnderTest, LedgerUnderTest]:
    ledger = make_ledger(folder, [3])
    shutil.copytree(ledger.archive, folder / "copy")
    return ledger, LedgerUnderTest(folder / "copy", ledger.key)


def _once_written(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Has something happen when the entries of the next commit are written and nothing is signed yet."""
    real = Commit._write

    def write(self: Commit, *arguments: Any) -> None:
        monkeypatch.setattr(Commit, "_write", real)
        real(self, *arguments)
        meanwhile()

    monkeypatch.setattr(Commit, "_write", write)


def test_a_copy_that_was_signed_while_another_wrote_stays_the_only_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _copies(tmp_path)
    _once_written(monkeypatch, lambda: second.append(8))
    with pytest.raises(EvidenceError, match="1 entry fewer than its key signed last"):
        first.append(9)
    assert first.files.read_checkpoint(first.key.vkey).size == 4
    assert second.append(9).size == 6
    assert second.files.verify(first.key.vkey).findings == ()


def test_a_change_of_keys_is_not_signed_over_a_history_that_another_copy_went_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _copies(tmp_path)
    new = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "keys")})
    hands = [(key.signer, key.last_signed) for key in (first.key, new)]
    _once_written(monkeypatch, lambda: second.append(8))
    with pytest.raises(EvidenceError, match="1 entry fewer than its key signed last"):
        first.files.hand_over([entry(9)], first.key.vkey, hands)
    assert first.files.read_checkpoint(first.key.vkey).size == 4
    assert new.last_signed.read() == (None, None)


def test_two_ledgers_begun_at_once_do_not_get_one_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "keys")})
    ledgers = [LedgerUnderTest(tmp_path / name, key) for name in ("one", "other")]
    for ledger in ledgers:
        ledger.archive.mkdir()
    _once_written(monkeypatch, ledgers[1].create)
    first = entries.archive_created(
        time=entries.timestamp(1), agents=["b"], archive="v", origin=ORIGIN, key=key.vkey
    )
    with pytest.raises(ConflictError, match="signed a ledger before"):
        ledgers[0].files.create(first, key.signer, key.last_signed)
    assert not (ledgers[0].folder / "checkpoint").exists()


def test_whoever_finds_the_key_at_work_waits_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger(tmp_path)
    monkeypatch.setattr(signing_lock, "KEY_LOCK_WAIT", 0.05)
    other = os.open(ledger.key.folder, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(ConflictError, match="another command signs with this key"):
            ledger.append(8)
    finally:
        os.close(other)
    assert ledger.append(8).size == 2
    assert ledger.files.verify(ledger.key.vkey).findings == ()


@pytest.mark.parametrize("reason", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EBADF])
def test_a_key_on_a_disk_without_locks_signs_what_extends_its_last_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(reason, os.strerror(reason))

    first, second = _copies(tmp_path)
    monkeypatch.setattr("archive.storage.keys.signing_lock.fcntl.flock", refuse)
    _once_written(monkeypatch, lambda: second.append(8))
    with pytest.raises(EvidenceError, match="1 entry fewer than its key signed last"):
        first.append(9)
    assert second.append(9).size == 6


@pytest.mark.parametrize("failing", [False, True])
def test_the_key_is_free_again_once_it_signed_or_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: bool
) -> None:
    ledger = make_ledger(tmp_path)
    if failing:
        monkeypatch.setattr(Commit, "_publish", _fail)
        with pytest.raises(ArchiveError):
            ledger.append(8)
    else:
        ledger.append(8)
    mine = os.open(ledger.key.folder, os.O_RDONLY)
    try:
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(mine)


def _fail(*_: object) -> None:
    raise ArchiveError("no")


def test_a_child_that_is_forked_meanwhile_does_not_keep_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger(tmp_path)
    real, (begun, begin), (read, write) = Commit._publish, os.pipe(), os.pipe()
    children = []

    def publish(self: Commit, *arguments: Any) -> None:
        if not (child := os.fork()):
            os.close(write)
            os.write(begin, b"1")
            os.read(read, 1)  # lives on until the parent has looked
            os._exit(0)
        os.read(begun, 1)
        children.append(child)
        real(self, *arguments)

    monkeypatch.setattr(Commit, "_publish", publish)
    ledger.append(8)
    mine = os.open(ledger.key.folder, os.O_RDONLY)
    try:
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        for descriptor in (mine, begun, begin, read, write):
            os.close(descriptor)
        os.waitpid(children[0], 0)


def test_what_another_copy_is_about_to_put_beside_the_key_is_not_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    folder = load_key(made.opened.settings.key).folder
    fresh = Path(folder) / ".last.json.0123456789abcdef.tmp"
    fresh.write_bytes(b"{}")
    monkeypatch.setattr(signing_lock, "KEY_LOCK_WAIT", 0.05)
    other = os.open(folder, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(ConflictError, match="another command signs with this key"):
            made.ingest({"a.txt": b"a"})
    finally:
        os.close(other)
    assert fresh.exists()
    made.ingest({"b.txt": b"b"}, name="later")
    assert not fresh.exists()

"""A commit killed before any call that changes the disk: the old ledger or the new one, never a third."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.storage.keys.last_signed import Standing
from tests.ledgers import LedgerUnderTest, entry, make_ledger

CHANGES = ("open", "write", "fchmod", "fsync", "rename", "unlink", "rmdir", "mkdir")
KILLED = 9


class Killer:
    """Ends the process at the n-th call that changes the disk; a write may be torn in the middle."""

    def __init__(self, last: int | None, *, torn: bool = False) -> None:
        self.count = 0
        self._last = last
        self._torn = torn

    def install(self) -> None:
        """Put itself in front of the calls, in this process for good."""
        for name in CHANGES:
            setattr(os, name, self._guard(name, getattr(os, name)))

    def _guard(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if name == "open" and not arguments[1] & os.O_CREAT:
                return real(*arguments, **options)
            if self.count == self._last:
                if self._torn and name == "write":
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                os._exit(KILLED)
            self.count += 1
            return real(*arguments, **options)

        return call


def _in_child(body: Callable[[], int]) -> int:
    """The exit code of the body, run in a forked child."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads beside a fork
        child = os.fork()
    if child == 0:
        code = 1
        try:
            code = body()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _killed_append(ledger: LedgerUnderTest, step: int, *, torn: bool) -> int:
    def body() -> int:
        Killer(step, torn=torn).install()
        ledger.append(*MARKS)
        return 0

    return _in_child(body)


MARKS = (255, 256, 257)  # fills the first tile, begins the second
OLD, NEW = 255, 258


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ledger of 255 entries, with the leftovers of a commit that was killed at its rename."""
    folder = _memory(tmp_path_factory)
    ledger = make_ledger(folder, [250, 4])
    steps = 0
    while (
        _killed_append(ledger, steps, torn=False) == KILLED
        and not (ledger.folder / "checkpoints/258").exists()
    ):
        steps += 1
    assert ledger.files.read_checkpoint(ledger.key.vkey).size == OLD
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which hundreds of syncs take no time."""
    folder = _memory(tmp_path_factory)
    yield folder
    shutil.rmtree(folder)


def _memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.access("/dev/shm", os.W_OK):  # noqa: S108 - a new folder of its own below it
        return Path(tempfile.mkdtemp(prefix="archive-test-", dir="/dev/shm"))
    return tmp_path_factory.mktemp("memory")


def _copy(template: Path, target: Path) -> LedgerUnderTest:
    """The template's archive with its own copy of the key and of the state beside it."""
    from archive.storage.keys.signing_key import load_key

    shutil.copytree(template, target)
    key_folder = next((target / "keys").iterdir())
    vkey = (key_folder / "key.vkey").read_text().strip()
    key = load_key(vkey, environment={"ARCHIVE_KEY_DIR": str(target / "keys")})
    return LedgerUnderTest(target / "archive", key)


def _recovers(ledger: LedgerUnderTest, step: int) -> int:
    """The size found after the kill; everything that must hold afterwards is asserted."""
    verdict = ledger.files.verify(ledger.key.vkey)
    assert verdict.outcome is LedgerOutcome.PROVEN, (step, verdict.findings)
    assert {f.code for f in verdict.findings} <= {"LEDGER-BEYOND", "LEDGER-UNFINISHED"}, (
        step,
        verdict.findings,
    )
    found = list(ledger.files.entries())
    assert found[1:] == [entry(mark) for mark in range(1, verdict.size)], step
    state = ledger.key.last_signed.check(ledger.files)
    assert state.standing in {Standing.IN_STEP, Standing.UNFINISHED}, step
    assert ledger.append(*range(verdict.size, verdict.size + 2)).size == verdict.size + 2
    again = ledger.files.verify(ledger.key.vkey)
    assert (again.findings, again.size) == ((), verdict.size + 2), step
    assert ledger.key.last_signed.read() == (again.checkpoint, None), step
    return verdict.size


# A torn write and one that was not begun differ little: the second run is for `make test-all`.
@pytest.mark.parametrize("torn", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_an_append_killed_at_any_step_leaves_the_old_or_the_new_ledger(
    template: Path, memory: Path, *, torn: bool
) -> None:
    sizes: list[int] = []
    for step in range(1000):
        target = memory / str(step)
        ledger = _copy(template, target)
        code = _killed_append(ledger, step, torn=torn)
        sizes.append(_recovers(ledger, step))
        shutil.rmtree(target)
        if code == 0:
            break
        assert code == KILLED
    commit = sizes.index(NEW)
    assert sizes == [OLD] * commit + [NEW] * (len(sizes) - commit), "one commit point"
    assert commit > 25
    assert len(sizes) - commit > 3


def test_a_creation_killed_at_any_step_is_completed_by_the_next(memory: Path) -> None:
    from archive.core.errors import ConflictError

    for step in range(200):
        folder = memory / str(step)
        folder.mkdir()
        ledger = make_ledger(folder)
        shutil.rmtree(ledger.folder)
        for name in ("last.json", "pending.json"):
            Path(ledger.key.folder, name).unlink(missing_ok=True)

        def body(ledger: LedgerUnderTest = ledger, step: int = step) -> int:
            Killer(step).install()
            ledger.create()
            return 0

        code = _in_child(body)
        if (ledger.folder / "checkpoint").exists():
            with pytest.raises(ConflictError):
                ledger.create()
        else:
            ledger.create()
        verdict = ledger.files.verify(ledger.key.vkey)
        assert (verdict.findings, verdict.size) == ((), 1), step
        assert ledger.append(1).size == 2
        shutil.rmtree(folder)
        if code == 0:
            return
    pytest.fail("the creation never ended")


@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename", "mkdir"])
def test_an_append_whose_calls_fail_leaves_the_old_ledger_and_works_again(
    template: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    from archive.core.errors import StorageError

    real = getattr(os, call)
    for failing in range(3):
        ledger = _copy(template, memory / f"{failing}")
        calls = 0

        def broken(*arguments: Any, failing: int = failing, **options: Any) -> Any:
            nonlocal calls
            if call == "open" and not arguments[1] & os.O_CREAT:
                return real(*arguments, **options)
            calls += 1
            if calls > failing:
                raise OSError(28, "No space left on device")
            return real(*arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, broken)
            if call == "rename" and failing > 1:
                break
            if call == "mkdir" and failing > 1:
                break
            with pytest.raises(StorageError):
                ledger.append(*MARKS)
        assert _recovers(ledger, failing) == OLD


@pytest.mark.parametrize("fault", ["lost", "flipped"])
def test_a_write_that_is_lost_or_altered_is_found_before_it_counts(
    template: Path, memory: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    from archive.core.errors import StorageError

    real = os.write
    writes = 0
    for failing in range(100):
        ledger = _copy(template, memory / f"{failing}")
        writes = 0

        def broken(descriptor: int, data: bytes, failing: int = failing) -> int:
            nonlocal writes
            writes += 1
            if writes != failing + 1:
                return real(descriptor, data)
            if fault == "lost":
                return len(data)
            return real(descriptor, bytes([data[0] ^ 1]) + bytes(data[1:]))

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", broken)
            try:
                ledger.append(*MARKS)
            except StorageError as trouble:
                assert "not what was written" in trouble.message  # noqa: PT017 - it ends without one
            else:
                if writes == failing:
                    break
                assert failing == 8, "only what is noted beside the key after the commit may be lost"
        _recovers(ledger, failing)
    assert writes == 9  # five tiles and bundles, pending, twice the checkpoint, last

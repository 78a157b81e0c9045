"""kill -9 of one worker in the middle of its batch: the batch is done anew, and the command ends as ever."""

import contextlib
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.bagging import copying
from archive.services.copies import bags
from archive.services.copies import batch as copies
from archive.services.ingest import job, stage
from archive.services.ingest.virus_check import check_files
from tests.archives import MadeArchive, make_archive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")

FILES = {f"{number}.txt": b"letter %d\n" % number for number in range(4)}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    return make_archive(tmp_path / "made", monkeypatch)


@pytest.fixture
def killed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType, str], Path]:
    """Lets the first worker that has done some work be killed before anybody hears of it."""
    driver, mark = os.getpid(), tmp_path / "killed"

    def let(module: ModuleType, name: str) -> Path:
        work = getattr(module, name)

        def killed(*arguments: Any, **named: Any) -> Any:
            result = work(*arguments, **named)
            if os.getpid() != driver and not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        monkeypatch.setattr(module, name, killed)
        return mark

    return let


def test_an_ingest_stages_the_batch_of_a_killed_worker_anew(
    made: MadeArchive, killed_once: Callable[[ModuleType, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "BATCH_DOCUMENTS", 1)
    mark = killed_once(stage, "_stage")
    made.ingest(FILES, jobs=2)
    assert mark.exists()
    assert len(list(made.root.glob("bags/*/*"))) == len(FILES)
    assert os.listdir(made.root / "staging") == [".lock"]
    assert run(["-C", str(made.root), "-q", "audit", "--read-only"]) == 0


def test_a_copy_writes_the_bags_of_a_killed_worker_anew(
    made: MadeArchive,
    killed_once: Callable[[ModuleType, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    made.ingest(FILES)
    monkeypatch.setattr(bags, "BATCH_BAGS", 1)
    mark = killed_once(copies, "_copy")
    assert run(["-C", str(made.root), "-q", "copy", "--to", str(tmp_path / "disk"), "--jobs", "2"]) == 0
    assert mark.exists()
    assert len(list((tmp_path / "disk").glob("bags/*/*"))) == len(FILES)


def test_a_bag_is_made_with_the_files_of_a_killed_worker_copied_anew(
    killed_once: Callable[[ModuleType, str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source, bag = tmp_path / "source", tmp_path / "bag"
    (source / "empty").mkdir(parents=True)
    for name, content in FILES.items():
        (source / name).write_bytes(content)
    monkeypatch.setattr(copying, "BATCH_FILES", 1)
    mark = killed_once(copying, "_copy_to")
    assert run(["-q", "bag", str(source), "--to", str(bag), "--jobs", "2"]) == 0
    assert mark.exists()
    assert {path.name: path.read_bytes() for path in (bag / "data").glob("*.txt")} == FILES
    assert run(["-q", "verify", str(bag)]) == 0


def test_a_disk_that_does_not_tell_two_names_apart_keeps_the_file_that_it_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("A.txt", "a.txt"):
        (source / name).write_text(name)
    copy = copying._copy_to

    def without_case(name: str, *rest: Any) -> Any:
        return copy(name.upper() if name == "a.txt" else name, *rest)

    monkeypatch.setattr(copying, "_copy_to", without_case)
    (source / "A.TXT").write_text("the same name on such a disk")
    assert run(["-q", "bag", str(source), "--to", str(tmp_path / "bag"), "--jobs", "1"]) == 3
    assert "File exists" in capsys.readouterr().err


def test_a_scanner_ends_with_the_worker_that_runs_it(tmp_path: Path) -> None:
    mark, scanner = tmp_path / "scanner", tmp_path / "scan.sh"
    scanner.write_text(f"#!/bin/sh\necho $$ > {mark}.new && mv {mark}.new {mark}\nexec sleep 60\n")
    scanner.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads beside a fork
        worker = os.fork()
    if worker == 0:
        try:
            check_files(str(scanner), [("a.txt", "a.txt")])
        finally:
            os._exit(0)
    deadline = time.monotonic() + 30
    while not mark.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process = mark.read_text().strip()
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    try:
        while (
            Path("/proc", process).exists() and "Z" not in Path("/proc", process, "stat").read_text().split()
        ):
            assert time.monotonic() < deadline, "the scanner lives on"
            time.sleep(0.01)
    except FileNotFoundError:  # between the two looks
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)

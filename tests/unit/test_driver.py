"""The driver keeps the order of batches and survives workers that are killed, whichever way they are made."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import StorageError
from archive.engine import driver as driver_module
from archive.engine import worker_process
from archive.engine.driver import BatchLost, Driver
from archive.engine.forked import ForkedWorkers
from archive.engine.spawned import SpawnedWorkers
from archive.engine.workers import WorkerDiedError, Workers
from tests.plain_bags import call, folder

MEGABYTE = 1 << 20
Make = Callable[[int], Workers]


def _square(number: int) -> int:
    return number * number


def _process(number: int) -> int:
    return os.getpid()


def _die_once(task: tuple[str, int]) -> int:
    folder, number = task
    marker = Path(folder) / f"died-{number}"
    if number == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def _always_die(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def _reversed(data: bytes) -> bytes:
    return data[::-1]


def _refuse(number: int) -> int:
    raise StorageError(f"no {number}")


class _UntransportableError(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def _refuse_oddly(number: int) -> int:
    raise _UntransportableError(number, number)


def _wait_for_the_last(task: tuple[str, int]) -> int:
    """The first task ends when the last one has begun."""
    folder, number = task
    mark = Path(folder) / "last"
    if number == 5:
        mark.touch()
    while number == 0 and not mark.exists():
        time.sleep(0.001)
    return number


def _nap(number: int) -> int:
    time.sleep(0.004)
    return number


def _sleep(number: int) -> int:
    time.sleep(600)
    return number


@pytest.fixture(params=[ForkedWorkers, SpawnedWorkers], ids=["forked", "spawned"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Make:
    """How the driver gets its workers."""
    chosen: Make = request.param
    monkeypatch.setattr(driver_module, "start_workers", chosen)
    return chosen


@pytest.fixture
def driver(make: Make) -> Iterator[Driver]:
    """Two processes."""
    driver = Driver(2)
    yield driver
    driver.close()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.usefixtures("make")
@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_batches(jobs: int) -> None:
    driver = Driver(jobs)
    assert [result for _, result in driver.run(_square, range(30))] == [n * n for n in range(30)]
    driver.close()


def test_one_batch_runs_in_this_process() -> None:
    assert [result for _, result in Driver(4).run(lambda _: os.getpid(), [0])] == [os.getpid()]


def test_no_batches_give_no_results() -> None:
    assert list(Driver(2).run(_square, [])) == []


def test_a_batch_whose_worker_was_killed_is_retried(driver: Driver, tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number) for number in range(8)]
    assert [result for _, result in driver.run(_die_once, tasks)] == list(range(8))


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
@pytest.mark.parametrize("name", ["fork", "pipe"])
def test_where_the_system_gives_fewer_processes_those_do_everything(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    call = getattr(os, name)
    given: list[str] = []

    def few() -> Any:
        if len(given) == (1 if name == "fork" else 4):
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        given.append(name)
        return call()

    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, name, few)
    driver = Driver(4)
    try:
        assert [result for _, result in driver.run(_square, range(8))] == [n * n for n in range(8)]
        assert len({result for _, result in driver.run(_process, range(8))}) == 1
    finally:
        driver.close()
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
@pytest.mark.parametrize("name", ["close", "waitpid", "kill"])
def test_an_end_that_a_signal_cuts_short_is_taken_up(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    workers, call = ForkedWorkers(2), getattr(os, name)
    cut: list[str] = []
    workers.prepare()

    def interrupted(*arguments: int) -> Any:
        result = call(*arguments)
        if len(cut) < 2:
            cut.append(name)
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(os, name, interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            workers.close()
    workers.close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_batch_that_kills_twice_is_lost_and_the_others_are_not(driver: Driver) -> None:
    results = dict(driver.run(_always_die, range(6)))
    assert results.pop(2) == BatchLost(2)
    assert results == {number: number for number in range(6) if number != 2}


def test_batches_and_results_larger_than_any_pipe_pass(driver: Driver) -> None:
    batches = [bytes([number]) * MEGABYTE + b"end" for number in range(12)]
    assert [result for _, result in driver.run(_reversed, batches)] == [batch[::-1] for batch in batches]


def test_an_error_of_the_work_is_raised_here_as_what_it_was(driver: Driver) -> None:
    with pytest.raises(StorageError, match="no 0"):
        list(driver.run(_refuse, range(4)))


def test_a_driver_works_on_after_an_error(driver: Driver) -> None:
    with pytest.raises(StorageError):
        list(driver.run(_refuse, range(4)))
    assert [result for _, result in driver.run(_square, range(4))] == [0, 1, 4, 9]


@pytest.mark.parametrize("lost", range(6))
def test_a_message_that_is_lost_between_processes_costs_a_retry_and_nothing_else(
    lost: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pipe loses bytes; a write that claims success and never happens must still not hang or mislead."""
    monkeypatch.setattr(worker_process, "IDLE_AFTER", 20)
    write, before = os.write, tmp_path / "writes"

    def losing(descriptor: int, data: bytes) -> int:
        with before.open("ab") as counted:
            first = counted.tell()
            counted.write(b".")
        return len(data) if first == lost else write(descriptor, data)

    monkeypatch.setattr(os, "write", losing)
    driver = Driver(2)
    assert [result for _, result in driver.run(_square, range(12))] == [n * n for n in range(12)]
    driver.close()


def test_a_worker_that_has_much_to_do_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "IDLE_AFTER", 1)
    driver = Driver(2)
    for _ in range(20):
        running = driver.run(_nap, range(8))
        time.sleep(0.005)
        assert [result for _, result in running] == list(range(8))
    driver.close()


def test_an_error_that_cannot_travel_is_told_in_words() -> None:
    workers = ForkedWorkers(1)
    with pytest.raises(RuntimeError, match="_UntransportableError: 1 and 1"):
        workers.result(workers.submit(_refuse_oddly, 1, 1))
    workers.close()


def test_leaving_early_ends_the_workers(driver: Driver) -> None:
    running = driver.run(_process, range(1000))
    processes = {next(running)[1] for _ in range(10)}
    running.close()
    assert not any(_is_alive(process) for process in processes if isinstance(process, int))


def test_a_wider_driver_keeps_the_order_and_loses_nothing(driver: Driver) -> None:
    running = driver.run(_square, range(40))
    results = [next(running)[1] for _ in range(5)]
    driver.widen(4)
    results += [result for _, result in running]
    assert results == [n * n for n in range(40)]


def test_closing_a_widened_driver_ends_the_first_workers_too(driver: Driver) -> None:
    running = driver.run(_process, range(40))
    processes = {next(running)[1]}
    driver.widen(3)
    processes |= {next(running)[1] for _ in range(20)}
    running.close()
    assert not any(_is_alive(process) for process in processes if isinstance(process, int))


def test_of_batches_that_differ_greatly_none_waits_behind_another(driver: Driver, tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number) for number in range(6)]
    assert [result for _, result in driver.run(_wait_for_the_last, tasks, apart=True)] == list(range(6))


def test_what_was_begun_is_not_done_again(driver: Driver, tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number) for number in range(8)]
    begun = driver.begin(_count, tasks)
    assert [result for _, result in driver.run(_count, tasks, begun=begun)] == list(range(8))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{number}-1" for number in range(8))


@pytest.mark.parametrize("asked", [[5, 6, 7, 8], [0, 1, 9, 3], [7], []])
def test_what_was_begun_for_nothing_leaves_nothing_behind(driver: Driver, asked: list[int]) -> None:
    begun = driver.begin(_square, range(6))
    assert [result for _, result in driver.run(_square, asked, begun=begun)] == [n * n for n in asked]
    assert [result for _, result in driver.run(_square, range(30))] == [n * n for n in range(30)]
    assert not begun
    if isinstance(driver._workers, ForkedWorkers):
        for _ in range(200):  # a worker that had no turn yet may still have to say what nobody asks for
            if not driver._workers._dropped:
                break
            list(driver.run(_square, range(30)))
        assert not driver._workers._done
        assert not driver._workers._dropped


def _count(task: tuple[str, int]) -> int:
    folder, number = task
    times = 1 + len(list(Path(folder).glob(f"{number}-*")))
    (Path(folder) / f"{number}-{times}").touch()
    return number


def test_a_task_of_workers_that_were_ended_is_not_waited_for(make: Make) -> None:
    workers = make(1)
    task = workers.submit(_sleep, 1, 1)
    workers.close()
    with pytest.raises((WorkerDiedError, KeyError)):
        workers.result(task)


def test_forked_workers_die_with_their_driver(tmp_path: Path) -> None:
    said = tmp_path / "process"
    program = (
        "import os, sys, time\n"
        "from archive.engine.forked import ForkedWorkers\n"
        "def work(path):\n"
        "    with open(path + '.part', 'w') as file: file.write(str(os.getpid()))\n"
        "    os.rename(path + '.part', path)\n"
        "    time.sleep(600)\n"
        "workers = ForkedWorkers(1)\n"
        "workers.result(workers.submit(work, sys.argv[1], 1))\n"
    )
    driver = subprocess.Popen([sys.executable, "-c", program, str(said)])
    while not said.exists() and driver.poll() is None:
        time.sleep(0.005)
    driver.kill()
    driver.wait()
    worker = int(said.read_text())
    deadline = time.monotonic() + 10
    while _is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not _is_running(worker)


def _is_running(process: int) -> bool:
    """False for a process that is gone, or that nobody has waited for yet."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_judging_many_files_loads_no_multiprocessing(tmp_path: Path) -> None:
    """Its semaphores are files in /dev/shm, and its imports the largest part of a short run."""
    source = folder(tmp_path / "source", {f"file-{number}": b"x" for number in range(600)})
    assert call("bag", source, "--to", tmp_path / "bag").code == 0
    program = (
        "import sys\n"
        "from archive.core.bagit_judge import Policy\n"
        "from archive.services.verify.request import VerifyRequest\n"
        "from archive.services.verify.run import verify\n"
        "request = VerifyRequest(bags=(sys.argv[1],), recursive=False, policy=Policy(), jobs=2)\n"
        "print([report.verdict.value for report in verify(request)], 'multiprocessing' in sys.modules)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "bag")], check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "['valid'] False"


@pytest.mark.parametrize("trouble", [OSError("handle is closed"), OSError(errno.EAGAIN, "no more processes")])
def test_a_pool_that_breaks_while_it_is_given_work_is_one_whose_worker_died(
    monkeypatch: pytest.MonkeyPatch, trouble: OSError
) -> None:
    def submit(*_: Any) -> Any:
        raise trouble

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    workers = SpawnedWorkers(2)
    if trouble.errno is not None:  # no process is to be had: that is for the person to know
        with pytest.raises(OSError, match="no more processes"):
            workers.submit(len, "a", 1)
        return
    with pytest.raises(WorkerDiedError):
        workers.result(workers.submit(len, "a", 1))

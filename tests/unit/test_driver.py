"""The driver keeps the order of batches and survives workers that are killed."""

import os
import signal
from pathlib import Path

import pytest

from archive.engine.driver import BatchLost, Driver


def _square(number: int) -> int:
    return number * number


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


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_batches(jobs: int) -> None:
    assert [result for _, result in Driver(jobs).run(_square, range(30))] == [n * n for n in range(30)]


def test_one_batch_runs_in_this_process() -> None:
    assert [result for _, result in Driver(4).run(lambda _: os.getpid(), [0])] == [os.getpid()]


def test_no_batches_give_no_results() -> None:
    assert list(Driver(2).run(_square, [])) == []


def test_a_batch_whose_worker_was_killed_is_retried(tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number) for number in range(8)]
    assert [result for _, result in Driver(2).run(_die_once, tasks)] == list(range(8))


def test_a_batch_that_kills_twice_is_lost_and_the_others_are_not() -> None:
    results = dict(Driver(2).run(_always_die, range(6)))
    assert results.pop(2) == BatchLost(2)
    assert results == {number: number for number in range(6) if number != 2}


def test_leaving_early_ends_the_workers() -> None:
    driver = Driver(2)
    running = driver.run(_square, range(1000))
    next(running)
    pool = driver._pool
    processes = list(getattr(pool, "_processes", {}).values())
    running.close()
    assert processes
    assert not any(process.is_alive() for process in processes)


def test_a_wider_driver_keeps_the_order_and_loses_nothing() -> None:
    driver = Driver(2)
    running = driver.run(_square, range(40))
    results = [next(running)[1] for _ in range(5)]
    driver.widen(4)
    results += [result for _, result in running]
    assert results == [n * n for n in range(40)]
    driver.close()


def test_closing_a_widened_driver_ends_the_first_workers_too() -> None:
    driver = Driver(2)
    running = driver.run(_square, range(40))
    next(running)
    first = list(getattr(driver._pool, "_processes", {}).values())
    driver.widen(3)
    next(running)
    running.close()
    assert first
    assert not any(process.is_alive() for process in first)

"""Where batches run: in this process, or in workers that die with the driver."""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
# Objects between two looks for cyclic garbage, of which batches make next to none: Python's own 700 cost an
# ingest a tenth of its processor time.
_COLLECT_AFTER = 50_000


class InlineExecutor(Executor):
    """Runs each call at once, in this process: for one batch a pool would only cost its start."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future that is already done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as trouble:  # noqa: BLE001 - the caller takes it from the future
            future.set_exception(trouble)
        return future


def process_pool(workers: int) -> ProcessPoolExecutor:
    """A pool whose workers leave Ctrl-C to the driver and die with it.

    Linux forks (no second Python, pages shared); elsewhere the platform's own way, because macOS libraries
    do not survive a fork.
    """
    method = "fork" if sys.platform == "linux" else None
    gc.freeze()  # a collection in a worker would copy every page that it shares with the driver
    gc.set_threshold(_COLLECT_AFTER)
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context(method),
        initializer=_start_worker,
        initargs=(os.getpid(),),
    )


def kill_workers(pool: Executor) -> None:
    """Ends the pool without waiting for what it is doing."""
    processes: dict[int, Any] = getattr(pool, "_processes", None) or {}
    for process in list(processes.values()):
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)


def _start_worker(driver: int) -> None:
    gc.set_threshold(_COLLECT_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != driver:  # it died before the line above
            os._exit(1)

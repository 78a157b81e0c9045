"""Worker processes by fork(2), each spoken to over a pair of pipes.

No threads beside the caller's, no semaphores, no files: a judge of other people's bags must not write.
Why not the pool of the standard library: docs/adr/0009-forked-workers.md.
"""

import ctypes
import gc
import os
import pickle
import select
import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

from archive.engine.workers import WorkerDiedError

_LENGTH = 8  # bytes before each result, little-endian
_READ = 1 << 18  # bytes
_PR_SET_PDEATHSIG = 1
# Objects between two looks for cyclic garbage, of which batches make next to none: Python's own 700 cost an
# ingest a tenth of its processor time.
COLLECT_AFTER = 50_000
_ENDING = {signal.SIGINT, signal.SIGTERM}


class _Task(NamedTuple):
    """Work on its way to a worker."""

    number: int
    message: bytes
    ahead: int  # tasks that the worker may have with it


class _Worker:
    """One process with the driver's ends of its pipes."""

    def __init__(self, process: int, requests: int, results: int) -> None:
        self.process = process
        self.requests = requests
        self.results = results
        self.tasks: deque[_Task] = deque()  # in the order given; the first is in hand
        self.unsent = bytearray()
        self.received = bytearray()

    def give(self, task: _Task) -> None:
        """Add a task; `ForkedWorkers` sends it as the pipe takes it."""
        self.tasks.append(task)
        self.unsent += task.message

    def kill(self) -> None:
        """End the process; `reap` waits for it."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)

    def reap(self) -> None:
        """Wait until the process is gone."""
        os.close(self.requests)
        os.close(self.results)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)


class ForkedWorkers:
    """`archive.engine.workers.Workers` on Linux. They ignore Ctrl-C, and die with the driver."""

    def __init__(self, processes: int) -> None:
        self._wanted = processes
        self._workers: list[_Worker] = []
        self._queue: deque[_Task] = deque()
        self._done: dict[int, tuple[bool, Any]] = {}
        self._dropped: set[int] = set()
        self._last = 0
        gc.freeze()  # a collection in a worker would copy every page that it shares with the driver
        gc.set_threshold(COLLECT_AFTER)

    def submit(self, work: Callable[[Any], Any], batch: Any, ahead: int) -> int:
        """As `Workers` says."""
        self._last += 1
        message = pickle.dumps((work, batch), pickle.HIGHEST_PROTOCOL)
        self._queue.append(_Task(self._last, message, ahead))
        self._turn(wait=False)
        return self._last

    def result(self, task: int) -> Any:
        """As `Workers` says."""
        while task not in self._done:
            if not self._workers and not self._queue:
                raise WorkerDiedError("the workers were ended")
            self._turn(wait=True)
        succeeded, value = self._done.pop(task)
        if succeeded:
            return value
        raise value

    def drop(self, task: int) -> None:
        """As `Workers` says."""
        if self._done.pop(task, None) is None:
            self._dropped.add(task)

    def widen(self, processes: int) -> None:
        """As `Workers` says."""
        self._wanted = max(self._wanted, processes)

    def close(self) -> None:
        """As `Workers` says."""
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.reap()
        self._workers = []
        self._queue.clear()

    def _turn(self, *, wait: bool) -> None:
        """Hand out what is queued, send and receive what the pipes take and have; wait until one does."""
        self._hand_out()
        by_descriptor: dict[int, _Worker] = {}
        poll = select.poll()
        for worker in self._workers:
            by_descriptor[worker.results] = worker
            poll.register(worker.results, select.POLLIN)
            if worker.unsent:
                by_descriptor[worker.requests] = worker
                poll.register(worker.requests, select.POLLOUT)
        dead: dict[int, _Worker] = {}
        for descriptor, _ in poll.poll(None if wait else 0):
            worker = by_descriptor[descriptor]
            alive = self._receive(worker) if descriptor == worker.results else _send(worker)
            if not alive:
                dead[worker.process] = worker
        for worker in dead.values():
            self._bury(worker)
        self._hand_out()

    def _hand_out(self) -> None:
        """Give each queued task to the worker with the fewest, as far as they may have more."""
        while self._queue:
            if self._queue[0].number in self._dropped:
                self._dropped.remove(self._queue.popleft().number)
                continue
            if len(self._workers) < self._wanted and all(worker.tasks for worker in self._workers):
                self._workers.append(self._fork())
            worker = min(self._workers, key=lambda one: len(one.tasks))
            if len(worker.tasks) >= self._queue[0].ahead:
                return
            worker.give(self._queue.popleft())
            _send(worker)

    def _receive(self, worker: _Worker) -> bool:
        """Take what a worker sent; False where it is gone."""
        block = os.read(worker.results, _READ)
        received = worker.received
        received += block
        while len(received) >= _LENGTH:
            end = _LENGTH + int.from_bytes(received[:_LENGTH], "little")
            if len(received) < end:
                break
            with memoryview(received) as view:
                value = pickle.loads(view[_LENGTH:end])  # noqa: S301 - from our own child
            del received[:end]
            self._finish(worker.tasks.popleft(), value)
        return bool(block)

    def _bury(self, worker: _Worker) -> None:
        """A worker died: over the task in hand, as far as anyone knows; others may have its next ones."""
        worker.kill()
        worker.reap()
        self._workers.remove(worker)
        if worker.tasks:
            death = WorkerDiedError(f"worker {worker.process} died")
            self._finish(worker.tasks.popleft(), (False, death))
        self._queue.extendleft(reversed(worker.tasks))

    def _finish(self, task: _Task, outcome: tuple[bool, Any]) -> None:
        if task.number in self._dropped:
            self._dropped.remove(task.number)
        else:
            self._done[task.number] = outcome

    def _fork(self) -> _Worker:
        request_end, requests = os.pipe()
        results, result_end = os.pipe()
        driver = os.getpid()
        # Until the child has its own ways with signals none may reach it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            process = os.fork()
            if process == 0:
                # Else no other worker's death would end its pipe.
                for end in (requests, results, *_ends(self._workers)):
                    os.close(end)
                _work(driver, request_end, result_end)
            worker = _Worker(process, requests, results)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(request_end)
        os.close(result_end)
        os.set_blocking(requests, False)
        return worker


def _ends(workers: list[_Worker]) -> list[int]:
    return [end for worker in workers for end in (worker.requests, worker.results)]


def _send(worker: _Worker) -> bool:
    """Send what the pipe takes of a worker's tasks; False where it is gone."""
    try:
        while worker.unsent:
            del worker.unsent[: os.write(worker.requests, worker.unsent)]
    except BlockingIOError:
        pass
    except BrokenPipeError:
        return False
    return True


def _work(driver: int, requests: int, results: int) -> NoReturn:
    """The life of a worker: never returns into the code that the driver was forked from."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == driver:  # else it died before the line above
            _serve(requests, results)
        code = 0
    finally:
        os._exit(code)


def _serve(requests: int, results: int) -> None:
    with open(requests, "rb", closefd=False) as source:
        while True:
            try:
                work, batch = pickle.load(source)  # noqa: S301 - from the driver
            except EOFError:
                return
            message = _answer(work, batch)
            view = memoryview(len(message).to_bytes(_LENGTH, "little") + message)
            while view:
                view = view[os.write(results, view) :]


def _answer(work: Callable[[Any], Any], batch: Any) -> bytes:
    try:
        return pickle.dumps((True, work(batch)), pickle.HIGHEST_PROTOCOL)
    except Exception as trouble:  # noqa: BLE001 - the driver raises it
        import traceback

        trouble.add_note("in a worker process:\n" + traceback.format_exc())
        try:
            pickle.loads(message := pickle.dumps((False, trouble)))  # noqa: S301 - what was just made
        except Exception:  # noqa: BLE001 - an error that cannot travel is told in words
            return pickle.dumps((False, RuntimeError(f"{type(trouble).__name__}: {trouble}")))
        return message

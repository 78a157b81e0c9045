"""Worker processes by fork(2), each spoken to over pipes.

No threads beside the caller's, no semaphores, no files: a judge of other people's bags must not write.
Why not the pool of the standard library: docs/adr/0009-forked-workers.md.
"""

import fcntl
import gc
import os
import select
import signal
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

from archive.engine.worker_process import ENDING, READ, WorkerEnds, live, packed, take_message
from archive.engine.workers import COLLECT_AFTER, WorkerDiedError

F_SETPIPE_SZ = 1031  # fcntl(2), Linux
TASKS_AHEAD = 1 << 20  # bytes of tasks that may wait in a worker's pipe


def _pipe(opened: ExitStack) -> tuple[int, int]:
    """The end to read from and the end to write to of a pipe that is closed with the stack."""
    pipe = os.pipe()
    for end in pipe:
        opened.callback(os.close, end)
    return pipe


class _Task(NamedTuple):
    """Work on its way to a worker."""

    number: int
    message: bytes
    ahead: int  # tasks that the worker may have with it


class _Worker:
    """One process with the driver's ends of its pipes."""

    def __init__(self, process: int, tasks: int, results: int, idle: int) -> None:
        self.process: int | None = process
        self.ends = [tasks, results, idle]
        self.send_end, self.results, self.idle = self.ends
        self.tasks: deque[_Task] = deque()  # in the order given; the first is in hand
        self.unsent = bytearray()
        self.received = bytearray()
        self.idled = 0  # how often it said so since it was given a task

    def give(self, task: _Task) -> None:
        """Add a task, and send of it what the pipe takes."""
        self.tasks.append(task)
        self.unsent += task.message
        self.idled = 0
        with suppress(BlockingIOError):
            os.read(self.idle, READ)
        self.send()

    def send(self) -> None:
        """Send what the pipe takes; that the process is gone shows when it is read from."""
        with suppress(BlockingIOError, BrokenPipeError):
            while self.unsent:
                del self.unsent[: os.write(self.send_end, self.unsent)]

    def has_lost_track(self) -> bool:
        """True where it waits for tasks that it was sent, or has sent results that never came.

        Twice: the first time it may have said so before the last task reached it.
        """
        with suppress(BlockingIOError):
            self.idled += len(os.read(self.idle, READ))
        return self.idled > 1 and bool(self.tasks)

    def end(self) -> None:
        """Kill the process, and wait until it is gone; what a signal cut short is taken up where it was."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)
        while self.ends:
            os.close(self.ends.pop())
        if self.process is not None:
            with suppress(ChildProcessError):
                os.waitpid(self.process, 0)
            self.process = None


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

    def prepare(self) -> None:
        """As `Workers` says."""
        while len(self._workers) < self._wanted:
            self._grow()

    def submit(self, work: Callable[[Any], Any], batch: Any, ahead: int) -> int:
        """As `Workers` says."""
        self._last += 1
        self._queue.append(_Task(self._last, packed((self._last, work, batch)), ahead))
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
        while self._workers:
            self._workers[-1].end()
            self._workers.pop()
        self._queue.clear()

    def _turn(self, *, wait: bool) -> None:
        """Hand out what is queued, send and receive what the pipes take and have; wait until one does."""
        self._hand_out()
        poll = select.poll()
        for worker in self._workers:
            if worker.unsent:
                poll.register(worker.send_end, select.POLLOUT)
            if worker.tasks:
                poll.register(worker.idle, select.POLLIN)
            poll.register(worker.results, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(None if wait else 0)}
        for worker in list(self._workers):
            if worker.send_end in ready:
                worker.send()
            if worker.results in ready:
                sound = self._receive(worker)
            else:
                sound = worker.idle not in ready or not worker.has_lost_track()
            if not sound:
                self._bury(worker)
        self._hand_out()

    def _hand_out(self) -> None:
        """Give each queued task to the worker with the fewest, as far as they may have more."""
        while self._queue:
            if self._queue[0].number in self._dropped:
                self._dropped.remove(self._queue.popleft().number)
                continue
            if len(self._workers) < self._wanted and all(worker.tasks for worker in self._workers):
                self._grow()
            worker = min(self._workers, key=lambda one: len(one.tasks))
            if len(worker.tasks) >= self._queue[0].ahead:
                return
            worker.give(self._queue.popleft())

    def _receive(self, worker: _Worker) -> bool:
        """Take what a worker sent; False where it is gone or what it sent makes no sense."""
        block = os.read(worker.results, READ)
        worker.received += block
        try:
            while (message := take_message(worker.received)) is not None:
                number, succeeded, value = message
                if number != worker.tasks[0].number:
                    return False
                self._finish(worker.tasks.popleft(), (succeeded, value))
        except Exception:  # noqa: BLE001 - bytes were lost on the way: pickle raises anything
            return False
        return bool(block)

    def _bury(self, worker: _Worker) -> None:
        """A worker died: over the task in hand, as far as anyone knows; others may have its next ones."""
        process = worker.process
        worker.end()
        self._workers.remove(worker)
        if worker.tasks:
            death = WorkerDiedError(f"worker {process} died")
            self._finish(worker.tasks.popleft(), (False, death))
        self._queue.extendleft(reversed(worker.tasks))

    def _finish(self, task: _Task, outcome: tuple[bool, Any]) -> None:
        if task.number in self._dropped:
            self._dropped.remove(task.number)
        else:
            self._done[task.number] = outcome

    def _grow(self) -> None:
        """One worker more; where the system gives none, those that there are do everything."""
        try:
            self._workers.append(self._fork())
        except OSError:
            if not self._workers:
                raise
            self._wanted = len(self._workers)

    def _fork(self) -> _Worker:
        with ExitStack() as opened:
            task_end, tasks = _pipe(opened)
            results, result_end = _pipe(opened)
            idle, idle_end = _pipe(opened)
            with suppress(OSError):  # so that it has something to do while the driver is busy otherwise
                fcntl.fcntl(tasks, F_SETPIPE_SZ, TASKS_AHEAD)
            process = self._fork_process(WorkerEnds(task_end, result_end, idle_end), (tasks, results, idle))
            opened.pop_all()
        for end in (task_end, result_end, idle_end):
            os.close(end)
        os.set_blocking(tasks, False)
        os.set_blocking(idle, False)
        return _Worker(process, tasks, results, idle)

    def _fork_process(self, its_ends: WorkerEnds, our_ends: tuple[int, int, int]) -> int:
        """The process id of a new worker, which lives with its ends of the pipes and none of ours."""
        driver = os.getpid()
        # Until the child has its own ways with signals none may reach it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            process = os.fork()
            if process == 0:
                # Else no other worker's death would end its pipe.
                for end in (*our_ends, *(end for worker in self._workers for end in worker.ends)):
                    os.close(end)
                live(driver, its_ends)
            return process
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

"""Faults put in front of Python's own calls, in a forked child: every call of a small command can be tried.

`tests/crash/tracing.py` does the same to the system calls of the installed program with strace, which also
reaches SQLite and buffered streams.
"""

import builtins
import contextlib
import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.crash.faults import CALLS, DEATHS, ERRORS, KILLED, Fault, changes, reach


class Call(NamedTuple):
    """A call that changes the disk, and whether the command had other processes at work beside it."""

    name: str
    is_beside: bool


@dataclass
class Saboteur:
    """Stands before every call that changes the disk and strikes at the `at`-th; None only counts.

    `lasting` errors hit every later call too, as on a disk that stays full.
    """

    fault: Fault
    at: int | None
    lasting: bool = False
    cut: Callable[[], None] | None = None  # cuts the power
    log: list[Call] = field(default_factory=list)
    _count: int = 0

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """In front of the calls of this process, for as long as the context lasts."""
        from archive.storage.disk import file_system_sync

        real = {name: getattr(os, name) for name in CALLS}
        real_open, real_sync = io.open, file_system_sync._syncfs
        for name, call in real.items():
            setattr(os, name, self._guard(name, call))
        # Streams write when they are flushed: only their making is a step.
        builtins.open = io.open = self._guard("open", real_open)
        whole = real_sync()
        if whole is not None:
            call = self._guard("syncfs", whole)

            def reporting(descriptor: int) -> int:  # an error as the C library reports it: by number
                try:
                    return int(call(descriptor))
                except OSError as trouble:
                    return trouble.errno or errno.EIO

            file_system_sync._syncfs = lambda: reporting
        try:
            yield
        finally:
            for name, call in real.items():
                setattr(os, name, call)
            builtins.open = io.open = real_open
            file_system_sync._syncfs = real_sync

    def _guard(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not changes(name, arguments):
                return real(*arguments, **options)
            number = self._count
            self._count += 1
            if self.at is None:
                self.log.append(Call(name, bool(_children())))
            elif name in reach(self.fault) and (number == self.at or (self.lasting and number > self.at)):
                return self._strike(name, real, arguments, options)
            return real(*arguments, **options)

        return call

    def _strike(
        self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if self.fault in ERRORS or self.fault is Fault.SYNC:
            code = errno.EIO if self.fault is Fault.SYNC else getattr(errno, self.fault.value)
            raise OSError(code, os.strerror(code))
        if self.fault in DEATHS:
            if self.cut is not None:
                self.cut()
            if self.fault is Fault.TORN and name == "write":
                real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            os._exit(KILLED)
        if self.fault is Fault.WORKERS:
            for child in _children():
                os.kill(child, signal.SIGKILL)
        if name != "write" or not len(arguments[1]) or self.fault is Fault.WORKERS:
            return real(*arguments, **options)
        data = bytes(arguments[1])
        if self.fault is Fault.LOST:
            return len(data)
        return real(arguments[0], bytes([data[0] ^ 1]) + data[1:])


def _children() -> list[int]:
    return [int(word) for word in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]

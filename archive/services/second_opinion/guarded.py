"""bagit in a process of its own: a time limit, a memory limit, bounded output, and nothing left behind."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.core.errors import StorageError
from archive.core.limits import KIB
from archive.core.limits.output import (
    OPINION_BYTES,
    OPINION_ERRORS_BYTES,
    OPINION_MEMORY_BYTES,
    OPINION_WORDS,
)
from archive.core.limits.waits import SECOND_OPINION
from archive.core.second_opinion.model import Complaint, Opinion, OpinionOutcome
from archive.core.text import printable
from archive.storage.disk.durable import remedy_of

_SCRIPT = str(Path(__file__).with_name("bagit_process.py"))


def judge_with_bagit(
    bag: str, *, seconds: int = SECOND_OPINION, memory: int = OPINION_MEMORY_BYTES, script: str = _SCRIPT
) -> Opinion:
    """What bagit says of the folder, within so many seconds and bytes of memory.

    Whatever happens to it is an opinion "not judged", never a verdict. No process of the group is left when
    this returns, by exception too. Raises StorageError where the folder cannot be opened or no process be
    started.
    """
    try:
        folder = os.open(bag, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as trouble:
        raise StorageError(
            f"{printable(bag)}: {trouble.strerror}; bagit could not be asked", remedy=remedy_of(trouble)
        ) from trouble
    try:
        return _asked(folder, seconds, memory, script)
    finally:
        os.close(folder)


def _asked(folder: int, seconds: int, memory: int, script: str) -> Opinion:
    # -I: neither the bag's folder nor the environment chooses modules; -B: no byte code is written.
    command = [sys.executable, "-I", "-B", "-X", "utf8", script, str(folder), str(seconds), str(memory)]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
            pass_fds=(folder,),
            start_new_session=True,
        )
    except OSError as trouble:
        raise StorageError(
            f"bagit could not be started: {trouble.strerror}", remedy=remedy_of(trouble)
        ) from trouble
    output = _Output()
    try:
        ended = output.read(process, time.monotonic() + seconds)
    finally:
        _end(process)
    if not ended:
        return _not_judged(f"bagit was stopped: {output.trouble or f'no answer within {seconds:,} s'}")
    return _opinion(output, process.returncode)


class _Output:
    """What the process wrote, up to a limit."""

    def __init__(self) -> None:
        self.said = bytearray()
        self.errors = bytearray()
        self.trouble = ""

    def read(self, process: "subprocess.Popen[bytes]", deadline: float) -> bool:
        """True where the process closed its output in time and within bounds."""
        with selectors.DefaultSelector() as selector:
            for stream, kept in ((process.stdout, self.said), (process.stderr, self.errors)):
                if stream is not None:
                    selector.register(stream, selectors.EVENT_READ, kept)
            while selector.get_map():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                for key, _ in selector.select(left):
                    piece = os.read(key.fd, 64 * KIB)
                    if not piece:
                        selector.unregister(key.fileobj)
                    elif key.data is self.said:
                        self.said += piece
                    elif len(self.errors) < OPINION_ERRORS_BYTES:
                        self.errors += piece
                if len(self.said) > OPINION_BYTES:
                    self.trouble = f"more than {OPINION_BYTES:,} bytes of output"
                    return False
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            return False
        return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends the whole group and waits for its leader; afterwards nothing of it is left."""
    with suppress(ProcessLookupError):  # ended, and nothing else was in its group
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _opinion(output: _Output, code: int) -> Opinion:
    """The answer; anything but one well-formed answer and exit code 0 is none."""
    with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        if code == 0:
            return _answer(json.loads(output.said))
    reason = f"signal {-code}" if code < 0 else f"exit code {code}"
    last = output.errors.decode("utf-8", "replace").strip().rpartition("\n")[2][:OPINION_WORDS]
    return _not_judged(f"bagit ended with {reason}" + (f": {last}" if last else " and no answer"))


def _answer(said: Any) -> Opinion:
    return Opinion(
        outcome=OpinionOutcome(said["outcome"]),
        message=said.get("message", ""),
        complaints=tuple(
            Complaint(path=each["path"], message=each["message"]) for each in said.get("details", ())
        ),
        remarks=tuple(said.get("remarks", ())),
        version=said.get("version") or "",
    )


def _not_judged(message: str) -> Opinion:
    return Opinion(outcome=OpinionOutcome.NOT_JUDGED, message=message)

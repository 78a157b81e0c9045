"""The scanner that the archivist names, run over staged copies."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from typing import IO

from archive.core import findings
from archive.core.agents import Agent, AgentKind
from archive.core.errors import ConfigurationError
from archive.core.findings import Finding
from archive.core.limits.output import VIRUS_CHECK_BYTES
from archive.core.limits.waits import VIRUS_CHECK
from archive.core.text import printable
from archive.engine.worker_process import ENDING, die_with_parent


def scanner_agent(command: str) -> Agent:
    """The scanner as the agent of the virus check; ConfigurationError where it is no command, or not here."""
    try:
        words = shlex.split(command)
    except ValueError as trouble:
        raise ConfigurationError(
            f"--virus-check: {trouble}", remedy="write the command as in a shell, with every quote closed"
        ) from None
    if not words:
        raise ConfigurationError(
            "--virus-check: no command", remedy='such as --virus-check "clamdscan --no-summary"'
        )
    if shutil.which(words[0]) is None:
        raise ConfigurationError(
            f"--virus-check: {printable(words[0])} is no program that can be run here",
            remedy="install it, or give its path",
        )
    name = words[0].rsplit("/", 1)[-1]
    return Agent(id=f"scanner-{name}", name=name, kind=AgentKind.SOFTWARE)


def not_run() -> Finding:
    """The note that a dry run, which stages nothing, has nothing to give to the scanner."""
    message = "a dry run gives no file to the virus check: nothing is known of viruses"
    remedy = "an ingest runs it on every file, and takes in what it does not refuse"
    return findings.note("VIRUS-NOT-RUN", "--virus-check", message, remedy=remedy)


def check_files(command: str, staged: Iterable[tuple[str, str]]) -> list[Finding]:
    """Runs the scanner on each (path of the staged copy, original name): exit 0 clean, 1 a find.

    Anything else means that it could not look, which is never taken for clean.
    """
    words = shlex.split(command)
    return [finding for path, name in staged for finding in _check(words, path, name)]


def _check(words: list[str], path: str, name: str) -> list[Finding]:
    try:
        code, output, errors = _ran([*words, path])
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return [findings.error("VIRUS-NOT-CHECKED", name, f"the virus check could not run: {trouble}")]
    if code == 0:
        return []
    if code == 1:
        return [findings.error("VIRUS-FOUND", name, "the virus check refuses it", found=_last_line(output))]
    message = f"the virus check ended with exit code {code}"
    return [findings.error("VIRUS-NOT-CHECKED", name, message, found=_last_line(errors))]


def _ran(words: list[str]) -> tuple[int, bytes, bytes]:
    """The exit code of a program, and the end of what it wrote to either output.

    Files take that, not pipes: a service that a scanner starts holds a pipe open for as long as it likes.
    What it began and did not end in time ends with it.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        with _begun(words, output, errors) as running:
            try:
                running.wait(timeout=VIRUS_CHECK)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)
                raise
        return running.returncode, _end_of(output), _end_of(errors)


def _end_of(output: IO[bytes]) -> bytes:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(size - VIRUS_CHECK_BYTES, 0))
    return output.read(VIRUS_CHECK_BYTES)


def _begun(words: list[str], output: IO[bytes], errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    """The program, begun; a worker that is killed takes it with it, for it may hang.

    Until it is one of its own no signal reaches it: Python would answer in our name.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)

    def become() -> None:
        die_with_parent()
        for number in ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            process_group=0,
            preexec_fn=become,  # noqa: PLW1509 - the one thread there may be waits for the disk
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _last_line(output: bytes) -> str | None:
    lines = output.decode("utf-8", "replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), None)

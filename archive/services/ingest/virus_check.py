"""The scanner that the archivist names, run over staged copies."""

import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterable

from archive.core import findings
from archive.core.agents import Agent, AgentKind
from archive.core.errors import ConfigurationError
from archive.core.findings import Finding
from archive.core.limits.waits import VIRUS_CHECK
from archive.core.text import printable
from archive.engine.worker_process import ENDING, die_with_parent


def scanner_agent(command: str) -> Agent:
    """The scanner as the agent of the virus check; ConfigurationError where it is no command, or not here."""
    try:
        words = shlex.split(command)
    except ValueError as trouble:
        raise ConfigurationError(f"--virus-check: {trouble}") from None
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
    """The exit code of a program, and what it wrote to both outputs; it ends with whoever waits for it."""
    with _begun(words) as running:
        try:
            output, errors = running.communicate(timeout=VIRUS_CHECK)
        except BaseException:
            running.kill()
            raise
    return running.returncode, output, errors


def _begun(words: list[str]) -> "subprocess.Popen[bytes]":
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
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=become,  # noqa: PLW1509 - the one thread there may be waits for the disk
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _last_line(output: bytes) -> str | None:
    lines = output.decode("utf-8", "replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), None)

"""The scanner that the archivist names, run over staged copies."""

import shlex
import subprocess
from collections.abc import Iterable

from archive.core import findings
from archive.core.agents import Agent, AgentKind
from archive.core.errors import ConfigurationError
from archive.core.findings import Finding
from archive.core.limits.waits import VIRUS_CHECK


def scanner_agent(command: str) -> Agent:
    """The scanner as the agent of the virus check; ConfigurationError where the command is not one."""
    try:
        words = shlex.split(command)
    except ValueError as trouble:
        raise ConfigurationError(f"--virus-check: {trouble}") from None
    if not words:
        raise ConfigurationError(
            "--virus-check: no command", remedy='such as --virus-check "clamdscan --no-summary"'
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
    from archive.engine.worker_process import die_with_parent

    try:
        # A worker that is killed takes its scanner with it, which may hang.
        done = subprocess.run(
            [*words, path],
            capture_output=True,
            timeout=VIRUS_CHECK,
            check=False,
            preexec_fn=die_with_parent,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return [findings.error("VIRUS-NOT-CHECKED", name, f"the virus check could not run: {trouble}")]
    if done.returncode == 0:
        return []
    if done.returncode == 1:
        return [
            findings.error("VIRUS-FOUND", name, "the virus check refuses it", found=_last_line(done.stdout))
        ]
    message = f"the virus check ended with exit code {done.returncode}"
    return [findings.error("VIRUS-NOT-CHECKED", name, message, found=_last_line(done.stderr))]


def _last_line(output: bytes) -> str | None:
    lines = output.decode("utf-8", "replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), None)

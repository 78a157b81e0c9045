"""A job as one line of the POSIX shell."""

import re
from collections.abc import Callable
from typing import Final

from archive.formats.schedules.job import Job

_PLAIN: Final = re.compile(r"[A-Za-z0-9_@+=:,./-]+")


def word(text: str) -> str:
    """The text as one word of sh, whatever characters it holds (POSIX.1 §2.2.2)."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"


def shell_line(job: Job, quoted: Callable[[str], str] = word) -> str:
    """The job as sh runs it; `quoted` spells a text as one word."""
    settings = "".join(f"{name}={quoted(value)} " for name, value in sorted(job.environment.items()))
    line = settings + " ".join(map(quoted, job.command))
    if job.mail is not None:
        # What is printed is held back until the command has succeeded: no letter without a checkpoint.
        form, subject = quoted("%s\\n"), quoted(job.subject)
        line = f'said=$({line}) && printf {form} "$said" | mail -s {subject} {job.mail}'
    if job.log is not None:
        line = f"{{ {line}; }} >>{quoted(job.log)} 2>&1"
    return line

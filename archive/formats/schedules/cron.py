"""Lines for a user's crontab (crontab(5), POSIX crontab)."""

from collections.abc import Sequence
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.limits.values import CRON_LINE_BYTES
from archive.core.promises import Interval
from archive.core.text import printable
from archive.formats.schedules.job import Job, require_address
from archive.formats.schedules.shell import shell_line, word

_DAYS: Final = {Interval.DAILY: "* * *", Interval.WEEKLY: "* * 0", Interval.MONTHLY: "1 * *"}


def crontab(jobs: Sequence[Job], *, title: str, mail: str | None = None) -> str:
    """The lines with a remark on what they are; cron sends their output to `mail`, else to its own user.

    Raises ConfigurationError for a line that is longer than every cron reads, and for what is no address.
    """
    lines = [
        f"# {printable(title)}. Put these lines into your crontab: crontab -e",
        "# In a command of a crontab % means a new line; \\% is the character.",
    ]
    if mail is not None:
        require_address(mail)
        lines.append(f"MAILTO={mail}")
    for job in jobs:
        line = f"{job.minute} {job.hour} {_DAYS[job.every]} {shell_line(job, cron_word)}"
        if len(line.encode()) > CRON_LINE_BYTES:
            raise ConfigurationError(
                f"{job.name}: its line would have {len(line.encode())} bytes; cron reads {CRON_LINE_BYTES}",
                remedy="name the folders through links with short names, or take --as systemd",
            )
        lines.append(line)
    return "\n".join(lines) + "\n"


def cron_word(text: str) -> str:
    """The text as one word of sh in a crontab.

    cron turns every % into a line feed and \\% into %, counting backslashes as it goes. So each % stands
    outside of the quotes, behind a character that is never a backslash.
    """
    if "%" not in text:
        return word(text)
    return "\\%".join("'" + piece.replace("'", "'\\''") + "'" for piece in text.split("%"))

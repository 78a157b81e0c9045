"""Names of files are UTF-8, whatever the locale says."""

import os
import sys


def read_names_as_utf8() -> None:
    """Begins this command anew in Python's UTF-8 mode where names would be read as something else.

    In a locale of Latin-1 a name would be paired with no description and be written wrongly into manifests,
    and in one of ASCII be an error. What is printed keeps the encoding of the terminal.
    """
    if sys.getfilesystemencoding() == "utf-8" or not sys.executable:
        return
    printed = sys.stdout.encoding if sys.stdout is not None else "ascii"
    environment = {"PYTHONIOENCODING": printed, **os.environ}
    os.execve(  # noqa: S606 - ourselves
        sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]], environment
    )

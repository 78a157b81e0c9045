"""What has a name on the disk, for verdicts: `os.path` would take every failure for absence."""

import os
import stat


def kind_of(path: str | os.PathLike[str]) -> int | None:
    """The kind of what has the name, as `stat.S_IFMT` gives it; None where nothing has. Links stay links.

    Raises OSError where storage does not answer.
    """
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None


def may_be_there(path: str | os.PathLike[str]) -> bool:
    """False where nothing has the name; True also where storage does not answer: for what was listed."""
    try:
        return kind_of(path) is not None
    except OSError:
        return True

"""Two names of one file system exchanged in one step: nobody ever sees either of them gone."""

import ctypes
import errno
import os
import sys
from functools import cache
from typing import Any, Final

_RENAME_EXCHANGE: Final = 2  # renameat2(2), Linux 3.15
# No such call, or a file system that does not know the flag: exFAT, many network ones.
_UNKNOWN = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


@cache
def _renameat2() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None


def exchange(first: str, second: str, *, first_fd: int, second_fd: int) -> bool:
    """Exchanges two names, each below the descriptor of its folder; False where that cannot be done here.

    Both must be there. Any other failure raises OSError, and then nothing was exchanged.
    """
    call = _renameat2()
    if call is None:
        return False
    if call(first_fd, os.fsencode(first), second_fd, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), second)

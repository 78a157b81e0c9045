"""What can go wrong at a call that changes the disk, and which calls it can hit."""

import os
import signal
from enum import StrEnum
from typing import Any

KILLED = 128 + signal.SIGKILL
CALLS = (
    "mkdir", "open", "write", "fchmod", "chmod", "utime", "ftruncate", "fsync", "rename", "replace",
    "unlink", "remove", "rmdir", "link", "symlink",
)  # fmt: skip
ALL_CALLS = frozenset(CALLS) | {"syncfs"}


class Fault(StrEnum):
    """What happens at the chosen call."""

    KILL = "kill"
    TORN = "torn"  # killed in the middle of a write
    ENOSPC = "ENOSPC"
    EIO = "EIO"
    EDQUOT = "EDQUOT"
    EMFILE = "EMFILE"
    EACCES = "EACCES"
    LOST = "lost"  # a write claims success and never happens
    FLIPPED = "flipped"  # a byte turns as it is written
    WORKERS = "workers"  # every process that the command started is killed, and the command goes on
    SYNC = "sync"  # what was to be made durable was not, and the kernel says so
    EXT4 = "power-ext4"  # the power goes: what was not synced is gone (see tests/crash/disks.py)
    XFS = "power-xfs"


POWER_CUTS = frozenset({Fault.EXT4, Fault.XFS})
DEATHS = frozenset({Fault.KILL, Fault.TORN}) | POWER_CUTS
ERRORS = (Fault.ENOSPC, Fault.EIO, Fault.EDQUOT, Fault.EMFILE, Fault.EACCES)
FAULTS = tuple(fault for fault in Fault if fault not in POWER_CUTS)  # those that need no disk of their own

_SPACE = frozenset({"mkdir", "open", "write", "fsync", "syncfs", "rename", "link", "symlink"})
_REACH = {
    Fault.ENOSPC: _SPACE,
    Fault.EDQUOT: _SPACE,
    Fault.EMFILE: frozenset({"open"}),
    Fault.TORN: frozenset({"write"}),
    Fault.LOST: frozenset({"write"}),
    Fault.FLIPPED: frozenset({"write"}),
    Fault.SYNC: frozenset({"fsync", "syncfs"}),
}


def reach(fault: Fault) -> frozenset[str]:
    """The calls that a fault can hit: a full disk still lets names be removed."""
    return _REACH.get(fault, ALL_CALLS)


def changes(name: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a call with these arguments changes the disk: an `open` only where it may create or write."""
    if name != "open":
        return True
    how = arguments[1] if len(arguments) > 1 else "r"
    if isinstance(how, int):
        return bool(how & os.O_CREAT)
    return any(letter in how for letter in "wxa+")

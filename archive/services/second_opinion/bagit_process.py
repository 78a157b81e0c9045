"""The process in which bagit judges one bag: `python -I -B bagit_process.py DESCRIPTOR SECONDS BYTES`.

DESCRIPTOR is the bag's folder, opened by the parent. One JSON object goes to stdout. Before the bag is
looked at the process gives up what bagit does not need: it cannot write a byte to a file (RLIMIT_FSIZE), and
an audit hook ends it when it is about to open a pipe, a device, or anything outside the bag, or to change
anything.
It ends when its stdin does, so that it never outlives its parent.
"""

import json
import logging
import os
import resource
import stat
import sys
import threading

import bagit

_DETAILS = 1000  # broken files named
_REMARKS = 50  # warnings that bagit gave
_LONGEST = 2000  # characters of one message
_READS = frozenset({"os.listdir", "os.scandir", "os.walk"})


class RefusedError(BaseException):
    """bagit was about to do what it must not; no `except Exception` of its own may swallow this."""


class Remarks(logging.Handler):
    """Keeps the first warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one."""
        if len(self.kept) < _REMARKS:
            self.kept.append(record.getMessage()[:_LONGEST])


class Guard:
    """The audit hook (PEP 578): regular files of the bag and Python's own modules are read, no more."""

    def __init__(self, folder: str) -> None:
        self.below = folder + "/"
        self.inside = os.path.realpath(folder) + "/"
        self.modules = tuple(
            os.path.realpath(each) + "/" for each in (*sys.path, sys.prefix, sys.base_prefix)
        )

    def __call__(self, event: str, arguments: "tuple[object, ...]") -> None:
        """Raises RefusedError for what bagit must not do."""
        if event == "open":
            self._open(*arguments)
        elif event.startswith(("os.", "shutil.", "subprocess.", "socket.", "pty.")) and event not in _READS:
            raise RefusedError(f"bagit was about to call {event}")

    def _open(self, path: object, _mode: object, flags: object) -> None:
        if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
            raise RefusedError(f"bagit was about to write {path!r}")
        if not isinstance(path, str | bytes):
            return
        name = os.fsdecode(path)
        real = os.path.realpath(name)
        if name.startswith(self.below):
            shown = name[len(self.below) :]
            if not real.startswith(self.inside):
                raise RefusedError(f"bagit was about to open {shown!r}, a link out of the bag")
            if os.path.exists(real) and not stat.S_ISREG(os.stat(real).st_mode):
                raise RefusedError(f"bagit was about to open {shown!r}, which is no regular file")
        elif not real.startswith(self.modules):
            raise RefusedError(f"bagit was about to open {name!r}, which is not in the bag")


def main(descriptor: int, seconds: int, memory: int) -> None:
    """Judges the bag and prints what bagit says."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for limit, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds + 1),
        (resource.RLIMIT_AS, memory),
    ):
        _, hard = resource.getrlimit(limit)
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (lowest, lowest))
    folder = _folder_of(descriptor)
    remarks = Remarks()
    bagit.LOGGER.handlers = [remarks]
    bagit.LOGGER.propagate = False
    sys.addaudithook(Guard(folder))
    said = {**_judged(folder), "remarks": remarks.kept, "version": bagit.VERSION}
    sys.stdout.write(json.dumps(_unnamed(said, folder)))
    sys.stdout.flush()


def _unnamed(value: object, folder: str) -> object:
    """The value without the folder's makeshift name in its texts."""
    if isinstance(value, str):
        return value.replace(folder + "/", "").replace(folder, "the bag")
    if isinstance(value, list):
        return [_unnamed(each, folder) for each in value]
    if isinstance(value, dict):
        return {key: _unnamed(each, folder) for key, each in value.items()}
    return value


def _judged(folder: str) -> "dict[str, object]":
    try:
        bagit.Bag(folder).validate(processes=1)
    except bagit.BagError as found:
        details = getattr(found, "details", None) or []
        return {
            "outcome": "invalid",
            "message": (str(getattr(found, "message", "")) or str(found) or type(found).__name__)[:_LONGEST],
            "details": [
                {"path": str(getattr(each, "path", "") or ""), "message": str(each)[:_LONGEST]}
                for each in details[:_DETAILS]
            ],
        }
    except RefusedError as refused:
        return {"outcome": "not-judged", "message": str(refused)[:_LONGEST]}
    except Exception as crash:  # noqa: BLE001 - bagit raises more than its own errors
        return {
            "outcome": "not-judged",
            "message": f"bagit failed: {type(crash).__name__}: {crash}"[:_LONGEST],
        }
    return {"outcome": "valid"}


def _folder_of(descriptor: int) -> str:
    """A path to the folder without its name: bagit takes `tagmanifest-` in a path for that of a file."""
    path = f"/proc/self/fd/{descriptor}"
    if os.path.isdir(path + "/."):
        return path
    os.fchdir(descriptor)
    return os.getcwd()


def _end_with_parent() -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock would be held when the interpreter ends
        pass
    os._exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))

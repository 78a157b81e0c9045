"""On the PYTHONPATH of a command under test: notes what it writes, connects to and runs, and its memory.

Python imports it before anything else; what it notes goes to the file $WATCH_NOTES, a line each. Names below
a descriptor are not noted: whoever has the descriptor opened the folder by its path.
"""

import atexit
import os
import resource
import sys
from typing import Any, NoReturn

CONNECTS = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind")
RUNS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")
CHANGES = (
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
    "os.chown", "os.utime", "os.setxattr",
)  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = ("/etc/passwd", "/etc/hostname", "/etc/shadow")

_notes = os.open(os.environ["WATCH_NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _note(kind: str, what: object) -> None:
    os.write(_notes, ascii((kind, what)).encode() + b"\n")


def watch(event: str, given: tuple[Any, ...]) -> None:
    """Notes one event of the interpreter."""
    if event == "open":
        path, _, flags = given
        name = os.fsdecode(path) if isinstance(path, str | bytes) else ""
        if name in FORBIDDEN:
            _note("reads", name)
        elif name.startswith("/") and flags & WRITING and not os.path.isdir(name):
            _note("writes", name)
    elif event in CHANGES:
        for name in given[:2]:
            if isinstance(name, str | bytes) and os.fsdecode(name).startswith("/"):
                _note("writes", os.fsdecode(name))
    elif event in CONNECTS:
        _note("connects", (event, str(given[1:])))
    elif event in RUNS:
        _note("runs", str(given[0]))


def _memory() -> None:
    # Of itself not by getrusage: there a process begins with the peak of the one that started it, the tests.
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        own = next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
    _note("megabytes", max(own, workers) // 1024)


def _ending(status: int) -> NoReturn:
    """Ends the process as `os._exit` does, which runs nothing that was registered."""
    _memory()
    _exit(status)


_exit = os._exit
os._exit = _ending
sys.addaudithook(watch)
atexit.register(_memory)

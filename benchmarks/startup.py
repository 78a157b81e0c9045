"""What starting `archive` costs over starting Python."""

import sys

from benchmarks.claims import Bound, Claim, Report
from benchmarks.setting import Setting, program
from benchmarks.table import Spread
from benchmarks.timing import Case, compare

PYTHON = "python -c pass"
VERSION = "archive --version"
HELP = "archive --help"

_ROUNDS, _QUICK_ROUNDS = 20, 3  # a start takes tens of milliseconds: one is no measurement
_AT_MOST = 50.0


def measure(setting: Setting) -> Report:
    """The same interpreter each time, with its compiled modules in the page cache."""
    table = compare(
        [
            Case(name=PYTHON, command=lambda _: [sys.executable, "-c", "pass"]),
            Case(name=VERSION, command=lambda _: [*program(), "--version"]),
            Case(name=HELP, command=lambda _: [*program(), "--help"]),
        ],
        runs=_ROUNDS if setting.rounds > 1 else _QUICK_ROUNDS,
        space=setting.space,
        title="Start-up",
    )
    seconds = table.difference(VERSION, PYTHON)
    claim = Claim(
        name=f"`{VERSION}` over `{PYTHON}`",
        unit="ms more",
        bound=Bound.AT_MOST,
        target=_AT_MOST,
        measured=Spread(*(figure * 1000 for figure in seconds)),
    )
    return Report(name="startup", claims=(claim,), tables=(table,))

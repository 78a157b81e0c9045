"""The bar leaves a terminal that can be used, whatever kept it from being drawn."""

import io
import sys

import click
import pytest

from archive.cli.context import Context
from archive.cli.progress import TerminalProgress, progress_for

HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


class Terminal(io.StringIO):
    """Keeps what is drawn."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    drawn = Terminal()
    monkeypatch.setattr(sys, "stderr", drawn)
    monkeypatch.setenv("TERM", "xterm")
    return drawn


def test_a_bar_that_a_signal_kept_from_beginning_ends_with_the_cursor_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = _terminal(monkeypatch)
    progress = TerminalProgress()
    progress.begin("Reading", None, "files")
    progress._bar.console._render_hooks.clear()  # as if the signal had come before rich hooked itself in
    progress.end()
    assert terminal.getvalue().rindex(SHOWN) > terminal.getvalue().rindex(HIDDEN)


def test_a_bar_that_nobody_ended_ends_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with click.Context(click.Command("reading")):
        progress_for(Context()).begin("Reading", None, "files")
    assert terminal.getvalue().rindex(SHOWN) > terminal.getvalue().rindex(HIDDEN)

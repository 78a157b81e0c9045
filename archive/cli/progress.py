"""Progress on a terminal; elsewhere nothing."""

import sys
import time
from typing import Any

import click

from archive.cli.context import Context
from archive.services.surroundings import Progress, SilentProgress

_REFRESH = 0.1  # seconds


class TerminalProgress:
    """A bar drawn by rich without a thread of its own: workers are forked while it runs."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._drawn = 0.0

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """Draws a new bar."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            ProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as RichProgress

        counter: ProgressColumn = (
            DownloadColumn(binary_units=True) if unit == "bytes" else MofNCompleteColumn()
        )
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            counter,
            TimeRemainingColumn(),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task(what, total=total)

    def advance(self, count: int) -> None:
        """Moves the bar; draws at most ten times a second."""
        if self._bar is None:
            return
        self._bar.advance(self._task, count)
        now = time.monotonic()
        if now - self._drawn > _REFRESH:
            self._drawn = now
            self._bar.refresh()

    def end(self) -> None:
        """Takes the bar away."""
        if self._bar is None:
            return
        try:
            self._bar.stop()
        except IndexError:  # rich takes back what a signal kept it from beginning
            pass
        finally:
            self._bar.console.show_cursor()  # also where a signal kept it from doing so
        self._bar = None


def progress_for(context: Context) -> Progress:
    """A bar on a terminal, silence with --quiet or where nobody looks."""
    if context.quiet or not sys.stderr.isatty():
        return SilentProgress()
    progress = TerminalProgress()
    if (command := click.get_current_context(silent=True)) is not None:
        command.call_on_close(progress.end)  # Ctrl-C may come between a bar and the `try` that would end it
    return progress

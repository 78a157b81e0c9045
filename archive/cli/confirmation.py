"""Asking before something is done: on a terminal a yes, for what cannot be undone the name itself."""

import sys

import click

from archive.cli.context import Context
from archive.core.errors import ConfigurationError
from archive.core.text import printable


def confirmed(context: Context, question: str, *, yes: bool) -> bool:
    """True where a person said yes, or where nobody is there to be asked: in a script, with --yes or JSON."""
    if yes or context.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    return click.confirm(question, err=True)


def require_typed(wanted: str, question: str, *, yes: bool) -> None:
    """Has the text typed that names what is about to be destroyed, unless --yes was given.

    Read from stdin, a terminal or not; ConfigurationError where something else comes, or nothing.
    """
    if yes:
        return
    click.echo(f"{question} ", nl=False, err=True)
    typed = sys.stdin.readline().strip()
    if typed != wanted:
        found = f"“{printable(typed[:80])}” was typed" if typed else "nothing was typed"
        raise ConfigurationError(
            f"{found}, not {printable(wanted)}: nothing was destroyed",
            remedy="type it exactly, or give --yes in a script that has asked somebody",
        )

"""A group with a command that is meant where no other is named: `archive bag DIR`, `archive bag update`."""

from collections.abc import Sequence
from typing import Any

import click

# Global options that may stand before the word that decides, and whether a value follows them.
_LEADING = {"-C": True, "--format": True, "-v": False, "--verbose": False, "-q": False, "--quiet": False}


class DefaultGroup(click.Group):
    """Runs `default` unless the first word names a command; `./update` is a folder called like a command."""

    def __init__(self, *arguments: Any, default: click.Command, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.default = default

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of this group, or of its default command under the group's name."""
        if first_word(args) in self.commands:
            return super().make_context(info_name, args, parent, **extra)
        return self.default.make_context(info_name, args, parent, **extra)


def first_word(arguments: Sequence[str]) -> str | None:
    """The first argument that is no global option."""
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, _ = argument.partition("=")
        if name not in _LEADING:
            return argument
        if _LEADING[name] and not equals:
            next(waiting, None)
    return None

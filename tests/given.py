"""What every command can be given."""

from collections.abc import Iterator

import click


def parameters(command: click.Command, name: str = "archive") -> Iterator[tuple[str, click.Parameter]]:
    """Every parameter of a command and of those below it, with the command's name."""
    yield from ((name, each) for each in command.params)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from parameters(found, f"{name} {inner}")

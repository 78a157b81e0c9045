"""The options by which an auditor brings keys and marks from outside, the same for every command."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.parameters import GIVEN_AS_IT_IS, GivenPath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.services.evidence.brought import Brought

KEY = click.option(
    "--key",
    metavar="VKEY",
    type=GIVEN_AS_IT_IS,
    help="The public key you were given, instead of archive.toml's.",
)
TRUST = click.option(
    "--trust",
    metavar="FILE",
    multiple=True,
    type=GivenPath(path_type=Path),
    help="A checkpoint, proof or receipt kept earlier: today's ledger must extend it. May be repeated.",
)
WITNESS = click.option(
    "--witness",
    "witnesses",
    metavar="VKEY",
    multiple=True,
    help="A witness's public key: up to what it cosigned, its word counts. May be repeated.",
)
SIGNER = click.option(
    "--signer",
    "signers",
    metavar="FILE",
    multiple=True,
    type=GivenPath(path_type=Path),
    help="An auditor's public key (PEM), or allowed signers as OpenSSH lists them: up to what its statement"
    " names, its word counts. May be repeated.",
)
TSA_ROOT = click.option(
    "--tsa-root",
    "tsa_roots",
    metavar="FILE",
    multiple=True,
    type=GivenPath(path_type=Path),
    help="Root certificate (PEM) of a time-stamping authority. May be repeated.",
)
_NAMES = ("key", "trust", "witnesses", "signers", "tsa_roots")


def brought_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options above; it gets their values together, as the parameter `brought`."""

    @wraps(command)
    def with_brought(*arguments: Any, **options: Any) -> Any:
        values: Any = {name: options.pop(name) for name in _NAMES}
        brought: Brought = values
        options["brought"] = brought
        return command(*arguments, **options)

    for option in (TSA_ROOT, SIGNER, WITNESS, TRUST, KEY):
        with_brought = option(with_brought)
    return with_brought


def files_of(brought: "Brought") -> "Iterator[Path]":
    """The files among them: a report that took the place of one would destroy what it rests on."""
    yield from brought.get("trust", ())
    yield from brought.get("signers", ())
    yield from brought.get("tsa_roots", ())

"""Passphrases for the commands that need a new one: from a file, from the environment, from the terminal."""

import sys
from pathlib import Path

import click

from archive.core.errors import ConfigurationError


def is_someone_there() -> bool:
    """True where a question would be seen and could be answered."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_passphrase(question: str) -> str:
    """What is typed, unseen."""
    return str(click.prompt(question, hide_input=True, err=True, default="", show_default=False))


def new_passphrase(question: str, file: Path | None) -> bytes | None:
    """A new passphrase: the first line of the file, else what is typed twice; None where nobody is there.

    ConfigurationError for one that is empty.
    """
    if file is not None:
        from archive.storage.keys.passphrases import read_passphrase

        return read_passphrase(str(file))
    if not is_someone_there():
        return None
    typed = click.prompt(
        question, hide_input=True, confirmation_prompt=True, err=True, default="", show_default=False
    )
    if not typed:
        raise ConfigurationError("an empty passphrase protects nothing", remedy="take a few words")
    return str(typed).encode()


def passphrase_for_new_key(file: Path | None, *, from_environment: bool = True) -> bytes:
    """The passphrase that a key is to be encrypted with: of the file, of the environment, or typed twice.

    ConfigurationError where nobody gives one.
    """
    from archive.storage.keys.passphrases import given_passphrase

    phrase = given_passphrase() if from_environment and file is None else None
    phrase = phrase or new_passphrase("New passphrase for the signing key", file)
    if phrase is None:
        raise ConfigurationError(
            "nobody gave a passphrase to encrypt the key with",
            remedy="give --new-passphrase-file FILE, or set $ARCHIVE_KEY_PASSPHRASE",
        )
    return phrase

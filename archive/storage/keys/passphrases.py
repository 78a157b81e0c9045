"""Where the passphrase of an encrypted key comes from: the environment, a file, or whoever sits there.

A passphrase is never an argument of a command: others on the machine could read it there.
"""

import os
from collections.abc import Callable, Mapping
from typing import Final

from archive.core.errors import ConfigurationError, StorageError
from archive.core.limits.ledger import PASSPHRASE_BYTES
from archive.core.text import printable
from archive.storage.disk.durable import NotAPlainFileError, read_plain

PASSPHRASE: Final = "ARCHIVE_KEY_PASSPHRASE"  # noqa: S105 - the variable's name
PASSPHRASE_FILE: Final = "ARCHIVE_KEY_PASSPHRASE_FILE"  # noqa: S105

Ask = Callable[[str], str]


class CommandLine:
    """What the command line offers beside the environment: a file, and perhaps a person to ask.

    One process runs one command, so this lasts no longer than it. A person is asked once for each key file.
    """

    def __init__(self) -> None:
        self.file: str | None = None
        self.ask: Ask | None = None
        self._known: dict[str, bytes] = {}

    def passphrase(self, path: str) -> bytes | None:
        """What the person types; None where nobody can be asked, or nothing is typed."""
        if path not in self._known and self.ask is not None:
            self._known[path] = self.ask(f"Passphrase of {printable(path)}").encode()
        return self._known.get(path) or None

    def forget(self, path: str) -> None:
        """What was typed was wrong, or is so from now on."""
        self._known.pop(path, None)


COMMAND_LINE: Final = CommandLine()


def given_passphrase(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """The passphrase of the file that the command names, of the environment or of its file; None without.

    Raises as `read_passphrase` does.
    """
    if COMMAND_LINE.file is not None:
        return read_passphrase(COMMAND_LINE.file)
    if phrase := environment.get(PASSPHRASE, ""):
        return phrase.encode("utf-8", "surrogateescape")
    if path := environment.get(PASSPHRASE_FILE, ""):
        return read_passphrase(path)
    return None


def read_passphrase(path: str) -> bytes:
    """The first line of a file; ConfigurationError where there is none, StorageError where it is not read."""
    try:
        raw = read_plain(path, PASSPHRASE_BYTES)
    except NotAPlainFileError as trouble:
        raise ConfigurationError(
            f"{trouble}; a passphrase is expected there",
            remedy="name a plain file with the passphrase on its first line",
        ) from trouble
    except StorageError as trouble:
        raise StorageError(f"{trouble}; a passphrase is expected there", remedy=trouble.remedy) from trouble
    phrase = (raw or b"").partition(b"\n")[0].rstrip(b"\r")
    if not phrase:
        missing = "is empty" if raw is not None else "no such file"
        raise ConfigurationError(
            f"{printable(path)}: {missing}; a passphrase is expected on its first line",
            remedy="write the passphrase on the first line of that file",
        )
    return phrase

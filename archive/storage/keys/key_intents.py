"""Intents of commands that change the signing key: beside `intent.json` lies the new verifier key."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.core.errors import ArchiveError
from archive.core.ledger.note import VerifierKey
from archive.core.limits.ledger import KEY_STATE_BYTES
from archive.storage import intents
from archive.storage.disk.durable import NotAPlainFileError, read_plain, replace_file
from archive.storage.intents import Intent

ROTATE: Final = "key rotate"
REPLACE: Final = "key replace"
_KEY: Final = "key.vkey"


def announce_key(intent: Intent, key: VerifierKey) -> None:
    """Names the key that is about to be introduced; durable on return."""
    replace_file(str(intent.folder / _KEY), f"{key}\n".encode())


def unfinished_changes(staging: Path) -> Iterator[Intent]:
    """The intents of changes of keys that did not end."""
    for left in intents.unfinished(staging):
        if isinstance(left, Intent) and left.command in {ROTATE, REPLACE}:
            yield left


def announced_changes(staging: Path) -> list[tuple[str, str]]:
    """(run, verifier key) of changes that did not end; none where staging cannot be read."""
    found = []
    with contextlib.suppress(ArchiveError, OSError):
        for left in unfinished_changes(staging):
            with contextlib.suppress(NotAPlainFileError, ValueError):
                raw = read_plain(os.path.join(left.folder, _KEY), KEY_STATE_BYTES)
                if raw is not None:
                    found.append((left.run, str(VerifierKey.parse(raw.decode().strip()))))
    return found


def announced_keys(staging: Path) -> list[str]:
    """The verifier keys of changes that did not end; none where staging cannot be read."""
    return [key for _, key in announced_changes(staging)]

"""What a witness has seen: the last checkpoint it cosigned of each ledger."""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from archive.core.canonical import readable
from archive.core.errors import ConfigurationError, ConflictError
from archive.core.ledger.merkle import HASH_BYTES
from archive.core.limits.ledger import WITNESS_STATE_BYTES
from archive.core.text import printable
from archive.storage.disk.durable import NotAPlainFileError, read_plain, replace_file, storage_error

VERSION: Final = 1
_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class SeenLedger:
    """The last checkpoint cosigned of one ledger, and the key (verifier key) that signed it."""

    size: int
    root: bytes
    key: str


class WitnessState:
    """The state file of one witness; hold it with `locked` while it is read and written."""

    def __init__(self, path: str) -> None:
        self._path = path

    @contextmanager
    def locked(self) -> Iterator["WitnessState"]:
        """Nobody else answers for this witness meanwhile; ConflictError where somebody does."""
        path = f"{self._path}.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
        except OSError as trouble:
            raise storage_error(trouble, path, "open the lock file") from trouble
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as trouble:
                raise ConflictError(
                    f"{printable(path)}: another witnessing is under way", remedy="wait until it is done"
                ) from trouble
            yield self
        finally:
            os.close(descriptor)

    def seen(self, origin: str) -> SeenLedger | None:
        """What was cosigned last of that ledger; ConfigurationError where the file is damaged."""
        known = self._read().get(origin)
        if known is None:
            return None
        try:
            size, root, key = known["size"], base64.b64decode(known["root"], validate=True), known["key"]
        except (ValueError, KeyError, TypeError) as trouble:
            raise self._damaged(str(trouble)) from trouble
        if type(size) is not int or size < 0 or len(root) != HASH_BYTES or not isinstance(key, str):
            raise self._damaged("size, root and key expected")
        return SeenLedger(size, root, key)

    def note(self, origin: str, seen: SeenLedger) -> None:
        """Notes what is about to be cosigned; durable on return."""
        ledgers = self._read()
        ledgers[origin] = {"size": seen.size, "root": base64.b64encode(seen.root).decode(), "key": seen.key}
        document = {"kind": "witness-state", "version": VERSION, "ledgers": ledgers}
        replace_file(self._path, readable(document), _PRIVATE)

    def _read(self) -> dict[str, Any]:
        try:
            raw = read_plain(self._path, WITNESS_STATE_BYTES)
            if raw is None:
                return {}
            document = json.loads(raw)
            version, ledgers = document["version"], document["ledgers"]
        except (NotAPlainFileError, ValueError, KeyError, TypeError, RecursionError) as trouble:
            raise self._damaged(str(trouble)) from trouble
        if version != VERSION:
            raise ConflictError(
                f"{printable(self._path)}: version {version}; this program reads version {VERSION}",
                remedy="use a newer release of archive",
            )
        if not isinstance(ledgers, dict):
            raise self._damaged("a member for each ledger expected")
        return ledgers

    def _damaged(self, reason: str) -> ConfigurationError:
        return ConfigurationError(
            f"{printable(self._path)}: not the state that a witness keeps: {reason}",
            remedy="put it back from its backup: without it the witness would vouch for a rewritten ledger",
        )

"""What can be said of an archive's keys without opening any of them."""

import os
from dataclasses import dataclass
from typing import Any

from archive.core.errors import ConfigurationError
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.key_chain import KEY_TYPES, KeyChain, KeyLink
from archive.core.ledger.note import VerifierKey
from archive.core.text import lossless
from archive.services.opened import OpenedArchive
from archive.storage.audits.waiting_runs import WaitingRuns
from archive.storage.keys.files import is_encrypted, may_be
from archive.storage.keys.signing_key import KEY_FILE, find_key, key_folders, last_signed, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """The key in force; `is_here` whether its private part is on this machine, `file` where it is or belongs.

    `is_damaged` tells that something else lies there, as far as that can be seen without a passphrase.

    `last_signed` is the size of the ledger it signed last here, None where that is not known. `links` are all
    keys from entry 0 on, as the entries name them: read, not proven. `waiting` are runs that wait for it.
    """

    key: VerifierKey
    file: str
    is_here: bool
    is_damaged: bool
    is_encrypted: bool
    ledger_size: int
    last_signed: int | None
    links: tuple[KeyLink, ...]
    waiting: tuple[str, ...]

    @property
    def since(self) -> str | None:
        """When the key in force was introduced."""
        return self.links[-1].time if self.links else None

    def to_json(self) -> dict[str, Any]:
        """The report under `kind: key`."""
        return {
            "kind": "key",
            "version": 1,
            "origin": self.key.name,
            "key": str(self.key),
            "key_id": self.key.key_id.hex(),
            "file": lossless(self.file),
            "is_here": self.is_here,
            "is_damaged": self.is_damaged,
            "is_encrypted": self.is_encrypted if self.is_here else None,
            "last_signed": self.last_signed,
            "ledger_size": self.ledger_size,
            "since": self.since,
            "keys": [
                {"key": str(link.key), "entry": link.entry, "time": link.time, "signed": link.is_signed}
                for link in self.links
            ],
            "waiting": list(self.waiting),
        }


def show_key(archive: OpenedArchive) -> ShownKey:
    """What is known of the keys of this archive; nothing secret is read.

    Raises EvidenceError where the checkpoint's signature does not hold, ConfigurationError where what lies in
    the key's place is no key or its state cannot be read.
    """
    checkpoint = archive.checkpoint()
    key = archive.verifier_key()
    found = find_key(key)
    folder = found[0] if found else key_folders(key)[0]
    last, pending = last_signed(key, folder).read()
    is_here = found is not None and may_be(found[1], key)
    signed = last if last is not None or pending != checkpoint else pending
    return ShownKey(
        key=key,
        file=os.path.join(folder, KEY_FILE),
        is_here=is_here,
        is_damaged=found is not None and not is_here,
        is_encrypted=is_here and found is not None and is_encrypted(found[1]),
        ledger_size=checkpoint.size,
        last_signed=signed.size if signed is not None else None,
        links=tuple(read_chain(archive).links),
        waiting=tuple(run.run for run in WaitingRuns.of(archive.settings.archive_id).finished()),
    )


def read_chain(archive: OpenedArchive) -> KeyChain:
    """The chain of keys as the entries name it, read and not proven against the tree.

    Raises ConfigurationError where the first entry names no key.
    """
    chain = KeyChain(verify)
    checkpoint = archive.checkpoint()
    types = [f'"type":"{name}"'.encode() for name in KEY_TYPES]
    for index, raw in enumerate(archive.ledger.entries(0, checkpoint.size)):
        if index == 0 or any(name in raw for name in types):
            chain.take(index, parse_entry(raw))
    if chain.current is None:
        raise ConfigurationError("the first entry of the ledger names no key", remedy="archive ledger verify")
    return chain

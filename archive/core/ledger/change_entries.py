"""Entries of the ledger about what happens to a held document after its ingest.

`awaiting` is by how much the event changes the number of documents that await their description (-1 or 1,
absent where it does not), so that the catalog's counts follow from the ledger. What people wrote stands in
the notes.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from archive.core.ledger.entries import EntryType, make_entry

# The types of these entries, and all that a reader of holdings has to look at beside ingests.
CHANGES: Final = frozenset({EntryType.DESCRIPTION_CHANGED, EntryType.WITHDRAWAL, EntryType.DISPOSAL})
# Entries are canonical JSON, so that nothing but a disposal holds these bytes: to look is cheap.
DISPOSAL_MARK: Final = b'"type":"disposal"'


def description_changed(
    *,
    time: str,
    agents: Sequence[str],
    bag: str,
    run: str,
    revision: int,
    tagmanifest: str,
    previous: str,
    awaiting: int = 0,
    notes: Sequence[str] = (),
) -> bytes:
    """A document has a new description: revision 2 or more, the digest of the tag manifest in force from now
    on, and of the one that it takes the place of."""
    return make_entry(
        EntryType.DESCRIPTION_CHANGED,
        time=time,
        agents=agents,
        bag=bag,
        run=run,
        revision=revision,
        tagmanifest=tagmanifest,
        previous=previous,
        awaiting=awaiting or None,
        notes=list(notes) or None,
    )


def withdrawal(
    *,
    time: str,
    agents: Sequence[str],
    bag: str,
    run: str,
    tagmanifest: str,
    files: int,
    byte_count: int,
    awaiting: int = 0,
    declared: str | None = None,
    notes: Sequence[str] = (),
) -> bytes:
    """A document is not held any more; its bytes are set aside.

    `files` and `byte_count` are those of its payload; `declared` is the keyed digest of a reference that the
    archivist brought (`keyed_reference`), by which it is known again when the description is gone.
    """
    return make_entry(
        EntryType.WITHDRAWAL,
        time=time,
        agents=agents,
        bag=bag,
        run=run,
        tagmanifest=tagmanifest,
        files=files,
        bytes=byte_count,
        awaiting=awaiting or None,
        declared=declared,
        notes=list(notes) or None,
    )


def disposal(*, time: str, agents: Sequence[str], bag: str, run: str, notes: Sequence[str]) -> bytes:
    """The bytes, description and notes of a withdrawn document are destroyed; this and the earlier entries
    about it are its tombstone."""
    return make_entry(EntryType.DISPOSAL, time=time, agents=agents, bag=bag, run=run, notes=list(notes))


def software_changed(*, time: str, agents: Sequence[str], software: str, previous: str) -> bytes:
    """Another version of the program writes from now on; both by their agents' ids."""
    return make_entry(
        EntryType.SOFTWARE_CHANGED, time=time, agents=agents, software=software, previous=previous
    )


def keyed_reference(salt: str, reference: str) -> str:
    """What stands in the ledger for a reference that may be a name: nobody guesses it without the salt.

    The first 32 digits of HMAC-SHA-256; the key is `salt` of archive.toml, as for the ids of people.
    """
    text = f"reference\n{reference}".encode("utf-8", "surrogateescape")
    return hmac.new(salt.encode(), text, hashlib.sha256).hexdigest()[:32]


def tombstone_reference(keyed: str) -> str:
    """How a disposed document is called whose reference only its description knew."""
    return f"declared:{keyed}"

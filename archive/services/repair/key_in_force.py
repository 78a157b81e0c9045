"""The key that signs the newest ledger at hand, where that is not the one that `archive.toml` names.

An `archive.toml` of before a change of key would have the ledger put back to what the earlier key signed.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.core.errors import ArchiveError
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.ledger.key_chain import KeyChain, KeyLink
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.tiles import TILE_WIDTH, decode_bundle
from archive.services.repair.good_ledger import LedgerAt, signed_note
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.folder import CHECKPOINT


class KeysAtHand(NamedTuple):
    """The key that a known one leads to, each signed by the one before it; and all keys that entries name.

    Those are not proven: whoever could write to a ledger at hand could have named them.
    """

    current: VerifierKey
    named: tuple[VerifierKey, ...]


def keys_at_hand(ledgers: Sequence[LedgerAt], key: VerifierKey) -> KeysAtHand:
    """Where the known key leads by the entries that are left, here and on copies.

    Nothing is looked for where it signed every checkpoint in force.
    """
    if all(signed_note(one, CHECKPOINT, key) is not None for one in ledgers):
        return KeysAtHand(key, ())
    found = sorted((each for one in ledgers for each in _key_entries(one)), key=lambda each: each[0])
    current, named = key, []
    for index, entry in found:
        chain = KeyChain(verify)
        chain.links.append(KeyLink(current, -1, "", is_signed=False))
        troubles = chain.take(index, entry)
        if len(chain.links) > 1 and (other := chain.links[-1].key) != current:
            named.append(other)
            if entry.type == EntryType.KEY_CHANGED and not troubles:
                current = other
    return KeysAtHand(current, tuple(dict.fromkeys(named)))


def _key_entries(ledger: LedgerAt) -> Iterator[tuple[int, Entry]]:
    """Index and entry of every change of key in the bundles that can be read, also of one that is torn."""
    try:
        bundles = [one.tile for one in ledger.folder.walk_tiles() if one.tile and one.tile.level is None]
    except ArchiveError:
        return
    for tile in bundles:
        try:
            raw = ledger.folder.read_exact(tile)
        except (ArchiveError, NotAPlainFileError):
            continue
        for at, each in enumerate(decode_bundle(raw or b"", tile.width)[0]):
            if b'"key ' in each:  # cheap; the parsed entry decides
                try:
                    yield tile.number * TILE_WIDTH + at, parse_entry(each)
                except ArchiveError:
                    continue

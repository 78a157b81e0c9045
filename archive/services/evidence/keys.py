"""The key that somebody brings, led to the one in force through the keys that signed each other."""

from collections.abc import Sequence

from archive.core.checkpoint import Checkpoint
from archive.core.entries import EntryType, parse_entry
from archive.core.findings import Finding, error, note
from archive.core.key_chain import KeyChain, KeyLink, Lead, lead
from archive.core.note import NoteError, VerifierKey, parse
from archive.storage.keys import verify
from archive.storage.ledger_files import LedgerFiles

_PLACE = "ledger/checkpoint"
_ASK = "ask the archive which key is its own, by another way than this copy"


def follow_keys(ledger: LedgerFiles, known: Checkpoint, key: VerifierKey) -> VerifierKey | None:
    """The key that signs the ledger now, led to from the one that signed a known state of it.

    None where no chain of signatures leads to it; the checkpoint's own signature is the caller's to verify.
    Raises EvidenceError where the ledger cannot be read.
    """
    try:
        size = Checkpoint.parse_text(parse(ledger.checkpoint_bytes()).text).size
    except NoteError:
        return None
    chain = KeyChain(verify)
    chain.links.append(KeyLink(key, -1, "", is_signed=False))
    for index, raw in enumerate(ledger.entries(known.size, size), known.size):
        entry = parse_entry(raw)
        if entry.type == EntryType.KEY_REPLACED or chain.take(index, entry):
            return None
    return chain.current if len(chain.links) > 1 else None


class Keys:
    """The keys of one ledger as its entries gave them, and the one that it was verified with."""

    def __init__(self, links: Sequence[KeyLink], verifier: VerifierKey) -> None:
        self._links = links
        self._verifier = verifier

    @property
    def current(self) -> VerifierKey:
        """The key in force: the last that the entries name, else the one that it was verified with."""
        return self._links[-1].key if self._links else self._verifier

    @property
    def known(self) -> list[VerifierKey]:
        """Every key that may have signed a checkpoint of this ledger, the one in force first."""
        return list(dict.fromkeys([self.current, self._verifier, *(link.key for link in self._links)]))

    def brought(self, key: VerifierKey | None) -> list[Finding]:
        """What has to be said of the key that the asker brought; nothing where it signs today."""
        if key is None or key == self.current:
            return []
        match lead(self._links, key):
            case Lead.CURRENT:
                return []
            case Lead.SIGNED:
                entry = next(link.entry for link in self._links if link.key == self.current)
                return [
                    note(
                        "LEDGER-KEY-ROTATED",
                        _PLACE,
                        "the key that you supplied was followed by another: from it on each key signed the"
                        f" next, and from entry {entry} on the ledger is signed by the one found",
                        expected=str(key),
                        found=str(self.current),
                        remedy="keep the key in force from now on",
                    )
                ]
            case Lead.BROKEN:
                return [
                    self._other(
                        key,
                        f"the key that you supplied was replaced at {self._breaks(key)}"
                        " without its signature; verified with the one in force",
                    )
                ]
            case Lead.UNKNOWN:
                return [
                    self._other(
                        key, "not signed by the key that you supplied; verified with the one that signed it"
                    )
                ]

    def _breaks(self, key: VerifierKey) -> str:
        place = max(at for at, link in enumerate(self._links) if link.key == key)
        return f"entry {next(link.entry for link in self._links[place + 1 :] if not link.is_signed)}"

    def _other(self, key: VerifierKey, message: str) -> Finding:
        return error(
            "LEDGER-OTHER-KEY", _PLACE, message, expected=str(key), found=str(self.current), remedy=_ASK
        )

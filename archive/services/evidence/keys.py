"""The key that somebody brings, led to the one in force through the keys that signed each other."""

from collections.abc import Sequence

from archive.core.findings import Finding, error, note
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.ledger.key_chain import KeyChain, KeyLink, Lead, lead
from archive.core.ledger.note import NoteError, VerifierKey, parse
from archive.services.evidence.kept import KeptNote, signature_finding
from archive.services.opened import OpenedArchive
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.files import LedgerFiles

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
    """The keys of one ledger as its entries gave them, the one it was verified with, and the asker's own.

    Where entries are missing, `known_to` says how many are there before the first that is not: of a key that
    is none of those named, nothing is known then.
    """

    def __init__(
        self,
        links: Sequence[KeyLink],
        verifier: VerifierKey,
        supplied: VerifierKey | None,
        *,
        known_to: int | None = None,
    ) -> None:
        self._links = links
        self._verifier = verifier
        self._supplied = supplied
        self._known_to = known_to

    @property
    def current(self) -> VerifierKey:
        """The key in force: the last that the entries name, else the one that it was verified with."""
        return self._links[-1].key if self._links else self._verifier

    @property
    def known(self) -> list[VerifierKey]:
        """Every key that may have signed a checkpoint of this ledger, the one in force first."""
        return list(dict.fromkeys([self.current, self._verifier, *(link.key for link in self._links)]))

    @property
    def believed(self) -> list[VerifierKey]:
        """The keys whose checkpoints the asker can believe: of this ledger, unless theirs is none of them."""
        supplied = self._supplied
        return self.known if supplied is None or supplied in self.known else [supplied]

    @property
    def of_anybody(self) -> "Keys":
        """The same for somebody who brought no key."""
        return Keys(self._links, self._verifier, None, known_to=self._known_to)

    def finding(self, kept: KeptNote) -> Finding | None:
        """Why a note that was kept proves nothing to the asker; None where it does."""
        return signature_finding(kept, *self.believed) or self._outlived(kept)

    def may_have_signed(self, kept: KeptNote) -> bool:
        """True where a key that missing entries name may have signed a note that none of the others did."""
        if self._known_to is None or kept.checkpoint.origin != self._verifier.name:
            return False
        is_led = self._supplied is None or self._supplied in self.known
        if is_led and kept.checkpoint.size <= self._known_to:
            return False
        finding = signature_finding(kept, *self.believed)
        return finding is not None and finding.code == "LEDGER-OTHER-KEY"

    def _outlived(self, kept: KeptNote) -> Finding | None:
        """What has to be said of a note that only keys signed which others had followed by then."""
        size = kept.checkpoint.size
        in_force = next((link.key for link in reversed(self._links) if link.entry < size), None)
        if in_force is None or self.current != self._verifier:  # the entries that name keys are not all there
            return None
        if signature_finding(kept, *self.known) is not None:
            return None
        if signature_finding(kept, in_force) is None:
            return None
        return error(
            "LEDGER-OTHER-KEY",
            kept.place,
            f"a checkpoint of {size} entries that a key of this ledger signed while another was in force",
            expected=str(in_force),
            found=", ".join(f"{line.name}+{line.key_id.hex()}" for line in kept.note.signatures),
            remedy="ask the archive: somebody else has that key, or it is of a history that was lost",
        )

    def brought(self, first: Entry | None) -> list[Finding]:
        """What has to be said of the asker's key; nothing where it signs today. `first` is entry 0."""
        key = self._supplied
        if key is None or key == self.current:
            return []
        led = lead(self._links, key)
        if led is not Lead.SIGNED and self._may_lead(key):
            return []
        match led:
            case Lead.CURRENT:
                return []
            case Lead.SIGNED:
                return [self._followed(key)]
            case Lead.BROKEN:
                message = f"the key that you supplied was replaced, unsigned, at {self._breaks(key)}"
            case Lead.UNKNOWN:
                named = first.get("key") if first is not None else None
                already = named not in {None, str(key)}
                # Where the first entry names another key, that is where the two histories part.
                more = "; its entry 0 already names another one" if already else ""
                message = f"not signed by the key that you supplied{more}"
        return [
            error(
                "LEDGER-OTHER-KEY",
                _PLACE,
                f"{message}; verified with the one that signed it",
                expected=str(key),
                found=str(self.current),
                remedy=_ASK,
            )
        ]

    def _followed(self, key: VerifierKey) -> Finding:
        entry = next(link.entry for link in self._links if link.key == self.current)
        return note(
            "LEDGER-KEY-ROTATED",
            _PLACE,
            "the key that you supplied was followed by another: from it on each key signed the next, and from"
            f" entry {entry} on the ledger is signed by the one found",
            expected=str(key),
            found=str(self.current),
            remedy="keep the key in force from now on",
        )

    def _may_lead(self, key: VerifierKey) -> bool:
        """True where entries that are missing may lead from the key to the one in force."""
        if self._known_to is None or key.name != self._verifier.name:
            return False
        return not any(link.replaced for link in self._later(key))

    def _breaks(self, key: VerifierKey) -> str:
        broken = [link for link in self._later(key) if not link.is_signed]
        if self._known_to is not None:  # the keys before the others may be named by entries that are missing
            broken = [link for link in broken if link.replaced]
        return f"entry {broken[0].entry}"

    def _later(self, key: VerifierKey) -> Sequence[KeyLink]:
        """What followed the newest use of a key; nothing where it was none of these."""
        place = max((at for at, link in enumerate(self._links) if link.key == key), default=len(self._links))
        return self._links[place + 1 :]


def known_keys(archive: OpenedArchive) -> list[VerifierKey]:
    """Every key that its entries name, today's last; unverified: whoever asks compares what they signed."""
    chain = KeyChain(verify)
    for index, raw in enumerate(archive.ledger.entries()):
        if not index or b'"key ' in raw:  # cheap; the parsed entry decides
            chain.take(index, parse_entry(raw))
    return [link.key for link in chain.links]

"""What of the archive's own ledger is not as its proven tree says, and what is to be done about it."""

import contextlib
from collections.abc import Iterator, Sequence

from archive.core.errors import ArchiveError, StorageError
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.key_chain import KeyChain
from archive.core.ledger.note import Note, NoteError, VerifierKey, joined, parse
from archive.services.repair.good_ledger import GoodLedger, LedgerAt, SignedNote, kept_names, signed_note
from archive.services.repair.own_files import OwnFault, OwnPlaces, compared, ledgers_at, set_aside_alone
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS, is_size


def ledger_faults(places: OwnPlaces, good: GoodLedger, key: VerifierKey) -> Iterator[OwnFault]:
    """Bundles, tiles and checkpoints that are missing or are not those of the proven tree."""
    for file in good.files():
        fault = compared(places.root, file.path, file.data, file.place or "the rest of the ledger")
        if fault is not None:
            yield fault
    yield from _Checkpoints(places, good, key).faults()
    now = good.signed
    fault = compared(places.root, f"ledger/{CHECKPOINT}", now.note, now.place or "the ledger itself")
    if fault is not None:
        yield fault


class _Checkpoints:
    """The kept checkpoints, here and on the copies; which key signed each the entries say."""

    def __init__(self, places: OwnPlaces, good: GoodLedger, key: VerifierKey) -> None:
        self._places = places
        self._good = good
        self._key = key
        self._chain = _chain(good)
        self._keys = [*(link.key for link in self._chain.links), key]
        self._ledgers = ledgers_at(places)

    def faults(self) -> Iterator[OwnFault]:
        """Those that a good one is at hand for, and those that are to be set aside because none is."""
        own = self._ledgers[0]
        names = (name.rpartition("/")[2] for name in kept_names(own))
        for size in sorted({*self._good.roots, *(int(name) for name in names if is_size(name))}):
            path = f"{CHECKPOINTS}/{size}"
            found = self._found(size)
            if found is None:
                if self._rests_on_nothing(own, path, size):
                    yield set_aside_alone(self._places.root, f"ledger/{path}")
            elif found[1] != path or found[0].place != own.place:
                data = _with_all_cosignatures(found[0].note, self._ledgers, path)
                fault = compared(self._places.root, f"ledger/{path}", data, found[0].place)
                if fault is not None:
                    yield fault
            # else there is no fault; which of two cosignatures is whole, nobody here can tell

    def _found(self, size: int) -> tuple[SignedNote, str] | None:
        """The first good checkpoint of that size, and its name; the archive's own before those of copies."""
        whole = next((one for one in self._signed(size) if self._is_whole(one[0])), None)
        if whole is None and size == self._good.signed.checkpoint.size:
            return next(self._signed(size), None)  # the one in force is what it is, and is kept all the same
        return whole

    def _signed(self, size: int) -> Iterator[tuple[SignedNote, str]]:
        root = self._good.roots.get(size)
        for ledger in self._ledgers:
            for name in (f"{CHECKPOINTS}/{size}", CHECKPOINT):
                one = signed_note(ledger, name, *self._keys)
                if one is not None and (one.checkpoint.size, one.checkpoint.root) == (size, root):
                    yield one, name

    def _is_whole(self, signed: SignedNote) -> bool:
        """True where every key signed it that has to: at a change of keys the one before, too."""
        size, note = signed.checkpoint.size, parse(signed.note)
        before = self._chain.handed_over(size)
        keys = [self._chain.key_at(size) or self._key, *((before,) if before is not None else ())]
        return all(_is_signed(note, key) for key in keys)

    def _rests_on_nothing(self, own: LedgerAt, path: str, size: int) -> bool:
        """True of what is no file, of no key's, or of this very tree: it is no evidence of another history.

        What was signed later, or over another tree, is. What lies beyond the end and is no checkpoint the
        next writer removes.
        """
        now = self._good.signed.checkpoint.size
        if size == now:
            return False
        try:
            raw = own.folder.read_note(path)
        except NotAPlainFileError:
            return True
        except StorageError:
            return False  # it may be well
        if raw is None or size > now:
            return False
        signed = signed_note(own, path, *self._keys)
        if signed is not None:
            return self._good.roots.get(signed.checkpoint.size) == signed.checkpoint.root
        try:
            note = parse(raw)
        except NoteError:
            return True
        return not any(_is_signed(note, key) for key in self._keys)


def _is_signed(note: Note, key: VerifierKey) -> bool:
    try:
        return note.is_signed_by(key, verify)
    except NoteError:
        return False


def _chain(good: GoodLedger) -> KeyChain:
    """Every key that the entries name, so that older checkpoints can be judged."""
    chain = KeyChain(verify)
    for index, raw in enumerate(good.entries()):
        if not index or b'"key ' in raw:
            chain.take(index, parse_entry(raw))
    return chain


def _with_all_cosignatures(note: bytes, ledgers: Sequence[LedgerAt], name: str) -> bytes:
    """The note with what others signed of it anywhere: one that is damaged displaces no whole one."""
    whole = parse(note)
    for one in ledgers:
        with contextlib.suppress(ArchiveError, NotAPlainFileError):
            whole = joined(whole, one.folder.read_note(name))
    return whole.to_bytes()

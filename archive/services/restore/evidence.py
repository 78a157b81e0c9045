"""Which state the archive comes back in: the newest that the copies prove, and what was signed after it."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from archive.core import findings
from archive.core.errors import ArchiveError, ConfigurationError, EvidenceError, StorageError
from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.ledger.key_chain import KeyChain
from archive.core.ledger.note import NoteError, VerifierKey, parse
from archive.core.text import printable
from archive.services.evidence.kept import read_kept, signature_finding
from archive.services.repair.doubtful_states import doubtful_states
from archive.services.repair.good_ledger import (
    GoodLedger,
    LedgerAt,
    SignedNote,
    kept_names,
    signed_note,
)
from archive.services.restore.copies import CopyAtHand
from archive.services.restore.unread import READ_AGAIN, unread
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.signing_key import key_folders, verify
from archive.storage.ledger.files import LedgerFiles
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS, LEDGER, TILES, LedgerFolder

# The newest states that are tried of each ledger: each costs a reading of them all.
_TRIED: Final = 4
_NEWER: Final = (
    "look for a newer copy, and restore from it beside these, in a new folder; holdings.csv on that copy has"
    " the documents that it knew of"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenState:
    """The state to come back to: `key` is the one that signed it, the last of the chain.

    `signed_later` is the size of the largest ledger known to have been signed, by what lies beside the key
    on this machine or was brought; that of this one where nothing tells of a larger. `unproven` is the size
    of the largest ledger on a copy that is signed by none of the keys known, 0 where there is none.
    `unread` is what storage refused of ledgers that may go further, `findings` are checkpoints that are none.
    """

    good: GoodLedger
    key: VerifierKey
    settings: str | None  # the sha512 of archive.toml, by the last entry about it
    settings_note: str | None
    signed_later: int
    unproven: int
    sizes: Mapping[str, int]  # of the largest ledger that is signed on each copy, by the copy's name
    unread: tuple[Finding, ...]
    findings: tuple[Finding, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """Its checkpoint."""
        return self.good.signed.checkpoint

    @property
    def entries_lost(self) -> int:
        """How many entries were signed that no copy here has."""
        return self.signed_later - self.checkpoint.size


def prove(before: Path, copies: Sequence[CopyAtHand], trust: Sequence[Path], key: str | None) -> ProvenState:
    """The newest state that what the copies hold together gives, its signature and its tree verified.

    `before` is a folder whose ledger comes first where it has one: that of a run that was cut off. Raises
    EvidenceError where nothing is proven, where a copy or a checkpoint in `trust` is of another history,
    StorageError where nothing is proven by what could be read.
    """
    keys = _keys(copies, key)
    ledgers = [
        LedgerAt("", LedgerFolder(str(before))),
        *(LedgerAt(one.name, LedgerFolder(str(one.root))) for one in copies),
    ]
    refused: list[StorageError] = []
    keys = list(dict.fromkeys([*keys, *_following([before, *(one.root for one in copies)], keys, refused)]))
    kept = [one for path in trust for one in read_kept(path)]
    known_sizes = {one.checkpoint.size for one in kept}
    known_sizes |= {int(name.rpartition("/")[2]) for ledger in ledgers for name in kept_names(ledger)}
    while True:
        signed = _signed(ledgers, keys)
        good, unproven = _newest(ledgers, signed, known_sizes | {one.checkpoint.size for one in signed})
        chain, settings = _read(good)
        # No copy alone may have had all the entries that lead on; together they do.
        more = [one for one in _led(chain, keys) if one not in keys]
        if not more:
            break
        keys += more
    in_force = chain.links[-1].key if chain.links else keys[0]
    if in_force not in keys and key is None:
        raise EvidenceError(
            "the ledger names another key in force than archive.toml of these copies",
            remedy="give the public key that you were given: --key VKEY",
        )
    for note in signed:
        _require_same_history(good, note.checkpoint, note.place)
    for one in kept:
        finding = signature_finding(one, *(link.key for link in chain.links))
        if finding is not None:
            raise EvidenceError(f"{one.place}: {finding.message}", remedy=finding.remedy, findings=(finding,))
        _require_same_history(good, one.checkpoint, one.place)
    known = [signed[0].checkpoint.size, *_signed_here(in_force)]
    known += [one.checkpoint.size for one in kept]
    size = good.signed.checkpoint.size
    of_others = _unproven(ledgers, keys)
    lacking, wrong = _doubts(ledgers, size)
    # Whose key is not led to may be what could not be read.
    lacking += [unread(LEDGER, one) for one in (*unproven, *(refused if of_others > size else ()))]
    return ProvenState(
        good=good,
        key=in_force,
        settings=settings[0] if settings else None,
        settings_note=settings[1] if settings else None,
        signed_later=max([size, *known]),
        unproven=of_others,
        sizes={one.place: one.checkpoint.size for one in reversed(signed)},
        unread=tuple(lacking),
        findings=tuple(wrong),
    )


def _doubts(ledgers: Sequence[LedgerAt], size: int) -> tuple[list[Finding], list[Finding]]:
    """What keeps it from being known that no ledger has more entries: unread, and read and no checkpoint."""
    lacking = [unread(f"{LEDGER}/{CHECKPOINTS}", one) for one in map(_unlisted, ledgers) if one is not None]
    wrong = []
    for doubt in doubtful_states(ledgers, size):
        path = f"{LEDGER}/{doubt.name}"
        if doubt.unread is not None:
            lacking += [unread(path, doubt.unread)] if doubt.name != CHECKPOINTS else []
            continue
        message = f"is none on {printable(doubt.place)}: how far that ledger went is not known"
        wrong.append(findings.warning("RESTORE-CHECKPOINT", path, message, remedy=_NEWER))
    return lacking, wrong


def _unlisted(ledger: LedgerAt) -> StorageError | None:
    """Why the kept checkpoints of a ledger cannot be listed; None where they can."""
    try:
        ledger.folder.checkpoint_names()
    except StorageError as trouble:
        return trouble
    except EvidenceError:  # no folder
        pass
    return None


def _keys(copies: Sequence[CopyAtHand], key: str | None) -> list[VerifierKey]:
    texts = [key] if key else [one.settings.key for one in copies if one.settings is not None]
    try:
        return [VerifierKey.parse(text) for text in dict.fromkeys(texts)]
    except (NoteError, ValueError) as trouble:
        raise ConfigurationError(
            f"the key of the archive is none: {trouble}",
            remedy="give the public key that you were given: --key VKEY",
        ) from trouble


def _following(
    roots: Sequence[Path], keys: Sequence[VerifierKey], refused: list[StorageError]
) -> Iterator[VerifierKey]:
    """The keys that one of these signed, or that one of those did, by the entries of the ledgers at hand.

    The archive.toml of a copy that was cut off may name a key from before the last change, and so may
    whoever brings one. What storage did not give is added to `refused`.
    """
    for root in roots:
        chain = KeyChain(verify)
        try:
            for index, raw in enumerate(LedgerFiles(str(root)).entries()):
                if not index or b'"key ' in raw:
                    chain.take(index, parse_entry(raw))
        except StorageError as trouble:
            refused.append(trouble)
        except (ArchiveError, NotAPlainFileError):
            pass  # what is damaged is judged later
        yield from _led(chain, keys)


def _led(chain: KeyChain, keys: Sequence[VerifierKey]) -> Iterator[VerifierKey]:
    is_led = False
    for link in chain.links:
        is_led = link.key in keys or (is_led and link.is_signed)
        if is_led:
            yield link.key


def _signed(ledgers: Sequence[LedgerAt], keys: Sequence[VerifierKey]) -> list[SignedNote]:
    """The checkpoints of the copies that a key signed: the present ones and the largest kept ones."""
    found: list[SignedNote] = []
    for ledger in ledgers:
        names = (CHECKPOINT, *reversed(kept_names(ledger)))
        notes = (one for name in names if (one := signed_note(ledger, name, *keys)) is not None)
        found += islice(notes, 1 + _TRIED)
    if not found:
        lacking = _doubts(ledgers, 0)[0]
        if lacking:
            raise StorageError(
                "no checkpoint that the archive's key signed could be read",
                remedy=READ_AGAIN,
                findings=tuple(lacking),
            )
        raise EvidenceError(
            "no checkpoint is left that the archive's key signed",
            remedy="name more copies, or give the key that signed them: --key; the bags themselves can be"
            " judged one by one: archive verify COPY/bags/*/*",
        )
    return sorted(found, key=lambda one: one.checkpoint.size, reverse=True)


def _unproven(ledgers: Sequence[LedgerAt], keys: Sequence[VerifierKey]) -> int:
    """The size of the largest ledger of this name on a copy that none of the keys signed, 0 without one."""
    found = 0
    for ledger in ledgers:
        for name in (CHECKPOINT, *kept_names(ledger)[-1:]):
            with contextlib.suppress(ArchiveError, NotAPlainFileError, NoteError):  # damaged: no claim
                note = parse(ledger.folder.read_note(name) or b"")
                checkpoint = Checkpoint.parse_text(note.text)
                is_ours = any(note.is_signed_by(key, verify) for key in keys)
                if not is_ours and checkpoint.origin == keys[0].name:
                    found = max(found, checkpoint.size)
    return found


def _newest(
    ledgers: Sequence[LedgerAt], signed: Sequence[SignedNote], sizes: set[int]
) -> tuple[GoodLedger, list[StorageError]]:
    """The newest state that is proven, and why newer ones could not be read.

    The newest of each copy is tried, however many there are of the youngest.
    """
    tried: dict[int, EvidenceError | StorageError] = {}
    newest = {one.place: one.checkpoint.size for one in reversed(signed)}
    for one in signed:
        size = one.checkpoint.size
        if size in tried or (len(tried) >= _TRIED and size not in newest.values()):
            continue
        try:
            good = GoodLedger(ledgers, one, sizes)
        except (EvidenceError, StorageError) as trouble:
            tried[size] = trouble
        else:
            return good, [each for each in tried.values() if isinstance(each, StorageError)]
    refused = [one for one in tried.values() if isinstance(one, StorageError)]
    if refused:
        found = tuple(unread(f"{LEDGER}/{TILES}", one) for one in refused)
        raise StorageError(refused[0].message, remedy=READ_AGAIN, findings=found)
    first = next(iter(tried.values()))
    raise EvidenceError(
        first.message,
        remedy="name more copies; the bags themselves can be judged one by one: archive verify COPY/bags/*/*",
    )


def _read(good: GoodLedger) -> tuple[KeyChain, tuple[str, str | None] | None]:
    """The keys that the entries name, and the digest and the note of the last settings."""
    chain = KeyChain(verify)
    settings = None
    for index, raw in enumerate(good.entries()):
        if not index or b'"key ' in raw or b'"settings"' in raw:
            entry = parse_entry(raw)
            chain.take(index, entry)
            if entry.type == EntryType.SETTINGS_CHANGED:
                note = entry.get("note")
                settings = str(entry.get("settings")), note if isinstance(note, str) else None
    return chain, settings


def _require_same_history(good: GoodLedger, other: Checkpoint, place: str) -> None:
    if good.agrees_with(other):
        return
    raise EvidenceError(
        f"{printable(place)}: its ledger of {other.size:,} entries is no earlier state of the one of"
        f" {good.signed.checkpoint.size:,} on {printable(good.signed.place)}: there are two histories;"
        " nothing was written",
        remedy="name the copies of one history only: archive ledger verify, in each, says more",
    )


def _signed_here(key: VerifierKey) -> list[int]:
    """The sizes of what the key signed last, as far as this machine knows."""
    found: list[int] = []
    for folder in key_folders(key):
        with contextlib.suppress(ArchiveError):  # what is beside the key is damaged: `key show` says so
            last = LastSigned(folder, str(key)).read()[0]
            found += [last.size] if last is not None and last.origin == key.name else []
    return found

"""What witnesses have cosigned of a ledger, found in what the asker brought and in what the archive keeps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.core.errors import ConfigurationError, ConflictError, EvidenceError, StorageError
from archive.core.findings import Finding, error, warning
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.cosignature import WitnessKey, cosigned_at
from archive.core.ledger.entries import timestamp
from archive.core.ledger.note import Note, NoteError, Signature, parse
from archive.core.limits.waits import LOCK_WAIT
from archive.services.evidence.kept import KeptNote, signature_finding
from archive.services.evidence.keys import known_keys
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError, replace_file
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS, LEDGER, LedgerFolder
from archive.storage.lock import WriterLock


@dataclass(frozen=True, slots=True)
class WitnessedState:
    """The largest checkpoint that witnesses cosigned: its size, the latest time, and who did."""

    size: int
    time: str
    by: tuple[str, ...]


def witness_keys(texts: Sequence[str]) -> list[WitnessKey]:
    """The witnesses' keys that the asker brought; ConfigurationError where a text is none."""
    keys = []
    for text in texts:
        try:
            keys.append(WitnessKey.parse(text.strip()))
        except ValueError as trouble:
            raise ConfigurationError(
                f"--witness: not a witness's key: {trouble}",
                remedy="copy the whole line that `archive ledger witness-key` showed",
            ) from trouble
    return keys


def own_notes(archive: OpenedArchive) -> Iterator[KeptNote]:
    """The archive's own checkpoints that bear more than one signature; what cannot be parsed is left out."""
    folder = LedgerFolder(str(archive.root))
    try:
        names = [f"{CHECKPOINTS}/{size}" for size in folder.checkpoint_sizes()]
    except (EvidenceError, StorageError):
        names = []
    for name in (*names, CHECKPOINT):
        try:
            raw = folder.read_note(name)
            note = parse(raw) if raw is not None else None
            if note is not None and len(note.signatures) > 1:
                yield KeptNote(f"{LEDGER}/{name}", note, Checkpoint.parse_text(note.text))
        except (NotAPlainFileError, StorageError, NoteError):
            continue


def best_witnessed(
    keys: Sequence[WitnessKey],
    notes: Sequence[KeptNote],
    roots: Mapping[int, bytes],
    findings: list[Finding],
) -> WitnessedState | None:
    """The largest of the notes that a witness cosigned and the entries give; `roots` are the entries'.

    A cosignature that does not hold, and a witness that cosigned nothing, become findings.
    """
    states: dict[int, list[tuple[int, str]]] = {}
    for key in keys:
        seen = False
        for each in notes:
            try:
                time = cosigned_at(each.note, key, verify)
            except NoteError as trouble:
                findings.append(
                    error(
                        "LEDGER-COSIGNATURE",
                        each.place,
                        str(trouble),
                        remedy="take the file exactly as the witness gave it",
                    )
                )
                continue
            seen = seen or time is not None
            size = each.checkpoint.size
            if time is not None and roots.get(size) == each.checkpoint.root:
                states.setdefault(size, []).append((time, key.name))
        if not seen:
            remedy = "bring a checkpoint that it cosigned: --trust FILE"
            message = f"no checkpoint here bears a cosignature of {key.name}+{key.key_id.hex()}"
            findings.append(warning("LEDGER-NOT-WITNESSED", "ledger/checkpoints", message, remedy=remedy))
    if not states:
        return None
    size, marks = max(states.items())
    return WitnessedState(size, timestamp(max(marks)[0] * 1000), tuple(sorted({name for _, name in marks})))


def keep_cosignatures(
    archive: OpenedArchive, brought: KeptNote, witnesses: Sequence[WitnessKey] = ()
) -> tuple[str, ...]:
    """Adds the signatures of others in a cosigned note to the archive's own checkpoint of that size.

    Returns their names. Those of the `witnesses` must hold. One that is kept already gives way only to a
    later one of a key that was brought. Raises EvidenceError where the archive never signed that checkpoint
    or a witness did not sign it so, ConflictError where another signature of that key is kept,
    ConfigurationError where nobody else signed it or no note has room for it, StorageError where it cannot
    be written. Durable on return; the checkpoint's text and the archive's own signature stay as they are.
    """
    size = brought.checkpoint.size
    place = f"{CHECKPOINTS}/{size}"
    keys = known_keys(archive)
    ours = {(key.name, key.key_id) for key in keys}
    added = [line for line in brought.note.signatures if (line.name, line.key_id) not in ours]
    with WriterLock(str(archive.root), command="ledger keep", wait=LOCK_WAIT):
        folder = LedgerFolder(str(archive.root))
        try:
            raw = folder.read_note(place)
            own = parse(raw) if raw is not None else None
        except (NotAPlainFileError, NoteError) as trouble:
            raise EvidenceError(
                f"ledger/{place}: {trouble}", remedy="archive ledger verify says more"
            ) from trouble
        if own is None or own.text != brought.note.text or signature_finding(brought, *keys) is not None:
            raise EvidenceError(
                f"{brought.place}: not a checkpoint that this archive signed at {size} entries",
                remedy="archive ledger verify --trust FILE says what differs",
            )
        if not added:
            raise ConfigurationError(
                f"{brought.place}: bears no signature but the archive's own",
                remedy="bring the file that the witness gave back, which ends in .cosigned",
            )
        folder.refuse_links(CHECKPOINTS)
        data = _merged(own, added, brought.place, witnesses)
        replace_file(folder.at(place), data, 0o444, check=lambda written: _unchanged(written, own.text))
    return tuple(line.name for line in added)


def _merged(own: Note, added: Sequence[Signature], place: str, witnesses: Sequence[WitnessKey]) -> bytes:
    lines = list(own.signatures)
    brought = {(key.name, key.key_id): key for key in witnesses}
    for line in added:
        named = line.name, line.key_id
        kept = [each for each in lines if (each.name, each.key_id) == named]
        if (key := brought.get(named)) is None:
            if kept and line not in kept:
                raise ConflictError(
                    f"{place}: another signature of {line.name}+{line.key_id.hex()} is kept under this"
                    " checkpoint; nothing of it was kept",
                    remedy="bring that witness's key, so that the later one is taken: --witness VKEY",
                )
            lines += [] if kept else [line]
            continue
        try:
            time = cosigned_at(Note(own.text, (line,)), key, verify) or 0
        except NoteError as trouble:
            raise EvidenceError(
                f"{place}: {trouble}; nothing of it was kept",
                remedy="take the file exactly as the witness gave it",
            ) from trouble
        stay = [each for each in kept if not _is_later(time, Note(own.text, (each,)), key)]
        lines = [each for each in lines if each not in kept] + (stay or [line])
    data = Note(own.text, tuple(lines)).to_bytes()
    try:
        parse(data)
    except NoteError as trouble:
        raise ConfigurationError(
            f"{place}: no room for its signatures: {trouble}",
            remedy="ask for a line of each witness that is short enough, or bring fewer",
        ) from trouble
    return data


def _is_later(time: int, kept: Note, key: WitnessKey) -> bool:
    """True where what is kept of the witness is older, or does not hold."""
    try:
        before = cosigned_at(kept, key, verify)
    except NoteError:
        return True
    return before is None or time > before


def _unchanged(data: bytes, text: str) -> None:
    if parse(data).text != text:
        raise EvidenceError(
            "the text of a checkpoint would have changed",
            remedy="nothing was replaced; run it again, and report it where that does not help",
        )

"""What witnesses have cosigned of a ledger, found in what the asker brought and in what the archive keeps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.core.checkpoint import Checkpoint
from archive.core.cosignature import WitnessKey, cosigned_at
from archive.core.entries import timestamp
from archive.core.errors import ConfigurationError, EvidenceError, StorageError
from archive.core.findings import Finding, error, warning
from archive.core.note import Note, NoteError, Signature, parse
from archive.services.evidence.kept import KeptNote, signature_finding
from archive.services.evidence.keys import known_keys
from archive.services.opened import OpenedArchive
from archive.storage.durable import NotAPlainFileError, replace_file
from archive.storage.keys import verify
from archive.storage.ledger_folder import CHECKPOINT, CHECKPOINTS, LEDGER, LedgerFolder


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


def keep_cosignatures(archive: OpenedArchive, brought: KeptNote) -> tuple[str, ...]:
    """Adds the signatures of others in a cosigned note to the archive's own checkpoint of that size.

    Returns their names. Raises EvidenceError where the archive never signed that checkpoint,
    ConfigurationError where nobody else signed it, StorageError where it cannot be written.
    Durable on return; the checkpoint's text and the archive's own signature stay as they are.
    """
    size = brought.checkpoint.size
    place = f"{CHECKPOINTS}/{size}"
    folder = LedgerFolder(str(archive.root))
    try:
        raw = folder.read_note(place)
        own = parse(raw) if raw is not None else None
    except (NotAPlainFileError, NoteError) as trouble:
        raise EvidenceError(
            f"ledger/{place}: {trouble}", remedy="archive ledger verify says more"
        ) from trouble
    keys = known_keys(archive)
    if own is None or own.text != brought.note.text or signature_finding(brought, *keys) is not None:
        raise EvidenceError(
            f"{brought.place}: not a checkpoint that this archive signed at {size} entries",
            remedy="archive ledger verify --trust FILE says what differs",
        )
    ours = {(key.name, key.key_id) for key in keys}
    known = {(line.name, line.key_id): line for line in own.signatures}
    added = [line for line in brought.note.signatures if (line.name, line.key_id) not in ours]
    if not added:
        raise ConfigurationError(f"{brought.place}: bears no signature but the archive's own")
    merged: dict[tuple[str, bytes], Signature] = {
        **known,
        **{(line.name, line.key_id): line for line in added},
    }
    note = Note(own.text, tuple(merged.values()))
    replace_file(folder.at(place), note.to_bytes(), 0o444, check=lambda data: _unchanged(data, own.text))
    return tuple(line.name for line in added)


def _unchanged(data: bytes, text: str) -> None:
    if parse(data).text != text:
        raise EvidenceError("the text of a checkpoint would have changed")

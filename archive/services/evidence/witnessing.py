"""The part of a witness: it cosigns a checkpoint only once it is proven to extend the last one it saw.

Works on files alone and without any archive; c2sp.org/tlog-witness says what must be checked.
"""

from dataclasses import dataclass
from pathlib import Path

from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.cosignature import WitnessKey, cosign
from archive.core.ledger.extension import Extension, ExtensionError
from archive.core.ledger.merkle import EMPTY_ROOT
from archive.core.ledger.note import NoteError, Signer, VerifierKey
from archive.core.limits.ledger import EXTENSION_BYTES, KEY_BYTES
from archive.core.text import printable
from archive.services.surroundings import Surroundings
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.new_files import publish_new
from archive.storage.keys.files import from_pem, to_pem
from archive.storage.keys.passphrases import given_passphrase
from archive.storage.keys.signing_key import PRIVATE, verify
from archive.storage.keys.witness_state import SeenLedger, WitnessState
from archive.storage.layout import find_root
from archive.storage.sources.brought_files import read_brought_bytes

_BEGIN = b"-----BEGIN"
_NAME = b"Witness: "


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its public key, and the function that signs for it."""

    key: WitnessKey
    sign: Signer


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What was cosigned: the checkpoint, the size seen before it, and the note with the cosignature."""

    checkpoint: Checkpoint
    before: int
    note: bytes


def create_witness(name: str, path: Path) -> Witness:
    """A new key for a witness of that name in a new file, encrypted where a passphrase is set.

    Raises ConfigurationError where the name cannot name a key or the file would lie in an archive,
    ConflictError where the file is there.
    """
    if (root := find_root(path.absolute().parent.resolve())) is not None:
        raise ConfigurationError(
            f"{printable(str(path))}: in the archive {printable(str(root))}; nothing secret ever lies there",
            remedy="keep it elsewhere: who cosigns is not who keeps the archive",
        )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    try:
        key = WitnessKey(name, private.public_key().public_bytes_raw())
    except ValueError as trouble:
        raise ConfigurationError(
            f"{printable(name)}: not usable as the name of a witness: {trouble}",
            remedy="take a name without spaces and plus signs, such as hill.example/witness",
        ) from trouble
    raw = _NAME + name.encode() + b"\n" + to_pem(private, given_passphrase())
    publish_new(str(path), raw, PRIVATE)
    return Witness(key, private.sign)


def load_witness(path: Path) -> Witness:
    """The witness whose key file that is; ConfigurationError where it is none."""
    try:
        raw = read_plain(str(path), KEY_BYTES)
    except NotAPlainFileError as trouble:
        raise ConfigurationError(
            f"{trouble}; a witness's key is expected there",
            remedy="name the file that archive ledger witness-key made",
        ) from trouble
    head, begin, rest = (raw or b"").partition(_BEGIN)
    if not head.startswith(_NAME) or not begin:
        raise ConfigurationError(
            f"{printable(str(path))}: not the key of a witness",
            remedy="archive ledger witness-key NAME --out FILE makes one",
        )
    private = from_pem(begin + rest, str(path))
    try:
        name = head.split(b"\n")[0].removeprefix(_NAME).decode().strip()
        return Witness(WitnessKey(name, private.public_key().public_bytes_raw()), private.sign)
    except ValueError as trouble:
        raise ConfigurationError(
            f"{printable(str(path))}: names no witness: {trouble}",
            remedy="take the file exactly as archive ledger witness-key made it",
        ) from trouble


def read_extension(path: Path) -> Extension:
    """The checkpoint with its proof in a file; ConfigurationError where it is none."""
    try:
        raw = read_brought_bytes(path, EXTENSION_BYTES, "a checkpoint, or one with a proof")
        return Extension.parse(raw)
    except ExtensionError as trouble:
        raise ConfigurationError(
            f"{printable(str(path))}: neither a checkpoint nor one with a proof: {trouble}",
            remedy="the archive makes one: archive ledger checkpoint --since SIZE --out FILE",
        ) from trouble


def cosign_extension(
    path: Path, witness: Witness, state: WitnessState, log_key: str | None, surroundings: Surroundings
) -> Cosigned:
    """Checks what the file brings against what this witness saw last, notes it, and cosigns it.

    Raises EvidenceError where the ledger was rewritten, cut off or signed by another key: nothing is signed
    and the state stays. Raises ConfigurationError where the proof begins elsewhere than where this witness
    stopped, at first without the archive's key, or by a clock before 1970.
    """
    time = surroundings.now() // 1000
    if time < 0:
        raise ConfigurationError(
            "the clock of this machine stands before 1970, which no cosignature can say", remedy="set it"
        )
    extension = read_extension(path)
    now = extension.checkpoint()
    place = printable(str(path))
    seen = state.seen(now.origin)
    key = _log_key(now.origin, seen, log_key)
    try:
        if not extension.signed_note().is_signed_by(key, verify) or now.origin != key.name:
            raise EvidenceError(
                f"{place}: not signed by {key.name}+{key.key_id.hex()}",
                remedy="ask the archive by another way whether its key changed: --log-key takes a new one",
            )
    except NoteError as trouble:
        raise EvidenceError(
            f"{place}: {trouble}",
            remedy="take the file exactly as archive ledger checkpoint --since wrote it",
        ) from trouble
    before = seen.size if seen is not None else 0
    _require_extension(place, extension, now, before, seen.root if seen is not None else EMPTY_ROOT)
    state.note(now.origin, SeenLedger(now.size, now.root, str(key)))  # before anybody can show the signature
    note = cosign(extension.signed_note(), witness.key, witness.sign, time)
    return Cosigned(now, before, note.to_bytes())


def _log_key(origin: str, seen: SeenLedger | None, given: str | None) -> VerifierKey:
    text = given or (seen.key if seen is not None else None)
    if text is None:
        raise ConfigurationError(
            f"{printable(origin)}: this witness has not seen this ledger before",
            remedy="bring the archive's public key, as it was given to you: --log-key VKEY",
        )
    try:
        return VerifierKey.parse(text.strip())
    except ValueError as trouble:
        raise ConfigurationError(
            f"--log-key: not a verifier key: {trouble}",
            remedy="copy the line from archive key show, or as the archive gave it to you",
        ) from trouble


def _require_extension(place: str, extension: Extension, now: Checkpoint, before: int, root: bytes) -> None:
    if now.size < before:
        raise EvidenceError(
            f"{place}: a ledger of {now.size} entries; this witness cosigned one of {before} before",
            remedy="an older copy, or its end was cut off: tell the archive, and keep both files",
        )
    if now.size == before:
        if now.root != root:
            raise EvidenceError(
                f"{place}: another ledger of {before} entries than the one that this witness cosigned",
                remedy="the key signed two histories: tell the archive, and keep both files",
            )
        return
    if extension.old != before and before:
        raise ConfigurationError(
            f"{place}: proves nothing about the {before} entries that this witness saw last",
            remedy=f"ask the archive for: archive ledger checkpoint --since {before} --out FILE",
        )
    if before and not extension.extends(root):
        raise EvidenceError(
            f"{place}: does not extend the ledger of {before} entries that this witness cosigned",
            remedy="what was recorded was rewritten: tell the archive, and keep both files",
        )


def write_cosigned(cosigned: Cosigned, target: Path) -> None:
    """Writes the note to a new file; StorageError or ConflictError where that fails."""
    publish_new(str(target), cosigned.note)

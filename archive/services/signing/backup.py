"""The signing key kept elsewhere, and put back without ever letting an older state be signed."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.core.errors import ConfigurationError, ConflictError, EvidenceError, StorageError
from archive.core.ledger import entries, key_backup
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.key_backup import KeyBackup
from archive.core.ledger.note import VerifierKey
from archive.core.limits.ledger import KEY_BACKUP_BYTES, KEY_BYTES
from archive.core.text import printable
from archive.services.evidence.kept import read_kept, signature_finding
from archive.services.opened import OpenedArchive
from archive.services.signing.shown import read_chain
from archive.services.surroundings import Surroundings
from archive.storage.disk.durable import (
    NotAPlainFileError,
    make_folder,
    read_plain,
    replace_file,
    sync_folder,
)
from archive.storage.disk.kinds import something_at
from archive.storage.disk.new_files import publish_new
from archive.storage.keys.files import KeyLockedError, may_be, parse_key, seal, to_pem
from archive.storage.keys.last_signed import EITHER, TELL, LastSigned, fewer
from archive.storage.keys.passphrases import COMMAND_LINE
from archive.storage.keys.signing_key import (
    KEY_FILE,
    PRIVATE,
    PRIVATE_FOLDER,
    VKEY_FILE,
    key_folders,
    key_home,
    last_signed,
    make_key_home,
    open_key,
    refuse_keys_inside,
)
from archive.storage.layout import find_root

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# Asks for the passphrase of a backup, which need not be that of the key; None where nobody gives one.
Passphrase = Callable[[], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredKey:
    """A key that was put back: where, for which key, and the size of the ledger it may sign from now on."""

    file: str
    key: VerifierKey
    is_encrypted: bool
    size: int


def back_up(
    archive: OpenedArchive, target: Path, *, passphrase: bytes | None, surroundings: Surroundings
) -> KeyBackup:
    """Writes the key, encrypted with the passphrase if there is one, to a new file outside the archive.

    Raises ConfigurationError inside the archive or without the key, ConflictError where the name is taken.
    """
    _refuse_inside(target)
    key = archive.verifier_key()
    folder, private = open_key(key)
    der = _der_of(private)
    last, _ = last_signed(key, folder).read()
    backup = KeyBackup(
        der=seal(der, passphrase) if passphrase is not None else der,
        is_encrypted=passphrase is not None,
        key=key,
        signed=last,
    )
    text = key_backup.backup_text(backup, made=entries.timestamp(surroundings.now()))
    if key_backup.parse_backup(text) != backup:
        raise AssertionError("a backup that cannot be read back")
    publish_new(str(target), text.encode(), PRIVATE)
    return backup


def restore(
    archive: OpenedArchive, source: Path, *, ask: Passphrase, trust: Sequence[Path] = ()
) -> RestoredKey:
    """Puts a key back from its backup; nothing is ever overwritten.

    From then on the key signs only what extends the archive as it is now: its present checkpoint becomes what
    the key signed last, once it is shown to extend what the backup, what lies in the key's place and every
    checkpoint in `trust` say of earlier signatures. Raises ConfigurationError where the file is no backup,
    its passphrase is wrong, or the key is not the one in force here; ConflictError where it is here already;
    EvidenceError where the archive is older than, or parts from, what the key is known to have signed.
    """
    refuse_keys_inside(str(archive.root))
    backup = _read(source)
    private = _unlocked(backup, source, ask)
    key = _belonging(archive, private.public_key().public_bytes_raw(), source)
    folder = key_folders(key)[0]
    _refuse_overwriting(os.path.join(folder, KEY_FILE), key)
    state = last_signed(key, folder)
    known = [each for each in (backup.signed, *_signed_here(archive, state)) if each is not None]
    known += [checkpoint for path in trust for checkpoint in _trusted(archive, path)]
    checkpoint = _refuse_older(archive, known)
    make_key_home(key_home())
    if make_folder(folder, PRIVATE_FOLDER):
        sync_folder(os.path.dirname(folder))
    # The state first: a key without it would sign whatever is put before it.
    state.finish(checkpoint)
    replace_file(os.path.join(folder, VKEY_FILE), f"{key}\n".encode(), PRIVATE)
    replace_file(os.path.join(folder, KEY_FILE), backup.pem(), PRIVATE)
    return RestoredKey(
        file=os.path.join(folder, KEY_FILE),
        key=key,
        is_encrypted=backup.is_encrypted,
        size=checkpoint.size,
    )


def _signed_here(archive: OpenedArchive, state: LastSigned) -> tuple[Checkpoint | None, Checkpoint | None]:
    """What lies in the key's place: what was signed last, and what was about to be where it may be committed.

    A commit that was begun and is beyond this ledger never became its checkpoint: see `LastSigned.check`.
    """
    last, pending = state.read()
    is_cut_off = pending is not None and pending.size > archive.checkpoint().size
    return last, None if is_cut_off else pending


def _refuse_overwriting(path: str, key: VerifierKey) -> None:
    if not something_at(path):
        return
    try:
        raw = read_plain(path, KEY_BYTES)
    except NotAPlainFileError:
        raw = b""
    if raw is not None and not may_be(raw, key):
        raise ConflictError(
            f"{printable(path)}: is not the key, or not any more, and is never overwritten",
            remedy="move it away, then give the same command again",
        )
    raise ConflictError(
        f"{printable(path)}: the key is here already, and is never overwritten",
        remedy="nothing to do; archive key show",
    )


def change_passphrase(archive: OpenedArchive, passphrase: bytes | None) -> str:
    """Writes the key file anew, encrypted with the passphrase or, without one, in clear; returns its path.

    The old file is replaced by one rename. Raises ConfigurationError without the key or its old passphrase.
    """
    key = archive.verifier_key()
    folder, private = open_key(key)
    path = os.path.join(folder, KEY_FILE)

    def check(data: bytes) -> None:
        if parse_key(data, passphrase, path).public_key().public_bytes_raw() != key.public:
            raise StorageError(
                f"{printable(path)}: what was written is not the key",
                remedy="the key stays as it was; see that the disk is sound, then run it again",
            )

    replace_file(path, to_pem(private, passphrase), PRIVATE, check=check)
    COMMAND_LINE.forget(path)
    return path


def _refuse_inside(target: Path) -> None:
    """ConfigurationError in any archive or copy of one: what lies there goes with it."""
    place = target.absolute()
    for folder in (place.resolve().parent, place.parent.resolve()):
        if (root := find_root(folder)) is not None:
            raise ConfigurationError(
                f"{printable(str(target))}: in the archive {printable(str(root))}; nothing secret ever lies"
                " there",
                remedy="keep it elsewhere: on a stick, on paper, in a safe",
            )


def _der_of(private: "Ed25519PrivateKey") -> bytes:
    from cryptography.hazmat.primitives import serialization

    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read(source: Path) -> KeyBackup:
    try:
        raw = read_plain(str(source), KEY_BACKUP_BYTES)
        if raw is None:
            raise ConfigurationError(f"{source}: no such file", remedy="name the backup of the key")
        return key_backup.parse_backup(raw.decode())
    except (NotAPlainFileError, ValueError) as trouble:
        raise ConfigurationError(
            f"{source}: not a backup of a key: {printable(str(trouble))}",
            remedy="take the file of `archive key backup`, or type its numbered lines and the one with END",
        ) from trouble


def _unlocked(backup: KeyBackup, source: Path, ask: Passphrase) -> "Ed25519PrivateKey":
    phrase = ask() if backup.is_encrypted else None
    if backup.is_encrypted and phrase is None:
        raise KeyLockedError(
            f"{source}: the backup is encrypted, and its passphrase was not given",
            remedy="set $ARCHIVE_KEY_PASSPHRASE, or give --passphrase-file FILE",
        )
    return parse_key(backup.pem(), phrase, str(source))


def _belonging(archive: OpenedArchive, public: bytes, source: Path) -> VerifierKey:
    """The verifier key of the public key, which is the one in force here; else ConfigurationError."""
    in_force = archive.verifier_key()
    key = VerifierKey(in_force.name, public)
    if key == in_force:
        return key
    earlier = next((link for link in read_chain(archive).links if link.key == key), None)
    if earlier is not None:
        raise ConfigurationError(
            f"{source}: an earlier key of this archive, which signs no more",
            remedy=f"restore the backup of the key in force, {in_force.name}+{in_force.key_id.hex()}",
        )
    raise ConfigurationError(
        f"{source}: not a key of this archive, whose key is {in_force.name}+{in_force.key_id.hex()}",
        remedy="name the backup of that key, or the archive that this one belongs to: -C DIR",
    )


def _trusted(archive: OpenedArchive, path: Path) -> list[Checkpoint]:
    keys = [link.key for link in read_chain(archive).links]
    for kept in (notes := read_kept(path)):
        if (finding := signature_finding(kept, *keys)) is not None:
            raise EvidenceError(f"{path}: {finding.message}", remedy=finding.remedy, findings=(finding,))
    return [kept.checkpoint for kept in notes]


def _refuse_older(archive: OpenedArchive, known: Sequence[Checkpoint]) -> Checkpoint:
    """The present checkpoint, once it extends everything that is known to have been signed."""
    present = archive.checkpoint()
    for each in known:
        if present.size < each.size:
            raise EvidenceError(
                f"this archive has {fewer(each.size - present.size)} than the key signed: {EITHER};"
                " the key was not restored",
                remedy=f"restore it to the newest copy of the archive; {TELL}",
            )
        if each.origin != present.origin or not archive.ledger.extends(each.size, each.root):
            raise EvidenceError(
                f"the ledger contradicts what the key signed at size {each.size}; the key was not restored",
                remedy="compare this archive with its other copies: one of them was written apart",
            )
    return present

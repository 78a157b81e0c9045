"""Signing keys, kept outside the archive: Ed25519, PKCS#8 PEM, one folder per key, never overwritten.

`$ARCHIVE_KEY_DIR/<key id>`, else `$XDG_CONFIG_HOME/archive/keys/<key id>`, else below `~/.config`. The key is
encrypted where `$ARCHIVE_KEY_PASSPHRASE` was set when it was made. cryptography costs 18 ms of import and is
loaded at the first use.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.core.errors import ConfigurationError, ConflictError
from archive.core.note import NoteSigner, VerifierKey
from archive.core.text import printable
from archive.storage.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    read_plain,
    sync_folder,
    write_new,
)
from archive.storage.last_signed import LastSigned

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_DIR = "ARCHIVE_KEY_DIR"
PASSPHRASE = "ARCHIVE_KEY_PASSPHRASE"  # noqa: S105 - the variable's name
KEY_FILE = "key.pem"
VKEY_FILE = "key.vkey"

_PRIVATE_FOLDER = 0o700
_PRIVATE = 0o600
_MAX_KEY_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Key:
    """A private key that was found: its signer, its folder and what it signed last."""

    signer: NoteSigner
    folder: str

    @property
    def vkey(self) -> str:
        """The verifier key as text: what others check signatures with."""
        return str(self.signer.key)

    @property
    def origin(self) -> str:
        """The key's name, which is the ledger's origin."""
        return self.signer.key.name

    @property
    def key_id(self) -> str:
        """Eight hexadecimal digits."""
        return self.signer.key.key_id.hex()

    @property
    def last_signed(self) -> LastSigned:
        """The state kept beside the key."""
        return LastSigned(self.folder, self.vkey)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """True where the Ed25519 signature of the message holds for the public key (RFC 8032)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_home(environment: Mapping[str, str] = os.environ) -> str:
    """The folder below which keys lie, a folder for each."""
    if chosen := environment.get(KEY_DIR):
        return chosen
    return os.path.join(configuration_home(environment), "keys")


def configuration_home(environment: Mapping[str, str] = os.environ) -> str:
    """The folder of what a user sets once for every archive: `$XDG_CONFIG_HOME/archive`."""
    config = environment.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(config):  # the XDG specification ignores relative ones
        config = os.path.expanduser("~/.config")
    return os.path.join(config, "archive")


def create_key(origin: str, *, environment: Mapping[str, str] = os.environ) -> Key:
    """A new key named after the ledger's origin, durable in a folder that was not there before.

    Raises ConfigurationError where the origin cannot name a key, ConflictError where the folder exists,
    StorageError where it cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    try:
        public = VerifierKey(origin, private.public_key().public_bytes_raw())
    except ValueError as trouble:
        raise ConfigurationError(
            f"{printable(origin)}: not usable as the origin of a ledger: {trouble}",
            remedy="take a name without spaces and plus signs, such as archive.example.org/letters",
        ) from trouble
    home = key_home(environment)
    folder = os.path.join(home, public.key_id.hex())
    _make_folders(home)
    if not make_folder(folder, _PRIVATE_FOLDER):
        raise ConflictError(f"{printable(folder)}: a key lies there already, and is never overwritten")
    for name, data in (
        (KEY_FILE, _to_pem(private, environment)),
        (VKEY_FILE, f"{public}\n".encode()),
    ):
        path = os.path.join(folder, name)
        write_new(path, data, _PRIVATE, sync=True)
        read_back(path, data)  # a key that was never stored would be missed at the first signature
    sync_folder(folder)
    sync_folder(home)
    return Key(NoteSigner(public, private.sign), folder)


def load_key(vkey: str, *, environment: Mapping[str, str] = os.environ) -> Key:
    """The private key of a verifier key.

    Raises ConfigurationError where it is absent (naming where it was looked for and how to restore it), where
    it is another key, or where its passphrase is missing or wrong.
    """
    try:
        public = VerifierKey.parse(vkey)
    except ValueError as trouble:
        raise ConfigurationError(f"{printable(vkey)}: not a verifier key: {trouble}") from trouble
    home = key_home(environment)
    folders = [os.path.join(home, public.key_id.hex())]
    if environment.get(KEY_DIR):  # a restored backup may lie there without a folder of its own
        folders.append(home)
    for folder in folders:
        path = os.path.join(folder, KEY_FILE)
        try:
            raw = read_plain(path, _MAX_KEY_BYTES)
        except NotAPlainFileError as trouble:
            raise ConfigurationError(f"{trouble}; a private key is expected there") from trouble
        if raw is not None:
            private = _from_pem(raw, path, environment)
            if private.public_key().public_bytes_raw() != public.public:
                raise ConfigurationError(
                    f"{printable(path)}: not the key {public.name}+{public.key_id.hex()} of this archive",
                    remedy=f"restore that key's backup, or point ${KEY_DIR} at it",
                )
            return Key(NoteSigner(public, private.sign), folder)
    places = " and ".join(printable(os.path.join(folder, KEY_FILE)) for folder in folders)
    raise ConfigurationError(
        f"the signing key {public.name}+{public.key_id.hex()} is not here; looked for {places}",
        remedy=f"copy the key's folder from its backup to {printable(folders[0])}, or set ${KEY_DIR}",
    )


def _make_folders(home: str) -> None:
    missing = []
    while not os.path.isdir(home):
        missing.append(home)
        home = os.path.dirname(os.path.abspath(home))
    for folder in reversed(missing):
        make_folder(folder, _PRIVATE_FOLDER)
        sync_folder(os.path.dirname(os.path.abspath(folder)))


def _to_pem(private: "Ed25519PrivateKey", environment: Mapping[str, str]) -> bytes:
    from cryptography.hazmat.primitives import serialization

    phrase = environment.get(PASSPHRASE, "").encode()
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if phrase:
        encryption = serialization.BestAvailableEncryption(phrase)
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def _from_pem(raw: bytes, path: str, environment: Mapping[str, str]) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    encrypted = b"BEGIN ENCRYPTED PRIVATE KEY" in raw
    phrase = environment.get(PASSPHRASE, "").encode() if encrypted else b""
    if encrypted and not phrase:
        raise ConfigurationError(
            f"{printable(path)}: the key is encrypted", remedy=f"set ${PASSPHRASE} to its passphrase"
        )
    try:
        private = serialization.load_pem_private_key(raw, phrase or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as trouble:
        wrong = f"see that ${PASSPHRASE} is right" if encrypted else "restore it from its backup"
        raise ConfigurationError(f"{printable(path)}: cannot be read as a key", remedy=wrong) from trouble
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigurationError(
            f"{printable(path)}: not an Ed25519 key", remedy="restore it from its backup"
        )
    return private

"""Signing keys, kept outside the archive: Ed25519, PKCS#8 PEM, one folder per key, never overwritten.

`$ARCHIVE_KEY_DIR/<key id>`, else `$XDG_CONFIG_HOME/archive/keys/<key id>`, else below `~/.config`.
cryptography costs 18 ms of import and is loaded at the first use.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.ledger.note import NoteSigner, VerifierKey
from archive.core.limits.ledger import KEY_BYTES
from archive.core.text import printable
from archive.storage.disk.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    read_plain,
    sync_folder,
    write_new,
)
from archive.storage.keys.files import from_pem, to_pem
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.passphrases import given_passphrase

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_DIR = "ARCHIVE_KEY_DIR"
_CONFIGURATION = "~/.config"
KEY_FILE = "key.pem"
VKEY_FILE = "key.vkey"

PRIVATE_FOLDER = 0o700
PRIVATE = 0o600

_ARCHIVE = re.compile("urn:uuid:([0-9a-f-]{36})")


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
    def file(self) -> str:
        """The path of the private key."""
        return os.path.join(self.folder, KEY_FILE)

    @property
    def last_signed(self) -> LastSigned:
        """The state kept beside the key."""
        return last_signed(self.signer.key, self.folder)


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


def folder_about(archive_id: str, what: str) -> str:
    """The folder below that in which something is kept about one archive, whoever can write to it."""
    match = _ARCHIVE.fullmatch(archive_id)
    name = match[1] if match else hashlib.sha256(archive_id.encode("utf-8", "replace")).hexdigest()
    return os.path.join(key_home(), what, name)


def configuration_home(environment: Mapping[str, str] = os.environ) -> str:
    """The folder of what a user sets once for every archive: `$XDG_CONFIG_HOME/archive`."""
    config = environment.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(config):  # the XDG specification ignores relative ones
        config = os.path.expanduser(_CONFIGURATION)
        if not os.path.isabs(config):  # nobody's home: read from there nothing is found, and nothing is made
            config = _CONFIGURATION
    return os.path.join(config, "archive")


def refuse_keys_inside(archive: str, *, environment: Mapping[str, str] = os.environ) -> None:
    """ConfigurationError where keys would lie inside the archive: nothing secret ever does."""
    home, root = os.path.realpath(key_home(environment)), os.path.realpath(archive)
    if os.path.commonpath([home, root]) == root:
        raise ConfigurationError(
            f"{printable(home)}: keys would lie inside the archive, and go with every copy of it",
            remedy=f"point ${KEY_DIR} at a folder outside",
        )


def create_key(
    origin: str, *, passphrase: bytes | None = None, environment: Mapping[str, str] = os.environ
) -> Key:
    """A new key named after the ledger's origin, durable in a folder that was not there before.

    Encrypted with the passphrase, else with that of the environment; in clear where there is neither.
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
    make_key_home(home)
    if not make_folder(folder, PRIVATE_FOLDER):
        raise ConflictError(
            f"{printable(folder)}: a key lies there already, and is never overwritten",
            remedy="leave it where it is, and run it again: a new key gets another name",
        )
    for name, data in (
        (KEY_FILE, to_pem(private, passphrase or given_passphrase(environment))),
        (VKEY_FILE, f"{public}\n".encode()),
    ):
        path = os.path.join(folder, name)
        write_new(path, data, PRIVATE, sync=True)
        read_back(path, data)  # a key that was never stored would be missed at the first signature
    sync_folder(folder)
    sync_folder(home)
    return Key(NoteSigner(public, private.sign), folder)


def key_folders(key: VerifierKey, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Where that key is looked for, the first being where it belongs."""
    home = key_home(environment)
    folders = [os.path.join(home, key.key_id.hex())]
    if environment.get(KEY_DIR):  # a restored backup may lie there without a folder of its own
        folders.append(home)
    return folders


def last_signed(
    key: VerifierKey, folder: str | None = None, *, environment: Mapping[str, str] = os.environ
) -> LastSigned:
    """What the key signed last, kept in `folder`, else in its place; what is known elsewhere counts, too."""
    folders = key_folders(key, environment)
    kept = folder or folders[0]
    others = [each for each in folders if each != kept and not _names_another(each, key)]
    return LastSigned(kept, str(key), others)


def is_known_here(vkey: str, *, environment: Mapping[str, str] = os.environ) -> bool:
    """True where this machine keeps the signing key of that verifier key, locked or not."""
    try:
        key = VerifierKey.parse(vkey)
    except ValueError:
        return False
    for folder in key_folders(key, environment):
        with contextlib.suppress(NotAPlainFileError, StorageError):
            named = read_plain(os.path.join(folder, VKEY_FILE), KEY_BYTES)
            if named is not None and named.strip() == str(key).encode():
                return True
    return False


def find_key(key: VerifierKey, *, environment: Mapping[str, str] = os.environ) -> tuple[str, bytes] | None:
    """(folder, bytes of the key file) of the key if it is on this machine, as it is: perhaps encrypted.

    Raises ConfigurationError where something else lies in its place.
    """
    for number, folder in enumerate(key_folders(key, environment)):
        if number and _names_another(folder, key):
            continue
        try:
            raw = read_plain(os.path.join(folder, KEY_FILE), KEY_BYTES)
        except NotAPlainFileError as trouble:
            raise ConfigurationError(
                f"{trouble}; a private key is expected there",
                remedy="put the key file itself there: archive key restore FILE",
            ) from trouble
        if raw is not None:
            return folder, raw
    return None


def _names_another(folder: str, key: VerifierKey) -> bool:
    """True where the verifier key that lies there is another one."""
    try:
        named = read_plain(os.path.join(folder, VKEY_FILE), KEY_BYTES)
    except (NotAPlainFileError, StorageError):
        return False
    return named is not None and named.strip() != str(key).encode()


def load_key(vkey: str, *, environment: Mapping[str, str] = os.environ) -> Key:
    """The private key of a verifier key, ready to sign.

    Raises as `open_key` does, and ConfigurationError for a text that is no verifier key.
    """
    try:
        public = VerifierKey.parse(vkey)
    except ValueError as trouble:
        raise ConfigurationError(
            f"{printable(vkey)}: not a verifier key: {trouble}",
            remedy="copy the line from archive.toml or archive key show",
        ) from trouble
    folder, private = open_key(public, environment=environment)
    return Key(NoteSigner(public, private.sign), folder)


def open_key(
    public: VerifierKey, *, environment: Mapping[str, str] = os.environ
) -> "tuple[str, Ed25519PrivateKey]":
    """(folder, private key) of a verifier key.

    Raises ConfigurationError where it is absent (naming where it was looked for and how to restore it), where
    it is another key, or where its passphrase is wrong; KeyLockedError where that was not given.
    """
    found = find_key(public, environment=environment)
    if found is None:
        folders = key_folders(public, environment)
        places = " and ".join(printable(os.path.join(folder, KEY_FILE)) for folder in folders)
        raise ConfigurationError(
            f"the signing key {public.name}+{public.key_id.hex()} is not here; looked for {places}",
            remedy="restore it: archive key restore BACKUP; or set $ARCHIVE_KEY_DIR to where it lies",
        )
    folder, raw = found
    path = os.path.join(folder, KEY_FILE)
    private = from_pem(raw, path, environment)
    if private.public_key().public_bytes_raw() != public.public:
        raise ConfigurationError(
            f"{printable(path)}: not the key {public.name}+{public.key_id.hex()} of this archive",
            remedy=f"restore that key's backup, or point ${KEY_DIR} at it",
        )
    return folder, private


def make_key_home(home: str) -> None:
    """Make the folder below which keys lie, and those above it, durable and readable by their owner only.

    Raises ConfigurationError where that would be in a home folder and this user has none.
    """
    if home.startswith("~"):  # else a folder of that name were made wherever the command was given
        raise ConfigurationError(
            f"{printable(home)}: there is no home folder to keep keys in",
            remedy=f"set HOME, or point ${KEY_DIR} at a folder outside the archive",
        )
    missing = []
    while not os.path.isdir(home):
        missing.append(home)
        home = os.path.dirname(os.path.abspath(home))
    for folder in reversed(missing):
        make_folder(folder, PRIVATE_FOLDER)
        sync_folder(os.path.dirname(os.path.abspath(folder)))

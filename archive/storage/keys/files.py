"""Private keys as bytes: PKCS#8 (RFC 5958) in PEM, in clear or encrypted so that `openssl pkey` reads it.

Encrypted is PBES2 (RFC 8018) with scrypt (RFC 7914) and AES-256-CBC. cryptography's own encryption derives
its key by 2,048 rounds of PBKDF2, which costs a thief who tries passphrases next to nothing; here every
try takes 16 MiB of memory, five times over.
"""

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from archive.core.errors import ConfigurationError
from archive.core.library_calls import LibraryError, library_call
from archive.core.text import printable
from archive.storage.keys.passphrases import COMMAND_LINE, PASSPHRASE, PASSPHRASE_FILE, given_passphrase

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from archive.core.ledger.note import VerifierKey

# OpenSSL reads scrypt parameters of up to 32 MiB: N * r * 128 bytes.
_COST, _BLOCK, _PASSES = 1 << 14, 8, 5
_SALT_BYTES = 16
_IV_BYTES = 16
_KEY_BYTES = 32
# PKCS#8 of an Ed25519 key (RFC 8410 §7) before its 32 bytes, and its PEM as we write it.
_PREFIX = bytes.fromhex("302e020100300506032b657004220420")
_LABEL = b"PRIVATE KEY"
_CLEAR = re.compile(b"-----BEGIN %b-----\n([0-9A-Za-z+/]{64})\n-----END %b-----\n" % (_LABEL, _LABEL))
_BEGIN, _END = b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"-----END ENCRYPTED PRIVATE KEY-----"
_SEALED = re.compile(_BEGIN + rb"\r?\n([0-9A-Za-z+/=\r\n]+)" + _END)
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")
_REMEDY: Final = "move it away, and put the key back from its backup: archive key restore BACKUP"
_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_SEQUENCE: Final = 0x30


class KeyLockedError(ConfigurationError):
    """The key is here and encrypted, and nobody gave its passphrase, or a wrong one."""


def is_encrypted(raw: bytes) -> bool:
    """True where the key file needs a passphrase."""
    return _BEGIN in raw


def may_be(raw: bytes, key: "VerifierKey") -> bool:
    """False where the bytes of a key file are not the private part of the key, and no passphrase helps."""
    if is_encrypted(raw):
        found = _SEALED.search(raw)
        return found is not None and len(found[1].translate(None, b"\r\n")) % 4 == 0
    try:
        return parse_key(raw, None, "").public_key().public_bytes_raw() == key.public
    except ConfigurationError:
        return False


def to_pem(private: "Ed25519PrivateKey", passphrase: bytes | None) -> bytes:
    """The key file; encrypted where there is a passphrase."""
    from cryptography.hazmat.primitives import serialization

    plain, pkcs8 = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    if passphrase is None:
        return private.private_bytes(serialization.Encoding.PEM, pkcs8, plain)
    sealed = seal(private.private_bytes(serialization.Encoding.DER, pkcs8, plain), passphrase)
    text = base64.b64encode(sealed)
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return b"\n".join([_BEGIN, *lines, _END, b""])


def seal(pkcs8: bytes, passphrase: bytes) -> bytes:
    """The EncryptedPrivateKeyInfo (DER) of a PKCS#8 key (DER)."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    salt, iv = os.urandom(_SALT_BYTES), os.urandom(_IV_BYTES)
    memory = 2 * 128 * _COST * _BLOCK
    key = hashlib.scrypt(passphrase, salt=salt, n=_COST, r=_BLOCK, p=_PASSES, maxmem=memory, dklen=_KEY_BYTES)
    padder = PKCS7(8 * _IV_BYTES).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padder.update(pkcs8) + padder.finalize()) + encryptor.finalize()
    derivation = _der(_SEQUENCE, _der(_OCTETS, salt), *map(_number, (_COST, _BLOCK, _PASSES)))
    scheme = _der(
        _SEQUENCE,
        _der(_SEQUENCE, _SCRYPT, derivation),
        _der(_SEQUENCE, _AES_256_CBC, _der(_OCTETS, iv)),
    )
    return _der(_SEQUENCE, _der(_SEQUENCE, _PBES2, scheme), _der(_OCTETS, sealed))


def from_pem(raw: bytes, path: str, environment: Mapping[str, str] = os.environ) -> "Ed25519PrivateKey":
    """The key in a file; its passphrase from the environment, else from the person at the terminal.

    Raises KeyLockedError where it is encrypted and nobody gave the right passphrase (at a terminal there are
    three tries), ConfigurationError where the bytes are no Ed25519 key.
    """
    if not is_encrypted(raw):
        return parse_key(raw, None, path)
    given = given_passphrase(environment)
    if given is not None:
        return _opened(raw, given, path)
    for last in (False, False, True):
        phrase = COMMAND_LINE.passphrase(path)
        if phrase is None:
            break
        try:
            return _opened(raw, phrase, path)
        except KeyLockedError:
            COMMAND_LINE.forget(path)
            if last:
                raise
    raise KeyLockedError(
        f"{printable(path)}: the key is encrypted, and its passphrase was not given",
        remedy=f"set ${PASSPHRASE}, or ${PASSPHRASE_FILE} to a file that holds it",
    )


def _opened(raw: bytes, phrase: bytes, path: str) -> "Ed25519PrivateKey":
    """The key by this passphrase; KeyLockedError where it does not open it: wrong, or the file is damaged."""
    try:
        return parse_key(raw, phrase, path)
    except ConfigurationError as trouble:
        message = f"{printable(path)}: cannot be opened: the passphrase is wrong, or the file is damaged"
        raise KeyLockedError(message, remedy=trouble.remedy) from trouble


def parse_key(raw: bytes, passphrase: bytes | None, path: str) -> "Ed25519PrivateKey":
    """The Ed25519 key in PEM; ConfigurationError where it is none or the passphrase is wrong."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if passphrase is None and (secret := _in_clear(raw)) is not None:
        return Ed25519PrivateKey.from_private_bytes(secret)
    from cryptography.hazmat.primitives import serialization

    try:
        with library_call():
            private = serialization.load_pem_private_key(raw, passphrase)
    except LibraryError as trouble:
        wrong = "see that its passphrase is right" if passphrase else _REMEDY
        raise ConfigurationError(f"{printable(path)}: cannot be read as a key", remedy=wrong) from trouble
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigurationError(f"{printable(path)}: not an Ed25519 key", remedy=_REMEDY)
    return private


def _in_clear(raw: bytes) -> bytes | None:
    """The secret of a key file as we write it without a passphrase; None for every other file.

    The general reader takes longer to import than the key takes to sign: every command that signs would wait.
    """
    found = _CLEAR.fullmatch(raw)
    pkcs8 = base64.b64decode(found[1]) if found else b""
    return pkcs8[len(_PREFIX) :] if pkcs8.startswith(_PREFIX) else None


def _der(tag: int, *parts: bytes) -> bytes:
    """One value in DER (X.690), of fewer than 65,536 bytes."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        length = bytes([size])
    elif size < 0x100:
        length = bytes([0x81, size])
    else:
        length = bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + content


def _number(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))

"""Signatures of people under statements: of OpenSSH by `ssh-keygen -Y verify`, else plain Ed25519.

The first is for whoever has a key for SSH, of any type that OpenSSH knows; the second is what
`openssl pkeyutl -sign -rawin` writes: the 64 bytes of RFC 8032 §5.1.6 over the file.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.library_calls import LibraryError, library_call
from archive.core.limits.ledger import SIGNERS_BYTES
from archive.core.text import printable
from archive.services.evidence.signature_verdict import SignatureOutcome, SignatureVerdict
from archive.storage.keys.signing_key import verify
from archive.storage.sources.brought_files import read_brought_bytes

_SSH: Final = b"-----BEGIN SSH SIGNATURE-----"
_PEM: Final = b"-----BEGIN PUBLIC KEY-----"
# A line of the list (ssh-keygen(1), ALLOWED SIGNERS): principals, options, type and key in base64.
_KEY: Final = re.compile(rb"^(?!#)\S.*\s(?:ssh|ecdsa|sk)-\S+\s+AAAA[0-9A-Za-z+/]+")
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Signers:
    """The signers that somebody brought: public keys, and lists as OpenSSH reads them (ssh-keygen(1))."""

    keys: tuple[bytes, ...]
    lists: tuple[bytes, ...]

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "Signers":
        """The signers in these files; ConfigurationError for one that is none, StorageError as it is read."""
        keys, lists = [], []
        for path in paths:
            raw = read_brought_bytes(path, SIGNERS_BYTES, "a public key (PEM) or a list of signers")
            if len(raw) > SIGNERS_BYTES:
                raise ConfigurationError(
                    f"{printable(str(path))}: larger than a list of signers",
                    remedy="name a public key (PEM), or allowed signers as OpenSSH lists them",
                )
            if raw.lstrip().startswith(_PEM):
                keys.append(_public_key(raw, str(path)))
            elif any(map(_KEY.search, raw.splitlines())):
                lists.append(raw)
            else:
                raise ConfigurationError(
                    f"{printable(str(path))}: neither a public key (PEM) nor a list of allowed signers",
                    remedy="a line of such a list reads: NAME ssh-ed25519 AAAA…",
                )
        return cls(tuple(keys), tuple(lists))

    def judge(self, statement: bytes, signature: bytes) -> SignatureVerdict:
        """Whether one of the signers made the signature over exactly these bytes."""
        if signature.lstrip().startswith(_SSH):
            return self._judge_ssh(statement, signature)
        if len(signature) != _SIGNATURE_BYTES:
            reason = "neither a signature of ssh-keygen nor the 64 bytes of an Ed25519 signature"
            return SignatureVerdict(SignatureOutcome.INVALID, reason=reason)
        for key in self.keys:
            if verify(key, signature, statement):
                return SignatureVerdict(SignatureOutcome.VALID, by=key_name(key))
        reason = "none of the public keys that you brought made this signature over this text"
        return SignatureVerdict(SignatureOutcome.UNTRUSTED, reason=reason)

    def _judge_ssh(self, statement: bytes, signature: bytes) -> SignatureVerdict:
        if not self.lists:
            reason = "it is one of OpenSSH, and you brought no list of allowed signers"
            return SignatureVerdict(SignatureOutcome.UNTRUSTED, reason=reason)
        from archive.services.evidence.ssh_keygen import judge_ssh

        return judge_ssh(statement, signature, self.lists)


def key_name(public: bytes) -> str:
    """How an Ed25519 key without a name is called: by the first 16 digits of SHA-256 over its 32 bytes."""
    return f"ed25519:{hashlib.sha256(public).hexdigest()[:16]}"


def _public_key(raw: bytes, place: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        with library_call():
            key = load_pem_public_key(raw)
    except LibraryError as trouble:
        message = f"{printable(place)}: not a public key: {printable(str(trouble))}"
        raise ConfigurationError(message, remedy="take the file exactly as the auditor gave it") from trouble
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(
            f"{printable(place)}: not an Ed25519 key",
            remedy="sign with ssh-keygen, which takes other types too, or make a key: openssl genpkey",
        )
    return key.public_bytes_raw()

"""Signatures of people under statements: of OpenSSH by `ssh-keygen -Y verify`, else plain Ed25519.

The first is for whoever has a key for SSH, of any type that OpenSSH knows; the second is what
`openssl pkeyutl -sign -rawin` writes: the 64 bytes of RFC 8032 §5.1.6 over the file.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.ledger.statement import NAMESPACE
from archive.core.library_calls import LibraryError, library_call
from archive.core.limits.ledger import SIGNERS_BYTES
from archive.core.limits.waits import SIGNATURE
from archive.core.text import printable
from archive.storage.keys.signing_key import verify
from archive.storage.sources.brought_files import read_brought_bytes

_SSH: Final = b"-----BEGIN SSH SIGNATURE-----"
_PEM: Final = b"-----BEGIN PUBLIC KEY-----"
# A line of the list (ssh-keygen(1), ALLOWED SIGNERS): principals, options, type and key in base64.
_KEY: Final = re.compile(rb"^(?!#)\S.*\s(?:ssh|ecdsa|sk)-\S+\s+AAAA[0-9A-Za-z+/]+")
_SIGNATURE_BYTES: Final = 64


class SignatureOutcome(StrEnum):
    """What one look at one signature established."""

    VALID = "valid"  # one of the signers that were brought made it over these bytes
    UNTRUSTED = "untrusted"  # none of them did, as far as can be told
    INVALID = "invalid"  # it is not a signature, or not one over these bytes
    UNJUDGED = "unjudged"  # what it needs is not on this machine


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """The outcome, who signed where that is known, and why it is not valid."""

    outcome: SignatureOutcome
    by: str = ""
    reason: str = ""


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
                raise ConfigurationError(f"{printable(str(path))}: larger than a list of signers")
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
        program = shutil.which("ssh-keygen")
        if program is None:
            reason = "ssh-keygen (OpenSSH 8.2 or later) is not installed here"
            return SignatureVerdict(SignatureOutcome.UNJUDGED, reason=reason)
        with tempfile.TemporaryDirectory(prefix="document-archive-") as folder:
            signed, allowed = os.path.join(folder, "signature"), os.path.join(folder, "allowed")
            Path(signed).write_bytes(signature)
            for each in self.lists:
                Path(allowed).write_bytes(each)
                verdict = _verified(program, statement, signed, allowed)
                if verdict.outcome is not SignatureOutcome.UNTRUSTED:
                    return verdict
        return verdict


def _verified(program: str, statement: bytes, signed: str, allowed: str) -> SignatureVerdict:
    """The verdict of ssh-keygen by one list: who could have signed, then whether they did."""
    look = [program, "-Y", "find-principals", "-s", signed, "-f", allowed]
    try:
        found = _run(look, b"")
        # Patterns of a key (ssh-keygen(1), ALLOWED SIGNERS): one that begins with "!" says who is not meant.
        patterns = re.split(r"[,\n]", found.stdout.decode("utf-8", "replace"))
        name = next((each.strip() for each in patterns if not each.startswith("!")), "")
        if found.returncode or not name:
            reason = "its key is not in the list of allowed signers that you brought, or it is no signature"
            return SignatureVerdict(SignatureOutcome.UNTRUSTED, reason=reason)
        check = [program, "-Y", "verify", "-f", allowed, "-I", name, "-n", NAMESPACE, "-s", signed]
        done = _run(check, statement)
    except (OSError, subprocess.SubprocessError) as trouble:
        return SignatureVerdict(SignatureOutcome.UNJUDGED, reason=f"ssh-keygen did not answer: {trouble}")
    if done.returncode:
        reason = "ssh-keygen: " + printable(done.stderr.decode("utf-8", "replace").strip() or "not verified")
        return SignatureVerdict(SignatureOutcome.INVALID, by=name, reason=reason[:300])
    return SignatureVerdict(SignatureOutcome.VALID, by=name)


def _run(command: list[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    return subprocess.run(
        command, input=given, capture_output=True, check=False, timeout=SIGNATURE, env=environment
    )


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
        raise ConfigurationError(message) from trouble
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(
            f"{printable(place)}: not an Ed25519 key",
            remedy="sign with ssh-keygen, which takes other types too, or make a key: openssl genpkey",
        )
    return key.public_bytes_raw()

"""Signatures of OpenSSH under statements, judged by `ssh-keygen -Y verify` with lists of allowed signers."""

import base64
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.core.ledger.statement import NAMESPACE
from archive.core.limits.waits import SIGNATURE
from archive.core.text import printable
from archive.services.evidence.signature_verdict import SignatureOutcome, SignatureVerdict

_MAGIC: Final = b"SSHSIG"
_KEY_AT: Final = len(_MAGIC) + 8
_CERTIFICATE: Final = b"-cert-v01@openssh.com"
_AUTHORITY: Final = b"cert-authority"
_UNLISTED: Final = "its key is not in the list of allowed signers that you brought, or it is no signature"
_NOT_ALLOWED: Final = "no line of what you brought lets its key sign statements today"


def judge_ssh(statement: bytes, signature: bytes, lists: Iterable[bytes]) -> SignatureVerdict:
    """Whether a signer of one of the lists, of which there is one at least, signed exactly these bytes.

    One line that lets the key sign statements is enough, whatever the others of that key are for. Where none
    does, nothing is said against a signature that is over these bytes.
    """
    program = shutil.which("ssh-keygen")
    if program is None:
        reason = "ssh-keygen (OpenSSH 8.2 or later) is not installed here"
        return SignatureVerdict(SignatureOutcome.UNJUDGED, reason=reason)
    with tempfile.TemporaryDirectory(prefix="document-archive-") as folder:
        signed, allowed = os.path.join(folder, "signature"), os.path.join(folder, "allowed")
        Path(signed).write_bytes(signature)
        first = None  # of the lines that name the key and do not let it sign this
        try:
            for line in _lines_of_its_key(signature, lists):
                Path(allowed).write_bytes(line + b"\n")
                verdict = _verified(program, statement, signed, allowed)
                if verdict is not None and verdict.outcome is SignatureOutcome.VALID:
                    return verdict
                first = first or verdict
            if first is None:
                return SignatureVerdict(SignatureOutcome.UNTRUSTED, reason=_UNLISTED)
            check = [program, "-Y", "check-novalidate", "-n", NAMESPACE, "-s", signed]
            if _run(check, statement).returncode:
                return first
        except (OSError, subprocess.SubprocessError) as trouble:
            reason = f"ssh-keygen did not answer: {trouble}"
            return SignatureVerdict(SignatureOutcome.UNJUDGED, reason=reason)
    reason = f"{_NOT_ALLOWED}: {first.reason}"
    return SignatureVerdict(SignatureOutcome.UNTRUSTED, by=first.by, reason=reason)


def _lines_of_its_key(signature: bytes, lists: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that have the key of a signature; for a certificate, those of authorities as well.

    `ssh-keygen -Y find-principals` tells of the first line only.
    """
    armour = b"".join(line for line in signature.split(b"\n") if not line.startswith(b"-----"))
    try:
        blob = base64.b64decode(armour)
    except ValueError:
        return
    # PROTOCOL.sshsig of OpenSSH: the magic, the version in 4 bytes, the key after its length in 4 bytes.
    length = int.from_bytes(blob[_KEY_AT - 4 : _KEY_AT], "big")
    key = blob[_KEY_AT : _KEY_AT + length]
    if not key or not blob.startswith(_MAGIC):
        return
    spelt = base64.b64encode(key)
    for each in lists:
        for line in each.splitlines():
            if spelt in line or (_CERTIFICATE in key and _AUTHORITY in line.lower()):
                yield line


def _verified(program: str, statement: bytes, signed: str, allowed: str) -> SignatureVerdict | None:
    """The verdict of ssh-keygen by one line: who could have signed, then if they did; None for nobody."""
    found = _run([program, "-Y", "find-principals", "-s", signed, "-f", allowed], b"")
    # Patterns of a key (ssh-keygen(1), ALLOWED SIGNERS): one that begins with "!" says who is not meant.
    patterns = re.split(r"[,\n]", found.stdout.decode("utf-8", "replace"))
    name = next((each.strip() for each in patterns if not each.startswith("!")), "")
    if found.returncode or not name:
        return None
    done = _run(
        [program, "-Y", "verify", "-f", allowed, "-I", name, "-n", NAMESPACE, "-s", signed], statement
    )
    if done.returncode:
        reason = "ssh-keygen: " + printable(done.stderr.decode("utf-8", "replace").strip() or "not verified")
        return SignatureVerdict(SignatureOutcome.INVALID, by=name, reason=reason[:300])
    return SignatureVerdict(SignatureOutcome.VALID, by=name)


def _run(command: list[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    return subprocess.run(
        command, input=given, capture_output=True, check=False, timeout=SIGNATURE, env=environment
    )

"""Signatures of OpenSSH under statements, judged by `ssh-keygen -Y verify` with lists of allowed signers."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from archive.core.ledger.statement import NAMESPACE
from archive.core.limits.waits import SIGNATURE
from archive.core.text import printable
from archive.services.evidence.signature_verdict import SignatureOutcome, SignatureVerdict


def judge_ssh(statement: bytes, signature: bytes, lists: Iterable[bytes]) -> SignatureVerdict:
    """Whether a signer of one of the lists, of which there is one at least, signed exactly these bytes."""
    program = shutil.which("ssh-keygen")
    if program is None:
        reason = "ssh-keygen (OpenSSH 8.2 or later) is not installed here"
        return SignatureVerdict(SignatureOutcome.UNJUDGED, reason=reason)
    with tempfile.TemporaryDirectory(prefix="document-archive-") as folder:
        signed, allowed = os.path.join(folder, "signature"), os.path.join(folder, "allowed")
        Path(signed).write_bytes(signature)
        for each in lists:
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

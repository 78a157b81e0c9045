"""A proof with an auditor's statement whose signature cannot be looked at rests on nobody's word."""

import shutil
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import parse
from archive.core.ledger.statement import Statement
from tests.archives import make_archive
from tests.proofs import Printed, check

SIGNATURE = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"
SIGNER = "ana@example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"


def test_a_statement_that_cannot_be_judged_without_openssh_is_no_proven_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"a"})
    proof, text, signature, signers = (tmp_path / name for name in ("one.proof", "text", "sig", "signers"))
    assert run(["-q", "-C", str(made.root), "ledger", "prove", "2026-000001", "--out", str(proof)]) == 0
    checkpoint = Checkpoint.parse_text(parse(made.opened.ledger.checkpoint_bytes()).text)
    text.write_bytes(Statement(checkpoint, "Read.").to_bytes())
    signature.write_text(SIGNATURE)
    signers.write_text(SIGNER)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    words = ("--statement", text, "--signature", signature, "--signer", signers)
    code, report = check(capsys, proof, *words)
    assert (code, report["outcome"], report["trust"]["basis"]) == (3, "unrelated", "self")
    (found,) = (one for one in report["findings"] if one["code"] == "PROOF-STATEMENT-UNJUDGED")
    assert (found["severity"], found["place"]) == ("warning", str(text))
    assert "not installed" in found["message"]
    assert "OpenSSH" in found["remedy"]

"""What somebody brings to a ledger, made so that time by the square of its size would be minutes or hours."""

import html
from pathlib import Path

import pytest

from archive.core.errors import ConfigurationError
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.key_backup import KeyBackup, backup_text, parse_backup
from archive.core.ledger.merkle import leaf_hash
from archive.core.ledger.note import NoteSigner, VerifierKey
from archive.core.ledger.tlog_proof import EntryProof
from archive.services.evidence.kept_files import ShownEntry, read_brought

ENTRY = b'{"agents":[],"time":"2026-11-21T02:40:59.123Z","type":"other","v":1}'
KEY = VerifierKey("archive.example/test", bytes(range(32)))
SIGNER = NoteSigner(KEY, lambda _message: bytes(64))
HEAD = "<!doctype html>\n"
OPENING = '<pre class="tlog-proof">'


def proof_of(checkpoint: Checkpoint) -> EntryProof:
    """A proof of ENTRY, the first of the ledger, as far as the checkpoint's size and root let it be one."""
    return EntryProof(0, ENTRY, (), sign_checkpoint(checkpoint, [SIGNER]))


PROOF = proof_of(Checkpoint(KEY.name, 1, leaf_hash(ENTRY)))


def page_of(*parts: str) -> str:
    return "".join([HEAD, OPENING, html.escape(PROOF.to_bytes().decode()), "</pre>\n", *parts])


def test_a_page_of_beginnings_of_proofs_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(HEAD + OPENING * (1 << 19))
    with pytest.raises(ConfigurationError, match="a page without a proof in it"):
        read_brought(tmp_path / "page.html")


def test_a_proof_is_found_before_beginnings_of_others(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page_of(OPENING * (1 << 19)))
    assert read_brought(tmp_path / "page.html").proofs == (PROOF,)


def test_a_line_of_a_page_in_which_rows_begin_without_end(tmp_path: Path) -> None:
    row = '<time datetime="t">then</time>, entry 7 of the ledger'
    rows = "<dt>Recorded</dt><dd>" * (1 << 20), f"{row}</dd>\n", f"<dt>Recorded</dt><dd>{row}</dd>\n"
    (tmp_path / "page.html").write_text(page_of(*rows))
    assert read_brought(tmp_path / "page.html").shown == (ShownEntry(7, "", "t", "then"),)


def test_a_character_of_a_page_whose_number_is_longer_than_any(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page_of("<dt>Reference</dt><dd>&#", "9" * 8000, ";</dd>\n"))
    assert read_brought(tmp_path / "page.html").proofs == (PROOF,)


def test_blanks_in_a_line_of_the_backup_of_a_key() -> None:
    backup = KeyBackup(der=bytes(48), is_encrypted=False, key=KEY)
    text = backup_text(backup, made="today")
    assert parse_backup(text.replace(f"{KEY}\n", f"{KEY}{' ' * 60_000}\n")) == backup
    with pytest.raises(ValueError, match="a verifier key reads"):
        parse_backup(f"{text}Key: a{' ' * 60_000}b\n")

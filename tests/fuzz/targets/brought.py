"""What people bring to a ledger or keep for it: proofs, receipts, packs, stamps, statements, keys."""

import contextlib
from collections.abc import Callable, Sequence
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.cosignature import WitnessKey, cosign, cosigned_at
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.extension import Extension, ExtensionError
from archive.core.ledger.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash
from archive.core.ledger.note import NoteError, NoteSigner, VerifierKey
from archive.core.ledger.note import parse as parse_note
from archive.core.ledger.statement import Statement, StatementError
from archive.core.ledger.tlog_proof import EntryProof, ProofError
from archive.services.evidence.kept import read_kept
from archive.services.evidence.proof_check import ProofOutcome, check_proof
from archive.services.evidence.signers import Signers
from archive.services.evidence.stating import _outcome
from archive.storage.keys.signing_key import verify
from tests.fuzz.laws import reportable
from tests.fuzz.target import Target, mutating
from tests.fuzz.targets.evidence import examples_of_entries
from tests.fuzz.targets.stored import file_of

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
KEY = VerifierKey("archive.example/test", PUBLIC)
_WITNESS = WitnessKey("witness.example", PUBLIC)


def _subtree(level: int, place: int) -> bytes:
    tree = Frontier()
    tree.extend(map(leaf_hash, examples_of_entries()[place << level : (place + 1) << level]))
    return tree.root()


@cache
def checkpoint_of_examples() -> Checkpoint:
    tree = Frontier()
    tree.extend(map(leaf_hash, examples_of_entries()))
    return Checkpoint(KEY.name, tree.size, tree.root())


@cache
def signed_checkpoint() -> bytes:
    return sign_checkpoint(checkpoint_of_examples(), [NoteSigner(KEY, PRIVATE.sign)])


@cache
def _proofs() -> list[bytes]:
    size = len(examples_of_entries())
    return [
        EntryProof(
            index, entry, tuple(inclusion_proof(index, size, _subtree)), signed_checkpoint()
        ).to_bytes()
        for index, entry in enumerate(examples_of_entries())
    ]


def _receipts() -> list[bytes]:
    document = (
        "<dl>\n<dt>Reference</dt><dd><bdi>2026-000001</bdi></dd>\n<dt>Recorded</dt><dd><time "
        'datetime="2026-11-21T02:40:59.123Z">21 November 2026</time>, entry 2 of the ledger</dd>\n</dl>\n'
        '<pre class="payload-manifest">\n{}  data/a.txt\n</pre>\n<pre class="tlog-proof">\n{}</pre>\n'
    )
    manifest = "ab" * 64
    made = [document.format(manifest, proof.decode()) for proof in _proofs()[:3]]
    return [
        f"<!DOCTYPE html>\n<html><body>\n{''.join(made)}</body></html>\n".encode(),
        *_proofs(),
        signed_checkpoint(),
    ]


def check_brought(data: bytes) -> None:
    """A proof or receipt is judged or refused; what is called proven are entries of the tree."""
    with file_of("brought", data) as path:
        with contextlib.suppress(ConfigurationError, EvidenceError):
            for kept in read_kept(path):
                kept.note.to_bytes()
        try:
            report = check_proof(path, key=str(KEY), witnesses=[str(_WITNESS)])
        except ConfigurationError:
            return
    reportable(report.findings)
    if report.outcome is ProofOutcome.PROVEN:
        known = [parse_entry(raw) if index < 4 else None for index, raw in enumerate(examples_of_entries())]
        for index, entry in report.entries.items():
            assert entry == known[index], "an entry that is not in the tree"


def check_proof_bytes(data: bytes) -> None:
    """A proof or an extension has one spelling."""
    for parse, error in ((EntryProof.parse, ProofError), (Extension.parse, ExtensionError)):
        try:
            read = parse(data)
        except error:
            continue
        assert isinstance(read, EntryProof | Extension)
        if isinstance(read, EntryProof):
            assert read.to_bytes() == data, "a proof with two spellings"
            assert isinstance(read.holds, bool)
            if read.holds:
                read.ranges()
        else:
            assert read.extends(_subtree(0, 0)) in {True, False}


def _extensions() -> list[bytes]:
    size = len(examples_of_entries())
    made = [
        Extension(old, tuple(consistency_proof(old, size, _subtree)), signed_checkpoint())
        for old in range(1, size)
    ]
    return [*(each.to_bytes() for each in made), *_proofs()]


def check_cosignature(data: bytes) -> None:
    """A time that the witness signed, none, or NoteError."""
    try:
        note = parse_note(data)
        at = cosigned_at(note, _WITNESS, verify)
    except NoteError:
        return
    assert at is None or at in {0, 1_800_000_000}, "a time that nobody signed"


def _cosigned() -> list[bytes]:
    note = parse_note(signed_checkpoint())
    first = cosign(note, _WITNESS, PRIVATE.sign, 1_800_000_000)
    return [first.to_bytes(), cosign(first, _WITNESS, PRIVATE.sign, 0).to_bytes()]


def check_statement(data: bytes) -> None:
    """A statement has one spelling; a list of signers and a signature are judged or refused."""
    with contextlib.suppress(StatementError):
        assert Statement.parse(data).to_bytes() == data
    with file_of("brought", data) as path:
        with contextlib.suppress(ConfigurationError):
            Signers.read([path])
        with contextlib.suppress(ConfigurationError):
            _outcome(path)
    assert Signers((PUBLIC,), ()).judge(b"x", data).outcome != "valid"


def _statements() -> list[bytes]:
    report = (
        b'{"kind": "audit-report", "outcome": "intact", "scope": {"seed": "x", "checked": 1, "held": 2,'
        b' "mode": "full"}, "counts": {"damaged": 0, "missing": 0, "unreadable": 0, "unknown": 0,'
        b' "intact": 1}}'
    )
    pem = PRIVATE.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    ssh = b"ana@example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH" + b"x" * 40 + b"\n"
    return [
        Statement(checkpoint_of_examples(), "I read all of it.\nAna").to_bytes(),
        report,
        pem,
        ssh,
        bytes(64),
    ]


def target_of(
    name: str,
    check: Callable[[bytes], object],
    examples: Callable[[], Sequence[bytes]],
    words: Sequence[bytes] = (),
) -> Target:
    return mutating(name, "evidence", check, examples=cache(lambda: tuple(examples())), words=words)


JSON = (
    b"null", b"1e999", b"{}", b"[]", b'"size"', b'"version": 2', b'"members"', b"\\ud800", b"true", b"-1",
    b'"kind"', b"NaN", b'"seed"', b'"counts"', b"[" * 3000,
)  # fmt: skip
_PAGE = (
    b'<pre class="tlog-proof">', b"</pre>", b"&amp;", b"&#x110000;", b"&#0;", b"<dt>Recorded</dt><dd>",
    b"</dd>\n", b"index 0", b"c2sp.org/tlog-proof@v1\n", b"<!doctype html>", b"extra ", b"\n\n",
)  # fmt: skip
_LINES = (b"old 0\n", b"index 1\n", b"extra ", b"\n\n", "— ".encode(), b"=", b"+", b"A" * 44)

TARGETS: tuple[Target, ...] = (
    target_of("receipt", check_brought, _receipts, _PAGE),
    target_of("proof", check_proof_bytes, _extensions, _LINES),
    target_of("cosignature", check_cosignature, _cosigned, _LINES),
    target_of("statement", check_statement, _statements, JSON),
)

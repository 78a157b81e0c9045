"""Both verifiers give the same verdicts on proofs and receipts."""

import json

import pytest

from archive.cli.frame import run
from archive.core.ledger.merkle import leaf_hash
from archive.core.ledger.tlog_proof import EntryProof
from tests.archives import MadeArchive
from tests.conformance.independent.copies import Copy


def test_both_read_proofs_and_receipts(intact: MadeArchive, copy: Copy) -> None:
    proof, receipt = copy.folder / "p.tlog-proof", copy.folder / "r.html"
    assert run(["-C", str(intact.root), "ledger", "prove", "2026-000009", "--out", str(proof)]) == 0
    assert run(["-C", str(intact.root), "receipt", "2026-000021", "--to", str(receipt)]) == 0
    document = intact.folder / "many" / "008 %a.txt"
    for path in (proof, receipt):
        assert run(["ledger", "check-proof", str(path), "--key", copy.vkey]) == 0
        assert copy.independent("proof", path, "--key", copy.vkey) == 0
        assert copy.independent("ledger", "--trust", path) == 0
    for name, code in ((document, 0), (copy.kept, 1)):
        assert run(["ledger", "check-proof", str(proof), "--document", str(name)]) == code
        assert copy.independent("proof", proof, "--document", name) == code


def test_both_hold_a_file_of_several_to_the_list_in_the_receipt(intact: MadeArchive, copy: Copy) -> None:
    receipt = copy.folder / "r.html"
    assert run(["-C", str(intact.root), "receipt", "2026-000021", "--to", str(receipt)]) == 0
    for name, code in ((intact.folder / "album" / "album" / "p1", 0), (copy.kept, 1)):
        assert run(["ledger", "check-proof", str(receipt), "--document", str(name)]) == code
        assert copy.independent("proof", receipt, "--document", name) == code


@pytest.mark.parametrize("entry", [b"null", b"[]", b"[" * 60_000, b'{"payload":[]}', b"\xff"])
def test_what_is_no_entry_breaks_the_proof_of_it(copy: Copy, entry: bytes) -> None:
    path = copy.folder / "odd"
    path.write_bytes(EntryProof(0, entry, (), copy.sign(1, leaf_hash(entry))).to_bytes())
    assert run(["ledger", "check-proof", str(path), "--key", copy.vkey]) == 5
    assert copy.independent("proof", path, "--key", copy.vkey) == 5


@pytest.mark.parametrize("line", [b"index 02", b"index 0_2", b"INDEX 2", b"index  2", "index ２".encode()])
def test_neither_takes_another_spelling_for_a_proof(intact: MadeArchive, copy: Copy, line: bytes) -> None:
    good = copy.folder / "good"
    assert run(["-C", str(intact.root), "ledger", "prove", "2026-000001", "--out", str(good)]) == 0
    raw = good.read_bytes()
    assert b"\nindex 2\n" in raw
    good.write_bytes(raw.replace(b"index 2", line))
    assert run(["ledger", "check-proof", str(good)]) == 2
    assert copy.independent("proof", good) == 5


def test_both_refuse_a_proof_of_something_else(intact: MadeArchive, copy: Copy) -> None:
    good = copy.folder / "good"
    assert run(["-C", str(intact.root), "ledger", "prove", "2026-000009", "--out", str(good)]) == 0
    proof = EntryProof.parse(good.read_bytes())
    entry = json.dumps(json.loads(proof.entry or b"") | {"bytes": 9}).encode()
    for forged in (
        EntryProof(proof.index, entry, proof.hashes, proof.note),
        EntryProof(proof.index + 1, proof.entry, proof.hashes, proof.note),
        EntryProof(proof.index, proof.entry, proof.hashes[1:], proof.note),
    ):
        path = copy.folder / "forged"
        path.write_bytes(forged.to_bytes())
        assert run(["ledger", "check-proof", str(path), "--key", copy.vkey]) == 5
        assert copy.independent("proof", path, "--key", copy.vkey) == 5

"""Proofs in the form of c2sp.org/tlog-proof: one spelling, and nothing but the true entry in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import Frontier, inclusion_proof, leaf_hash, range_hash
from archive.core.ledger.tlog_proof import EntryProof, ProofError

_SIGNED = "\n— origin.example AAAAAAA=\n"


def make_proof(index: int, size: int) -> EntryProof:
    """The proof of an entry in a tree whose entries are their indexes."""

    def over(start: int, end: int) -> bytes:
        tree = Frontier()
        tree.extend(leaf_hash(b"%d" % number) for number in range(start, end))
        return tree.root()

    def subtree(level: int, place: int) -> bytes:
        return over(place << level, (place + 1) << level)

    note = Checkpoint("origin.example", size, range_hash(0, size, subtree)).text() + _SIGNED
    hashes = inclusion_proof(index, size, subtree)
    return EntryProof(index, b"%d" % index, tuple(hashes), note.encode())


PLACES = st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


@given(PLACES)
def test_what_is_written_is_read_back_and_holds(place: tuple[int, int]) -> None:
    proof = make_proof(*place)
    assert EntryProof.parse(proof.to_bytes()) == proof
    assert proof.holds


@given(PLACES)
def test_every_hash_of_it_is_the_one_over_its_range(place: tuple[int, int]) -> None:
    index, size = place
    proof = make_proof(index, size)
    known = proof.ranges()
    assert {(index, index + 1), (0, size)} <= set(known)
    for (start, end), value in known.items():
        tree = Frontier()
        tree.extend(leaf_hash(b"%d" % number) for number in range(start, end))
        assert value == tree.root()


@given(PLACES, st.binary(max_size=8))
def test_another_entry_does_not_hold(place: tuple[int, int], entry: bytes) -> None:
    proof = make_proof(*place)
    forged = EntryProof(proof.index, entry, proof.hashes, proof.note)
    assert forged.holds == (entry == proof.entry)


@given(PLACES, st.integers(0, 80))
def test_another_place_does_not_hold(place: tuple[int, int], other: int) -> None:
    proof = make_proof(*place)
    moved = EntryProof(other, proof.entry, proof.hashes, proof.note)
    assert moved.holds == (other == proof.index)


def test_the_text_is_that_of_the_specification() -> None:
    lines = make_proof(1, 3).to_bytes().decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra MQ==", "index 1"]
    assert lines[5:8] == ["", "origin.example", "3"]


def test_a_proof_without_its_entry_is_read_and_proves_nothing() -> None:
    raw = make_proof(1, 3).to_bytes().replace(b"extra MQ==\n", b"")
    proof = EntryProof.parse(raw)
    assert (proof.entry, proof.holds, proof.ranges()) == (None, False, {})


GOOD = make_proof(1, 3).to_bytes()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no empty line"),
        (b"c2sp.org/tlog-proof@v2\nindex 1\n\n" + GOOD, "first line"),
        (GOOD.replace(b"index 1", b"index 01"), "index N"),
        (GOOD.replace(b"index 1", b"index -1"), "index N"),
        (GOOD.replace(b"index 1\n", b""), "index N"),
        (GOOD.replace(b"extra MQ==", b"extra MR=="), "canonical"),
        (GOOD.replace(b"index 1\n", b"index 1\nAAAA\n"), "has 32 bytes"),
        (
            GOOD.replace(b"index 1\n", b"index 1\n" + b"A" * 43 + b"=\n" + (b"A" * 43 + b"=\n") * 63),
            "more than",
        ),
        (GOOD.replace(b"index 1\n", "index 1\né\n".encode()), "ASCII"),
        (GOOD.replace(b"\n3\n", b"\n03\n"), "decimal"),
        (GOOD + b"x" * 1_000_000, "at most"),
        (GOOD.partition(b"\n\n")[0] + b"\n\n", "signature lines"),
    ],
)
def test_what_is_no_proof_is_refused_by_what_is_wrong(raw: bytes, said: str) -> None:
    with pytest.raises(ProofError, match=said):
        EntryProof.parse(raw)


@given(st.integers(0, 8 * len(GOOD) - 1))
def test_no_flipped_bit_leaves_a_proof_that_says_something_else(bit: int) -> None:
    raw = bytearray(GOOD)
    raw[bit // 8] ^= 1 << bit % 8
    try:
        proof = EntryProof.parse(bytes(raw))
    except ProofError:
        return
    good = EntryProof.parse(GOOD)
    said = (proof.index, proof.entry, proof.checkpoint().root, proof.checkpoint().size)
    # The name of the ledger and the signature are outside the tree: the key decides about them.
    assert not proof.holds or said == (good.index, good.entry, good.checkpoint().root, 3)

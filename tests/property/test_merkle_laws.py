"""RFC 6962 §2.1 and RFC 9162 §2.1: roots and proofs equal the naive reference, and forged proofs fail."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.ledger import merkle
from tests.property import naive_merkle

ENTRIES = st.lists(st.binary(max_size=4), max_size=70)
SIZES = st.integers(1, 70)


def _entries(count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(count)]


def _subtree(entries: list[bytes]) -> merkle.SubtreeHash:
    def look_up(level: int, index: int) -> bytes:
        part = entries[index << level : (index + 1) << level]
        assert len(part) == 1 << level, "only complete subtrees are asked for"
        return naive_merkle.mth(part)

    return look_up


@given(ENTRIES)
def test_frontier_has_the_root_of_the_naive_tree_at_every_size(entries: list[bytes]) -> None:
    frontier = merkle.Frontier()
    for size, entry in enumerate([*entries, b"last"]):
        assert (frontier.size, frontier.root()) == (size, naive_merkle.mth(entries[:size]))
        frontier.append(merkle.leaf_hash(entry))


@given(ENTRIES, ENTRIES)
def test_a_frontier_from_its_bytes_grows_like_the_first(entries: list[bytes], more: list[bytes]) -> None:
    frontier = merkle.Frontier()
    frontier.extend(map(merkle.leaf_hash, entries))
    again = merkle.Frontier.from_bytes(frontier.to_bytes())
    again.extend(map(merkle.leaf_hash, more))
    assert again.root() == naive_merkle.mth(entries + more)
    assert frontier.root() == naive_merkle.mth(entries)


@given(st.binary(max_size=80))
def test_bytes_are_a_frontier_or_a_value_error(raw: bytes) -> None:
    try:
        frontier = merkle.Frontier.from_bytes(raw)
    except ValueError:
        return
    assert frontier.to_bytes() == raw


@given(st.integers(0, 70))
def test_root_from_subtrees_is_the_root_of_the_naive_tree(size: int) -> None:
    entries = _entries(size)
    assert merkle.root_of(size, _subtree(entries)) == naive_merkle.mth(entries)


@given(SIZES, st.data())
def test_inclusion_proof_is_the_path_of_the_rfc_and_verifies(size: int, data: st.DataObject) -> None:
    entries = _entries(size)
    index = data.draw(st.integers(0, size - 1))
    found = merkle.inclusion_proof(index, size, _subtree(entries))
    assert found == naive_merkle.path(index, entries)
    leaf = merkle.leaf_hash(entries[index])
    assert merkle.verify_inclusion(index, size, leaf, found, naive_merkle.mth(entries))


@given(SIZES, st.data())
def test_consistency_proof_is_the_proof_of_the_rfc_and_verifies(size: int, data: st.DataObject) -> None:
    entries = _entries(size)
    first = data.draw(st.integers(1, size))
    found = merkle.consistency_proof(first, size, _subtree(entries))
    assert found == naive_merkle.proof(first, entries)
    older, newer = naive_merkle.mth(entries[:first]), naive_merkle.mth(entries)
    assert merkle.verify_consistency(first, size, older, newer, found)


@given(SIZES, st.data())
def test_an_altered_inclusion_proof_does_not_verify(size: int, data: st.DataObject) -> None:
    entries = _entries(size)
    index = data.draw(st.integers(0, size - 1))
    good = naive_merkle.path(index, entries)
    forged = _altered(good, data)
    root, leaf = naive_merkle.mth(entries), merkle.leaf_hash(entries[index])
    assert not merkle.verify_inclusion(index, size, leaf, forged, root)
    other = data.draw(st.integers(0, size + 1).filter(lambda other: other != index))
    assert not merkle.verify_inclusion(other, size, leaf, good, root)
    assert not merkle.verify_inclusion(index, size, leaf, good, hashlib.sha256(root).digest())


@given(SIZES, st.data())
def test_an_altered_consistency_proof_does_not_verify(size: int, data: st.DataObject) -> None:
    entries = _entries(size)
    first = data.draw(st.integers(1, size))
    older, newer = naive_merkle.mth(entries[:first]), naive_merkle.mth(entries)
    good = naive_merkle.proof(first, entries)
    assert not merkle.verify_consistency(first, size, older, newer, _altered(good, data))
    wrong = hashlib.sha256(older).digest()
    assert not merkle.verify_consistency(first, size, wrong, newer, good)
    assert not merkle.verify_consistency(first, size, older, wrong, good)


def _altered(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """The proof with a hash added, removed, cut or changed."""
    kind = data.draw(st.sampled_from(["add", "remove", "change", "cut"] if proof else ["add"]))
    place = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    if kind == "add":
        return [*proof[:place], bytes(32), *proof[place:]]
    if kind == "remove":
        return [*proof[:place], *proof[place + 1 :]]
    changed = bytearray(proof[place])
    changed[0] ^= 1
    return [*proof[:place], bytes(changed) if kind == "change" else proof[place][:-1], *proof[place + 1 :]]


def test_a_proof_that_stops_below_the_root_does_not_verify() -> None:
    """Without the check of the length, any hash would be a leaf, and any root its own extension."""
    root = naive_merkle.mth(_entries(2))
    assert not merkle.verify_inclusion(0, 2, root, [], root)
    assert not merkle.verify_consistency(2, 4, root, root, [])


def test_proofs_are_refused_outside_the_tree() -> None:
    subtree = _subtree(_entries(3))
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_proof(3, 3, subtree)
    with pytest.raises(ValueError, match="no consistency proof"):
        merkle.consistency_proof(4, 3, subtree)


def test_every_tree_extends_the_empty_one() -> None:
    root = naive_merkle.mth(_entries(3))
    assert merkle.verify_consistency(0, 3, merkle.EMPTY_ROOT, root, [])
    assert not merkle.verify_consistency(0, 3, root, root, [])


def test_the_roots_of_the_rfc_test_vectors() -> None:
    """The eight inputs that certificate transparency implementations share."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    frontier = merkle.Frontier()
    frontier.extend(merkle.leaf_hash(bytes.fromhex(text)) for text in inputs)
    assert frontier.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

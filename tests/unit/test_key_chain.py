"""The keys of a ledger lead from entry 0 on, each signed by the one before; a lost one breaks the chain."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.core.canonical import compact
from archive.core.ledger import entries
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.key_chain import KeyChain, Lead, change_statement, key_changed, key_replaced, lead
from archive.core.ledger.note import NoteSigner, VerifierKey
from archive.storage.keys.signing_key import verify

TIME = entries.timestamp(1_800_000_000_000)


def signer(name: str = "archive.example/letters") -> NoteSigner:
    """A new key."""
    private = Ed25519PrivateKey.generate()
    return NoteSigner(VerifierKey(name, private.public_key().public_bytes_raw()), private.sign)


def created(key: NoteSigner) -> bytes:
    """Entry 0."""
    return entries.archive_created(
        time=TIME, agents=["a"], archive="u", origin=key.key.name, key=str(key.key)
    )


def changed(old: NoteSigner, new: NoteSigner, index: int, by: NoteSigner | None = None) -> bytes:
    """The entry by which the old key introduces the new one; `by` signs in its place."""
    signature = (by or old).sign(change_statement(old.key, new.key, index))
    return key_changed(time=TIME, agents=["a"], run="r", previous=old.key, key=new.key, signature=signature)


def replaced(old: NoteSigner, new: NoteSigner) -> bytes:
    """The entry by which a key takes a lost one's place."""
    return key_replaced(time=TIME, agents=["a"], run="r", previous=old.key, key=new.key)


def chain_of(*raw: tuple[int, bytes]) -> tuple[KeyChain, list[str]]:
    """The chain of these entries, and what is wrong with them."""
    chain, troubles = KeyChain(verify), []
    for index, entry in raw:
        troubles += chain.take(index, parse_entry(entry))
    return chain, troubles


def test_a_key_that_was_never_changed_signs_every_size() -> None:
    first = signer()
    chain, troubles = chain_of((0, created(first)))
    assert (troubles, chain.key_at(1), chain.key_at(10**6), chain.key_at(0)) == (
        [],
        first.key,
        first.key,
        None,
    )


def test_each_size_is_signed_by_the_key_that_the_entries_below_it_name() -> None:
    first, second, third = signer(), signer(), signer()
    chain, troubles = chain_of(
        (0, created(first)), (7, changed(first, second, 7)), (9, changed(second, third, 9))
    )
    assert troubles == []
    assert [chain.key_at(size) for size in (1, 7, 8, 9, 10)] == [
        first.key, first.key, second.key, second.key, third.key
    ]  # fmt: skip


def test_an_earlier_key_leads_to_the_one_in_force() -> None:
    first, second, third, stranger = signer(), signer(), signer(), signer()
    chain, _ = chain_of((0, created(first)), (7, changed(first, second, 7)), (9, changed(second, third, 9)))
    found = [lead(chain.links, key.key) for key in (first, second, third, stranger)]
    assert found == [Lead.SIGNED, Lead.SIGNED, Lead.CURRENT, Lead.UNKNOWN]


def test_a_replaced_key_leads_nowhere_and_those_after_it_do() -> None:
    first, second, third = signer(), signer(), signer()
    chain, troubles = chain_of(
        (0, created(first)), (7, replaced(first, second)), (9, changed(second, third, 9))
    )
    found = [lead(chain.links, key.key) for key in (first, second, third)]
    assert (troubles, found) == ([], [Lead.BROKEN, Lead.SIGNED, Lead.CURRENT])


def test_a_change_that_another_key_signed_is_told() -> None:
    first, second, thief = signer(), signer(), signer()
    _, troubles = chain_of((0, created(first)), (7, changed(first, second, 7, by=thief)))
    assert troubles == ["the signature of the key before it does not hold"]


def test_a_change_moved_to_another_place_is_told() -> None:
    first, second = signer(), signer()
    _, troubles = chain_of((0, created(first)), (8, changed(first, second, 7)))
    assert troubles == ["the signature of the key before it does not hold"]


def test_a_change_from_a_key_that_is_not_in_force_is_told() -> None:
    first, second, third = signer(), signer(), signer()
    chain, troubles = chain_of(
        (0, created(first)), (7, changed(first, second, 7)), (8, changed(first, third, 8))
    )
    assert troubles[0] == "does not follow the key that was in force"
    assert lead(chain.links, first.key) is Lead.BROKEN


def test_a_key_of_another_ledger_is_told() -> None:
    first, second = signer(), signer("elsewhere.example")
    _, troubles = chain_of((0, created(first)), (7, changed(first, second, 7)))
    assert troubles == ["names a key of elsewhere.example, not of archive.example/letters"]


def test_a_change_without_a_key_or_signature_is_told() -> None:
    first, second = signer(), signer()
    for member, trouble in (
        ("key", "names no verifier key"),
        ("signature", "the signature of the key before it does not hold"),
    ):
        entry = parse_entry(changed(first, second, 7))
        members = {**entry.members, member: "?"}
        chain = KeyChain(verify)
        chain.take(0, parse_entry(created(first)))
        damaged = entries.Entry(entry.type, entry.time, entry.agents, members)
        assert chain.take(7, damaged) == [trouble]


@pytest.mark.parametrize(
    ("signed", "words"),
    [(None, "declared lost"), (12, "it had signed 12 entries, and the archive was restored from fewer")],
)
def test_a_replacement_says_why_the_key_before_did_not_sign(signed: int | None, words: str) -> None:
    first, second = signer(), signer()
    entry = key_replaced(time=TIME, agents=["a"], run="r", previous=first.key, key=second.key, signed=signed)
    chain, _ = chain_of((0, created(first)), (7, entry))
    assert words in chain.links[-1].replaced


def test_a_replacement_of_an_earlier_version_leaves_both_reasons_open() -> None:
    first, second = signer(), signer()
    known = json.loads(replaced(first, second))
    del known["why"]
    chain, troubles = chain_of((0, created(first)), (7, compact(known)))
    assert troubles == []
    assert "lost, or the archive was restored" in chain.links[-1].replaced

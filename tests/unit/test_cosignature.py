"""Cosignatures (c2sp.org/tlog-cosignature) and extensions (c2sp.org/tlog-witness) in their one spelling."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.cosignature import WitnessKey, cosign, cosigned_at
from archive.core.ledger.extension import Extension, ExtensionError
from archive.core.ledger.note import Note, NoteError, Signature
from archive.services.evidence.cosigned import WitnessedState, best_witnessed
from archive.services.evidence.kept import KeptNote
from archive.storage.keys.signing_key import verify

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = WitnessKey("w.example/1", PRIVATE.public_key().public_bytes_raw())
NOTE = Note(Checkpoint("o.example", 3, bytes(32)).text(), (Signature("o.example", b"abcd", b"x"),))


@given(st.integers(0, (1 << 63) - 1))
def test_a_cosignature_holds_for_its_time(time: int) -> None:
    assert cosigned_at(cosign(NOTE, KEY, PRIVATE.sign, time), KEY, verify) == time


def test_what_is_signed_is_two_lines_and_the_text() -> None:
    line = cosign(NOTE, KEY, PRIVATE.sign, 1679315147).signatures[-1]
    message = b"cosignature/v1\ntime 1679315147\no.example\n3\n" + base64.b64encode(bytes(32)) + b"\n"
    PRIVATE.public_key().verify(line.value[8:], message)
    assert line.value[:8] == (1679315147).to_bytes(8, "big")
    typed = b"w.example/1\n\x04" + KEY.public
    assert line.key_id == hashlib.sha256(typed).digest()[:4]


def test_a_later_cosignature_takes_the_place_of_the_earlier() -> None:
    twice = cosign(cosign(NOTE, KEY, PRIVATE.sign, 5), KEY, PRIVATE.sign, 9)
    assert (len(twice.signatures), cosigned_at(twice, KEY, verify)) == (2, 9)


@given(st.integers(0, 8 * 72 - 1))
def test_any_flipped_bit_makes_it_not_hold(bit: int) -> None:
    line = cosign(NOTE, KEY, PRIVATE.sign, 5).signatures[-1]
    value = bytearray(line.value)
    value[bit // 8] ^= 1 << bit % 8
    forged = Note(NOTE.text, (Signature(line.name, line.key_id, bytes(value)),))
    with pytest.raises(NoteError):
        cosigned_at(forged, KEY, verify)


def test_a_cosigned_checkpoint_counts_only_where_the_entries_give_its_root() -> None:
    note = cosign(NOTE, KEY, PRIVATE.sign, 5)
    kept = [KeptNote("x", note, Checkpoint("o.example", 3, bytes(32)))]
    findings: list[Finding] = []
    assert best_witnessed([KEY], kept, {3: b"\1" * 32}, findings) is None
    state = best_witnessed([KEY], kept, {3: bytes(32)}, findings)
    assert (state, findings) == (WitnessedState(3, "1970-01-01T00:00:05.000Z", ("w.example/1",)), [])


def test_a_witness_that_did_not_sign_is_no_error() -> None:
    assert cosigned_at(NOTE, KEY, verify) is None


def test_a_key_is_spelt_and_read_back() -> None:
    assert WitnessKey.parse(str(KEY)) == KEY


@pytest.mark.parametrize(
    "text", ["", "w", "w+1+2", str(KEY)[:-4], str(KEY).replace("w.", "v."), "a b+00000000+"]
)
def test_what_is_no_key_of_a_witness_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|base64"):
        WitnessKey.parse(text)


def test_an_extension_is_written_and_read_back() -> None:
    made = Extension(2, (bytes(32), b"\1" * 32), NOTE.to_bytes())
    assert Extension.parse(made.to_bytes()) == made
    assert made.to_bytes().startswith(b"old 2\n")


def test_a_bare_checkpoint_extends_nothing() -> None:
    assert Extension.parse(NOTE.to_bytes()) == Extension(0, (), NOTE.to_bytes())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"old 1\n",
        b"old 01\n\n" + NOTE.to_bytes(),
        b"old 1\nAAAA\n\n" + NOTE.to_bytes(),
        b"old 1\n\xff\n\n" + NOTE.to_bytes(),
        b"old 1\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\n" + NOTE.to_bytes(),
        b"x" * 1_000_000,
    ],
)
def test_what_is_no_extension_is_refused(raw: bytes) -> None:
    with pytest.raises(ExtensionError):
        Extension.parse(raw)

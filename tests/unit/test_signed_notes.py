"""c2sp.org/signed-note and c2sp.org/tlog-checkpoint."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.ledger import note
from archive.core.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from archive.core.ledger.note import NoteError, NoteSigner, VerifierKey
from archive.core.limits.ledger import NOTE_BYTES

KEY = VerifierKey("archive.example/test", bytes(range(32)))
OTHER = VerifierKey("witness.example", bytes(32))
CHECKPOINT = Checkpoint("archive.example/test", 7, bytes(range(32)))


def _seal(public: bytes, message: bytes) -> bytes:
    """A stand-in for Ed25519: 64 bytes that depend on key and message."""
    return hashlib.sha512(public + message).digest()


def _holds(public: bytes, signature: bytes, message: bytes) -> bool:
    return signature == _seal(public, message)


def _signer(key: VerifierKey) -> NoteSigner:
    return NoteSigner(key, lambda message: _seal(key.public, message))


SIGNED = sign_checkpoint(CHECKPOINT, [_signer(KEY)])


def test_the_key_id_is_the_one_of_the_specification() -> None:
    expected = hashlib.sha256(b"archive.example/test\n\x01" + bytes(range(32))).digest()[:4]
    encoded = base64.b64encode(b"\x01" + bytes(range(32))).decode()
    assert str(KEY) == f"archive.example/test+{expected.hex()}+{encoded}"
    assert VerifierKey.parse(str(KEY)) == KEY


def test_a_verifier_key_of_the_go_checksum_database_reads() -> None:
    """The key of sum.golang.org, published in Go's sources: another implementation agrees on the key id."""
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert str(VerifierKey.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        str(KEY).replace("+", " "),
        str(KEY)[:-1],
        str(KEY).replace("archive", "brchive"),
        str(KEY).replace("+A", "+B", 1),
        "a b" + str(KEY)[20:],
    ],
)
def test_other_texts_are_no_verifier_keys(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - every malformed part has its own words
        VerifierKey.parse(text)


def test_a_checkpoint_has_the_form_of_the_specification() -> None:
    root = base64.b64encode(bytes(range(32))).decode()
    seal = base64.b64encode(KEY.key_id + _seal(KEY.public, CHECKPOINT.text().encode())).decode()
    assert SIGNED.decode() == (f"archive.example/test\n7\n{root}\n\n— archive.example/test {seal}\n")


def test_a_signed_checkpoint_opens_with_its_key() -> None:
    assert open_checkpoint(SIGNED, KEY, _holds) == CHECKPOINT


def test_signatures_and_extension_lines_of_others_are_kept() -> None:
    extended = Checkpoint("o", 1, bytes(32), ("one extension", "two"))
    raw = sign_checkpoint(extended, [_signer(OTHER), _signer(KEY)])
    assert open_checkpoint(raw, KEY, _holds) == extended
    assert note.parse(raw).to_bytes() == raw
    assert [line.name for line in note.parse(raw).signatures] == [OTHER.name, KEY.name]


def test_a_checkpoint_of_another_key_is_refused_by_name() -> None:
    with pytest.raises(NoteError, match="not signed by witness"):
        open_checkpoint(SIGNED, OTHER, _holds)


def test_a_note_with_one_bad_signature_of_the_key_is_refused_whole() -> None:
    bad = NoteSigner(KEY, lambda _: bytes(64))
    raw = sign_checkpoint(CHECKPOINT, [_signer(KEY), bad])
    with pytest.raises(NoteError, match="does not hold"):
        open_checkpoint(raw, KEY, _holds)


@given(st.integers(0, len(SIGNED) * 8 - 1))
def test_any_flipped_bit_of_a_checkpoint_is_refused(bit: int) -> None:
    raw = bytearray(SIGNED)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NoteError):
        open_checkpoint(bytes(raw), KEY, _holds)


@given(st.integers(0, len(SIGNED) - 1))
def test_a_checkpoint_cut_anywhere_is_refused(end: int) -> None:
    with pytest.raises(NoteError):
        open_checkpoint(SIGNED[:end], KEY, _holds)


@given(st.binary(max_size=200) | st.text(alphabet="—\n a+0=", max_size=60).map(str.encode))
def test_any_bytes_are_a_note_or_refused(raw: bytes) -> None:
    try:
        found = note.parse(raw)
    except NoteError:
        return
    assert found.to_bytes() == raw


def _line(encoded: str) -> str:
    return f"text\n\n— name {encoded}\n"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"x" * (NOTE_BYTES + 1), "at most"),
        (b"\xff", "not UTF-8"),
        (b"a\r\n\n- b c\n", "control characters"),
        (b"text\n", "a text, an empty line"),
        (_line("AAAAAAA=" * 1).encode() + b"x", "a text, an empty line"),
        (_line("AAAAA").encode(), "not base64"),
        (_line("AAAAAAB=").encode(), "not canonical"),
        (_line("AAAAAA==").encode(), "cut off"),
        ("text\n\n— na+me AAAAAAA=\n".encode(), "reads"),
        (b"text\n\n- name AAAAAAA=\n", "reads"),
        (("text\n\n" + "— name AAAAAAA=\n" * 65).encode(), "more than 64"),
    ],
)
def test_malformed_notes_are_refused_with_their_reason(raw: bytes, why: str) -> None:
    with pytest.raises(NoteError, match=why):
        note.parse(raw)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("o\n1\n", "three or more"),
        ("o\n1\n\n", "three or more"),
        ("o\n01\nAA==\n", "decimal"),
        ("o\n-1\nAA==\n", "decimal"),
        ("o\n١\nAA==\n", "decimal"),
        ("o\n1\n??\n", "not base64"),
        ("o\n1\nAA==\n", "32 bytes"),
        ("o\n0\n" + "A" * 43 + "=\n", "empty ledger"),
    ],
)
def test_malformed_checkpoints_are_refused_with_their_reason(text: str, why: str) -> None:
    with pytest.raises(NoteError, match=why):
        Checkpoint.parse_text(text)


def test_a_text_that_cannot_be_a_note_is_not_signed() -> None:
    with pytest.raises(NoteError, match="ends in a line feed"):
        note.sign("no end", [_signer(KEY)])
    with pytest.raises(NoteError):
        sign_checkpoint(Checkpoint("two\nlines", 1, bytes(32)), [_signer(KEY)])

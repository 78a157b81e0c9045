"""A key typed in from paper: what was written comes back, and no slip goes unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.key_backup import KeyBackup, backup_text, parse_backup, parse_typed, typed_lines
from archive.core.ledger.note import VerifierKey

RAW = st.binary(min_size=1, max_size=200)
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(RAW)
def test_lines_that_are_typed_as_they_stand_give_the_key_back(raw: bytes) -> None:
    lines = list(typed_lines(raw))
    assert parse_typed("\n".join(lines)) == raw
    assert parse_typed("\n\n".join(reversed(lines)).lower()) == raw


@given(RAW, st.data())
def test_another_character_is_never_taken_for_the_key(raw: bytes, data: st.DataObject) -> None:
    text = "\n".join(typed_lines(raw))
    at = data.draw(st.sampled_from([at for at, letter in enumerate(text) if letter in LETTERS]))
    other = data.draw(st.sampled_from([letter for letter in LETTERS if letter != text[at]]))
    try:
        found = parse_typed(text[:at] + other + text[at + 1 :])
    except ValueError:
        return
    assert found == raw  # a changed line number that is still the only one of its line cannot be


@given(RAW, st.data())
def test_a_line_left_out_is_named(raw: bytes, data: st.DataObject) -> None:
    lines = list(typed_lines(raw))
    left_out = data.draw(st.integers(0, len(lines) - 1))
    with pytest.raises(ValueError, match=r"missing|neither"):
        parse_typed("\n".join(lines[:left_out] + lines[left_out + 1 :]))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_what_an_editor_does_to_its_lines_is_borne(end: str, mark: str) -> None:
    key = VerifierKey("valley.example/a", bytes(32))
    made = KeyBackup(der=bytes(48), is_encrypted=False, key=key, signed=Checkpoint(key.name, 7, bytes(32)))
    text = backup_text(made, made="2026-11-21")
    typed = text.partition("I, L, O or U.\n\n")[2]
    assert parse_backup(mark + text.replace("\n", end)) == made
    assert parse_backup(mark + typed.replace("\n", end)).der == made.der


@given(st.text(max_size=300))
def test_any_other_text_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_typed(text)


@given(RAW)
def test_letters_that_look_like_digits_are_read_as_them(raw: bytes) -> None:
    text = "\n".join(typed_lines(raw))
    body = [line.split("  ", 1) for line in text.splitlines()]
    mistaken = "\n".join(
        f"{number}  {letters.replace('0', 'O').replace('1', 'l')}" for number, letters in body
    )
    assert parse_typed(mistaken) == raw

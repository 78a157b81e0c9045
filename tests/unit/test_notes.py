"""Notes: text that the ledger vouches for and that can still be removed."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.errors import EvidenceError
from archive.core.ledger.commitments import commit
from archive.core.limits.ledger import NOTE_TEXT_BYTES
from archive.storage.ledger.notes import Notes
from tests.archives import overwrite


@pytest.mark.parametrize("sync", [True, False])
def test_a_note_reads_back_as_its_text(tmp_path: Path, *, sync: bool) -> None:
    notes = Notes(str(tmp_path))
    text = "Gift of Ana\nMaría \x1b[2J “”"
    commitment = notes.write(text, sync=sync)
    assert notes.read(commitment) == text
    path = tmp_path / "notes" / commitment[:2] / f"{commitment}.json"
    assert path == Path(notes.path_of(commitment))
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_the_same_text_twice_has_two_commitments(tmp_path: Path) -> None:
    notes = Notes(str(tmp_path))
    assert notes.write("Ana") != notes.write("Ana")


def test_a_note_with_its_salt_is_written_once(tmp_path: Path) -> None:
    notes = Notes(str(tmp_path))
    assert notes.write("Ana", salt=bytes(32)) == notes.write("Ana", salt=bytes(32))
    assert notes.write("Ana", salt=bytes(32)) == commit(bytes(32), b"Ana")


def test_a_removed_note_reads_as_none(tmp_path: Path) -> None:
    notes = Notes(str(tmp_path))
    commitment = notes.write("Ana")
    Path(notes.path_of(commitment)).unlink()
    assert notes.read(commitment) is None


def test_an_altered_note_is_named(tmp_path: Path) -> None:
    notes = Notes(str(tmp_path))
    commitment = notes.write("Ana")
    path = Path(notes.path_of(commitment))
    document = json.loads(path.read_text()) | {"text": "Eva"}
    path.unlink()
    path.write_text(json.dumps(document))
    with pytest.raises(EvidenceError, match=f"{commitment}.json: altered"):
        notes.read(commitment)


@given(
    st.binary(max_size=40) | st.sampled_from([b"[" * 9000, b'{"salt":"","text":3}', b'{"salt":3,"text":""}'])
)
def test_any_other_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    notes = Notes(str(tmp_path_factory.mktemp("archive")))
    path = Path(notes.path_of("ab" * 32))
    path.parent.mkdir(parents=True)
    path.write_bytes(raw)
    with pytest.raises(EvidenceError):
        notes.read("ab" * 32)


def test_a_name_that_is_no_commitment_opens_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a commitment"):
        Notes(str(tmp_path)).read("../../archive.toml")


def test_a_text_beyond_what_settings_and_a_reason_take_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"at most {NOTE_TEXT_BYTES} bytes"):
        Notes(str(tmp_path)).write("x" * (NOTE_TEXT_BYTES + 1))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda raw: raw.replace(b'"text": ', b'"text": "what people read first", "text": '),
        lambda raw: raw.replace(b"}", b', "zz": "a remark that nobody vouches for"}'),
        lambda raw: raw.replace(b": ", b":"),
        lambda raw: raw.rstrip(),
    ],
    ids=["another text before it", "another member", "other spaces", "no line feed"],
)
def test_a_note_that_holds_more_than_what_is_vouched_for_is_altered(
    tmp_path: Path, forge: Callable[[bytes], bytes]
) -> None:
    notes = Notes(str(tmp_path))
    commitment = notes.write("Ana Example")
    path = Path(notes.path_of(commitment))
    overwrite(path, forge(path.read_bytes()))
    with pytest.raises(EvidenceError, match="more than its salt and text"):
        notes.read(commitment)

"""A ledger that was rolled back, forked or signed by another is told from a damaged one, and never signed."""

import shutil
from pathlib import Path

import pytest

from archive.core.errors import EvidenceError
from archive.core.ledger import entries as ledger_entries
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.ledger.note import Note, Signature, parse
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.signing_key import create_key
from archive.storage.ledger.files import LedgerFiles
from tests.ledgers import ORIGIN, LedgerUnderTest, edit_bundle, entry, found, make_ledger, verified


def _rewrite(ledger: LedgerUnderTest, folder: Path, change: int) -> LedgerUnderTest:
    """A consistent ledger with one entry changed, made by somebody without the key."""
    forged = make_ledger(folder)
    entries = list(ledger.files.entries())
    entries[change] = entry(9)
    for start, end in ((1, 6), (6, 606), (606, 608)):
        forged.files.append(entries[start:end], forged.key.signer, forged.key.last_signed)
    for name in ("000", "001", "002.p/94", "002.p/96"):
        shutil.copyfile(forged.folder / f"tile/0/{name}", ledger.folder / f"tile/0/{name}")
    return forged


def test_entries_and_tiles_forged_together_contradict_the_checkpoints(
    ledger: LedgerUnderTest, tmp_path: Path
) -> None:
    forged = _rewrite(ledger, tmp_path / "forged", 300)
    for name in ("tile/entries/001", "tile/0/001", "tile/1/000.p/2"):
        source = (forged.folder / name).read_bytes()
        (ledger.folder / name).write_bytes(source)
    # entry 0 of the forged ledger names another key: only bundle 1 and the tiles above it are taken over
    shutil.copyfile(_original(ledger, "tile/0/000"), ledger.folder / "tile/0/000")
    verdict = verified(ledger)
    assert verdict.outcome is LedgerOutcome.BROKEN
    message = next(f.message for f in verdict.findings if f.code == "LEDGER-CHECKPOINT-CONTRADICTED")
    assert message == (
        "the entries do not give the root signed at size 606; "
        "the first that is wrong lies between entry 6 and entry 605"
    )


def _original(ledger: LedgerUnderTest, name: str) -> Path:
    """The undamaged file, computed from the entries that are still whole."""
    from archive.core.ledger.merkle import leaf_hash

    path = ledger.archive / "original"
    path.write_bytes(b"".join(leaf_hash(raw) for raw in ledger.files.entries(0, 256)))
    assert name == "tile/0/000"
    return path


def test_a_replayed_checkpoint_is_a_rollback(ledger: LedgerUnderTest) -> None:
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    verdict = verified(ledger)
    assert [(finding.code, finding.place) for finding in verdict.findings] == [
        ("LEDGER-BEYOND", "ledger/tile"),
        ("LEDGER-ROLLBACK", "ledger/checkpoints/608"),
    ]
    assert (verdict.outcome, verdict.size) == (LedgerOutcome.BROKEN, 606)
    with pytest.raises(EvidenceError, match="2 entries fewer"):
        ledger.append(9)


def test_a_rollback_is_not_signed_even_where_nothing_is_recorded_beside_the_key(
    ledger: LedgerUnderTest, tmp_path: Path
) -> None:
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    before = ledger.tree()
    with pytest.raises(EvidenceError, match="rolled back"):
        ledger.files.append([entry(9)], ledger.key.signer, LastSigned(str(tmp_path), ledger.key.vkey))
    assert ledger.tree() == before


def test_a_larger_checkpoint_that_an_intent_names_is_an_unfinished_commit(ledger: LedgerUnderTest) -> None:
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    verdict = ledger.files.verify(ledger.key.vkey, intents=lambda: {608})
    assert [finding.code for finding in verdict.findings] == ["LEDGER-BEYOND", "LEDGER-UNFINISHED"]
    assert verdict.outcome is LedgerOutcome.PROVEN


def _begun(ledger: LedgerUnderTest, new: bytes) -> None:
    """A commit of 608 entries begun with that note, whose kept checkpoint has a cosignature beside it."""
    whole = parse((ledger.folder / "checkpoints/608").read_bytes())
    cosigned = Note(whole.text, (*whole.signatures, Signature("witness.example/w", bytes(4), bytes(72))))
    (ledger.folder / "checkpoints/608").write_bytes(cosigned.to_bytes())
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    (ledger.folder / "checkpoint.new").write_bytes(new)


def test_a_cosignature_makes_no_rollback_of_an_unfinished_commit(
    ledger: LedgerUnderTest, tmp_path: Path
) -> None:
    _begun(ledger, (ledger.folder / "checkpoint").read_bytes())
    assert found(ledger) == [
        ("LEDGER-BEYOND", "ledger/tile"),
        ("LEDGER-UNFINISHED", "ledger/checkpoints/608"),
    ]
    ledger.files.append([entry(606)], ledger.key.signer, LastSigned(str(tmp_path), ledger.key.vkey))
    assert found(ledger) == []


@pytest.mark.parametrize("new", ["of another size", "unsigned"])
def test_another_note_of_a_commit_does_not_excuse_a_rollback(
    ledger: LedgerUnderTest, tmp_path: Path, new: str
) -> None:
    whole = parse((ledger.folder / "checkpoint").read_bytes())
    unsigned = Note(whole.text, (Signature("witness.example/w", bytes(4), bytes(72)),))
    other = (ledger.folder / "checkpoints/6").read_bytes()
    _begun(ledger, unsigned.to_bytes() if new == "unsigned" else other)
    assert ("LEDGER-ROLLBACK", "ledger/checkpoints/608") in found(ledger)
    with pytest.raises(EvidenceError, match="rolled back"):
        ledger.files.append([entry(9)], ledger.key.signer, LastSigned(str(tmp_path), ledger.key.vkey))


def test_a_rollback_without_traces_is_found_by_a_younger_checkpoint(ledger: LedgerUnderTest) -> None:
    younger = ledger.files.read_checkpoint(ledger.key.vkey)
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    for name in ("checkpoints/608", "tile/entries/002.p/96", "tile/0/002.p/96"):
        (ledger.folder / name).unlink()
    assert verified(ledger).outcome is LedgerOutcome.PROVEN  # consistent with itself
    verdict = ledger.files.verify(ledger.key.vkey, younger)
    assert [(finding.code, finding.place) for finding in verdict.findings] == [
        ("LEDGER-ROLLBACK", "ledger/checkpoint")
    ]
    assert not ledger.files.extends(younger.size, younger.root)


def test_a_checkpoint_by_another_key_is_refused(ledger: LedgerUnderTest, tmp_path: Path) -> None:
    stranger = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "stranger")})
    checkpoint = ledger.files.read_checkpoint(ledger.key.vkey)
    (ledger.folder / "checkpoint").write_bytes(sign_checkpoint(checkpoint, [stranger.signer]))
    told = verified(ledger).findings
    assert [(finding.code, finding.place) for finding in told] == [
        ("LEDGER-CHECKPOINT-ALTERED", "ledger/checkpoint")
    ]
    assert f"not signed by {ORIGIN}+{ledger.key.key_id} but by {ORIGIN}+{stranger.key_id}" in told[0].message
    with pytest.raises(EvidenceError, match="not signed by"):
        ledger.files.read_checkpoint(ledger.key.vkey)


def test_a_whole_ledger_signed_by_another_key_is_refused(ledger: LedgerUnderTest, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = make_ledger(tmp_path / "other", [3])
    verdict = other.files.verify(ledger.key.vkey)
    assert {finding.code for finding in verdict.findings} == {"LEDGER-CHECKPOINT-ALTERED"}
    assert (verdict.outcome, verdict.checkpoint) == (LedgerOutcome.BROKEN, None)


def test_a_kept_checkpoint_of_another_tree_is_a_fork(ledger: LedgerUnderTest) -> None:
    forked = sign_checkpoint(Checkpoint(ORIGIN, 6, bytes(32)), [ledger.key.signer])
    (ledger.folder / "checkpoints/6").write_bytes(forked)
    assert found(ledger) == [("LEDGER-CHECKPOINT-CONTRADICTED", "ledger/checkpoints/6")]


def test_a_kept_checkpoint_under_another_size_is_found(ledger: LedgerUnderTest) -> None:
    shutil.copyfile(ledger.folder / "checkpoints/1", ledger.folder / "checkpoints/6")
    assert found(ledger) == [("LEDGER-CHECKPOINT-ALTERED", "ledger/checkpoints/6")]


@pytest.mark.parametrize("source", ["checkpoint", "checkpoints/6"])
def test_a_checkpoint_under_a_size_that_was_not_reached_is_no_rollback_and_stops_no_writer(
    ledger: LedgerUnderTest, source: str
) -> None:
    kept = (ledger.folder / "checkpoints/6").read_bytes()
    shutil.copyfile(ledger.folder / source, ledger.folder / "checkpoints/999")
    verdict = verified(ledger)
    assert [(each.code, each.place) for each in verdict.findings] == [
        ("LEDGER-BEYOND", "ledger/checkpoints/999")
    ]
    assert "holds the checkpoint of another size" in verdict.findings[0].message
    assert verdict.outcome is LedgerOutcome.PROVEN
    ledger.append(608)
    assert found(ledger) == []
    assert not (ledger.folder / "checkpoints/999").exists()
    assert (ledger.folder / "checkpoints/6").read_bytes() == kept


def test_a_checkpoint_that_lies_under_a_wrong_size_alone_gets_its_name_back(ledger: LedgerUnderTest) -> None:
    kept = (ledger.folder / "checkpoints/6").read_bytes()
    (ledger.folder / "checkpoints/6").rename(ledger.folder / "checkpoints/999")
    assert found(ledger) == [("LEDGER-BEYOND", "ledger/checkpoints/999")]
    ledger.append(608)
    assert found(ledger) == []
    assert (ledger.folder / "checkpoints/6").read_bytes() == kept


def test_a_larger_checkpoint_under_a_still_larger_size_is_a_rollback(ledger: LedgerUnderTest) -> None:
    (ledger.folder / "checkpoints/608").rename(ledger.folder / "checkpoints/999")
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    assert ("LEDGER-ROLLBACK", "ledger/checkpoints/999") in found(ledger)


@pytest.mark.parametrize("size", [6, 300, 608])  # at 300 this ledger signed nothing
def test_a_fork_under_a_size_that_was_not_reached_is_found_and_not_signed(
    ledger: LedgerUnderTest, size: int
) -> None:
    forked = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), [ledger.key.signer])
    (ledger.folder / "checkpoints/999").write_bytes(forked)
    assert found(ledger) == [("LEDGER-CHECKPOINT-CONTRADICTED", "ledger/checkpoints/999")]
    with pytest.raises(EvidenceError, match="a fork"):
        ledger.append(608)
    assert (ledger.folder / "checkpoints/999").read_bytes() == forked


def test_a_true_checkpoint_of_a_size_without_one_gets_its_name(ledger: LedgerUnderTest) -> None:
    true = sign_checkpoint(Checkpoint(ORIGIN, 300, ledger.files.root_at(300)), [ledger.key.signer])
    (ledger.folder / "checkpoints/999").write_bytes(true)
    assert found(ledger) == [("LEDGER-BEYOND", "ledger/checkpoints/999")]
    ledger.append(608)
    assert found(ledger) == []
    assert (ledger.folder / "checkpoints/300").read_bytes() == true


def test_a_checkpoint_under_a_wrong_name_is_accused_by_no_damaged_tile(ledger: LedgerUnderTest) -> None:
    true = sign_checkpoint(Checkpoint(ORIGIN, 300, ledger.files.root_at(300)), [ledger.key.signer])
    (ledger.folder / "checkpoints/999").write_bytes(true)
    tile = ledger.folder / "tile/0/001"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert {code for code, _ in found(ledger)} == {"LEDGER-TILE-ALTERED", "LEDGER-BEYOND"}
    with pytest.raises(EvidenceError, match="tiles of the ledger do not give the root"):
        ledger.append(608)


def test_a_checkpoint_that_nobody_signed_bounds_nothing(ledger: LedgerUnderTest, tmp_path: Path) -> None:
    forged = _rewrite(ledger, tmp_path / "forged", 300)
    for name in ("tile/entries/001", "tile/0/001", "tile/1/000.p/2"):
        (ledger.folder / name).write_bytes((forged.folder / name).read_bytes())
    shutil.copyfile(_original(ledger, "tile/0/000"), ledger.folder / "tile/0/000")
    stranger = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "stranger")})
    unsigned = sign_checkpoint(Checkpoint(ORIGIN, 400, bytes(32)), [stranger.signer])
    (ledger.folder / "checkpoints/999").write_bytes(unsigned)
    messages = {each.code: each.message for each in verified(ledger).findings}
    assert messages["LEDGER-CHECKPOINT-CONTRADICTED"].endswith("between entry 6 and entry 605")
    assert messages["LEDGER-BEYOND"].startswith("unsigned leftover")


def test_a_missing_checkpoint_does_not_hide_other_damage(ledger: LedgerUnderTest) -> None:
    (ledger.folder / "checkpoint").unlink()
    edit_bundle(ledger, "tile/entries/000", lambda entries: entries.__setitem__(5, entry(9)))
    assert found(ledger) == [
        ("LEDGER-CHECKPOINT-MISSING", "ledger/checkpoint"),
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/000"),
    ]


def test_an_entry_0_for_another_key_is_found(tmp_path: Path) -> None:
    key = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "keys")})
    first = ledger_entries.archive_created(
        time=ledger_entries.timestamp(0), agents=[], archive="u", origin=ORIGIN, key="another"
    )
    files = LedgerFiles(str(tmp_path))
    files.create(first, key.signer, key.last_signed)
    assert [(f.code, f.place) for f in files.verify(key.vkey).findings] == [("LEDGER-FIRST-ENTRY", "entry 0")]

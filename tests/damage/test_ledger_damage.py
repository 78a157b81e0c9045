"""Every kind of damage to every file of a ledger is found and named; an undamaged one raises no alarm.

One mutation per test. The ledger: entry 0, then commits of 5, 600 and 2 entries, so 608 in all: two full
bundles and a partial one, two tile levels, and the partial tiles of the checkpoint before.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core import entries as ledger_entries
from archive.core.checkpoint import Checkpoint, sign_checkpoint
from archive.core.errors import EvidenceError
from archive.core.ledger_findings import LedgerOutcome, LedgerVerdict
from archive.core.tiles import decode_bundle, encode_bundle
from archive.storage.keys import create_key
from archive.storage.ledger_files import LedgerFiles
from tests.ledgers import ORIGIN, LedgerUnderTest, entry, make_ledger

FILES = [
    "checkpoint",
    "checkpoints/1",
    "checkpoints/6",
    "checkpoints/606",
    "checkpoints/608",
    "tile/entries/000",
    "tile/entries/001",
    "tile/entries/002.p/94",
    "tile/entries/002.p/96",
    "tile/0/000",
    "tile/0/001",
    "tile/0/002.p/94",
    "tile/0/002.p/96",
    "tile/1/000.p/2",
]
# Evidence of an earlier commit that the current checkpoint does not need: gone is no finding.
NOT_MISSED = {"checkpoints/1", "checkpoints/6", "checkpoints/606", "tile/entries/002.p/94", "tile/0/002.p/94"}


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> LedgerUnderTest:
    return make_ledger(tmp_path_factory.mktemp("ledger"), [5, 600, 2])


@pytest.fixture
def ledger(intact: LedgerUnderTest, tmp_path: Path) -> LedgerUnderTest:
    shutil.copytree(intact.archive, tmp_path / "archive")
    for folder, _, names in os.walk(tmp_path / "archive"):
        for name in names:
            os.chmod(Path(folder, name), 0o644)
    return LedgerUnderTest(tmp_path / "archive", intact.key)


def _verify(ledger: LedgerUnderTest) -> LedgerVerdict:
    return ledger.files.verify(ledger.key.vkey)


def _found(ledger: LedgerUnderTest) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in _verify(ledger).findings]


def _edit_bundle(ledger: LedgerUnderTest, name: str, edit: Callable[[list[bytes]], object]) -> None:
    path = ledger.folder / name
    width = 256 if ".p" not in name else int(path.name)
    entries, _ = decode_bundle(path.read_bytes(), width)
    edit(entries)
    path.write_bytes(encode_bundle(entries))


def test_the_files_are_those_of_this_page(ledger: LedgerUnderTest) -> None:
    assert sorted(ledger.tree()) == sorted(FILES)
    assert _verify(ledger).findings == ()


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_found_in_its_file(ledger: LedgerUnderTest, name: str) -> None:
    path = ledger.folder / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    verdict = _verify(ledger)
    # A bit in the length of an entry tears the bundle and alters what follows: two findings, one file.
    assert {finding.place for finding in verdict.findings} == {f"ledger/{name}"}
    assert verdict.outcome is LedgerOutcome.BROKEN


@pytest.fixture(scope="module")
def flipped(intact: LedgerUnderTest, tmp_path_factory: pytest.TempPathFactory) -> LedgerUnderTest:
    folder = tmp_path_factory.mktemp("flipped") / "archive"
    shutil.copytree(intact.archive, folder)
    return LedgerUnderTest(folder, intact.key)


@given(st.sampled_from(FILES), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_flipped_bit_is_found(flipped: LedgerUnderTest, name: str, place: int) -> None:
    path = flipped.folder / name
    raw = path.read_bytes()
    bad = bytearray(raw)
    bit = place % (8 * len(raw))
    bad[bit // 8] ^= 1 << bit % 8
    path.chmod(0o644)
    path.write_bytes(bad)
    try:
        verdict = _verify(flipped)
    finally:
        path.write_bytes(raw)
    assert verdict.outcome is LedgerOutcome.BROKEN
    assert {finding.place for finding in verdict.findings} == {f"ledger/{name}"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("keep", [0, 0.5, -1])
def test_a_cut_file_is_found(ledger: LedgerUnderTest, name: str, keep: float) -> None:
    path = ledger.folder / name
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * keep)] if keep >= 0 else raw[:-1])
    verdict = _verify(ledger)
    assert [finding.place for finding in verdict.findings] == [f"ledger/{name}"]
    assert verdict.outcome is LedgerOutcome.BROKEN


@pytest.mark.parametrize("name", FILES)
def test_bytes_behind_a_file_are_found(ledger: LedgerUnderTest, name: str) -> None:
    with (ledger.folder / name).open("ab") as stream:
        stream.write(b"\0")
    verdict = _verify(ledger)
    assert [finding.place for finding in verdict.findings] == [f"ledger/{name}"]
    assert verdict.outcome is LedgerOutcome.BROKEN


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_found(ledger: LedgerUnderTest, name: str) -> None:
    (ledger.folder / name).unlink()
    expected = [] if name in NOT_MISSED else [f"ledger/{name}"]
    findings = _verify(ledger).findings
    assert [finding.place for finding in findings] == expected
    assert all(finding.code.endswith("-MISSING") for finding in findings)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["link", "folder", "fifo"])
def test_something_else_in_place_of_a_file_is_found(ledger: LedgerUnderTest, name: str, kind: str) -> None:
    path = ledger.folder / name
    path.rename(ledger.archive / "moved")
    if kind == "link":
        path.symlink_to(ledger.archive / "moved")
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    found = _found(ledger)
    if name.startswith("tile") and name in NOT_MISSED:
        assert found == []  # never read again, removed by the next commit
    else:
        assert ("LEDGER-NOT-A-FILE", f"ledger/{name}") in found


@pytest.mark.parametrize("name", ["checkpoint", "tile/entries/000", "tile/0/000", "tile/1/000.p/2"])
def test_a_reading_fault_is_unreadable_not_altered(
    ledger: LedgerUnderTest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = os.open

    def broken(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if str(path) == str(ledger.folder / name):
            raise OSError(5, "Input/output error")
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", broken)
    verdict = _verify(ledger)
    assert {(finding.code, finding.place) for finding in verdict.findings} == {
        ("LEDGER-UNREADABLE", f"ledger/{name}")
    }
    assert verdict.outcome is LedgerOutcome.UNREADABLE


def test_an_altered_entry_is_named_and_not_handed_on(ledger: LedgerUnderTest) -> None:
    _edit_bundle(ledger, "tile/entries/001", lambda entries: entries.__setitem__(44, entry(9)))
    seen: list[int] = []
    verdict = ledger.files.verify(ledger.key.vkey, on_entry=lambda index, _: seen.append(index))
    assert [(finding.code, finding.place) for finding in verdict.findings] == [
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/001")
    ]
    assert verdict.findings[0].message.startswith("entry 300: ")
    assert seen == [index for index in range(608) if index != 300]


def test_an_altered_last_entry_is_told_from_an_altered_tile(ledger: LedgerUnderTest) -> None:
    _edit_bundle(ledger, "tile/entries/002.p/96", lambda entries: entries.__setitem__(95, entry(9)))
    verdict = _verify(ledger)
    assert [finding.message for finding in verdict.findings] == [
        "entry 607: not the bytes that the signed tree was made of"
    ]


def test_a_removed_entry_is_named_from_its_place_on(ledger: LedgerUnderTest) -> None:
    _edit_bundle(ledger, "tile/entries/000", lambda entries: entries.pop(7))
    findings = _verify(ledger).findings
    assert [(finding.code, finding.place) for finding in findings] == [
        ("LEDGER-BUNDLE-TORN", "ledger/tile/entries/000"),
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/000"),
    ]
    assert findings[1].message.startswith("entry 7, 8, ")


def test_reordered_entries_are_named(ledger: LedgerUnderTest) -> None:
    def swap(entries: list[bytes]) -> None:
        entries[3], entries[200] = entries[200], entries[3]

    _edit_bundle(ledger, "tile/entries/000", swap)
    findings = _verify(ledger).findings
    assert [finding.code for finding in findings] == ["LEDGER-ENTRY-ALTERED"]
    assert findings[0].message.startswith("entry 3, 200: ")


def test_swapped_bundles_are_found(ledger: LedgerUnderTest) -> None:
    first, second = (ledger.folder / f"tile/entries/00{number}" for number in (0, 1))
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert _found(ledger) == [
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/000"),
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/001"),
    ]


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
    verdict = _verify(ledger)
    assert verdict.outcome is LedgerOutcome.BROKEN
    message = next(f.message for f in verdict.findings if f.code == "LEDGER-CHECKPOINT-CONTRADICTED")
    assert message == (
        "the entries do not give the root signed at size 606; "
        "the first that is wrong lies between entry 6 and entry 605"
    )


def _original(ledger: LedgerUnderTest, name: str) -> Path:
    """The undamaged file, computed from the entries that are still whole."""
    from archive.core.merkle import leaf_hash

    path = ledger.archive / "original"
    path.write_bytes(b"".join(leaf_hash(raw) for raw in ledger.files.entries(0, 256)))
    assert name == "tile/0/000"
    return path


def test_a_replayed_checkpoint_is_a_rollback(ledger: LedgerUnderTest) -> None:
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    verdict = _verify(ledger)
    assert [(finding.code, finding.place) for finding in verdict.findings] == [
        ("LEDGER-BEYOND", "ledger/tile"),
        ("LEDGER-ROLLBACK", "ledger/checkpoints/608"),
    ]
    assert (verdict.outcome, verdict.size) == (LedgerOutcome.BROKEN, 606)
    with pytest.raises(EvidenceError, match="2 entries behind"):
        ledger.append(9)


def test_a_rollback_is_not_signed_even_where_nothing_is_recorded_beside_the_key(
    ledger: LedgerUnderTest, tmp_path: Path
) -> None:
    from archive.storage.last_signed import LastSigned

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


def test_a_rollback_without_traces_is_found_by_a_younger_checkpoint(ledger: LedgerUnderTest) -> None:
    younger = ledger.files.read_checkpoint(ledger.key.vkey)
    shutil.copyfile(ledger.folder / "checkpoints/606", ledger.folder / "checkpoint")
    for name in ("checkpoints/608", "tile/entries/002.p/96", "tile/0/002.p/96"):
        (ledger.folder / name).unlink()
    assert _verify(ledger).outcome is LedgerOutcome.PROVEN  # consistent with itself
    verdict = ledger.files.verify(ledger.key.vkey, younger)
    assert [(finding.code, finding.place) for finding in verdict.findings] == [
        ("LEDGER-ROLLBACK", "ledger/checkpoint")
    ]
    assert not ledger.files.extends(younger.size, younger.root)


def test_a_checkpoint_by_another_key_is_refused(ledger: LedgerUnderTest, tmp_path: Path) -> None:
    stranger = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "stranger")})
    checkpoint = ledger.files.read_checkpoint(ledger.key.vkey)
    (ledger.folder / "checkpoint").write_bytes(sign_checkpoint(checkpoint, [stranger.signer]))
    found = _verify(ledger).findings
    assert [(finding.code, finding.place) for finding in found] == [
        ("LEDGER-CHECKPOINT-ALTERED", "ledger/checkpoint")
    ]
    assert f"not signed by {ORIGIN}+{ledger.key.key_id} but by {ORIGIN}+{stranger.key_id}" in found[0].message
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
    assert _found(ledger) == [("LEDGER-CHECKPOINT-CONTRADICTED", "ledger/checkpoints/6")]


def test_a_kept_checkpoint_under_another_size_is_found(ledger: LedgerUnderTest) -> None:
    shutil.copyfile(ledger.folder / "checkpoints/1", ledger.folder / "checkpoints/6")
    assert _found(ledger) == [("LEDGER-CHECKPOINT-ALTERED", "ledger/checkpoints/6")]


def test_a_missing_checkpoint_does_not_hide_other_damage(ledger: LedgerUnderTest) -> None:
    (ledger.folder / "checkpoint").unlink()
    _edit_bundle(ledger, "tile/entries/000", lambda entries: entries.__setitem__(5, entry(9)))
    assert _found(ledger) == [
        ("LEDGER-CHECKPOINT-MISSING", "ledger/checkpoint"),
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/000"),
    ]


def test_bytes_beyond_the_checkpoint_are_a_note(ledger: LedgerUnderTest) -> None:
    (ledger.folder / "tile/entries/003").write_bytes(b"leftover")
    verdict = _verify(ledger)
    assert [finding.code for finding in verdict.findings] == ["LEDGER-BEYOND"]
    assert verdict.outcome is LedgerOutcome.PROVEN


def test_strangers_are_a_warning(ledger: LedgerUnderTest) -> None:
    for name in (".DS_Store", "tile/0/notes.txt", "checkpoints/latest"):
        (ledger.folder / name).write_bytes(b"x")
    verdict = _verify(ledger)
    assert sorted(finding.place for finding in verdict.findings) == [
        "ledger/.DS_Store",
        "ledger/checkpoints/latest",
        "ledger/tile/0/notes.txt",
    ]
    assert verdict.outcome is LedgerOutcome.PROVEN


def test_a_missing_ledger_is_found(tmp_path: Path, intact: LedgerUnderTest) -> None:
    verdict = LedgerFiles(str(tmp_path)).verify(intact.key.vkey)
    assert [finding.code for finding in verdict.findings] == ["LEDGER-CHECKPOINT-MISSING"]
    assert (verdict.outcome, verdict.size, verdict.root) == (LedgerOutcome.BROKEN, 0, None)


def test_a_step_back_of_the_clock_is_one_note(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [3])
    ledger.append(4_000_000_000_000, 5, 6)
    verdict = _verify(ledger)
    assert [(finding.code, finding.place) for finding in verdict.findings] == [
        ("LEDGER-CLOCK-BACK", "entry 5")
    ]
    assert verdict.outcome is LedgerOutcome.PROVEN


@pytest.mark.parametrize(
    ("raw", "code"), [(b"not JSON", "LEDGER-ENTRY-MALFORMED"), (b'{"v":2}', "LEDGER-ENTRY-NEWER")]
)
def test_a_signed_entry_that_is_none_is_found(tmp_path: Path, raw: bytes, code: str) -> None:
    ledger = make_ledger(tmp_path, [3])
    ledger.files.append([raw], ledger.key.signer, ledger.key.last_signed)
    assert _found(ledger) == [(code, "entry 4")]


def test_an_entry_0_for_another_key_is_found(tmp_path: Path) -> None:
    key = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "keys")})
    first = ledger_entries.archive_created(
        time=ledger_entries.timestamp(0), agents=[], archive="u", origin=ORIGIN, key="another"
    )
    files = LedgerFiles(str(tmp_path))
    files.create(first, key.signer, key.last_signed)
    assert [(f.code, f.place) for f in files.verify(key.vkey).findings] == [("LEDGER-FIRST-ENTRY", "entry 0")]


@pytest.mark.parametrize("name", ["tile/entries/002.p/96", "tile/0/002.p/96", "tile/0/002.p/96 cut"])
def test_nothing_is_appended_to_a_damaged_edge(ledger: LedgerUnderTest, name: str) -> None:
    name, _, cut = name.partition(" ")
    path = ledger.folder / name
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw[:-1] if cut else raw)
    before = ledger.files.checkpoint_bytes()
    # the state beside the key is that of the intact ledger, which this copy equals in size and root
    with pytest.raises(EvidenceError, match=r"ledger"):
        ledger.append(9)
    assert ledger.files.checkpoint_bytes() == before


def test_reading_names_the_file_that_is_torn_or_missing(ledger: LedgerUnderTest) -> None:
    (ledger.folder / "tile/entries/001").unlink()
    with pytest.raises(EvidenceError, match="ledger/tile/entries/001: missing"):
        list(ledger.files.entries())
    (ledger.folder / "tile/entries/001").write_bytes(b"\0")
    with pytest.raises(EvidenceError, match="ledger/tile/entries/001: ends after 0 of 256"):
        list(ledger.files.entries())


def test_extending_cannot_be_told_from_damaged_tiles(ledger: LedgerUnderTest) -> None:
    root = ledger.files.root_at(606)
    path = ledger.folder / "tile/0/002.p/96"
    path.write_bytes(bytes(len(path.read_bytes())))
    with pytest.raises(EvidenceError, match="do not give the root signed at size 608"):
        ledger.files.extends(606, root)

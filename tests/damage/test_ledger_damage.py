"""Every kind of damage to every file of a ledger is found and named; an undamaged one raises no alarm."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.errors import EvidenceError, StorageError
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.limits.output import LEDGER_FINDINGS
from archive.storage.ledger.files import LedgerFiles
from tests.ledgers import LedgerUnderTest, edit_bundle, entry, found, make_ledger, verified

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


def test_the_files_are_those_of_this_page(ledger: LedgerUnderTest) -> None:
    assert sorted(ledger.tree()) == sorted(FILES)
    assert verified(ledger).findings == ()


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_found_in_its_file(ledger: LedgerUnderTest, name: str) -> None:
    path = ledger.folder / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    verdict = verified(ledger)
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
        verdict = verified(flipped)
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
    verdict = verified(ledger)
    assert [finding.place for finding in verdict.findings] == [f"ledger/{name}"]
    assert verdict.outcome is LedgerOutcome.BROKEN


@pytest.mark.parametrize("name", FILES)
def test_bytes_behind_a_file_are_found(ledger: LedgerUnderTest, name: str) -> None:
    with (ledger.folder / name).open("ab") as stream:
        stream.write(b"\0")
    verdict = verified(ledger)
    assert [finding.place for finding in verdict.findings] == [f"ledger/{name}"]
    assert verdict.outcome is LedgerOutcome.BROKEN


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_found(ledger: LedgerUnderTest, name: str) -> None:
    (ledger.folder / name).unlink()
    expected = [] if name in NOT_MISSED else [f"ledger/{name}"]
    findings = verified(ledger).findings
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
    assert ("LEDGER-NOT-A-FILE", f"ledger/{name}") in found(ledger)


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
    verdict = verified(ledger)
    assert {(finding.code, finding.place) for finding in verdict.findings} == {
        ("LEDGER-UNREADABLE", f"ledger/{name}")
    }
    assert verdict.outcome is LedgerOutcome.UNREADABLE


def test_an_altered_entry_is_named_and_not_handed_on(ledger: LedgerUnderTest) -> None:
    edit_bundle(ledger, "tile/entries/001", lambda entries: entries.__setitem__(44, entry(9)))
    seen: list[int] = []
    verdict = ledger.files.verify(ledger.key.vkey, on_entry=lambda index, _: seen.append(index))
    assert [(finding.code, finding.place) for finding in verdict.findings] == [
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/001")
    ]
    assert verdict.findings[0].message.startswith("entry 300: ")
    assert seen == [index for index in range(608) if index != 300]


def test_an_altered_last_entry_is_told_from_an_altered_tile(ledger: LedgerUnderTest) -> None:
    edit_bundle(ledger, "tile/entries/002.p/96", lambda entries: entries.__setitem__(95, entry(9)))
    verdict = verified(ledger)
    assert [finding.message for finding in verdict.findings] == [
        "entry 607: not the bytes that the signed tree was made of"
    ]


def test_a_removed_entry_is_named_from_its_place_on(ledger: LedgerUnderTest) -> None:
    edit_bundle(ledger, "tile/entries/000", lambda entries: entries.pop(7))
    findings = verified(ledger).findings
    assert [(finding.code, finding.place) for finding in findings] == [
        ("LEDGER-BUNDLE-TORN", "ledger/tile/entries/000"),
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/000"),
    ]
    assert findings[1].message.startswith("entry 7, 8, ")


def test_reordered_entries_are_named(ledger: LedgerUnderTest) -> None:
    def swap(entries: list[bytes]) -> None:
        entries[3], entries[200] = entries[200], entries[3]

    edit_bundle(ledger, "tile/entries/000", swap)
    findings = verified(ledger).findings
    assert [finding.code for finding in findings] == ["LEDGER-ENTRY-ALTERED"]
    assert findings[0].message.startswith("entry 3, 200: ")


def test_swapped_bundles_are_found(ledger: LedgerUnderTest) -> None:
    first, second = (ledger.folder / f"tile/entries/00{number}" for number in (0, 1))
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert found(ledger) == [
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/000"),
        ("LEDGER-ENTRY-ALTERED", "ledger/tile/entries/001"),
    ]


def test_bytes_beyond_the_checkpoint_are_a_note(ledger: LedgerUnderTest) -> None:
    (ledger.folder / "tile/entries/003").write_bytes(b"leftover")
    verdict = verified(ledger)
    assert [finding.code for finding in verdict.findings] == ["LEDGER-BEYOND"]
    assert verdict.outcome is LedgerOutcome.PROVEN


def test_strangers_are_a_warning(ledger: LedgerUnderTest) -> None:
    for name in (".DS_Store", "tile/0/notes.txt", "checkpoints/latest"):
        (ledger.folder / name).write_bytes(b"x")
    verdict = verified(ledger)
    assert sorted(finding.place for finding in verdict.findings) == [
        "ledger/.DS_Store",
        "ledger/checkpoints/latest",
        "ledger/tile/0/notes.txt",
    ]
    assert verdict.outcome is LedgerOutcome.PROVEN


def test_a_thousand_strangers_hide_no_altered_entry(ledger: LedgerUnderTest) -> None:
    for number in range(LEDGER_FINDINGS + 1):
        (ledger.folder / f"note-{number}").write_text("")
    edit_bundle(ledger, "tile/entries/001", lambda entries: entries.__setitem__(44, entry(9)))
    (ledger.folder / "checkpoint.new").write_text("x")  # a note, and the last thing that is looked at

    verdict = verified(ledger)

    codes = [finding.code for finding in verdict.findings]
    assert verdict.outcome is LedgerOutcome.BROKEN
    assert "LEDGER-ENTRY-ALTERED" in codes
    assert codes.count("LEDGER-UNKNOWN-FILE") == LEDGER_FINDINGS + 1
    assert [one.message for one in verdict.findings if one.place == "ledger"] == [
        "1 more findings of this kind"
    ]


def test_a_missing_ledger_is_found(tmp_path: Path, intact: LedgerUnderTest) -> None:
    verdict = LedgerFiles(str(tmp_path)).verify(intact.key.vkey)
    assert [finding.code for finding in verdict.findings] == ["LEDGER-CHECKPOINT-MISSING"]
    assert (verdict.outcome, verdict.size, verdict.root) == (LedgerOutcome.BROKEN, 0, None)


def test_a_step_back_of_the_clock_is_one_note(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [3])
    ledger.append(4_000_000_000_000, 5, 6)
    verdict = verified(ledger)
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
    assert found(ledger) == [(code, "entry 4")]


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


@pytest.mark.parametrize("kind", ["pipe", "large"])
@pytest.mark.parametrize("name", ["tile/entries/002.p/88", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_what_is_no_file_in_the_place_of_a_superseded_tile_is_found(
    tmp_path: Path, name: str, kind: str
) -> None:
    ledger = make_ledger(tmp_path, [599, 200])
    path = ledger.folder / name
    path.chmod(0o644)
    if kind == "pipe":
        path.unlink()
        os.mkfifo(path)
    else:
        os.truncate(path, 1 << 40)
    assert found(ledger) == [("LEDGER-NOT-A-FILE", f"ledger/{name}")]


@pytest.mark.parametrize("name", ["tile/entries/002.p/88", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_a_superseded_tile_that_is_gone_is_no_finding(tmp_path: Path, name: str) -> None:
    ledger = make_ledger(tmp_path, [599, 200])
    (ledger.folder / name).unlink()
    assert found(ledger) == []


def test_a_writer_says_what_to_do_about_a_folder_in_the_place_of_a_superseded_tile(
    ledger: LedgerUnderTest,
) -> None:
    path = ledger.folder / "tile/0/002.p/94"
    path.unlink()
    path.mkdir()
    (path / "mine").touch()
    with pytest.raises(StorageError, match="tile/0/002") as caught:
        ledger.append(700)
    assert caught.value.remedy is not None
    assert "move it away" in caught.value.remedy
    (path / "mine").unlink()
    path.rmdir()
    assert ledger.append(700).size == 609

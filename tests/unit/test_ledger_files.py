"""The ledger on disk: what is appended is read, proven and laid out as others' tools expect it."""

import base64
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import ConflictError, EvidenceError, StorageError
from archive.core.ledger import merkle
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.storage.keys.signing_key import create_key
from archive.storage.ledger.files import LedgerFiles
from tests.ledgers import ORIGIN, LedgerUnderTest, entry, make_ledger
from tests.property import naive_merkle

COMMITS = (5, 300, 2)
SIZE = 1 + sum(COMMITS)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> LedgerUnderTest:
    return make_ledger(tmp_path_factory.mktemp("ledger"), COMMITS)


def test_entries_come_back_in_order(ledger: LedgerUnderTest) -> None:
    found = list(ledger.files.entries())
    assert found[1:] == [entry(mark) for mark in range(1, SIZE)]
    assert [
        list(ledger.files.entries(start, end)) for start, end in [(0, 0), (3, 5), (250, 260), (307, 308)]
    ] == [
        [],
        found[3:5],
        found[250:260],
        found[307:],
    ]
    assert [ledger.files.entry(index) for index in (0, 255, 256, 307)] == [
        found[index] for index in (0, 255, 256, 307)
    ]


def test_the_checkpoint_signs_the_naive_root(ledger: LedgerUnderTest) -> None:
    entries = list(ledger.files.entries())
    expected = Checkpoint(ORIGIN, SIZE, naive_merkle.mth(entries))
    assert ledger.files.read_checkpoint(ledger.key.vkey) == expected
    assert ledger.files.checkpoint_bytes() == (ledger.folder / "checkpoints" / str(SIZE)).read_bytes()


def test_files_lie_as_the_tile_specification_says(ledger: LedgerUnderTest) -> None:
    assert sorted(ledger.tree()) == sorted(
        [
            "checkpoint",
            *(f"checkpoints/{size}" for size in (1, 6, 306, 308)),
            "tile/entries/000",
            "tile/entries/001.p/50",  # of the checkpoint before, kept until the next commit
            "tile/entries/001.p/52",
            "tile/0/000",
            "tile/0/001.p/50",
            "tile/0/001.p/52",
            "tile/1/000.p/1",
        ]
    )


@pytest.mark.parametrize("size", [0, 1, 6, 255, 256, 257, 306, 308])
def test_the_root_at_any_size_is_the_naive_one(ledger: LedgerUnderTest, size: int) -> None:
    assert ledger.files.root_at(size) == naive_merkle.mth(list(ledger.files.entries(0, size)))


def test_a_ledger_extends_its_own_past_and_nothing_else(ledger: LedgerUnderTest) -> None:
    for size in (0, 1, 6, 256, 306, 308):
        assert ledger.files.extends(size, ledger.files.root_at(size))
        assert not ledger.files.extends(size, bytes(32))
    assert not ledger.files.extends(309, bytes(32))


def test_proofs_verify(ledger: LedgerUnderTest) -> None:
    root = ledger.files.read_checkpoint(ledger.key.vkey).root
    for index in (0, 6, 255, 256, 307):
        leaf = merkle.leaf_hash(ledger.files.entry(index))
        assert merkle.verify_inclusion(index, SIZE, leaf, ledger.files.prove_inclusion(index, SIZE), root)
    older = ledger.files.root_at(300)
    assert merkle.verify_consistency(300, SIZE, older, root, ledger.files.prove_consistency(300, SIZE))


def test_an_undamaged_ledger_is_proven_without_findings(ledger: LedgerUnderTest) -> None:
    raw: list[tuple[int, bytes]] = []
    parsed: list[tuple[int, Entry]] = []
    verdict = ledger.files.verify(
        ledger.key.vkey,
        on_entry=lambda index, entry: raw.append((index, entry)),
        on_parsed=lambda index, entry: parsed.append((index, entry)),
    )
    checkpoint = ledger.files.read_checkpoint(ledger.key.vkey)
    assert (verdict.findings, verdict.outcome) == ((), LedgerOutcome.PROVEN)
    assert (verdict.size, verdict.root, verdict.checkpoint) == (SIZE, checkpoint.root, checkpoint)
    assert raw == list(enumerate(ledger.files.entries()))
    assert [index for index, _ in parsed] == list(range(SIZE))
    assert parsed[7][1].get("settings") == f"{7:08x}"


def test_a_reader_judges_by_the_checkpoint_it_read_first(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [5])
    older = ledger.files.read_checkpoint(ledger.key.vkey)
    for size in (6, 7, 8):  # the partial tiles of `older` are gone after the second of these
        ledger.append(size)
    verdict = ledger.files.verify(ledger.key.vkey, older)
    assert (verdict.findings, verdict.outcome, verdict.size) == ((), LedgerOutcome.PROVEN, 6)
    assert len(list(ledger.files.entries(0, 6))) == 6
    assert ledger.files.root_at(6) == older.root


@pytest.mark.parametrize("commits", [[254], [255], [256], [511], [100, 100, 100]])
def test_every_way_to_fill_a_tile_is_proven(tmp_path: Path, commits: list[int]) -> None:
    ledger = make_ledger(tmp_path, commits)
    assert ledger.files.verify(ledger.key.vkey).findings == ()
    ledger.append(9999)
    verdict = ledger.files.verify(ledger.key.vkey)
    assert (verdict.findings, verdict.size) == ((), 2 + sum(commits))


def test_appending_nothing_commits_nothing(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [1])
    before = ledger.files.checkpoint_bytes()
    assert ledger.append().size == 2
    assert ledger.files.checkpoint_bytes() == before
    assert sorted(path.name for path in (ledger.folder / "checkpoints").iterdir()) == ["1", "2"]


def test_everything_is_durable_before_the_checkpoint_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    ledger = make_ledger(tmp_path, [254])
    before = set(ledger.tree())
    steps: list[tuple[str, set[str]]] = []
    real = os.rename

    def rename(source: str, target: str) -> None:
        if target == str(ledger.folder / "checkpoint"):
            steps.append(("commit", set(ledger.tree()) - before))
        real(source, target)

    def sync(files: object, folders: object) -> None:
        assert isinstance(files, list)
        assert isinstance(folders, list)
        names = {os.path.relpath(name, ledger.folder) for name in files}
        assert {os.path.dirname(name) for name in files} <= set(folders)
        steps.append(("sync", names))

    monkeypatch.setattr(os, "rename", rename)
    ledger.files.append([entry(255), entry(256)], ledger.key.signer, ledger.key.last_signed, sync=sync)
    tiles = {"tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/1"}
    assert steps == [("sync", tiles), ("commit", tiles | {"checkpoint.new", "checkpoints/257"})]
    assert ledger.key.last_signed.read() == (ledger.files.read_checkpoint(ledger.key.vkey), None)


def test_a_failed_sync_leaves_the_old_ledger(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [1])

    def sync(*_: object) -> None:
        raise StorageError("no")

    with pytest.raises(StorageError):
        ledger.files.append([entry(9)], ledger.key.signer, ledger.key.last_signed, sync=sync)
    assert ledger.files.read_checkpoint(ledger.key.vkey).size == 2
    assert ledger.append(9).size == 3
    assert ledger.files.verify(ledger.key.vkey).findings == ()


def test_an_existing_ledger_is_not_created_again(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path)
    with pytest.raises(ConflictError, match="signed a ledger before"):
        ledger.create()
    other = create_key(ORIGIN, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "other")})
    with pytest.raises(ConflictError, match="exists already"):
        LedgerFiles(str(ledger.archive)).create(b"{}", other.signer, other.last_signed)


def test_an_older_copy_is_not_signed(tmp_path: Path) -> None:
    import shutil

    ledger = make_ledger(tmp_path, [3])
    shutil.copytree(ledger.archive, tmp_path / "copy")
    ledger.append(8, 9)
    copy = LedgerUnderTest(tmp_path / "copy", ledger.key)
    with pytest.raises(EvidenceError, match="2 entries fewer"):
        copy.append(8)
    assert copy.files.verify(ledger.key.vkey).findings == ()


def test_a_fork_is_not_signed(tmp_path: Path) -> None:
    import shutil

    ledger = make_ledger(tmp_path, [3])
    shutil.copytree(tmp_path, tmp_path / "apart")
    ledger.append(8, 9)
    fork = LedgerUnderTest(tmp_path / "apart" / "archive", ledger.key)
    # A second copy of the key, with its own state, signs other entries ...
    from archive.storage.keys.signing_key import load_key

    twin = load_key(ledger.key.vkey, environment={"ARCHIVE_KEY_DIR": str(tmp_path / "apart" / "keys")})
    LedgerUnderTest(fork.archive, twin).append(6, 7, 8)
    with pytest.raises(EvidenceError, match="contradicts what its key signed last"):
        fork.append(10)


def test_a_longer_ledger_that_extends_the_last_state_is_signed(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [3])
    last = ledger.key.last_signed.read()[0]
    ledger.append(8, 9)
    assert last is not None
    ledger.key.last_signed.finish(last)  # the key's folder was restored from its backup
    assert ledger.append(10).size == 7


def test_nothing_is_written_through_a_linked_folder(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [3])
    (ledger.folder / "tile").rename(tmp_path / "elsewhere")
    (ledger.folder / "tile").symlink_to(tmp_path / "elsewhere")
    before = sorted((tmp_path / "elsewhere").rglob("*"))
    with pytest.raises(StorageError, match="a link where the ledger has a folder"):
        ledger.append(9)
    assert sorted((tmp_path / "elsewhere").rglob("*")) == before


@pytest.mark.parametrize("name", ["tile/0/000.p/4", "tile/entries/000.p/4"])
def test_a_leftover_does_not_stand_in_for_a_missing_partial_tile(tmp_path: Path, name: str) -> None:
    """The next commit would remove the leftover, and with it the only bytes of these entries."""
    ledger = make_ledger(tmp_path, [3, 1])
    for part in ("checkpoint", "checkpoints/5"):  # back to size 4, with the tiles of size 5 beyond it
        (ledger.folder / part).unlink()
    (ledger.folder / "checkpoint").write_bytes((ledger.folder / "checkpoints/4").read_bytes())
    at_four = ledger.files.read_checkpoint(ledger.key.vkey)
    ledger.key.last_signed.finish(at_four)
    (ledger.folder / name).unlink()
    before = ledger.tree()
    with pytest.raises(EvidenceError, match=f"ledger/{name}: missing"):
        ledger.append(9)
    assert ledger.tree() == before
    found = ledger.files.verify(ledger.key.vkey).findings
    assert (f"ledger/{name}", "error") in [(finding.place, finding.severity.value) for finding in found]


def test_readers_beside_a_writer_raise_no_alarm(tmp_path: Path) -> None:
    import threading

    ledger = make_ledger(tmp_path, [240])
    reader = LedgerFiles(str(ledger.archive))
    trouble: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            checkpoint = reader.read_checkpoint(ledger.key.vkey)
            verdict = reader.verify(ledger.key.vkey, checkpoint)
            trouble.extend(finding for finding in verdict.findings if finding.severity.value != "note")
            if verdict.outcome is not LedgerOutcome.PROVEN or verdict.size != checkpoint.size:
                trouble.append(verdict)
            if len(list(reader.entries(0, checkpoint.size))) != checkpoint.size:
                trouble.append("entries")
            if not reader.extends(checkpoint.size, checkpoint.root):
                trouble.append("extends")

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for mark in range(241, 281):
            ledger.append(mark)
    finally:
        done.set()
        thread.join()
    assert trouble == []


@pytest.mark.parametrize("call", ["read_note", "read_exact", "find", "walk_tiles", "strangers"])
def test_commits_in_the_middle_of_a_verification_raise_no_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Two commits at once: the partial tiles of the checkpoint that was read are gone after them."""
    from archive.storage.ledger.folder import LedgerFolder

    for moment in range(8):
        (tmp_path / str(moment)).mkdir()
        ledger = make_ledger(tmp_path / str(moment), [5])
        older = ledger.files.read_checkpoint(ledger.key.vkey)
        real = getattr(LedgerFolder, call)
        calls = 0

        def meanwhile(
            *arguments: object, ledger: LedgerUnderTest = ledger, real: Any = real, moment: int = moment
        ) -> object:
            nonlocal calls
            calls += 1
            if calls == moment + 1:
                monkeypatch.undo()
                for mark in (6, 7, 8):
                    ledger.append(mark)
            return real(*arguments)

        monkeypatch.setattr(LedgerFolder, call, meanwhile)
        verdict = ledger.files.verify(ledger.key.vkey, older if moment % 2 else None)
        monkeypatch.undo()
        assert [finding for finding in verdict.findings if finding.severity.value != "note"] == []
        assert verdict.outcome is LedgerOutcome.PROVEN


@pytest.mark.parametrize("commits", [1, 3])
def test_a_tile_that_is_superseded_once_it_was_looked_for_is_found_in_the_wider_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commits: int
) -> None:
    from archive.storage.ledger.folder import LedgerFolder

    ledger = make_ledger(tmp_path, [5])
    older = ledger.files.read_checkpoint(ledger.key.vkey)
    real = LedgerFolder.partial_widths
    left = list(range(commits))

    def listed_before(*arguments: Any) -> list[int]:
        widths = real(*arguments)
        if left:
            left.pop()
            ledger.append(7)
            ledger.append(8)  # the partial tiles of the last two checkpoints are kept
        return widths

    monkeypatch.setattr(LedgerFolder, "partial_widths", listed_before)
    assert ledger.files.extends(older.size, older.root)
    assert len(list(ledger.files.entries(0, older.size))) == older.size


def test_nothing_is_written_through_a_linked_folder_of_a_level(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [254])
    (tmp_path / "elsewhere").mkdir()
    (ledger.folder / "tile/1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="tile/1: a link where the ledger has a folder"):
        ledger.append(9)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_entry_beyond_its_length_leaves_the_old_ledger(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, [1])
    with pytest.raises(ValueError, match="at most 65535"):
        ledger.files.append([bytes(65_536)], ledger.key.signer, ledger.key.last_signed)
    assert ledger.append(9).size == 3


def test_others_can_check_the_checkpoint_with_plain_ed25519(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    ledger = make_ledger(tmp_path, [1])
    text, _, line = ledger.files.checkpoint_bytes().decode().rpartition("\n\n")
    name, encoded = line.removeprefix("— ").split()
    public = base64.b64decode(ledger.key.vkey.split("+", 2)[2])[1:]
    assert name == ORIGIN
    Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(encoded)[4:], f"{text}\n".encode())

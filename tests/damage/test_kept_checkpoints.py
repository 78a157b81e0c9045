"""What an auditor's old checkpoint shows after each attack on the ledger, and combinations of them.

The archive: 620 entries in commits of 1, 1, 298 and 320, so three bundles and two tile levels. The auditor
keeps the checkpoint of 300 entries. The forger has the signing key, unless a test says otherwise.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.tiles import TilePath
from archive.core.ledger.tlog_proof import EntryProof
from archive.services.init import init
from archive.services.surroundings import Surroundings
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.signing_key import Key, create_key
from archive.storage.ledger.files import LedgerFiles

COMMITS = (1, 298, 320)
KEPT = 300
CHANGED = 260  # in the second bundle, below what was kept
Printed = pytest.CaptureFixture[str]


def mark(number: int, word: str = "true") -> bytes:
    """An entry like any other."""
    return entries.make_entry(word, time=entries.timestamp(1_800_000_000_000 + number), agents=["a"])


@dataclass(frozen=True)
class Attacked:
    """An archive under attack, and what its auditor has kept."""

    folder: Path
    key: Key

    @property
    def root(self) -> Path:
        """The archive."""
        return self.folder / "archive"

    @property
    def kept(self) -> Path:
        """The checkpoint of 300 entries."""
        return self.folder / "kept"

    def ledger(self) -> list[bytes]:
        """All entries as they are."""
        return list(LedgerFiles(str(self.root)).entries())

    def write(self, new: Sequence[bytes], commits: Sequence[int] = (), *, key: Key | None = None) -> None:
        """Another history in the ledger's place, signed at every commit."""
        key = key or self.key
        state = self.folder / f"state{len(list(self.folder.iterdir()))}"
        state.mkdir()
        last = LastSigned(str(state), key.vkey)
        shutil.rmtree(self.root / "ledger")
        files = LedgerFiles(str(self.root))
        files.create(new[0], key.signer, last)
        begin = 1
        for count in (*commits, len(new)):
            if begin < len(new):
                files.append(new[begin : begin + count], key.signer, last)
                begin += count

    def verify(self, printed: Printed, *words: str | Path) -> tuple[int, dict[str, Any]]:
        """Exit code and report."""
        printed.readouterr()
        command = ["-C", str(self.root), "ledger", "verify", "--format", "json", *map(str, words)]
        code = run(command)
        return code, json.loads(printed.readouterr().out)

    def against_kept(self, printed: Printed, *words: str | Path) -> tuple[dict[str, str], dict[str, Any]]:
        """The errors' messages by code, and the report, held against what was kept; exit code 5."""
        code, report = self.verify(printed, "--trust", self.kept, *words)
        assert (code, report["outcome"], report["trust"]["basis"]) == (5, "broken", "none")
        errors = [each for each in report["findings"] if each["severity"] == "error"]
        return {each["code"]: each["message"] for each in errors}, report


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_KEY_DIR", str(folder / "keys"))
        made = init(
            folder / "archive", name="V", institution="", contact="", agent="A", surroundings=Surroundings()
        )
        attacked = Attacked(folder, made.key)
        files = LedgerFiles(str(attacked.root))
        size = files.read_checkpoint(made.key.vkey).size
        for count in (KEPT - size, 320):
            files.append([mark(n) for n in range(size, size + count)], made.key.signer, made.key.last_signed)
            size += count
            if size == KEPT:
                attacked.kept.write_bytes(files.checkpoint_bytes())
    return attacked


@pytest.fixture
def attacked(intact: Attacked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attacked:
    """A copy on a machine that knows nothing of the key: all rests on what the auditor kept."""
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "none"))
    shutil.copytree(intact.root, tmp_path / "archive")
    for path in (tmp_path / "archive" / "ledger").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copy(intact.kept, tmp_path / "kept")
    return Attacked(tmp_path, intact.key)


def changed(history: Sequence[bytes], place: int = CHANGED) -> list[bytes]:
    """The history with one entry that says something else."""
    return [*history[:place], mark(place, "forged"), *history[place + 1 :]]


def test_an_honest_ledger_is_proven_against_what_was_kept(attacked: Attacked, capsys: Printed) -> None:
    code, report = attacked.verify(capsys, "--trust", attacked.kept, "--key", attacked.key.vkey)
    assert (code, report["proven"], report["findings"]) == (0, KEPT, [])
    statement = "proven against the checkpoint of 2027-01-15 (300 entries) that you supplied"
    assert report["trust"]["statement"].startswith(statement)


HISTORIES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "one entry rewritten": changed,
    "the last entry kept rewritten": lambda all_: changed(all_, KEPT - 1),
    "an entry taken out": lambda all_: [*all_[:CHANGED], *all_[CHANGED + 1 :]],
    "an entry slipped in": lambda all_: [*all_[:CHANGED], mark(0, "slipped in"), *all_[CHANGED:]],
    "two entries exchanged": lambda all_: [*all_[:9], all_[10], all_[9], *all_[11:]],
    "rewritten and cut off behind what was kept": lambda all_: changed(all_)[: KEPT + 1],
    "rewritten and grown": lambda all_: [*changed(all_), mark(1), mark(2)],
}


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("commits", [(), (1, 298)], ids=["elsewhere", "at the same sizes"])
def test_a_history_signed_anew_is_found_and_bounded(
    attacked: Attacked, capsys: Printed, name: str, commits: tuple[int, ...]
) -> None:
    attacked.write(HISTORIES[name](attacked.ledger()), commits)
    assert attacked.verify(capsys)[0] == 0  # by itself it is flawless
    messages, _ = attacked.against_kept(capsys)
    code = "LEDGER-FORK" if commits else "LEDGER-REWRITTEN"
    assert list(messages) == [code]
    # Every hash of the old history is gone: more than the range nobody can know.
    assert "the first that differs lies between entry 0 and entry 299" in messages[code]


def test_a_second_checkpoint_narrows_it(attacked: Attacked, capsys: Printed) -> None:
    older = attacked.folder / "older"
    shutil.copy(attacked.root / "ledger" / "checkpoints" / "2", older)
    attacked.write(changed(attacked.ledger()))
    messages, report = attacked.against_kept(capsys, "--trust", older)
    assert "between entry 2 and entry 299; the first 2 are proven" in messages["LEDGER-REWRITTEN"]
    assert report["proven"] == 2


def test_checkpoints_that_the_archive_still_holds_narrow_it(attacked: Attacked, capsys: Printed) -> None:
    signed = (attacked.root / "ledger" / "checkpoints" / "2").read_bytes()
    attacked.write(changed(attacked.ledger(), 1))
    (attacked.root / "ledger" / "checkpoints" / "2").write_bytes(signed)
    messages, _ = attacked.against_kept(capsys)
    assert "between entry 0 and entry 1" in messages["LEDGER-REWRITTEN"]


def test_old_tiles_that_are_left_name_the_entry(attacked: Attacked, capsys: Printed) -> None:
    old = {
        name: (attacked.root / "ledger" / name).read_bytes()
        for name in ("tile/0/000", "tile/0/001", "tile/1/000.p/2")
    }
    attacked.write(changed(attacked.ledger()))
    for name, raw in old.items():
        (attacked.root / "ledger" / name).write_bytes(raw)
    messages, _ = attacked.against_kept(capsys)
    assert "entry 260 is the first that differs; the first 260 are proven" in messages["LEDGER-REWRITTEN"]


def test_an_entry_rewritten_without_the_key_is_named_by_its_tile(attacked: Attacked, capsys: Printed) -> None:
    bundle = attacked.root / "ledger" / str(TilePath(None, 1))
    raw = bundle.read_bytes()
    bundle.write_bytes(raw.replace(mark(CHANGED), mark(CHANGED, "tru3")))
    messages, _ = attacked.against_kept(capsys)
    assert messages["LEDGER-ENTRY-ALTERED"].startswith("entry 260:")


def test_a_whole_older_state_replayed_is_short_of_what_was_kept(attacked: Attacked, capsys: Printed) -> None:
    attacked.write(attacked.ledger()[:250])
    messages, _ = attacked.against_kept(capsys)
    assert "50 entries are gone; entry 250 is the first that is gone" in messages["LEDGER-TRUNCATED"]


def test_a_tail_cut_off_is_proven_up_to_the_cut_where_a_checkpoint_says_so(
    attacked: Attacked, capsys: Printed
) -> None:
    older = attacked.folder / "older"
    shutil.copy(attacked.root / "ledger" / "checkpoints" / "2", older)
    attacked.write(attacked.ledger()[:299])
    messages, report = attacked.against_kept(capsys, "--trust", older)
    assert messages["LEDGER-TRUNCATED"].endswith(
        "1 entry is gone; entry 299 is the first that is gone; the first 2 are proven by another"
        " checkpoint that was kept"
    )
    assert report["proven"] == 2


def test_a_checkpoint_put_back_alone_is_told_from_entries_that_are_gone(
    attacked: Attacked, capsys: Printed
) -> None:
    ledger = attacked.root / "ledger"
    shutil.copy(ledger / "checkpoints" / "2", ledger / "checkpoint")
    messages, _ = attacked.against_kept(capsys)
    assert "all of them still lie on disk" in messages["LEDGER-TRUNCATED"]
    assert "LEDGER-ROLLBACK" in messages


def test_truncated_and_rewritten_where_old_tiles_are_left(attacked: Attacked, capsys: Printed) -> None:
    ledger = attacked.root / "ledger"
    old = {name: (ledger / name).read_bytes() for name in ("tile/0/000", "tile/0/001", "tile/1/000.p/2")}
    attacked.write(changed(attacked.ledger(), 37)[:280])
    for name, raw in old.items():
        (ledger / name).write_bytes(raw)
    messages, _ = attacked.against_kept(capsys)
    expected = "20 entries are gone; entry 37 is the first that differs; from entry 280 on all are gone"
    assert expected in messages["LEDGER-TRUNCATED"]


def swapped(attacked: Attacked, monkeypatch: pytest.MonkeyPatch, edit: Callable[..., list[bytes]]) -> Key:
    """A ledger of the same name under another key, archive.toml edited to fit."""
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(attacked.folder / "other"))
    other = create_key(attacked.key.origin)
    history = attacked.ledger()
    first = json.loads(history[0])
    created = entries.archive_created(
        time=first["time"],
        agents=first["agents"],
        archive=first["archive"],
        origin=first["origin"],
        key=other.vkey,
    )
    attacked.write(edit([created, *history[1:]]), key=other)
    settings = attacked.root / "archive.toml"
    settings.write_text(settings.read_text().replace(attacked.key.vkey, other.vkey))
    return other


@pytest.mark.parametrize("edit", [list, changed], ids=["nothing else", "and rewritten"])
def test_a_swapped_key_is_found_with_the_key_the_auditor_brought(
    attacked: Attacked, capsys: Printed, monkeypatch: pytest.MonkeyPatch, edit: Callable[..., list[bytes]]
) -> None:
    swapped(attacked, monkeypatch, edit)
    assert attacked.verify(capsys)[0] == 0
    messages, report = attacked.against_kept(capsys, "--key", attacked.key.vkey)
    assert set(messages) == {"LEDGER-OTHER-KEY", "LEDGER-REWRITTEN"}
    assert "its entry 0 already names another one" in messages["LEDGER-OTHER-KEY"]
    assert report["proven"] == 0


def test_a_swapped_key_is_found_with_nothing_but_the_old_checkpoint(
    attacked: Attacked, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped(attacked, monkeypatch, list)
    messages, _ = attacked.against_kept(capsys)
    assert set(messages) == {"LEDGER-OTHER-KEY", "LEDGER-REWRITTEN"}


def test_a_checkpoint_forged_by_another_key_proves_nothing(attacked: Attacked, capsys: Printed) -> None:
    other = create_key(attacked.key.origin, environment={"ARCHIVE_KEY_DIR": str(attacked.folder / "other")})
    now = LedgerFiles(str(attacked.root)).read_checkpoint(attacked.key.vkey)
    attacked.kept.write_bytes(sign_checkpoint(now, [other.signer]))
    messages, report = attacked.against_kept(capsys)
    assert set(messages) == {"LEDGER-OTHER-KEY"}
    assert report["proven"] == 0


def test_a_kept_checkpoint_of_another_archive_is_told_apart(attacked: Attacked, capsys: Printed) -> None:
    other = create_key("elsewhere", environment={"ARCHIVE_KEY_DIR": str(attacked.folder / "other")})
    attacked.kept.write_bytes(sign_checkpoint(Checkpoint("elsewhere", 5, bytes(32)), [other.signer]))
    messages, _ = attacked.against_kept(capsys)
    assert set(messages) == {"LEDGER-OTHER-KEY"}


def test_of_two_forked_checkpoints_the_one_that_does_not_fit_is_named(
    attacked: Attacked, capsys: Printed
) -> None:
    other = attacked.folder / "other"
    other.write_bytes(
        sign_checkpoint(Checkpoint(attacked.key.origin, KEPT, bytes(32)), [attacked.key.signer])
    )
    code, report = attacked.verify(capsys, "--trust", attacked.kept, "--trust", other)
    found = [(each["code"], each["place"]) for each in report["findings"]]
    assert (code, found, report["proven"]) == (5, [("LEDGER-FORK", str(other))], KEPT)


def test_entries_behind_what_was_kept_may_break_and_the_kept_part_stays_proven(
    attacked: Attacked, capsys: Printed
) -> None:
    bundle = attacked.root / "ledger" / str(TilePath(None, 2, 108))
    bundle.write_bytes(bundle.read_bytes().replace(mark(600), mark(600, "tru3")))
    messages, report = attacked.against_kept(capsys)
    assert set(messages) == {"LEDGER-ENTRY-ALTERED"}
    assert report["proven"] == KEPT


def test_text_says_up_to_where_it_is_proven(attacked: Attacked, capsys: Printed) -> None:
    bundle = attacked.root / "ledger" / str(TilePath(None, 2, 108))
    bundle.write_bytes(bundle.read_bytes()[:-1])
    capsys.readouterr()
    assert run(["-C", str(attacked.root), "ledger", "verify", "--trust", str(attacked.kept)]) == 5
    said = capsys.readouterr().out
    assert "trust basis: none" in said.splitlines()[0]
    assert "the first 300 entries are those of a checkpoint that you supplied" in said


def keep_proof(attacked: Attacked, index: int) -> Path:
    """The proof of an entry at the kept checkpoint, as its donor keeps it."""
    hashes = LedgerFiles(str(attacked.root)).prove_inclusion(index, KEPT)
    proof = EntryProof(index, attacked.ledger()[index], tuple(hashes), attacked.kept.read_bytes())
    path = attacked.folder / f"{index}.tlog-proof"
    path.write_bytes(proof.to_bytes())
    return path


@pytest.mark.parametrize(
    ("place", "said"),
    [(CHANGED, "entry 260 is the first that differs"), (3, "between entry 0 and entry 255")],
)
def test_a_donors_proof_is_a_kept_checkpoint_that_narrows_it(
    attacked: Attacked, capsys: Printed, place: int, said: str
) -> None:
    proof = keep_proof(attacked, CHANGED)
    code, report = attacked.verify(capsys, "--trust", proof)
    assert (code, report["proven"], report["trust"]["basis"]) == (0, KEPT, "checkpoint")
    attacked.write(changed(attacked.ledger(), place))
    code, report = attacked.verify(capsys, "--trust", proof)
    messages = {each["code"]: each["message"] for each in report["findings"]}
    assert (code, said in messages["LEDGER-REWRITTEN"]) == (5, True), messages


def test_a_proof_that_does_not_hold_is_broken_evidence(attacked: Attacked, capsys: Printed) -> None:
    path = keep_proof(attacked, CHANGED)
    path.write_bytes(path.read_bytes().replace(b"index 260", b"index 261"))
    assert attacked.verify(capsys, "--trust", path)[0] == 5

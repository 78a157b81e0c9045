"""`archive ledger`: what holds is said to hold, and on whose word; what differs is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.core.ledger import entries
from archive.core.ledger.tiles import TilePath
from archive.services.init import init
from archive.services.surroundings import Surroundings
from archive.storage.keys.signing_key import create_key
from archive.storage.ledger.folder import LedgerFolder
from tests.ledger_commands import Archive, make_ledger_archive

Damage = Callable[["Archive"], None]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Archive:
    """Five entries: see `make_ledger_archive`."""
    return make_ledger_archive(tmp_path, monkeypatch, capsys)


class TestVerifyWhatHolds:
    """An undamaged ledger is proven, and the first line says on whose word."""

    def test_without_anything_brought_it_is_consistent_with_itself_only(self, archive: Archive) -> None:
        code, out = archive.ask("verify")
        assert code == 0
        first = out.splitlines()[0]
        assert first == "✓ The ledger holds (5 entries); trust basis: consistent with itself only"

    def test_with_the_right_key_it_is_signed_by_the_key_supplied(self, archive: Archive) -> None:
        code, document = archive.report("verify", "--key", archive.key.vkey)
        assert (code, document["outcome"], document["findings"]) == (0, "proven", [])
        trust = document["trust"]
        assert (trust["basis"], trust["size"], trust["key_supplied"]) == ("key", None, True)
        assert trust["statement"] == "consistent with itself only; signed by the key that you supplied"

    def test_with_a_kept_checkpoint_it_extends_it(self, archive: Archive, tmp_path: Path) -> None:
        kept = archive.keep(tmp_path / "kept")
        archive.append(3)
        code, out = archive.ask("verify", "--trust", kept, "--key", archive.key.vkey)
        basis = "proven against the checkpoint of 2027-01-15 (5 entries) that you supplied"
        signed = "; signed by the key that you supplied"
        assert (code, out.splitlines()[0].partition("basis: ")[2]) == (0, basis + signed)

    def test_of_several_kept_checkpoints_the_largest_is_the_basis(
        self, archive: Archive, tmp_path: Path
    ) -> None:
        older = archive.keep(tmp_path / "older")
        archive.append(3)
        newer = archive.keep(tmp_path / "newer")
        archive.append(4)
        _, document = archive.report("verify", "--trust", newer, "--trust", older)
        trust = document["trust"]
        assert (trust["basis"], trust["size"], trust["key_supplied"]) == ("checkpoint", 6, False)
        assert (trust["until"], document["proven"]) == (entries.timestamp(1_800_000_000_003), 6)

    def test_the_report_states_what_the_checkpoint_states(self, archive: Archive) -> None:
        _, document = archive.report("verify")
        origin, size, root = archive.files.checkpoint_bytes().decode().split("\n")[:3]
        assert (document["origin"], document["size"], document["root"]) == (origin, int(size), root)
        assert document["last_time"] == entries.timestamp(1_800_000_000_002)

    def test_no_key_is_needed_and_nothing_is_written(self, archive: Archive, tmp_path: Path) -> None:
        shutil.rmtree(tmp_path / "keys")
        before = {path: path.stat().st_mtime_ns for path in archive.root.rglob("*")}
        assert archive.codes() == (0, [])
        assert {path: path.stat().st_mtime_ns for path in archive.root.rglob("*")} == before

    def test_a_smaller_ledger_may_be_another_history(self, archive: Archive, tmp_path: Path) -> None:
        copy, state = archive.fork(tmp_path)
        copy.append(3, state=state, mark="b")
        archive.append(4, 5)
        code, document = copy.report("verify")
        (found,) = document["findings"]
        assert (code, found["code"]) == (0, "LEDGER-BEHIND")
        assert found["message"] == (
            "1 entry fewer than its key signed last on this machine: an older state, or another history"
        )
        _, told = archive.report("verify", "--trust", str(copy.root / "ledger" / "checkpoint"))
        assert [one["code"] for one in told["findings"]] == ["LEDGER-REWRITTEN"]

    def test_a_copy_that_is_behind_is_noted(self, archive: Archive, tmp_path: Path) -> None:
        copy, _ = archive.fork(tmp_path)
        archive.append(3, 4)
        code, document = copy.report("verify")
        assert (code, document["outcome"]) == (0, "proven")
        found = document["findings"][0]
        assert (found["code"], found["severity"]) == ("LEDGER-BEHIND", "note")
        assert found["message"].startswith("2 entries fewer")

    def test_settings_not_yet_recorded_are_noted(self, archive: Archive) -> None:
        settings = archive.root / "archive.toml"
        settings.write_text(settings.read_text().replace("every_days = 90", "every_days = 30"))
        assert archive.codes() == (0, [("LEDGER-SETTINGS-UNRECORDED", "note")])

    def test_a_damaged_state_beside_the_key_is_a_warning(self, archive: Archive) -> None:
        (Path(archive.key.folder) / "last.json").write_text("{}")
        assert archive.codes() == (0, [("LEDGER-KEY-STATE", "warning")])

    def test_a_key_without_its_state_is_a_warning_until_it_signs_again(self, archive: Archive) -> None:
        (Path(archive.key.folder) / "last.json").unlink()
        assert archive.codes() == (0, [("LEDGER-KEY-STATE", "warning")])
        archive.append(3)
        assert archive.codes() == (0, [])

    @pytest.mark.parametrize(
        ("file", "folder", "expected"),
        [
            (0o644, 0o755, ["LEDGER-KEY-OPEN"]),
            (0o640, 0o710, ["LEDGER-KEY-OPEN"]),
            (0o644, 0o700, []),  # the folder keeps others out
            (0o600, 0o755, []),
        ],
    )
    def test_a_key_that_others_can_read_is_a_warning(
        self, archive: Archive, file: int, folder: int, expected: list[str]
    ) -> None:
        Path(archive.key.file).chmod(file)
        Path(archive.key.folder).chmod(folder)
        assert archive.codes() == (0, [(code, "warning") for code in expected])


class TestVerifyWhatDiffers:
    """What contradicts the evidence is named, and the exit code is 5."""

    def test_an_altered_entry(self, archive: Archive) -> None:
        bundle = archive.root / "ledger" / str(TilePath(None, 0, 5))
        bundle.chmod(0o644)
        bundle.write_bytes(bundle.read_bytes().replace(b"2026-000001", b"2026-000009"))
        code, document = archive.report("verify")
        assert (code, document["outcome"], document["trust"]["basis"]) == (5, "broken", "none")
        assert [each["code"] for each in document["findings"]] == ["LEDGER-ENTRY-ALTERED"]

    def test_a_tail_cut_off(self, archive: Archive, tmp_path: Path) -> None:
        copy, _ = archive.fork(tmp_path)
        archive.append(3)
        shutil.rmtree(tmp_path / "keys")
        assert copy.codes() == (0, [])
        assert copy.codes("--trust", archive.keep(tmp_path / "kept")) == (5, [("LEDGER-TRUNCATED", "error")])

    def test_a_fork_at_a_size_that_both_signed(self, archive: Archive, tmp_path: Path) -> None:
        copy, state = archive.fork(tmp_path)
        archive.append(3)
        kept = archive.keep(tmp_path / "kept")
        copy.append(3, state=state, mark="forged")
        shutil.rmtree(tmp_path / "keys")
        assert copy.codes() == (0, [])
        assert copy.codes("--trust", kept) == (5, [("LEDGER-FORK", "error")])

    def test_a_rewrite_names_where_it_begins(self, archive: Archive, tmp_path: Path) -> None:
        older = archive.keep(tmp_path / "older")
        copy, state = archive.fork(tmp_path)
        archive.append(3)
        newer = archive.keep(tmp_path / "newer")
        copy.append(3, 4, state=state, mark="forged")
        shutil.rmtree(tmp_path / "keys")
        code, document = copy.report("verify", "--trust", older, "--trust", newer)
        found = document["findings"][0]
        assert (code, found["code"], len(document["findings"])) == (5, "LEDGER-REWRITTEN", 1)
        assert "; entry 5 is the first that differs; the first 5 are proven" in found["message"]
        assert (document["proven"], document["trust"]["basis"]) == (5, "none")

    def test_a_fork_of_what_the_key_on_this_machine_signed(self, archive: Archive, tmp_path: Path) -> None:
        copy, state = archive.fork(tmp_path)
        archive.append(3)
        copy.append(3, 4, state=state, mark="forged")
        assert copy.codes() == (5, [("LEDGER-FORK", "error")])

    def test_a_ledger_written_anew_with_another_key(self, archive: Archive, tmp_path: Path) -> None:
        kept = archive.keep(tmp_path / "kept")
        forged = init(
            tmp_path / "forged",
            name="Valley",
            institution="",
            contact="",
            agent="Ana",
            surroundings=Surroundings(),
        )
        root = Archive(tmp_path / "forged", forged.key, archive._capsys)
        assert root.codes("--trust", kept) == (5, [("LEDGER-OTHER-KEY", "error")])
        assert root.codes("--key", archive.key.vkey) == (5, [("LEDGER-OTHER-KEY", "error")])

    def test_a_kept_checkpoint_whose_signature_does_not_hold(self, archive: Archive, tmp_path: Path) -> None:
        kept = archive.keep(tmp_path / "kept")
        kept.write_bytes(kept.read_bytes().replace(b"\n5\n", b"\n4\n"))
        assert archive.codes("--trust", kept) == (5, [("LEDGER-KEPT-ALTERED", "error")])

    def test_another_origin_in_the_settings(self, archive: Archive) -> None:
        settings = archive.root / "archive.toml"
        settings.write_text(settings.read_text().replace('origin = "valley', 'origin = "hill'))
        assert archive.codes() == (5, [("LEDGER-SETTINGS", "error")])

    def test_another_key_in_the_settings(self, archive: Archive) -> None:
        other = create_key(archive.key.origin)
        settings = archive.root / "archive.toml"
        settings.write_text(settings.read_text().replace(archive.key.vkey, other.vkey))
        assert archive.codes() == (5, [("LEDGER-SETTINGS", "error")])

    def test_settings_that_hold_no_key_at_all(self, archive: Archive) -> None:
        settings = archive.root / "archive.toml"
        settings.write_text(settings.read_text().replace(archive.key.vkey, "none"))
        shutil.rmtree(archive.root / "ledger")
        code, document = archive.report("verify")
        assert (code, document["size"], document["origin"]) == (5, None, None)
        assert [each["code"] for each in document["findings"]] == ["LEDGER-NO-KEY"]

    def test_no_ledger_at_all(self, archive: Archive) -> None:
        shutil.rmtree(archive.root / "ledger")
        assert archive.codes() == (5, [("LEDGER-CHECKPOINT-MISSING", "error")])

    def test_what_cannot_be_read_is_neither_proven_nor_broken(
        self, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(folder: LedgerFolder, tile: TilePath) -> bytes | None:
            raise StorageError("ledger/tile: Input/output error")

        monkeypatch.setattr(LedgerFolder, "read_exact", refuse)
        code, document = archive.report("verify")
        assert (code, document["outcome"], document["trust"]["basis"]) == (3, "unreadable", "none")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify", "--key", "no key"), "not a verifier key"),
        (("verify", "--trust", "/nowhere/kept"), "no such file"),
        (("verify", "--trust", __file__), "not a checkpoint"),
        (("log", "no-such-bag"), "knows no bag"),
        (("log", ""), "knows no bag"),
        (("log", "\udcff"), "knows no bag"),
        (("log", "7ccc-8ddd-eeeeeeee0001x"), "knows no bag"),
    ],
)
def test_what_is_brought_wrongly_is_a_wrong_use(archive: Archive, words: tuple[str, ...], said: str) -> None:
    code, document = archive.report(*words)
    assert (code, document["kind"]) == (2, "error")
    assert said in str(document["message"])  # with a name that is not UTF-8 it is {text, base64}

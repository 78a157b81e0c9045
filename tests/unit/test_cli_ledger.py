"""`archive ledger`: what holds is said to hold, and on whose word; what differs is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core import entries
from archive.core.errors import StorageError
from archive.core.tiles import TilePath
from archive.services.init import init
from archive.services.surroundings import Surroundings
from archive.storage.keys import Key, create_key, load_key
from archive.storage.last_signed import LastSigned
from archive.storage.ledger_files import LedgerFiles
from archive.storage.ledger_folder import LedgerFolder

BAGS = [f"0192aaaa-bbbb-7ccc-8ddd-eeeeeeee{number:04d}" for number in range(8)]
RUN = "0192aaaa-bbbb-7ccc-8ddd-ffffffffffff"
Damage = Callable[["Archive"], None]


class Archive:
    """An archive with a few entries, and short ways to write to it and to ask about it."""

    def __init__(self, root: Path, key: Key, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.key = key
        self._capsys = capsys

    @property
    def files(self) -> LedgerFiles:
        """Its ledger."""
        return LedgerFiles(str(self.root))

    def append(self, *numbers: int, state: LastSigned | None = None, mark: str = "a") -> None:
        """Commits the ingestion of some bags; `mark` tells forked histories apart."""
        made = [
            entries.ingestion(
                time=entries.timestamp(1_800_000_000_000 + number),
                agents=[mark],
                bag=BAGS[number],
                run=RUN,
                file_count=1,
                byte_count=2,
                payload=("sha512", "0" * 128),
                tagmanifest="1" * 128,
                reference=f"2026-00000{number}",
            )
            for number in numbers
        ]
        self.files.append(made, self.key.signer, state or self.key.last_signed)

    def fork(self, folder: Path) -> tuple["Archive", LastSigned]:
        """A copy, and a state of the key that does not remember what was signed since."""
        shutil.copytree(self.root, folder / "copy")
        (folder / "state").mkdir()
        return Archive(folder / "copy", self.key, self._capsys), LastSigned(
            str(folder / "state"), self.key.vkey
        )

    def keep(self, path: Path) -> Path:
        """Today's checkpoint, as an auditor keeps it."""
        path.write_bytes(self.files.checkpoint_bytes())
        return path

    def ask(self, *words: str | Path) -> tuple[int, str]:
        """Exit code and stdout of a command in text."""
        code = run(["-C", str(self.root), "ledger", *map(str, words)])
        return code, self._capsys.readouterr().out

    def report(self, *words: str | Path, schema: str = "ledger-report") -> tuple[int, dict[str, Any]]:
        """Exit code and JSON document of a command, judged by its schema."""
        code, out = self.ask(*words, "--format", "json")
        document: dict[str, Any] = json.loads(out)
        if document["kind"] != "error":
            assert schemas.explain(schema, document) == []
        return code, document

    def codes(self, *words: str | Path) -> tuple[int, list[tuple[str, str]]]:
        """Exit code of `verify`, and code and severity of each finding."""
        code, document = self.report("verify", *words)
        return code, [(each["code"], each["severity"]) for each in document["findings"]]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Archive:
    """Entries 0 and 1 of init, then three ingestions in two commits: five entries."""
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
    made = init(
        tmp_path / "archive",
        name="Valley",
        institution="",
        contact="",
        agent="Ana",
        surroundings=Surroundings(),
    )
    archive = Archive(tmp_path / "archive", made.key, capsys)
    archive.append(0)
    archive.append(1, 2)
    return archive


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

    def test_a_copy_that_is_behind_is_noted(self, archive: Archive, tmp_path: Path) -> None:
        copy, _ = archive.fork(tmp_path)
        archive.append(3, 4)
        code, document = copy.report("verify")
        assert (code, document["outcome"]) == (0, "proven")
        found = document["findings"][0]
        assert (found["code"], found["severity"]) == ("LEDGER-BEHIND", "note")
        assert "2 entries behind" in found["message"]

    def test_settings_not_yet_recorded_are_noted(self, archive: Archive) -> None:
        settings = archive.root / "archive.toml"
        settings.write_text(settings.read_text().replace("every_days = 90", "every_days = 30"))
        assert archive.codes() == (0, [("LEDGER-SETTINGS-UNRECORDED", "note")])

    def test_a_damaged_state_beside_the_key_is_a_warning(self, archive: Archive) -> None:
        (Path(archive.key.folder) / "last.json").write_text("{}")
        assert archive.codes() == (0, [("LEDGER-KEY-STATE", "warning")])


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


class TestCheckpoint:
    """The signed note leaves the archive byte for byte."""

    def test_what_is_printed_is_what_is_signed(self, archive: Archive) -> None:
        code, out = archive.ask("checkpoint")
        assert (code, out.encode()) == (0, archive.files.checkpoint_bytes())

    def test_the_document_and_the_file_carry_the_note(self, archive: Archive, tmp_path: Path) -> None:
        target = tmp_path / "kept"
        code, document = archive.report("checkpoint", "--out", target, schema="ledger-checkpoint")
        note = archive.files.checkpoint_bytes()
        assert (code, document["note"].encode(), document["size"]) == (0, note, 5)
        assert (target.read_bytes(), document["file"]) == (note, str(target))

    def test_an_existing_file_is_not_overwritten(self, archive: Archive, tmp_path: Path) -> None:
        target = tmp_path / "kept"
        target.write_text("precious")
        assert archive.report("checkpoint", "--out", target)[0] == 6
        assert target.read_text() == "precious"

    def test_it_is_not_kept_inside_the_archive(self, archive: Archive) -> None:
        target = archive.root / "notes" / "kept"
        assert archive.report("checkpoint", "--out", target)[0] == 2
        assert not target.exists()

    def test_a_checkpoint_that_does_not_verify_is_not_handed_out(
        self, archive: Archive, tmp_path: Path
    ) -> None:
        path = archive.root / "ledger" / "checkpoint"
        path.write_bytes(path.read_bytes().replace(b"\n5\n", b"\n6\n"))
        assert archive.report("checkpoint", "--out", tmp_path / "kept")[0] == 5
        assert not (tmp_path / "kept").exists()


class TestLog:
    """The entries as a history, newest last."""

    def indexes(self, archive: Archive, *words: str) -> list[int]:
        """The entries that a call shows."""
        code, document = archive.report("log", *words, schema="ledger-log")
        assert (code, document["findings"], document["size"]) == (0, [], 5)
        return [each["index"] for each in document["entries"]]

    def test_all_entries_in_order(self, archive: Archive) -> None:
        assert self.indexes(archive) == [0, 1, 2, 3, 4]

    def test_a_limit_keeps_the_newest(self, archive: Archive) -> None:
        assert self.indexes(archive, "--limit", "2") == [3, 4]
        assert self.indexes(archive, "--limit", "9") == [0, 1, 2, 3, 4]

    @pytest.mark.parametrize("named", [BAGS[1], BAGS[1][-8:], BAGS[1].upper(), "2026-000001"])
    def test_the_history_of_one_bag(self, archive: Archive, named: str) -> None:
        assert self.indexes(archive, named) == [3]

    def test_the_history_of_a_run_with_a_limit(self, archive: Archive) -> None:
        assert self.indexes(archive, RUN[-8:]) == [2, 3, 4]
        assert self.indexes(archive, RUN, "--limit", "2") == [3, 4]

    def test_an_ending_that_fits_several_asks_for_more(self, archive: Archive) -> None:
        archive.append(3)
        assert archive.report("log", "f", schema="ledger-log")[0] == 0
        archive.files.append(
            [entries.make_entry("x", time=entries.timestamp(1), agents=[], run="0f")],
            archive.key.signer,
            archive.key.last_signed,
        )
        code, document = archive.report("log", "f")
        assert (code, document["kind"]) == (2, "error")
        assert "fits 2" in document["message"]

    def test_every_member_is_carried(self, archive: Archive) -> None:
        _, document = archive.report("log", "--limit", "1", schema="ledger-log")
        assert document["entries"][0]["members"] == json.loads(archive.files.entry(4))

    def test_names_in_an_entry_cannot_forge_a_line(self, archive: Archive) -> None:
        archive.files.append(
            [entries.make_entry("audit\nforged\x1b[31m", time=entries.timestamp(0), agents=[])],
            archive.key.signer,
            archive.key.last_signed,
        )
        _, out = archive.ask("log", "--limit", "1")
        assert out.count("\n") == 1
        assert "\x1b" not in out

    def test_a_torn_bundle_ends_a_complete_document_with_a_finding(self, archive: Archive) -> None:
        bundle = archive.root / "ledger" / str(TilePath(None, 0, 5))
        bundle.chmod(0o644)
        bundle.write_bytes(bundle.read_bytes()[:-1])
        code, document = archive.report("log", schema="ledger-log")
        assert (code, document["entries"]) == (5, [])
        assert [each["code"] for each in document["findings"]] == ["LEDGER-BUNDLE-TORN"]

    def test_an_entry_that_is_none_is_named_and_the_others_are_listed(self, archive: Archive) -> None:
        archive.files.append([b"[]"], archive.key.signer, archive.key.last_signed)
        archive.append(3)
        code, document = archive.report("log", "--limit", "3", schema="ledger-log")
        assert (code, [each["index"] for each in document["entries"]]) == (5, [4, 6])
        assert [each["code"] for each in document["findings"]] == ["LEDGER-ENTRY-MALFORMED"]

    def test_an_entry_of_a_newer_format_is_a_conflict(self, archive: Archive) -> None:
        archive.files.append([b'{"v":2}'], archive.key.signer, archive.key.last_signed)
        code, document = archive.report("log", "--limit", "1", schema="ledger-log")
        assert (code, [each["code"] for each in document["findings"]]) == (6, ["LEDGER-ENTRY-NEWER"])

    def test_without_a_key_in_the_settings_nothing_is_believed(self, archive: Archive) -> None:
        settings = archive.root / "archive.toml"
        settings.write_text(settings.read_text().replace(archive.key.vkey, "none"))
        assert archive.report("log")[0] == 5

    def test_hostile_values_stay_json(self, archive: Archive) -> None:
        raw = b'{"agents":[],"bag":"\\ud800","time":"2026-19-39T29:59:69.000Z","type":"x","v":1}'
        archive.files.append([raw], archive.key.signer, archive.key.last_signed)
        code, document = archive.report("log", "--limit", "1", schema="ledger-log")
        assert (code, document["entries"][0]["bag"]) == (0, "\ud800")
        assert archive.codes()[0] == 0

    def test_no_key_is_needed(self, archive: Archive, tmp_path: Path) -> None:
        vkey = archive.key.vkey
        shutil.rmtree(tmp_path / "keys")
        with pytest.raises(Exception, match="not here"):
            load_key(vkey)
        assert self.indexes(archive) == [0, 1, 2, 3, 4]

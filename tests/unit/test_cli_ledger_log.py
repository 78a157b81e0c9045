"""`archive ledger checkpoint` and `log`: what is on record, as it is on record."""

import json
import shutil
from pathlib import Path

import pytest

from archive.core.ledger import entries
from archive.core.ledger.tiles import TilePath
from archive.storage.keys.signing_key import load_key
from tests.ledger_commands import BAGS, RUN, Archive, make_ledger_archive


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Archive:
    """Five entries: see `make_ledger_archive`."""
    return make_ledger_archive(tmp_path, monkeypatch, capsys)


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

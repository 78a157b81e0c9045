"""`archive key`: a key kept, put back and changed never signs what it should not, and never lies inside."""

import shutil

import pytest

from archive.cli.frame import run
from archive.core.ledger.note import VerifierKey
from archive.storage.keys.files import parse_key
from tests.keepers import PHRASE, Keeper


class TestRotation:
    """The old key signs the new one; whoever holds the old one is led to it."""

    def test_the_ledger_holds_by_the_new_key_and_by_the_old_one(self, keeper: Keeper) -> None:
        old = keeper.vkey
        made = keeper.do("key", "rotate", "--reason", "yearly")
        assert (made["before"], made["key"]) == (old, keeper.vkey)
        assert made["key"] != old
        assert keeper.findings() == (0, [])
        assert keeper.findings("--key", keeper.vkey) == (0, [])
        assert keeper.findings("--key", old) == (0, ["LEDGER-KEY-ROTATED"])

    def test_what_follows_is_signed_by_the_new_key_alone(self, keeper: Keeper) -> None:
        old = VerifierKey.parse(keeper.vkey)
        keeper.do("key", "rotate")
        keeper.grow()
        note = (keeper.root / "ledger/checkpoint").read_text()
        assert note.count("— ") == 1
        with pytest.raises(Exception, match="not signed by"):
            keeper.made.opened.ledger.read_checkpoint(str(old))
        assert keeper.findings("--key", str(old)) == (0, ["LEDGER-KEY-ROTATED"])

    def test_a_checkpoint_kept_under_the_old_key_is_still_proven(self, keeper: Keeper) -> None:
        old, kept = keeper.vkey, keeper.folder / "kept"
        keeper.do("ledger", "checkpoint", "--out", str(kept))
        for _ in range(2):
            keeper.do("key", "rotate")
            keeper.grow()
        code, report = keeper.ask("ledger", "verify", "--trust", str(kept), "--key", old)
        assert (code, report["trust"]["basis"]) == (0, "checkpoint")

    def test_the_next_audit_and_ingest_are_signed_by_the_new_key(self, keeper: Keeper) -> None:
        keeper.do("key", "rotate")
        assert keeper.do("audit")["recorded"]
        keeper.made.ingest({"b.txt": b"two"}, name="more")
        assert keeper.do("audit")["outcome"] == "intact"
        assert keeper.ask("catalog", "verify")[0] == 0

    def test_an_older_copy_is_not_signed_by_the_old_key_that_lies_there_still(self, keeper: Keeper) -> None:
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.do("key", "rotate")
        code, report = keeper.ask("audit", root=keeper.folder / "older")
        assert (code, report["recorded"]) == (3, False)
        assert "fewer than its key signed last" in report["not_recorded"]

    def test_a_key_put_in_its_place_without_the_old_ones_signature_is_told(self, keeper: Keeper) -> None:
        other = keeper.folder / "other"
        assert run(["-q", "init", str(other), "--name", "Other", "--agent", "Eve"]) == 0
        from archive.services.opened import open_archive

        thief = open_archive(other).settings.key
        settings = keeper.root / "archive.toml"
        settings.write_text(settings.read_text().replace(keeper.vkey, thief))
        assert keeper.findings()[0] == 5

    def test_a_new_key_is_encrypted_as_the_old_one_was(self, keeper: Keeper) -> None:
        keeper.do("key", "passphrase", "--new-passphrase-file", keeper.phrase())
        keeper.do("key", "rotate", "--passphrase-file", keeper.phrase())
        shown = keeper.do("key", "show")
        assert (shown["is_encrypted"], shown["is_here"]) == (True, True)
        parse_key(keeper.file().read_bytes(), PHRASE.encode(), "key")

    def test_the_reason_is_kept_as_a_note_and_not_in_the_ledger(self, keeper: Keeper) -> None:
        keeper.do("key", "rotate", "--reason", "a dismissal")
        assert any("a dismissal" in path.read_text() for path in keeper.root.glob("notes/*/*.json"))
        assert not any(b"dismissal" in path.read_bytes() for path in keeper.root.glob("ledger/**/*.p/*"))

    def test_show_names_every_key_and_how_it_came(self, keeper: Keeper) -> None:
        keeper.do("key", "rotate")
        shown = keeper.do("key", "show")
        assert [(link["signed"], link["key"] == keeper.vkey) for link in shown["keys"]] == [
            (False, False),
            (True, True),
        ]
        assert shown["last_signed"] == shown["ledger_size"]

    def test_an_audit_that_runs_meanwhile_takes_the_new_key_for_what_it_is(self, keeper: Keeper) -> None:
        from archive.services.audit.newest import Newest
        from archive.storage.audits.plan import AuditPlan

        archive = keeper.made.opened
        judged, key = archive.checkpoint(), keeper.vkey
        keeper.do("key", "rotate")
        keeper.grow()
        with AuditPlan(None) as plan:
            newest = Newest(archive, plan, judged, key)
            newest.catch_up()
            assert newest.findings == []


class TestReplacement:
    """A lost key is replaced loudly: nobody can do it unseen."""

    def test_every_verification_says_so_and_the_old_key_is_no_longer_enough(self, keeper: Keeper) -> None:
        old = keeper.vkey
        keeper.lose()
        keeper.do("key", "replace", "--lost", "--reason", "the disk failed")
        assert keeper.findings() == (0, ["LEDGER-KEY-REPLACED"])
        assert keeper.findings("--key", keeper.vkey) == (0, ["LEDGER-KEY-REPLACED"])
        assert keeper.findings("--key", old) == (5, ["LEDGER-OTHER-KEY", "LEDGER-KEY-REPLACED"])
        keeper.do("key", "rotate")
        assert keeper.findings("--key", old)[0] == 5
        status = keeper.do("status")
        assert status["key_replaced"]["entry"] == keeper.do("key", "show")["keys"][1]["entry"]

    def test_a_key_that_is_here_is_not_lost(self, keeper: Keeper) -> None:
        code, error = keeper.ask("key", "replace", "--lost", "--reason", "x")
        assert (code, "archive key rotate" in error["remedy"]) == (2, True)

    def test_a_forgotten_passphrase_is_a_lost_key_and_an_older_copy_is_refused(self, keeper: Keeper) -> None:
        keeper.do("key", "passphrase", "--new-passphrase-file", keeper.phrase())
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.do("audit", "--passphrase-file", keeper.phrase())
        code, error = keeper.ask("key", "replace", "--lost", "--reason", "x", root=keeper.folder / "older")
        assert (code, "entries fewer" in error["message"]) == (5, True)
        keeper.do("key", "replace", "--lost", "--reason", "forgotten")

    def test_a_lost_key_that_is_found_again_signs_no_older_copy(self, keeper: Keeper) -> None:
        backup, old = keeper.backup(), keeper.file().parent
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.file().unlink()
        keeper.do("key", "replace", "--lost", "--reason", "x")
        code, error = keeper.restore(backup, root=keeper.folder / "older")
        assert (code, "fewer than the key signed" in error["message"]) == (5, True)
        assert not (old / "key.pem").exists()

"""`archive key`: a key kept, put back and changed never signs what it should not, and never lies inside."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.note import VerifierKey
from archive.storage import key_files
from archive.storage.key_files import parse_key
from archive.storage.keys import load_key
from archive.storage.passphrases import COMMAND_LINE
from tests.archives import MadeArchive, make_archive

PHRASE = "correct horse"


class Keeper:
    """An archive with its keys, and short ways to ask about them."""

    def __init__(self, made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> None:
        self.made = made
        self.folder = made.folder
        self.root = made.root
        self._capsys = capsys

    @property
    def vkey(self) -> str:
        """The key that archive.toml names."""
        return self.made.opened.settings.key

    @property
    def keys(self) -> Path:
        """The folder of the keys."""
        return self.folder / "keys"

    def file(self, vkey: str | None = None) -> Path:
        """Where the private key lies."""
        return self.keys / VerifierKey.parse(vkey or self.vkey).key_id.hex() / "key.pem"

    def phrase(self, text: str = PHRASE, name: str = "phrase") -> str:
        """A file with a passphrase."""
        path = self.folder / name
        path.write_text(f"{text}\n")
        return str(path)

    def ask(self, *words: str, root: Path | None = None) -> tuple[int, Any]:
        """Exit code and JSON document of a command."""
        self._capsys.readouterr()
        code = run(["-C", str(root or self.root), "--format", "json", *words])
        return code, json.loads(self._capsys.readouterr().out)

    def do(self, *words: str, root: Path | None = None) -> Any:
        """The document of a command that ends well."""
        code, document = self.ask(*words, root=root)
        assert code == 0, document
        return document

    def backup(self) -> Path:
        """A backup that is encrypted."""
        target = self.folder / f"backup{len(list(self.folder.iterdir()))}.txt"
        self.do("key", "backup", "--to", str(target), "--new-passphrase-file", self.phrase())
        return target

    def restore(self, backup: Path, *words: str, root: Path | None = None) -> tuple[int, Any]:
        """Puts a backup back."""
        return self.ask("key", "restore", str(backup), "--passphrase-file", self.phrase(), *words, root=root)

    def grow(self) -> None:
        """Adds two entries to the ledger."""
        self.do("audit")

    def lose(self) -> None:
        """The key and everything beside it is gone."""
        shutil.rmtree(self.file().parent)

    def findings(self, *words: str, root: Path | None = None) -> tuple[int, list[str]]:
        """Exit code and codes of `ledger verify`."""
        code, document = self.ask("ledger", "verify", *words, root=root)
        return code, [finding["code"] for finding in document["findings"]]


@pytest.fixture
def keeper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Keeper]:
    """A new archive with one document."""
    monkeypatch.delenv("ARCHIVE_KEY_PASSPHRASE", raising=False)
    monkeypatch.setattr(key_files, "_COST", 16)  # else each use takes a quarter of a second
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one"})
    yield Keeper(made, capsys)
    COMMAND_LINE.file, COMMAND_LINE.ask = None, None


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
        assert "behind what its key signed last" in report["not_recorded"]

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
        from archive.storage.audit_plan import AuditPlan

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
        assert (code, "behind" in error["message"]) == (5, True)
        keeper.do("key", "replace", "--lost", "--reason", "forgotten")

    def test_a_lost_key_that_is_found_again_signs_no_older_copy(self, keeper: Keeper) -> None:
        backup, old = keeper.backup(), keeper.file().parent
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.file().unlink()
        keeper.do("key", "replace", "--lost", "--reason", "x")
        code, error = keeper.restore(backup, root=keeper.folder / "older")
        assert (code, "behind what the key signed" in error["message"]) == (5, True)
        assert not (old / "key.pem").exists()


class TestBackup:
    """A backup brings the key back, and never lets an older state be signed."""

    def test_a_key_that_is_restored_signs_again(self, keeper: Keeper) -> None:
        backup = keeper.backup()
        keeper.lose()
        code, made = keeper.restore(backup)
        assert (code, made["key"], made["is_encrypted"]) == (0, keeper.vkey, True)
        assert keeper.do("audit", "--passphrase-file", keeper.phrase())["recorded"]

    def test_typed_lines_alone_bring_it_back(self, keeper: Keeper) -> None:
        text = keeper.backup().read_text()
        typed = keeper.folder / "typed"
        typed.write_text(text.partition("I, L, O or U.")[2].lower())
        keeper.lose()
        assert keeper.restore(typed)[0] == 0
        assert load_key(keeper.vkey, environment={
            "ARCHIVE_KEY_DIR": str(keeper.keys), "ARCHIVE_KEY_PASSPHRASE": PHRASE
        }).vkey == keeper.vkey  # fmt: skip

    def test_what_was_signed_since_the_backup_is_what_it_goes_on_from(self, keeper: Keeper) -> None:
        backup = keeper.backup()
        keeper.grow()
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.grow()
        keeper.lose()
        assert keeper.restore(backup)[1]["size"] == keeper.do("key", "show")["ledger_size"]
        code, report = keeper.ask("audit", "--passphrase-file", keeper.phrase(), root=keeper.folder / "older")
        assert (code, report["recorded"]) == (3, False)

    def test_an_archive_older_than_the_backup_is_refused(self, keeper: Keeper) -> None:
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.grow()
        backup = keeper.backup()
        keeper.lose()
        code, error = keeper.restore(backup, root=keeper.folder / "older")
        assert (code, "2 entries behind" in error["message"]) == (5, True)
        assert not keeper.file().exists()

    def test_an_archive_older_than_a_checkpoint_that_is_brought_is_refused(self, keeper: Keeper) -> None:
        backup = keeper.backup()
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.grow()
        newest = keeper.folder / "newest"
        keeper.do("ledger", "checkpoint", "--out", str(newest))
        keeper.lose()
        assert keeper.restore(backup, "--trust", str(newest), root=keeper.folder / "older")[0] == 5
        assert keeper.restore(backup, "--trust", str(newest))[0] == 0

    def test_a_fork_is_refused(self, keeper: Keeper) -> None:
        shutil.copytree(keeper.root, keeper.folder / "fork")
        keeper.grow()
        backup = keeper.backup()
        (keeper.file().parent / "last.json").unlink()
        for _ in range(2):
            keeper.do("audit", root=keeper.folder / "fork")
        keeper.lose()
        code, error = keeper.restore(backup, root=keeper.folder / "fork")
        assert (code, "contradicts" in error["message"]) == (5, True)

    def test_a_key_that_is_here_is_never_overwritten(self, keeper: Keeper) -> None:
        backup, before = keeper.backup(), keeper.file().read_bytes()
        assert keeper.restore(backup)[0] == 6
        assert keeper.file().read_bytes() == before

    def test_another_archives_key_and_an_earlier_one_are_refused(self, keeper: Keeper) -> None:
        earlier = keeper.backup()
        keeper.do("key", "rotate")
        other = keeper.folder / "other"
        assert run(["-q", "init", str(other), "--name", "Other", "--agent", "Eve"]) == 0
        assert "earlier key" in keeper.restore(earlier)[1]["message"]
        code, error = keeper.restore(earlier, root=other)
        assert (code, "not a key of this archive" in error["message"]) == (2, True)

    def test_a_wrong_passphrase_and_none_are_told(self, keeper: Keeper) -> None:
        backup = keeper.backup()
        keeper.lose()
        code, error = keeper.ask(
            "key", "restore", str(backup), "--passphrase-file", keeper.phrase("wrong", "wrong")
        )
        assert (code, "passphrase is right" in error["remedy"]) == (2, True)
        code, error = keeper.ask("key", "restore", str(backup))
        assert (code, "passphrase was not given" in error["message"]) == (2, True)

    def test_without_a_passphrase_it_must_be_said(self, keeper: Keeper) -> None:
        target = keeper.folder / "plain"
        assert keeper.ask("key", "backup", "--to", str(target))[0] == 2
        assert not target.exists()
        keeper.do("key", "backup", "--to", str(target), "--no-passphrase")
        assert "NOT encrypted" in target.read_text()
        assert target.stat().st_mode & 0o777 == 0o600

    def test_no_backup_lies_inside_the_archive_or_over_another_file(self, keeper: Keeper) -> None:
        inside = keeper.root / "notes" / "key.txt"
        assert keeper.ask("key", "backup", "--to", str(inside), "--no-passphrase")[0] == 2
        assert not inside.exists()
        taken = keeper.folder / "taken"
        taken.write_text("mine")
        assert keeper.ask("key", "backup", "--to", str(taken), "--no-passphrase")[0] == 6
        assert taken.read_text() == "mine"

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----\nAAAA\n", b"01  0"])
    def test_a_file_that_is_no_backup_is_told(self, keeper: Keeper, content: bytes) -> None:
        path = keeper.folder / "none"
        path.write_bytes(content)
        keeper.lose()
        code, error = keeper.restore(path)
        assert (code, error["kind"]) == (2, "error")


class TestSecrets:
    """Nothing secret lies in the archive; what is encrypted is so that others can read it."""

    def test_no_byte_of_a_private_key_lies_in_the_archive(self, keeper: Keeper) -> None:
        keeper.do("key", "rotate")
        keeper.do("audit")
        seeds = [
            parse_key(path.read_bytes(), None, "key").private_bytes_raw()
            for path in keeper.keys.glob("*/key.pem")
        ]
        assert len(seeds) == 2
        texts = [form(seed) for seed in seeds for form in (bytes, lambda seed: seed.hex().encode(), _base64)]
        for path in keeper.root.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not any(text in content for text in [*texts, b"PRIVATE KEY"]), path

    def test_keys_inside_the_archive_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "archive" / "keys"))
        assert run(["init", str(tmp_path / "archive"), "--name", "V", "--agent", "A"]) == 2
        assert not (tmp_path / "archive").exists()

    @pytest.mark.tool("openssl")
    def test_openssl_reads_an_encrypted_key_and_a_backup(
        self, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        monkeypatch.setenv("ARCHIVE_KEY_DIR", str(keeper.keys))
        backup, phrase = keeper.backup(), keeper.phrase()
        keeper.do("key", "passphrase", "--new-passphrase-file", phrase)
        for path in (backup, keeper.file()):
            read = ["openssl", "pkey", "-in", str(path), "-passin", f"file:{phrase}", "-pubout"]
            assert b"PUBLIC KEY" in subprocess.run(read, check=True, capture_output=True).stdout
        described = ["openssl", "asn1parse", "-in", str(keeper.file())]
        assert b"scrypt" in subprocess.run(described, check=True, capture_output=True).stdout

    def test_a_passphrase_is_set_changed_and_taken_away(self, keeper: Keeper) -> None:
        first, second = keeper.phrase("one", "first"), keeper.phrase("two", "second")
        keeper.do("key", "passphrase", "--new-passphrase-file", first)
        keeper.do("key", "passphrase", "--passphrase-file", first, "--new-passphrase-file", second)
        assert keeper.ask("key", "passphrase", "--no-passphrase", "--passphrase-file", first)[0] == 2
        keeper.do("key", "passphrase", "--no-passphrase", "--passphrase-file", second)
        assert keeper.do("audit")["recorded"]

    def test_init_encrypts_the_key_where_that_is_asked_for(self, keeper: Keeper) -> None:
        new = keeper.folder / "new"
        words = ["-q", "init", str(new), "--name", "N", "--agent", "A", "--encrypt-key"]
        assert run(words) == 2
        assert not new.exists()
        assert run([*words, "--new-passphrase-file", keeper.phrase()]) == 0
        assert keeper.do("key", "show", root=new)["is_encrypted"]

    def test_somebody_at_the_terminal_is_asked_once(
        self, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keeper.do("key", "passphrase", "--new-passphrase-file", keeper.phrase())
        asked: list[str] = []

        def answer(question: str) -> str:
            asked.append(question)
            return PHRASE

        monkeypatch.setattr(COMMAND_LINE, "ask", answer)
        monkeypatch.setattr(COMMAND_LINE, "_known", {})
        assert keeper.do("audit")["recorded"]
        assert asked == [f"Passphrase of {keeper.file()}"]

    def test_somebody_who_mistypes_may_try_again(
        self, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keeper.do("key", "passphrase", "--new-passphrase-file", keeper.phrase())
        answers = iter(["corect horse", PHRASE])
        monkeypatch.setattr(COMMAND_LINE, "ask", lambda _: next(answers))
        monkeypatch.setattr(COMMAND_LINE, "_known", {})
        assert keeper.do("audit")["recorded"]


def _base64(seed: bytes) -> bytes:
    import base64

    return base64.b64encode(seed)[:40]

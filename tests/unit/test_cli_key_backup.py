"""`archive key backup` and `restore`, and passphrases: a key put back never signs what it should not."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.cli.frame import run
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import VerifierKey
from archive.storage.keys.files import parse_key, to_pem
from archive.storage.keys.passphrases import COMMAND_LINE
from archive.storage.keys.signing_key import last_signed, load_key
from tests.keepers import PHRASE, Keeper


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

    def test_what_it_says_was_signed_is_never_passed_over(self, keeper: Keeper) -> None:
        path = keeper.backup()
        path.write_text(path.read_text().replace("Signed: ", "Signed: about "))
        keeper.lose()
        assert keeper.restore(path)[0] == 2

    def test_what_was_signed_since_the_backup_is_what_it_goes_on_from(self, keeper: Keeper) -> None:
        backup = keeper.backup()
        keeper.grow()
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.grow()
        keeper.lose()
        assert keeper.restore(backup)[1]["size"] == keeper.do("key", "show")["ledger_size"]
        code, report = keeper.ask("audit", "--passphrase-file", keeper.phrase(), root=keeper.folder / "older")
        assert (code, report["recorded"]) == (3, False)

    def test_a_commit_that_was_cut_off_does_not_keep_the_key_away(self, keeper: Keeper) -> None:
        backup, present = keeper.backup(), keeper.made.opened.checkpoint()
        state = last_signed(VerifierKey.parse(keeper.vkey), str(keeper.file().parent))
        state.begin(Checkpoint(present.origin, present.size + 2, bytes(32)))
        keeper.file().unlink()
        code, made = keeper.restore(backup)
        assert (code, made["size"]) == (0, present.size)
        assert state.read()[1] is None
        assert keeper.do("audit", "--passphrase-file", keeper.phrase())["recorded"]

    @pytest.mark.parametrize("fewer", [0, 1])
    def test_what_may_be_committed_is_never_signed_differently(self, keeper: Keeper, fewer: int) -> None:
        backup, present = keeper.backup(), keeper.made.opened.checkpoint()
        state = last_signed(VerifierKey.parse(keeper.vkey), str(keeper.file().parent))
        state.begin(Checkpoint(present.origin, present.size - fewer, bytes(32)))
        keeper.file().unlink()
        assert keeper.restore(backup)[0] == 5

    def test_an_archive_older_than_the_backup_is_refused(self, keeper: Keeper) -> None:
        shutil.copytree(keeper.root, keeper.folder / "older")
        keeper.grow()
        backup = keeper.backup()
        keeper.lose()
        code, error = keeper.restore(backup, root=keeper.folder / "older")
        assert (code, "2 entries fewer" in error["message"]) == (5, True)
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

    @pytest.mark.parametrize("kind", ["cut off", "empty", "another key", "cut off and encrypted", "a folder"])
    def test_what_is_not_the_key_is_named_and_never_overwritten(self, keeper: Keeper, kind: str) -> None:
        backup, path = keeper.backup(), keeper.file()
        if kind == "cut off and encrypted":
            keeper.do("key", "passphrase", "--new-passphrase-file", keeper.phrase())
        raw = {"empty": b"", "another key": to_pem(Ed25519PrivateKey.generate(), None)}
        bad = raw.get(kind, path.read_bytes()[:70])
        path.unlink()
        if kind == "a folder":
            path.mkdir()
        else:
            path.write_bytes(bad)
            shown = keeper.do("key", "show")
            assert (shown["is_here"], shown["is_damaged"], shown["is_encrypted"]) == (False, True, None)
        code, error = keeper.restore(backup)
        assert (code, "not the key" in error["message"]) == (6, True)
        assert error["remedy"].startswith("move it away")
        path.rename(keeper.folder / "aside")
        assert keeper.restore(backup)[0] == 0
        assert keeper.do("key", "show")["is_here"]

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
        copy = keeper.folder / "copy"
        keeper.do("copy", "--to", str(copy))
        for place in (copy / "key.txt", copy / "bags" / "key.txt"):
            assert keeper.ask("key", "backup", "--to", str(place), "--no-passphrase")[0] == 2
            assert not place.exists()
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

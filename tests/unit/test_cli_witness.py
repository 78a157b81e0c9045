"""A witness on files: it cosigns what extends what it saw, refuses the rest, and is believed by its key."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.cosignature import WitnessKey, cosign
from archive.core.ledger.note import Note, Signature, parse
from archive.core.limits.ledger import NOTE_SIGNATURES
from archive.services.evidence.witnessing import load_witness
from archive.storage.keys.signing_key import create_key, load_key
from archive.storage.lock import WriterLock
from tests.archives import MadeArchive, described, make_archive

Printed = pytest.CaptureFixture[str]


class Scene:
    """An archive, a witness elsewhere, and the files that travel between them."""

    def __init__(self, made: MadeArchive, folder: Path, printed: Printed) -> None:
        self.made = made
        self.folder = folder
        self.printed = printed
        self.key = folder / "witness.key"
        self.state = folder / "witness.json"
        self.log_key = made.opened.settings.key
        code, document = self.call("ledger", "witness-key", "hill.example/w", "--out", self.key)
        assert code == 0
        self.vkey = document["key"]

    def call(self, *words: str | Path) -> tuple[int, dict[str, Any]]:
        """Exit code and document of a command of the witness, outside any archive."""
        self.printed.readouterr()
        code = run([*map(str, words), "--format", "json"])
        document: dict[str, Any] = json.loads(self.printed.readouterr().out)
        assert schemas.explain(document["kind"], document) == []
        return code, document

    def ask(self, *words: str | Path) -> tuple[int, dict[str, Any]]:
        """The same of the archive."""
        return self.call("-C", self.made.root, "ledger", *words)

    def grow(self, count: int) -> int:
        """More entries; returns the size."""
        key = load_key(self.log_key)
        time = entries.timestamp(1_900_000_000_000)
        more = [entries.make_entry("new", time=time, agents=[], n=number) for number in range(count)]
        return self.made.opened.ledger.append(more, key.signer, key.last_signed).size

    def send(self, name: str, since: int | None = 0) -> Path:
        """A checkpoint on its way to the witness."""
        path = self.folder / name
        words = ["--since", str(since)] if since is not None else []
        assert self.ask("checkpoint", *words, "--out", path)[0] == 0
        return path

    def witness(self, path: Path, *words: str | Path) -> tuple[int, dict[str, Any]]:
        """What the witness does with it."""
        return self.call("ledger", "witness", path, "--key", self.key, "--state", self.state, *words)

    def first(self) -> Path:
        """The first checkpoint, cosigned."""
        path = self.send("first")
        assert self.witness(path, "--log-key", self.log_key)[0] == 0
        return self.folder / "first.cosigned"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> Scene:
    made = make_archive(tmp_path, monkeypatch)
    scene = Scene(made, tmp_path, capsys)
    scene.grow(10)
    return scene


def codes(document: dict[str, Any]) -> list[str]:
    return [each["code"] for each in document["findings"]]


def test_a_cosigned_checkpoint_is_a_basis_of_trust(scene: Scene) -> None:
    cosigned = scene.first()
    scene.grow(3)
    code, document = scene.ask("verify", "--trust", cosigned, "--witness", scene.vkey)
    trust = document["trust"]
    assert (code, trust["basis"], trust["by"], document["findings"]) == (0, "witness", ["hill.example/w"], [])
    assert trust["size"] == document["size"] - 3
    assert trust["statement"].startswith("witnessed up to 20")
    assert trust["statement"].endswith("by hill.example/w, unprotected since")


def test_it_extends_what_it_saw_by_the_proof_in_the_file(scene: Scene) -> None:
    scene.first()
    seen = scene.made.opened.ledger.read_checkpoint(scene.log_key).size
    scene.grow(300)
    code, document = scene.witness(scene.send("second", seen))
    assert (code, document["checkpoints"][0]["before"]) == (0, seen)
    assert document["checkpoints"][0]["size"] == seen + 300


def test_the_archive_keeps_what_it_signed(scene: Scene) -> None:
    cosigned = scene.first()
    code, document = scene.ask("keep", cosigned)
    assert (code, document["checkpoints"][0]["by"]) == (0, ["hill.example/w"])
    scene.grow(1)
    code, document = scene.ask("verify", "--witness", scene.vkey)
    assert (code, document["trust"]["basis"], document["findings"]) == (0, "witness", [])
    assert scene.ask("verify")[1]["trust"]["basis"] == "self"


def with_line(path: Path, *lines: Signature) -> Path:
    """A cosigned checkpoint with other signatures in place of the last one."""
    note = parse(path.read_bytes())
    made = path.with_name("altered")
    made.write_bytes(Note(note.text, (*note.signatures[:-1], *lines)).to_bytes())
    return made


class TestKeptCosignature:
    """What is kept of a witness proves itself, and nothing that came later takes it away unproven."""

    def test_it_is_not_replaced_by_a_line_that_nobody_verified(self, scene: Scene) -> None:
        cosigned = scene.first()
        line = parse(cosigned.read_bytes()).signatures[-1]
        altered = with_line(cosigned, Signature(line.name, line.key_id, bytes(72)))
        assert scene.ask("keep", cosigned)[0] == 0
        assert scene.ask("keep", altered)[0] == 6
        assert scene.ask("keep", "--witness", scene.vkey, altered)[0] == 5
        assert scene.ask("verify", "--witness", scene.vkey)[1]["trust"]["basis"] == "witness"

    def test_a_line_that_does_not_hold_gives_way_to_one_that_does(self, scene: Scene) -> None:
        cosigned = scene.first()
        line = parse(cosigned.read_bytes()).signatures[-1]
        assert scene.ask("keep", with_line(cosigned, Signature(line.name, line.key_id, bytes(72))))[0] == 0
        assert scene.ask("verify", "--witness", scene.vkey)[0] == 5
        assert scene.ask("keep", cosigned)[0] == 6
        assert scene.ask("keep", "--witness", scene.vkey, cosigned)[0] == 0
        assert scene.ask("verify", "--witness", scene.vkey)[1]["trust"]["basis"] == "witness"

    @pytest.mark.parametrize("later_first", [False, True])
    def test_of_two_that_hold_the_later_one_stays(self, scene: Scene, later_first: bool) -> None:
        cosigned = scene.first()
        note, witness = parse(cosigned.read_bytes()), load_witness(scene.key)
        files = []
        for year in (40, 60):
            path = scene.folder / f"{year}"
            path.write_bytes(cosign(note, witness.key, witness.sign, year * 365 * 86400).to_bytes())
            files.append(path)
        for path in reversed(files) if later_first else files:
            assert scene.ask("keep", "--witness", scene.vkey, path)[0] == 0
        assert scene.ask("verify", "--witness", scene.vkey)[1]["trust"]["until"][:4] == "2029"

    def test_more_signatures_than_a_note_may_have_are_refused(self, scene: Scene) -> None:
        cosigned = scene.first()
        lines = [Signature(f"w{number}", b"same", bytes(72)) for number in range(NOTE_SIGNATURES)]
        assert scene.ask("keep", with_line(cosigned, *lines[1:]))[0] == 0
        code, error = scene.ask("keep", with_line(cosigned, lines[0]))
        assert (code, "no room" in error["message"]) == (2, True)
        assert scene.ask("verify")[0] == 0

    def test_a_witness_has_no_part_in_a_statement(self, scene: Scene) -> None:
        words = ("--signature", scene.key, "--signer", scene.key, "--witness", scene.vkey)
        assert "--witness" in scene.ask("keep", scene.first(), *words)[1]["message"]

    def test_it_is_not_written_through_a_link(self, scene: Scene) -> None:
        cosigned = scene.first()
        folder, outside = scene.made.root / "ledger/checkpoints", scene.folder / "outside"
        folder.rename(outside)
        folder.symlink_to(outside)
        assert scene.ask("keep", cosigned)[0] == 3
        assert b"hill.example/w" not in (outside / "12").read_bytes()

    def test_two_at_once_wait_for_each_other(self, scene: Scene) -> None:
        cosigned = scene.first()
        with WriterLock(str(scene.made.root), command="test", wait=0), pytest.MonkeyPatch.context() as patch:
            patch.setattr("archive.services.evidence.cosigned.LOCK_WAIT", 0)
            assert scene.ask("keep", cosigned)[0] == 6
        assert scene.ask("keep", cosigned)[0] == 0


def test_what_a_witness_signed_is_no_change_of_the_catalog(scene: Scene) -> None:
    scene.made.ingest({"a.txt": b"one", "a.txt.dc.json": described("A letter")})
    assert scene.ask("keep", scene.first())[0] == 0
    assert scene.call("-C", scene.made.root, "catalog", "verify")[0] == 0
    audit = scene.call("-C", scene.made.root, "audit", "--read-only")[1]
    assert [one["code"] for one in audit["findings"] if one["severity"] != "note"] == []


def test_an_audit_says_it_too(scene: Scene) -> None:
    scene.ask("keep", scene.first())
    words = ("audit", "--read-only", "--witness", scene.vkey)
    _, document = scene.call("-C", scene.made.root, *words)
    assert document["trust"]["basis"] == "witness"


def test_a_proof_at_a_cosigned_checkpoint_rests_on_the_witness(scene: Scene) -> None:
    scene.made.ingest({"a.txt": b"a"})
    cosigned, proof = scene.first(), scene.folder / "a.tlog-proof"
    reference = scene.call("-C", scene.made.root, "list")[1]["documents"][0]["reference"]
    assert scene.ask("prove", reference, "--at", cosigned, "--out", proof)[0] == 0
    words = ("ledger", "check-proof", proof, "--key", scene.log_key)
    code, document = scene.call(*words, "--witness", scene.vkey)
    assert (code, document["trust"]["basis"], document["findings"]) == (0, "witness", [])
    assert scene.call(*words)[1]["trust"]["basis"] == "key"


def test_a_receipt_and_the_history_carry_the_cosignatures_that_are_kept(scene: Scene) -> None:
    scene.made.ingest({"a.txt": b"a"})
    reference = scene.call("-C", scene.made.root, "list")[1]["documents"][0]["reference"]
    assert scene.ask("keep", scene.first())[0] == 0
    receipt = scene.folder / "receipt.html"
    assert scene.call("-C", scene.made.root, "receipt", reference, "--to", receipt)[0] == 0
    words = ("ledger", "check-proof", receipt, "--key", scene.log_key, "--witness", scene.vkey)
    code, document = scene.call(*words)
    assert (code, document["trust"]["basis"], document["findings"]) == (0, "witness", [])
    (mark,) = scene.call("-C", scene.made.root, "history")[1]["marks"]
    assert (mark["kind"], mark["by"]) == ("cosignature", "hill.example/w")


def test_a_witness_that_signed_nothing_here_is_said_and_no_basis(scene: Scene) -> None:
    code, document = scene.ask("verify", "--witness", scene.vkey)
    assert (code, codes(document), document["trust"]["basis"]) == (0, ["LEDGER-NOT-WITNESSED"], "self")


def test_a_forged_cosignature_breaks_the_evidence(scene: Scene) -> None:
    cosigned = scene.first()
    other = scene.folder / "other.key"
    assert scene.call("ledger", "witness-key", "hill.example/w", "--out", other)[0] == 0
    real = WitnessKey.parse(scene.vkey)
    raw = cosigned.read_text("utf-8")
    name = "— hill.example/w "
    line = next(each for each in raw.splitlines() if each.startswith(name))
    flipped = line[:-8] + ("A" if line[-8] != "A" else "B") + line[-7:]
    cosigned.write_text(raw.replace(line, flipped), "utf-8")
    code, document = scene.ask("verify", "--trust", cosigned, "--witness", str(real))
    assert (code, codes(document)[0]) == (5, "LEDGER-COSIGNATURE")


class TestRefusals:
    """Nothing is signed, and the state stays as it was."""

    def refused(self, scene: Scene, path: Path, code: int, *words: str) -> str:
        """The message, once nothing was written."""
        before = scene.state.read_bytes() if scene.state.exists() else b""
        found, document = scene.witness(path, *words)
        assert (found, document["kind"]) == (code, "error")
        assert (scene.state.read_bytes() if scene.state.exists() else b"") == before
        assert not path.with_name(f"{path.name}.cosigned").exists()
        return str(document["message"])

    def test_a_ledger_never_seen_needs_its_key(self, scene: Scene) -> None:
        assert "not seen this ledger" in self.refused(scene, scene.send("x"), 2)

    def test_a_younger_checkpoint_without_the_proof(self, scene: Scene) -> None:
        scene.first()
        scene.grow(5)
        for since in (None, 0, 3):
            path = scene.send(f"since {since}", since)
            assert "proves nothing about the 12 entries" in self.refused(scene, path, 2)

    def test_an_older_checkpoint(self, scene: Scene) -> None:
        older = scene.send("older")
        scene.grow(5)
        scene.first()
        assert "cosigned one of 17 before" in self.refused(scene, older, 5)

    def test_another_history_of_the_same_size(self, scene: Scene) -> None:
        scene.first()
        signer = load_key(scene.log_key).signer
        forged = scene.folder / "forged"
        forged.write_bytes(sign_checkpoint(Checkpoint(signer.key.name, 12, bytes(32)), [signer]))
        assert "another ledger of 12 entries" in self.refused(scene, forged, 5)

    def test_a_history_that_was_rewritten(self, scene: Scene) -> None:
        scene.first()
        scene.grow(5)
        path = scene.send("true", 12)
        head, _, note = path.read_bytes().partition(b"\n\n")
        lines = head.split(b"\n")
        lines[1] = lines[2]
        forged = scene.folder / "forged"
        forged.write_bytes(b"\n".join(lines) + b"\n\n" + note)
        assert "does not extend the ledger of 12" in self.refused(scene, forged, 5)

    def test_a_checkpoint_of_another_key(self, scene: Scene) -> None:
        scene.first()
        origin = scene.log_key.partition("+")[0]
        other = create_key(origin, environment={"ARCHIVE_KEY_DIR": str(scene.folder / "o")})
        forged = scene.folder / "forged"
        forged.write_bytes(sign_checkpoint(Checkpoint(origin, 99, bytes(32)), [other.signer]))
        assert "not signed by" in self.refused(scene, forged, 5)

    def test_a_state_that_is_damaged(self, scene: Scene) -> None:
        path = scene.first().with_name("first")
        scene.state.write_text("{}")
        (scene.folder / "first.cosigned").unlink()
        assert "not the state" in self.refused(scene, path, 2, "--log-key", scene.log_key)

    @pytest.mark.parametrize("raw", [b"", b"old 3\n\nx", b"\0" * 99])
    def test_what_is_no_checkpoint(self, scene: Scene, raw: bytes) -> None:
        path = scene.folder / "odd"
        path.write_bytes(raw)
        self.refused(scene, path, 2, "--log-key", scene.log_key)

    def test_a_key_file_that_is_none(self, scene: Scene) -> None:
        path = scene.send("x")
        scene.key.write_text("x")
        self.refused(scene, path, 2, "--log-key", scene.log_key)

    def test_what_the_archive_never_signed_is_not_kept(self, scene: Scene) -> None:
        cosigned = scene.first()
        shutil.copytree(scene.made.root, scene.folder / "copy")
        kept = next(iter((scene.folder / "copy" / "ledger" / "checkpoints").glob("12")))
        kept.unlink()
        code, _ = scene.call("-C", scene.folder / "copy", "ledger", "keep", cosigned)
        assert code == 5
        assert scene.ask("keep", scene.send("bare", None))[0] == 2


def test_a_clock_before_1970_cosigns_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scene.send("x")
    monkeypatch.setattr("time.time_ns", lambda: -1)
    assert scene.witness(path, "--log-key", scene.log_key)[0] == 2
    assert not scene.state.exists()


def test_what_is_there_already_is_a_conflict_and_nothing_is_cosigned(scene: Scene) -> None:
    path = scene.send("checkpoint.txt")
    there = scene.folder / "checkpoint.txt.cosigned"
    there.write_text("somebody's")
    known = ("--key", scene.key, "--state", scene.state, "--log-key", scene.log_key)
    code, error = scene.call("ledger", "witness", path, *known)
    assert (code, error["kind"]) == (6, "error")
    assert there.read_text() == "somebody's"
    assert not scene.state.exists()

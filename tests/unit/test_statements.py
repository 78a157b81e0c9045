"""Signed statements of auditors: written, kept, and judged by the key that somebody brings."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from archive.cli.frame import run
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.statement import Statement, StatementError
from tests.archives import MadeArchive, make_archive, overwrite

Printed = pytest.CaptureFixture[str]
needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@given(st.text(), st.integers(0, 1 << 40), st.binary(min_size=32, max_size=32))
def test_a_statement_is_spelt_by_one_text_only(words: str, size: int, root: bytes) -> None:
    statement = Statement(Checkpoint("valley", size + 1, root), words)
    try:
        raw = statement.to_bytes()
    except StatementError:
        return
    parsed = Statement.parse(raw)
    assert parsed.to_bytes() == raw
    assert parsed.checkpoint == statement.checkpoint


@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused_by_a_named_error(raw: bytes) -> None:
    for each in (raw, b"archive-statement/v1\n" + raw):
        with contextlib.suppress(StatementError):
            assert Statement.parse(each).to_bytes() == each


class Auditor:
    """An archive with one audit, and an auditor who signs."""

    def __init__(self, made: MadeArchive, printed: Printed) -> None:
        self.made = made
        self.text = made.folder / "statement.txt"
        self.signature = made.folder / "statement.sig"
        self.signer = made.folder / "auditor.pub"
        self.key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.signer.write_bytes(pem)
        self._printed = printed

    def __call__(self, *words: str | Path, code: int = 0) -> Any:
        self._printed.readouterr()
        found = run(["-C", str(self.made.root), *map(str, words), "--format", "json"])
        printed = self._printed.readouterr()
        assert found == code, printed
        return json.loads(printed.out)

    def state(self, *words: str | Path) -> Any:
        """Has a statement written."""
        return self("ledger", "statement", "--says", "I read it all.", "--out", self.text, *words)

    def sign(self) -> None:
        """Signs it as openssl does."""
        self.signature.write_bytes(self.key.sign(self.text.read_bytes()))

    def keep(self, code: int = 0) -> Any:
        """Has it kept."""
        words = ("--signature", self.signature, "--signer", self.signer)
        return self("ledger", "keep", self.text, *words, code=code)

    def verify(self, *words: str | Path, code: int = 0) -> Any:
        """The ledger verified by the auditor's key."""
        return self("ledger", "verify", "--signer", self.signer, *words, code=code)

    def kept(self) -> Path:
        """The folder of the one statement that is kept."""
        (folder,) = (self.made.root / "ledger/statements").iterdir()
        return folder


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("statements"), patch)
        made.ingest({"a.txt": b"a", "b.txt": b"b"})
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        yield made


@pytest.fixture
def auditor(
    audited: MadeArchive, tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> Auditor:
    shutil.copytree(audited.folder, tmp_path / "made", symlinks=True)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "made/keys"))
    return Auditor(MadeArchive(tmp_path / "made"), capsys)


def test_a_kept_statement_is_an_outside_mark_for_whoever_brings_the_key(auditor: Auditor) -> None:
    size = auditor.state()["size"]
    auditor.sign()
    (row,) = auditor.keep()["statements"]
    assert row["size"] == size
    report = auditor.verify()
    assert (report["trust"]["basis"], report["trust"]["size"]) == ("statement", size)
    assert report["trust"]["by"] == [row["by"]]
    counts = auditor("coverage", "--signer", auditor.signer)["counts"]
    assert (counts["held"], counts["attested"]) == (2, 2)


def test_without_the_key_it_is_noted_and_proves_nothing(auditor: Auditor) -> None:
    auditor.state()
    auditor.sign()
    auditor.keep()
    report = auditor("ledger", "verify")
    assert report["trust"]["basis"] == "self"
    assert [one["code"] for one in report["findings"]] == ["LEDGER-STATEMENT-UNJUDGED"]
    assert auditor("coverage")["counts"]["attested"] == 0


def test_a_statement_covers_only_what_was_on_record_when_it_was_made(auditor: Auditor) -> None:
    size = auditor.state()["size"]
    auditor.sign()
    auditor.keep()
    auditor.made.ingest({"c.txt": b"c"}, name="later")
    assert run(["-q", "-C", str(auditor.made.root), "audit"]) == 0
    assert auditor.verify()["trust"]["size"] == size
    counts = auditor("coverage", "--signer", auditor.signer)["counts"]
    assert (counts["claimed"], counts["attested"]) == (3, 2)


def test_the_report_of_an_audit_stands_in_it_with_its_digest(auditor: Auditor) -> None:
    report = auditor.made.folder / "audit.json"
    words = ("audit", "--sample", "2", "--seed", 'a "seed"', "--read-only", "--report", report)
    auditor(*words)
    said = auditor.state("--report", report)["statement"]
    assert "audit: intact; 2 of 2 bags looked at (sample): 2 intact" in said
    assert 'the seed "a \\"seed\\""; report sha512 ' in said
    assert said.endswith("\nI read it all.\n")


ENDLESS = (
    b'{"kind": "audit-report", "outcome": "intact", "scope": {"checked": 1e999, "held": 1, "mode": "full"},'
    b' "counts": {"damaged": 0, "missing": 0, "unreadable": 0, "unknown": 0, "intact": 1}}'
)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"kind": "status"}', b"\xff", b"[" * 100_000, ENDLESS]
)
def test_what_is_no_report_is_refused(auditor: Auditor, content: bytes) -> None:
    path = auditor.made.folder / "no.json"
    path.write_bytes(content)
    auditor("ledger", "statement", "--out", auditor.text, "--report", path, code=2)
    assert not auditor.text.exists()


def test_nothing_said_is_refused(auditor: Auditor) -> None:
    auditor("ledger", "statement", "--out", auditor.text, code=2)


def test_a_statement_may_be_about_a_checkpoint_kept_earlier(auditor: Auditor) -> None:
    kept = auditor.made.folder / "kept"
    size = auditor("ledger", "checkpoint", "--out", kept)["size"]
    auditor.made.ingest({"c.txt": b"c"}, name="later")
    assert auditor.state("--at", kept)["size"] == size


def test_an_altered_statement_is_not_kept(auditor: Auditor) -> None:
    auditor.state()
    auditor.sign()
    auditor.text.write_bytes(auditor.text.read_bytes().replace(b"all", b"any"))
    auditor.keep(code=5)
    assert not (auditor.made.root / "ledger/statements").exists()


def test_a_statement_of_another_hand_is_not_kept(auditor: Auditor) -> None:
    auditor.state()
    auditor.signature.write_bytes(Ed25519PrivateKey.generate().sign(auditor.text.read_bytes()))
    auditor.keep(code=5)


def test_a_signed_statement_about_a_ledger_that_never_was_is_not_kept(auditor: Auditor) -> None:
    auditor.state()
    about = Statement.parse(auditor.text.read_bytes())
    known = about.checkpoint
    for other in (
        Checkpoint(known.origin, known.size, bytes(32)),
        Checkpoint(known.origin, known.size + 1, known.root),
        Checkpoint("another", known.size, known.root),
    ):
        auditor.text.write_bytes(Statement(other, about.words).to_bytes())
        auditor.sign()
        auditor.keep(code=5)


@pytest.mark.parametrize("name", ["statement.txt", "signature"])
def test_damage_to_a_kept_one_is_found(auditor: Auditor, name: str) -> None:
    auditor.state()
    auditor.sign()
    auditor.keep()
    path = auditor.kept() / name
    overwrite(path, path.read_bytes()[:-2] + b"x\n")
    report = auditor.verify(code=5)
    assert [one["code"] for one in report["findings"]] == ["LEDGER-STATEMENT-ALTERED"]


def test_a_kept_one_of_a_stranger_says_nothing_either_way(auditor: Auditor) -> None:
    auditor.state()
    auditor.sign()
    auditor.keep()
    other = Ed25519PrivateKey.generate().public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    auditor.signer.write_bytes(pem)
    report = auditor.verify()
    assert report["trust"]["basis"] == "self"
    assert [one["code"] for one in report["findings"]] == ["LEDGER-STATEMENT-UNTRUSTED"]


def test_a_rewritten_ledger_is_contradicted_by_a_statement(auditor: Auditor) -> None:
    """A valid statement about a larger ledger: its end was cut off since, with the key."""
    before = auditor.made.folder / "before"
    shutil.copytree(auditor.made.root / "ledger", before)
    auditor.made.ingest({"c.txt": b"c"}, name="later")
    auditor.state()
    auditor.sign()
    auditor.keep()
    kept = auditor.made.folder / "statements"
    shutil.move(auditor.made.root / "ledger/statements", kept)
    shutil.rmtree(auditor.made.root / "ledger")
    shutil.move(before, auditor.made.root / "ledger")
    shutil.move(kept, auditor.made.root / "ledger/statements")
    codes = [one["code"] for one in auditor.verify(code=5)["findings"]]
    assert "LEDGER-TRUNCATED" in codes


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# ana ssh-ed25519 AAAA\n",
        b"\xff\x00",
        b"-----BEGIN PRIVATE KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\n",
    ],
)
def test_a_file_that_names_no_signer_is_refused(auditor: Auditor, content: bytes) -> None:
    auditor.signer.write_bytes(content)
    auditor.verify(code=2)


def test_options_of_a_statement_belong_together(auditor: Auditor) -> None:
    auditor.state()
    auditor.sign()
    auditor("ledger", "keep", auditor.text, "--signature", auditor.signature, code=2)
    auditor("ledger", "keep", auditor.text, "--signer", auditor.signer, code=2)


def ssh_sign(auditor: Auditor, *, kind: str = "ed25519", namespace: str = "archive-statement") -> None:
    """Signs with a new key for SSH, and lists it as that of ana@example.org."""
    key = auditor.made.folder / "ssh"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", str(key)], check=True, timeout=60
    )
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", namespace, str(auditor.text)]
    subprocess.run(sign, check=True, capture_output=True, timeout=60)
    auditor.signature = auditor.text.with_name("statement.txt.sig")
    public = key.with_suffix(".pub").read_text()
    auditor.signer.write_text(f"ana@example.org {public}")


@needs_ssh
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_signature_of_openssh_is_kept_and_names_its_signer(auditor: Auditor, kind: str) -> None:
    auditor.state()
    ssh_sign(auditor, kind=kind)
    assert auditor.keep()["statements"][0]["by"] == "ana@example.org"
    assert auditor.verify()["trust"]["by"] == ["ana@example.org"]


@needs_ssh
def test_a_signer_is_not_called_by_who_is_left_out_of_the_list(auditor: Auditor) -> None:
    auditor.state()
    ssh_sign(auditor)
    auditor.signer.write_text(auditor.signer.read_text().replace("ana@", "!ben@example.org,*@"))
    assert auditor.keep()["statements"][0]["by"] == "*@example.org"


@needs_ssh
def test_a_signature_of_openssh_for_something_else_is_refused(auditor: Auditor) -> None:
    auditor.state()
    ssh_sign(auditor, namespace="git")
    auditor.keep(code=5)


@needs_ssh
def test_a_signature_of_openssh_over_another_text_is_refused(auditor: Auditor) -> None:
    auditor.state()
    ssh_sign(auditor)
    auditor.text.write_bytes(auditor.text.read_bytes().replace(b"all", b"any"))
    auditor.keep(code=5)


@needs_ssh
def test_without_openssh_it_is_said_that_nothing_was_judged(
    auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor.state()
    ssh_sign(auditor)
    auditor.keep()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    report = auditor.verify()
    assert report["trust"]["basis"] == "self"
    assert [one["code"] for one in report["findings"]] == ["LEDGER-STATEMENT-UNJUDGED"]
    assert "not installed" in report["findings"][0]["message"]
    auditor.keep(code=2)


def test_a_pack_carries_statements_only_with_names(auditor: Auditor) -> None:
    auditor.state()
    auditor.sign()
    auditor.keep()
    for names, basis in (([], "self"), (["--names"], "statement")):
        pack = auditor.made.folder / f"pack{len(names)}.zip"
        auditor("ledger", "pack", "--out", pack, *names)
        report = auditor("ledger", "check-pack", pack, "--signer", auditor.signer)
        assert report["trust"]["basis"] == basis


def test_the_history_names_the_marks_that_are_kept(auditor: Auditor) -> None:
    size = auditor.state()["size"]
    auditor.sign()
    auditor.keep()
    (mark,) = auditor("history")["marks"]
    assert (mark["kind"], mark["size"], mark["text"]) == ("statement", size, "I read it all.")
    assert auditor("history", "2026-000001")["marks"] == []


class TestWithAProof:
    """`check-proof --statement`: what an auditor stated vouches for a donor's proof, without the archive."""

    def checked(self, auditor: Auditor, proof: Path, code: int = 0) -> Any:
        marks = ("--statement", auditor.text, "--signature", auditor.signature, "--signer", auditor.signer)
        return auditor("ledger", "check-proof", proof, *marks, code=code)

    def proof(self, auditor: Auditor, *words: str | Path) -> Path:
        target = auditor.made.folder / "one.tlog-proof"
        auditor("ledger", "prove", "2026-000001", "--out", target, *words)
        return target

    def test_the_statement_is_the_trust_basis(self, auditor: Auditor) -> None:
        auditor.state()
        auditor.sign()
        report = self.checked(auditor, self.proof(auditor))
        assert (report["outcome"], report["trust"]["basis"]) == ("proven", "statement")
        assert report["trust"]["by"][0].startswith("ed25519:")

    def test_one_about_another_size_cannot_be_related(self, auditor: Auditor) -> None:
        auditor.state()
        auditor.sign()
        auditor("audit")
        report = self.checked(auditor, self.proof(auditor), code=3)
        assert [one["code"] for one in report["findings"]] == ["PROOF-NO-KEY", "PROOF-OTHER-CHECKPOINT"]

    def test_one_about_another_ledger_of_that_size_is_a_fork(self, auditor: Auditor) -> None:
        auditor.state()
        stated = Statement.parse(auditor.text.read_bytes())
        origin, size = stated.checkpoint.origin, stated.checkpoint.size
        auditor.text.write_bytes(Statement(Checkpoint(origin, size, bytes(32)), "Seen.").to_bytes())
        auditor.sign()
        report = self.checked(auditor, self.proof(auditor), code=5)
        assert (report["outcome"], report["trust"]["basis"]) == ("broken", "none")
        assert "LEDGER-FORK" in [one["code"] for one in report["findings"]]

    def test_one_that_was_altered_vouches_for_nothing(self, auditor: Auditor) -> None:
        auditor.state()
        auditor.sign()
        auditor.text.write_bytes(auditor.text.read_bytes().replace(b"all", b"ALL"))
        report = self.checked(auditor, self.proof(auditor), code=3)
        assert report["trust"]["basis"] == "self"

    def test_its_parts_belong_together(self, auditor: Auditor) -> None:
        auditor("ledger", "check-proof", self.proof(auditor), "--signer", auditor.signer, code=2)

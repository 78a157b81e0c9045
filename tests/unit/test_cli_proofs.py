"""Proofs and receipts: made from an archive, checked without one."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.entries import make_entry, timestamp
from archive.core.ledger.merkle import Frontier, complete_subtree, inclusion_proof, leaf_hash
from archive.core.ledger.note import NoteSigner
from archive.core.ledger.tlog_proof import EntryProof
from archive.services.evidence import receipts
from archive.storage.keys.signing_key import create_key, load_key
from tests.archives import MadeArchive, described, make_archive
from tests.proofs import Printed, check, codes

WITHDRAW = ("withdraw", "--reason", "x")
LETTER = b"Dear Sir,\nthe parcel came.\n"
PAGES = {"album/p1.txt": b"one", "album/p2.txt": b"two", "album.dc.json": described("An <album> & more")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """An archive with a letter and an album of two pages of one accession, and a later note."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("proofs"), patch)
        table = b"filename,title\nletter.txt,A letter\nalbum,An <album> & more\n"
        files = {"letter.txt": LETTER, "album/p1.txt": b"one", "album/p2.txt": b"two", "metadata.csv": table}
        made.ingest(files, name="gift", accession="2026-004", received_from="Ben Donor")
        kept = made.folder / "kept"
        assert run(["-C", str(made.root), "ledger", "checkpoint", "--out", str(kept)]) == 0
        made.ingest({"later.txt": b"later"}, name="later")
        for name, wanted in (("letter", "2026-000001"), ("album", "2026-000002")):
            proof = str(made.folder / f"{name}.tlog-proof")
            assert run(["-C", str(made.root), "ledger", "prove", wanted, "--out", proof]) == 0
        receipt = str(made.folder / "receipt.html")
        assert run(["-C", str(made.root), "receipt", "2026-004", "--to", receipt]) == 0
        yield made


@pytest.fixture
def key(made: MadeArchive) -> str:
    return made.opened.settings.key


def verify_archive(*words: str | Path) -> int:
    """Exit code of the independent verifier."""
    verifier = Path(__file__).parent.parent.parent / "independent" / "verify_archive.py"
    return subprocess.run([sys.executable, verifier, *words], check=False, capture_output=True).returncode


def signed_proof(signer: NoteSigner, entries: list[bytes], index: int) -> EntryProof:
    """The proof of an entry in a ledger of these entries, signed."""
    leaves = [leaf_hash(entry) for entry in entries]
    tree = Frontier()
    tree.extend(leaves)
    size = len(entries)
    hashes = inclusion_proof(
        index, size, lambda level, at: complete_subtree(leaves[at << level : (at + 1) << level])
    )
    note = sign_checkpoint(Checkpoint(signer.key.name, size, tree.root()), [signer])
    return EntryProof(index, entries[index], tuple(hashes), note)


def page_of(path: Path, *proofs: EntryProof) -> Path:
    """A page like a receipt with several proofs in it."""
    blocks = (html.escape(proof.to_bytes().decode()) for proof in proofs)
    shown = "".join(f'<pre class="tlog-proof">\n{block}</pre>' for block in blocks)
    path.write_text(f"<!doctype html>\n{shown}")
    return path


def entries_marked(mark: str, count: int) -> list[bytes]:
    return [make_entry("new", time=timestamp(0), agents=[mark], n=number) for number in range(count)]


class TestHistories:
    """What one file proves is of one ledger, and of one history of it: the key could sign two."""

    ONE, OTHER = entries_marked("a", 8), entries_marked("b", 8)

    @pytest.mark.parametrize(
        ("proofs", "code"),
        [
            ([(ONE, 2), (ONE, 5)], 0),
            ([(ONE[:5], 2), (ONE, 2), (ONE, 7)], 0),
            ([(ONE, 2), (OTHER, 3)], 5),
            ([(ONE[:5], 2), (OTHER, 2)], 5),
            ([(ONE[:4], 2), ([OTHER[0], *ONE[1:]], 1)], 5),
            ([(ONE[:4], 2), ([OTHER[0], *ONE[1:]], 6)], 5),
        ],
        ids=["one tree", "trees that extend it", "one size", "one entry", "its neighbour", "far away"],
    )
    def test_proofs_of_two_histories_are_found(
        self,
        made: MadeArchive,
        capsys: Printed,
        tmp_path: Path,
        proofs: list[tuple[list[bytes], int]],
        code: int,
    ) -> None:
        signer = load_key(made.opened.settings.key).signer
        page = page_of(tmp_path / "page.html", *(signed_proof(signer, *each) for each in proofs))
        found, report = check(capsys, page, "--key", str(signer.key))
        assert (found, set(codes(report))) == (code, {"LEDGER-FORK"} if code else set())
        assert verify_archive("proof", page) == code

    def test_a_checkpoint_of_another_size_contradicts_it(
        self, made: MadeArchive, capsys: Printed, tmp_path: Path
    ) -> None:
        signer = load_key(made.opened.settings.key).signer
        page = page_of(tmp_path / "page.html", signed_proof(signer, self.ONE, 5))
        kept = tmp_path / "kept"
        for entries, code in ((self.ONE, 3), (self.OTHER, 5)):
            kept.write_bytes(signed_proof(signer, entries[:4], 0).note)
            assert check(capsys, page, "--key", str(signer.key), "--trust", kept)[0] == code

    def test_proofs_of_two_ledgers_are_not_told_as_of_one(
        self, made: MadeArchive, capsys: Printed, tmp_path: Path
    ) -> None:
        ours, theirs = load_key(made.opened.settings.key).signer, create_key("other.example/log").signer
        page = page_of(
            tmp_path / "page.html", signed_proof(ours, self.ONE, 5), signed_proof(theirs, self.ONE, 5)
        )
        code, error = check(capsys, page)
        assert (code, "several ledgers" in error["message"]) == (2, True)
        assert verify_archive("proof", page) == 5


class TestProof:
    """One document's entry, on somebody's stick."""

    def test_with_key_and_document_it_is_proven(self, made: MadeArchive, key: str, capsys: Printed) -> None:
        letter = made.folder / "gift" / "letter.txt"
        code, document = check(capsys, made.folder / "letter.tlog-proof", "--key", key, "--document", letter)
        assert (code, document["outcome"], document["findings"]) == (0, "proven", [])
        assert document["trust"]["basis"] == "key"
        assert document["documents"][0]["outcome"] == "received"
        assert document["entries"][0]["members"]["reference"] == "2026-000001"

    def test_without_a_key_it_agrees_with_itself_only(self, made: MadeArchive, capsys: Printed) -> None:
        code, document = check(capsys, made.folder / "letter.tlog-proof")
        assert (code, codes(document)) == (0, ["PROOF-NO-KEY"])
        assert document["trust"]["statement"] == "consistent with itself only"

    def test_other_bytes_are_not_what_was_taken_in(
        self, made: MadeArchive, key: str, capsys: Printed
    ) -> None:
        other = made.folder / "other.txt"
        other.write_bytes(LETTER + b" ")
        code, document = check(capsys, made.folder / "letter.tlog-proof", "--key", key, "--document", other)
        assert (code, document["outcome"], codes(document)) == (1, "proven", ["PROOF-DOCUMENT-DIFFERS"])

    def test_a_document_that_is_not_there_is_unreadable(
        self, made: MadeArchive, key: str, capsys: Printed
    ) -> None:
        code, document = check(
            capsys, made.folder / "letter.tlog-proof", "--key", key, "--document", made.folder / "nowhere"
        )
        assert (code, document["documents"][0]["outcome"]) == (3, "unreadable")

    def test_a_document_of_several_files_is_held_to_its_manifest(
        self, made: MadeArchive, key: str, capsys: Printed
    ) -> None:
        page = made.folder / "gift" / "album" / "p1.txt"
        manifest = made.bag("2026-000002") / "manifest-sha512.txt"
        words = (made.folder / "album.tlog-proof", "--key", key, "--document", page)
        assert check(capsys, *words)[0] == 1  # which files they were, the entry does not say
        code, document = check(capsys, *words, "--document", manifest)
        assert (code, [each["outcome"] for each in document["documents"]]) == (0, ["received", "received"])

    def test_a_proof_at_a_kept_checkpoint_is_proven_against_it(
        self, made: MadeArchive, key: str, capsys: Printed, tmp_path: Path
    ) -> None:
        kept, proof = made.folder / "kept", tmp_path / "at.tlog-proof"
        words = ["prove", "2026-000001", "--at", str(kept), "--out", str(proof)]
        assert run(["-C", str(made.root), "ledger", *words]) == 0
        code, document = check(capsys, proof, "--trust", kept, "--key", key)
        assert (code, document["trust"]["basis"], document["trust"]["size"]) == (0, "checkpoint", 5)

    def test_a_checkpoint_of_another_size_cannot_be_related(
        self, made: MadeArchive, key: str, capsys: Printed
    ) -> None:
        proof = made.folder / "letter.tlog-proof"
        code, document = check(capsys, proof, "--trust", made.folder / "kept", "--key", key)
        assert (code, document["outcome"]) == (3, "unrelated")
        assert (codes(document), document["trust"]["basis"]) == (["PROOF-OTHER-CHECKPOINT"], "key")

    def test_a_fork_of_the_same_size_is_found(self, made: MadeArchive, key: str, capsys: Printed) -> None:
        proof = EntryProof.parse((made.folder / "letter.tlog-proof").read_bytes())
        forged = made.folder / "forged"
        signer = load_key(key).signer
        forged.write_bytes(
            sign_checkpoint(Checkpoint(signer.key.name, proof.checkpoint().size, bytes(32)), [signer])
        )
        code, document = check(capsys, made.folder / "letter.tlog-proof", "--trust", forged, "--key", key)
        assert (code, codes(document), document["trust"]["basis"]) == (5, ["LEDGER-FORK"], "none")

    def test_an_entry_that_came_later_is_not_in_an_older_checkpoint(
        self, made: MadeArchive, capsys: Printed
    ) -> None:
        words = ["prove", "2026-000003", "--at", str(made.folder / "kept")]
        assert run(["-C", str(made.root), "ledger", *words]) == 2
        assert "came after that checkpoint" in capsys.readouterr().err

    def test_another_key_is_told(self, made: MadeArchive, capsys: Printed, tmp_path: Path) -> None:
        other = create_key("elsewhere", environment={"ARCHIVE_KEY_DIR": str(tmp_path)})
        code, document = check(capsys, made.folder / "letter.tlog-proof", "--key", other.vkey)
        assert (code, codes(document)) == (5, ["LEDGER-OTHER-KEY"])

    def test_an_altered_entry_breaks_it(self, made: MadeArchive, key: str, capsys: Printed) -> None:
        proof = EntryProof.parse((made.folder / "letter.tlog-proof").read_bytes())
        assert proof.entry is not None
        entry = proof.entry.replace(b"2026-000001", b"2026-000009")
        forged = made.folder / "altered.tlog-proof"
        forged.write_bytes(EntryProof(proof.index, entry, proof.hashes, proof.note).to_bytes())
        code, document = check(capsys, forged, "--key", key)
        assert (code, codes(document), document["entries"]) == (5, ["PROOF-BROKEN"], [])

    def test_a_proof_without_its_entry_proves_nothing(
        self, made: MadeArchive, key: str, capsys: Printed
    ) -> None:
        proof = EntryProof.parse((made.folder / "letter.tlog-proof").read_bytes())
        bare = made.folder / "bare.tlog-proof"
        bare.write_bytes(EntryProof(proof.index, None, proof.hashes, proof.note).to_bytes())
        code, document = check(capsys, bare, "--key", key)
        assert (code, codes(document)) == (5, ["PROOF-ENTRY-MISSING"])

    def test_what_is_printed_is_the_proof(self, made: MadeArchive, capsys: Printed) -> None:
        capsys.readouterr()
        assert run(["-C", str(made.root), "ledger", "prove", "2026-000001"]) == 0
        assert capsys.readouterr().out.encode() == (made.folder / "letter.tlog-proof").read_bytes()

    def test_it_is_not_kept_inside_the_archive(self, made: MadeArchive) -> None:
        inside = str(made.root / "notes" / "p")
        assert run(["-C", str(made.root), "ledger", "prove", "2026-000001", "--out", inside]) == 2
        assert run(["-C", str(made.root), "receipt", "2026-004", "--to", inside + ".html"]) == 2

    @pytest.mark.parametrize("content", [b"", b"\0" * 9, b"<!DOCTYPE html><p>", b"c2sp.org/tlog-proof@v1\n"])
    def test_what_is_no_proof_is_wrong_use(self, capsys: Printed, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "x").write_bytes(content)
        assert check(capsys, tmp_path / "x")[0] == 2
        assert check(capsys, tmp_path / "nowhere")[0] == 2

    def test_a_pipe_is_neither_waited_for_nor_taken_for_an_empty_document(
        self, made: MadeArchive, key: str, capsys: Printed, tmp_path: Path
    ) -> None:
        os.mkfifo(tmp_path / "pipe")
        assert check(capsys, tmp_path / "pipe")[0] == 2
        assert check(capsys, made.folder / "letter.tlog-proof", "--trust", tmp_path / "pipe")[0] == 2
        words = ("--key", key, "--document", tmp_path / "pipe")
        code, document = check(capsys, made.folder / "letter.tlog-proof", *words)
        assert (code, document["documents"][0]["outcome"]) == (3, "unreadable")

    def test_a_document_behind_a_link_is_read(
        self, made: MadeArchive, key: str, capsys: Printed, tmp_path: Path
    ) -> None:
        (tmp_path / "link").symlink_to(made.folder / "gift" / "letter.txt")
        words = ("--key", key, "--document", tmp_path / "link")
        assert check(capsys, made.folder / "letter.tlog-proof", *words)[0] == 0

    def test_a_damaged_tile_is_not_proven_from(self, made: MadeArchive, tmp_path: Path) -> None:
        shutil.copytree(made.root, tmp_path / "copy")
        for tile in (tmp_path / "copy" / "ledger" / "tile" / "0" / "000.p").iterdir():
            tile.chmod(0o644)
            tile.write_bytes(bytes(len(tile.read_bytes())))
        assert run(["-C", str(tmp_path / "copy"), "ledger", "prove", "2026-000001"]) == 5


class TestReceipt:
    """One page for the donor."""

    @pytest.fixture
    def page(self, made: MadeArchive) -> str:
        return (made.folder / "receipt.html").read_text("utf-8")

    def test_check_proof_reads_it(self, made: MadeArchive, key: str, capsys: Printed) -> None:
        receipt = made.folder / "receipt.html"
        gift = made.folder / "gift"
        documents = [gift / "letter.txt", gift / "album" / "p1.txt", gift / "album" / "p2.txt"]
        words = [word for path in documents for word in ("--document", str(path))]
        code, document = check(capsys, receipt, "--key", key, *words)
        assert (code, document["outcome"], document["findings"]) == (0, "proven", [])
        assert [each["outcome"] for each in document["documents"]] == ["received"] * 3
        assert len(document["entries"]) == 2

    def test_ledger_verify_trusts_it(self, made: MadeArchive, capsys: Printed) -> None:
        capsys.readouterr()
        command = ["ledger", "verify", "--trust", str(made.folder / "receipt.html"), "--format", "json"]
        assert run(["-C", str(made.root), *command]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["trust"]["basis"] == "checkpoint"

    def test_a_person_reads_what_when_from_whom(self, page: str) -> None:
        text = html.unescape(re.sub("<[^>]*>", " ", page))
        for words in ("A letter", "An <album> & more", "2026-000001", "Ben Donor", "2026-004", "Valley"):
            assert words in text

    def test_sha512sum_prints_what_the_page_shows(self, made: MadeArchive, page: str) -> None:
        done = subprocess.run(
            ["sha512sum", str(made.folder / "gift" / "letter.txt")], capture_output=True, check=True
        )
        assert f"<code>{done.stdout.split()[0].decode()}</code>" in page

    def test_nothing_is_fetched_or_run(self, page: str) -> None:
        assert "default-src 'none'" in html.unescape(page)
        assert re.search(r"<script|<img|<link|\son\w+=|javascript:|url\(", page) is None

    def test_a_digest_that_was_altered_for_the_reader_is_found(
        self, key: str, capsys: Printed, page: str, tmp_path: Path
    ) -> None:
        shown = re.findall("<code>([0-9a-f]{128})</code>", page)[0]
        (tmp_path / "r.html").write_text(page.replace(f"<code>{shown}", f"<code>{'0' * 128}"), "utf-8")
        code, document = check(capsys, tmp_path / "r.html", "--key", key)
        assert (code, document["outcome"], codes(document)) == (5, "broken", ["PROOF-PAGE-DIFFERS"])

    @pytest.mark.parametrize(
        ("pattern", "forged"),
        [
            ("2026-000001</bdi>", "2026-000009</bdi>"),
            (
                r'datetime="[^"]*">([^<]*)</time>, entry',
                r'datetime="2001-01-01T00:00:00.000Z">\1</time>, entry',
            ),
            (r">[^<]*</time>, entry", ">1 January 2001, 00:00 UTC</time>, entry"),
            (r", entry 2 of the ledger", ", entry 3 of the ledger"),
            (r", entry 2 of the ledger", ", entry 999 of the ledger"),
        ],
        ids=["reference", "time", "time in words", "entry", "entry without proof"],
    )
    def test_what_was_altered_for_the_reader_about_an_entry_is_found(
        self, key: str, capsys: Printed, page: str, tmp_path: Path, pattern: str, forged: str
    ) -> None:
        altered = re.sub(pattern, forged, page, count=1)
        assert altered != page
        (tmp_path / "r.html").write_text(altered, "utf-8")
        code, document = check(capsys, tmp_path / "r.html", "--key", key)
        assert (code, document["outcome"], codes(document)) == (5, "broken", ["PROOF-PAGE-DIFFERS"])

    def test_an_altered_list_of_files_is_found(
        self, key: str, capsys: Printed, page: str, tmp_path: Path
    ) -> None:
        (tmp_path / "r.html").write_text(page.replace("  data/p1.txt", "  data/p3.txt"), "utf-8")
        code, document = check(capsys, tmp_path / "r.html", "--key", key)
        assert (code, codes(document)[0]) == (5, "PROOF-MANIFEST-FOREIGN")

    def test_one_document_has_a_receipt_too(self, made: MadeArchive, capsys: Printed, tmp_path: Path) -> None:
        capsys.readouterr()
        target = tmp_path / "one.html"
        command = ["receipt", "2026-000003", "--to", str(target), "--format", "json"]
        assert run(["-C", str(made.root), *command]) == 0
        document = json.loads(capsys.readouterr().out)
        assert schemas.explain("receipt-report", document) == []
        assert [each["reference"] for each in document["documents"]] == ["2026-000003"]
        assert run(["-C", str(made.root), *command]) == 6  # never overwritten

    @pytest.mark.parametrize(
        ("commands", "wanted", "said"),
        [
            ([], "2026-004", ""),
            ([WITHDRAW], "2026-004", "withdrawn from what is held; its"),
            # its accession was destroyed with it
            ([WITHDRAW, ("dispose", "--authority", "y", "--yes")], "2026-000001", "destroyed on somebody"),
        ],
        ids=["held", "withdrawn", "disposed"],
    )
    def test_it_says_what_became_of_what_was_received(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Printed,
        commands: list[tuple[str, ...]],
        wanted: str,
        said: str,
    ) -> None:
        made = make_archive(tmp_path, monkeypatch)
        made.ingest({"a.txt": b"one", "b.txt": b"two"}, accession="2026-004")
        for command, *words in commands:
            assert run(["-q", "-C", str(made.root), command, "2026-000001", *words]) == 0
        to = tmp_path / "receipt.html"
        assert run(["-q", "-C", str(made.root), "receipt", wanted, "--to", str(to)]) == 0
        page = to.read_text()
        assert f"has taken in {2 if wanted == '2026-004' else 1} document" in page
        assert page.count("<dt>Since then</dt>") == bool(said)
        assert said in page
        assert check(capsys, to, "--key", load_key(made.opened.settings.key).vkey)[0] == 0

    def test_a_file_that_somebody_made_meanwhile_stays(
        self, made: MadeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        to = tmp_path / "receipt.html"

        def page(*_: Any) -> Iterator[str]:
            to.write_text("theirs")
            yield "ours"

        monkeypatch.setattr(receipts, "receipt_page", page)
        assert run(["-q", "-C", str(made.root), "receipt", "2026-004", "--to", str(to)]) == 6
        assert [path.read_text() for path in tmp_path.iterdir()] == ["theirs"]

    @pytest.mark.parametrize("wanted", ["nothing", "", "\udcff", "../x"])
    def test_what_is_neither_accession_nor_document_is_wrong_use(
        self, made: MadeArchive, tmp_path: Path, wanted: str
    ) -> None:
        assert run(["-C", str(made.root), "receipt", wanted, "--to", str(tmp_path / "r.html")]) == 2
        assert run(["-C", str(made.root), "receipt", "2026-004", "--to", str(tmp_path / "r.pdf")]) == 2
        assert list(tmp_path.iterdir()) == []

"""What somebody brings to a ledger, made so that time by the square of its size would be minutes or hours."""

import hashlib
import html
from pathlib import Path

import pytest

from archive.core.errors import ConfigurationError
from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.entries import Entry
from archive.core.ledger.key_backup import KeyBackup, backup_text, parse_backup, parse_typed
from archive.core.ledger.key_chain import KeyChain, KeyLink
from archive.core.ledger.merkle import leaf_hash
from archive.core.ledger.note import Note, NoteSigner, VerifierKey
from archive.core.ledger.tlog_proof import EntryProof
from archive.core.limits.output import CHECKPOINTS_NAMED
from archive.formats.pages.receipt.page import RECEIPT_STYLE
from archive.formats.pages.templates import page_pieces
from archive.services.evidence import proof_check
from archive.services.evidence.comparison import compare
from archive.services.evidence.kept import KeptNote
from archive.services.evidence.kept_files import BroughtFile, read_brought
from archive.services.evidence.proof_documents import DocumentOutcome, check_documents
from archive.services.surroundings import SilentProgress
from archive.storage import settings
from archive.storage.audits.plan import AuditPlan
from archive.storage.ledger.ranges import LedgerRanges

# Counting which lines run makes each of them several times slower, and what is slow here is not the point.
pytestmark = pytest.mark.no_cover

ENTRY = b'{"agents":[],"time":"2026-11-21T02:40:59.123Z","type":"other","v":1}'
KEY = VerifierKey("archive.example/test", bytes(range(32)))
SIGNER = NoteSigner(KEY, lambda _message: bytes(64))
HEAD = "<!doctype html>\n"
OPENING = '<pre class="tlog-proof">'


def proof_of(checkpoint: Checkpoint) -> EntryProof:
    """A proof of ENTRY, the first of the ledger, as far as the checkpoint's size and root let it be one."""
    return EntryProof(0, ENTRY, (), sign_checkpoint(checkpoint, [SIGNER]))


PROOF = proof_of(Checkpoint(KEY.name, 1, leaf_hash(ENTRY)))


def page_of(*parts: str) -> str:
    return "".join([HEAD, OPENING, html.escape(PROOF.to_bytes().decode()), "</pre>\n", *parts])


def test_a_page_of_beginnings_of_proofs_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(HEAD + OPENING * (1 << 19))
    with pytest.raises(ConfigurationError, match="a page without a proof in it"):
        read_brought(tmp_path / "page.html")


def test_a_proof_is_found_before_beginnings_of_others(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page_of(OPENING * (1 << 19)))
    assert read_brought(tmp_path / "page.html").proofs == (PROOF,)


def test_a_line_of_a_page_in_which_rows_begin_without_end(tmp_path: Path) -> None:
    row = '<time datetime="t">then</time>, entry 7 of the ledger'
    rows = "<dt>Recorded</dt><dd>" * (1 << 20), f"{row}</dd>\n", f"<dt>Recorded</dt><dd>{row}</dd>\n"
    assert differs(tmp_path, *rows)


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        (("<article>\n<h3><bdi>",), 1 << 17),
        (("<article>\n<h3><bdi></bdi></h3>\n" + "x" * 100,), 1 << 15),
        (("<p>", "f"), 1 << 17),
        (("<" * 100,), 1 << 14),
        (('<time datetime="',), 1 << 17),
    ],
)
def test_a_page_in_which_what_a_receipt_shows_begins_without_end(
    tmp_path: Path, parts: tuple[str, ...], count: int
) -> None:
    documents = '<h2 id="documents">What was received</h2>\n'
    for opening in (documents, ""):
        assert differs(tmp_path, opening, *(part * count for part in parts))


def test_a_document_of_many_files_none_of_which_is_recorded(tmp_path: Path) -> None:
    row = f"<dt><bdi>{{}}</bdi></dt><dd>1 bytes, SHA-512<br><code>{'0' * 128}</code></dd>\n"
    head, main, _ = "".join(page_pieces("frame.html.jinja", RECEIPT_STYLE)).partition("<main>\n")
    (tmp_path / "page.html").write_text(
        f'{head}{main}<h2 id="documents">What was received</h2>\n<article>\n<h3><bdi>x</bdi></h3>\n'
        '<dl class="facts">\n<dt>Reference</dt><dd><bdi>1</bdi></dd>\n'
        '<dt>As handed over</dt><dd class="mono"><bdi>x</bdi></dd>\n'
        '<dt>Recorded</dt><dd><time datetime="t">t</time>, entry 0 of the ledger</dd>\n'
        + "".join(map(row.format, range(30_000)))
        + "</dl>\n<details><summary>Proof</summary>\n"
        + page_of("</details>\n</article>\n").removeprefix(HEAD)
    )
    findings: list[Finding] = []
    entry = Entry("ingestion", "t", (), {"payload": {"manifest-sha512": "1" * 128}})
    check_documents(read_brought(tmp_path / "page.html"), {0: entry}, (), findings, SilentProgress())
    assert {each.code for each in findings} == {"PROOF-PAGE-DIFFERS"}
    assert [each.found for each in findings][1:] == ["<title></title>", "the end"]  # after one of the files


def differs(folder: Path, *parts: str) -> bool:
    (folder / "page.html").write_text(page_of(*parts))
    findings: list[Finding] = []
    check_documents(read_brought(folder / "page.html"), {}, (), findings, SilentProgress())
    return {each.code for each in findings} == {"PROOF-PAGE-DIFFERS"}


def test_a_character_of_a_page_whose_number_is_longer_than_any(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page_of("<dt>Reference</dt><dd>&#", "9" * 8000, ";</dd>\n"))
    assert read_brought(tmp_path / "page.html").proofs == (PROOF,)


def test_blanks_in_a_line_of_the_backup_of_a_key() -> None:
    backup = KeyBackup(der=bytes(48), is_encrypted=False, key=KEY)
    text = backup_text(backup, made="today")
    assert parse_backup(text.replace(f"{KEY}\n", f"{KEY}{' ' * 60_000}\n")) == backup
    with pytest.raises(ValueError, match="a verifier key reads"):
        parse_backup(f"{text}Key: a{' ' * 60_000}b\n")


def kept_at(size: int, root: bytes = bytes(32)) -> KeptNote:
    return KeptNote("kept", Note("", ()), Checkpoint(KEY.name, size, root))


def test_checkpoints_of_many_sizes_beside_proofs_of_many_others() -> None:
    kept = [kept_at(2 * number) for number in range(20_000)]
    findings: list[Finding] = []
    assert not proof_check._relate([kept_at(2 * number + 1) for number in range(20_000)], kept, findings)
    assert len(findings) == 20_000
    assert findings[-1].message.endswith("brought was one of " + ", ".join(map(str, range(0, 40, 2))) + ", …")


def test_checkpoints_of_one_size_beside_proofs_of_the_same() -> None:
    roots = [number.to_bytes(32, "big") for number in range(4_000)]
    findings: list[Finding] = []
    notes = [kept_at(7, root) for root in roots]
    assert not proof_check._relate(notes, notes, findings)
    assert {each.code for each in findings} == {"LEDGER-FORK"}
    assert len(findings) == len(notes) * CHECKPOINTS_NAMED


def test_many_kept_checkpoints_of_one_ledger(tmp_path: Path) -> None:
    sizes = range(1, 100_001)
    roots = {size: bytes(32) for size in sizes}
    kept = [kept_at(size) for size in sizes]
    compared = compare(kept, Checkpoint(KEY.name, 100_000, bytes(32)), roots, LedgerRanges(str(tmp_path)), {})
    assert (compared.findings, compared.proven) == ((), 100_000)


def test_many_documents_that_a_long_list_of_files_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    digests = (hashlib.sha512(b"%d" % number).hexdigest() for number in range(100_000))
    entries = {
        index: Entry("other", "", (), {"payload": {"sha512": each}}) for index, each in enumerate(digests)
    }
    findings: list[Finding] = []
    documents = [tmp_path / "other"] * 2000
    brought = BroughtFile("page", b"", True)
    checked = check_documents(brought, entries, documents, findings, SilentProgress())
    assert {each.outcome for each in checked} == {DocumentOutcome.OTHER}
    assert len(findings) == len(documents)


def test_a_line_of_a_typed_key_that_is_longer_than_any() -> None:
    with pytest.raises(ValueError, match="line 01 is mistyped"):
        parse_typed("01 " + " ABCD" * 200_000)


def test_the_key_of_each_checkpoint_among_many_keys() -> None:
    chain = KeyChain(lambda *_: False)
    chain.links += [
        KeyLink(KEY, 2 * number, "", is_signed=False, replaced=str(number)) for number in range(50_000)
    ]
    assert chain.key_at(0) is None
    assert all(chain.key_at(size) is KEY for size in range(1, 100_000))


def test_what_a_ledger_knows_of_many_audits() -> None:
    with AuditPlan() as plan:
        for number in range(40_000):
            members = {"run": f"run-{number}", "results": "00", "interrupted": False}
            plan.take_entry(number, Entry("audit finished", "2026-11-21T02:40:59.123Z", (), members))
        assert sum(each.is_complete for each in plan.vouched.known_audits()) == 40_000


@pytest.mark.parametrize(
    "text", [b'\\"""\n' * 200_000, b'a = "' + b'\\"' * 500_000, b'a = """' + b"x\\y" * 300_000 + b"\\"]
)
def test_settings_in_which_texts_begin_without_end(text: bytes) -> None:
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        settings.parse(text, "archive.toml")

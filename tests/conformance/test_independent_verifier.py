"""`independent/verify_archive.py` gives the same verdicts as the program, on good and on damaged archives."""

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.cli.frame import run
from archive.core.canonical import readable
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.core.ledger.merkle import leaf_hash
from archive.core.ledger.tlog_proof import EntryProof
from archive.core.sampling import SampleTerms, parse_percent
from archive.services.opened import open_archive
from archive.storage.keys.signing_key import create_key, load_key
from tests.archives import MadeArchive, make_archive

ROOT = Path(__file__).parent.parent.parent
VERIFIER = ROOT / "independent" / "verify_archive.py"
LONGEST = 400
RUN = "01a1ffff-0000-7000-8000-000000000001"
Printed = pytest.CaptureFixture[str]
Damage = Callable[["Copy"], object]


@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_archive", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Copy:
    """A copy of an archive to be damaged, and what its auditor kept."""

    def __init__(self, folder: Path, vkey: str, verifier: ModuleType) -> None:
        self.folder = folder
        self.root = folder / "archive"
        self.kept = folder / "kept"
        self.vkey = vkey
        self._verifier = verifier

    def independent(self, what: str, *words: str | Path) -> int:
        """Exit code of the independent verifier."""
        path = words[0] if what == "proof" else self.root
        rest = words[1:] if what == "proof" else words
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["verify_archive.py", what, str(path), *map(str, rest)])
            code: int = self._verifier.main()
        return code

    def file(self, pattern: str) -> Path:
        """The first file that fits, ready to be changed."""
        path = min(self.root.glob(pattern))
        for each in (path.parent, path):
            each.chmod(0o755 if each.is_dir() else 0o644)
        return path

    def flip(self, pattern: str) -> None:
        """Turns a bit in the middle."""
        path = self.file(pattern)
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)

    def sign(self, size: int, root: bytes) -> bytes:
        """A checkpoint that the archive's own key signs, true or not."""
        signer = load_key(self.vkey).signer
        return sign_checkpoint(Checkpoint(signer.key.name, size, root), [signer])


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """An archive of twenty small documents and an album, audited once, and enough entries for two tiles."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("independent"), patch)
        made.ingest({f"{number:03d} %a.txt": b"%d" % number for number in range(20)}, name="many")
        assert run(["-C", str(made.root), "ledger", "checkpoint", "--out", str(made.folder / "kept")]) == 0
        table = b"filename,title\nalbum,An album\n"
        made.ingest({"album/p1": b"1", "album/p2": b"2", "metadata.csv": table}, name="album")
        key = load_key(made.opened.settings.key)
        time = entries.timestamp(1_900_000_000_000)
        more = [entries.make_entry("something new", time=time, agents=[], n=number) for number in range(250)]
        made.opened.ledger.append(more, key.signer, key.last_signed)
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        yield made


@pytest.fixture
def copy(intact: MadeArchive, tmp_path: Path, verifier: ModuleType) -> Copy:
    shutil.copytree(intact.root, tmp_path / "archive")
    shutil.copy(intact.folder / "kept", tmp_path / "kept")
    return Copy(tmp_path, intact.opened.settings.key, verifier)


def test_it_is_short_and_stands_alone() -> None:
    text = VERIFIER.read_text("utf-8")
    assert len(text.splitlines()) < LONGEST
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= set(sys.stdlib_module_names)
    assert re.findall(r"\b(?:write|unlink|remove|rename|mkdir|subprocess|system|eval|exec)\(", text) == []


def test_its_digest_is_the_one_in_the_readme() -> None:
    digest = hashlib.sha256(VERIFIER.read_bytes()).hexdigest()
    assert f"`{digest}`" in (ROOT / "README.md").read_text("utf-8")


def test_both_find_an_undamaged_archive_undamaged(copy: Copy, capsys: Printed) -> None:
    words = ("--key", copy.vkey, "--trust", str(copy.kept))
    assert run(["-C", str(copy.root), "audit", "--read-only", *words]) == 0
    assert copy.independent("bags", *words) == 0
    said = capsys.readouterr().out
    assert "bags: 21 of 21 and 0 withdrawn read, 0 bad" in said
    assert "proven against what you brought" in said


def link(path: Path) -> None:
    outside = path.parents[4] / "outside"
    shutil.move(path, outside)
    path.symlink_to(outside)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def exchange(copy: Copy) -> None:
    one, two, *_ = sorted(copy.root.glob("bags/*/*"))
    for folder in (one.parent, two.parent, one, two):
        folder.chmod(0o755)
    spare = copy.folder / "spare"
    one.rename(spare)
    two.rename(one)
    spare.rename(two)


BAG_DAMAGE: dict[str, Damage] = {
    "a bit of a payload": lambda copy: copy.flip("bags/*/*/data/*"),
    "a bit of a description": lambda copy: copy.flip("bags/*/*/metadata/dublin-core.json"),
    "a bit of a manifest": lambda copy: copy.flip("bags/*/*/manifest-sha512.txt"),
    "a bit of a tag manifest": lambda copy: copy.flip("bags/*/*/tagmanifest-sha512.txt"),
    "a payload removed": lambda copy: copy.file("bags/*/*/data/*").unlink(),
    "a tag file removed": lambda copy: copy.file("bags/*/*/bag-info.txt").unlink(),
    "a file slipped in": lambda copy: (copy.file("bags/*/*/bagit.txt").parent / "new").write_bytes(b""),
    "a bag removed": lambda copy: shutil.rmtree(copy.file("bags/*/*/bagit.txt").parent),
    "a bag slipped in": lambda copy: (copy.file("bags/*/*").parent / "0190-new").mkdir(),
    "a payload that is a link": lambda copy: link(copy.file("bags/*/*/data/*")),
    "a payload that is a pipe": lambda copy: pipe(copy.file("bags/*/*/data/*")),
    "two bags exchanged": exchange,
    "an empty folder in a bag": lambda copy: (copy.file("bags/*/*/bagit.txt").parent / "new").mkdir(),
    "a file among the folders of bags": lambda copy: (copy.root / "bags/stray").write_bytes(b""),
    "a folder among the folders of bags": lambda copy: (copy.root / "bags/zz").mkdir(),
}


@pytest.mark.parametrize("name", BAG_DAMAGE)
def test_both_find_a_damaged_bag(copy: Copy, name: str) -> None:
    BAG_DAMAGE[name](copy)
    assert run(["-q", "-C", str(copy.root), "audit", "--read-only"]) == 1
    assert copy.independent("bags") == 1


def elsewhere(copy: Copy, name: str) -> None:
    (copy.root / name).rename(copy.folder / name)
    (copy.root / name).symlink_to(copy.folder / name)


def begin_otherwise(copy: Copy, **members: object) -> None:
    path = copy.file("audits/*/plan.json")
    path.write_bytes(readable(json.loads(path.read_bytes()) | members))


def copied(copy: Copy, pattern: str, name: str) -> None:
    path = copy.file(pattern)
    path.with_name(name).write_bytes(path.read_bytes())


def alter_note(copy: Copy, text: bytes) -> None:
    path = copy.file("notes/*/*.json")
    path.write_bytes(path.read_bytes()[:-3] + text)


RECORD_DAMAGE: dict[str, Damage] = {
    "a bit of a run's manifest": lambda copy: copy.flip("runs/*.json"),
    "a run's manifest removed": lambda copy: copy.file("runs/*.json").unlink(),
    "a bit of a list of results": lambda copy: copy.flip("audits/*/results-1.json"),
    "a list of results removed": lambda copy: copy.file("audits/*/results-1.json").unlink(),
    "a bit of results": lambda copy: copy.flip("audits/*/000001.jsonl.gz"),
    "results removed": lambda copy: copy.file("audits/*/000001.jsonl.gz").unlink(),
    "all of an audit removed": lambda copy: shutil.rmtree(copy.file("audits/*/plan.json").parent),
    "a note with another text": lambda copy: alter_note(copy, b'."}'),
    "a note that is no JSON": lambda copy: alter_note(copy, b'"]'),
    "a note with a remark": lambda copy: alter_note(copy, b'", "zz": "remark"}\n'),
    "a note that is a link": lambda copy: link(copy.file("notes/*/*.json")),
    "another run's manifest": lambda copy: copied(copy, "runs/*.json", f"{RUN}.json"),
    "a run's manifest in capitals": lambda copy: copied(copy, "runs/*.json", f"{RUN.upper()}.JSON"),
    "another audit": lambda copy: (copy.root / "audits" / RUN).mkdir(),
    "a stray file among the audits": lambda copy: (copy.root / "audits/stray.txt").touch(),
    "a stray file among the manifests": lambda copy: (copy.root / "runs/stray.txt").touch(),
    "more results": lambda copy: copied(copy, "audits/*/000001.jsonl.gz", "000002.jsonl.gz"),
    "another list of results": lambda copy: copied(copy, "audits/*/plan.json", "results-2.json"),
    "a bit of a plan": lambda copy: copy.flip("audits/*/plan.json"),
    "a plan removed": lambda copy: copy.file("audits/*/plan.json").unlink(),
    "a plan of another mode": lambda copy: begin_otherwise(copy, mode="quick"),
    "a plan of another choice": lambda copy: begin_otherwise(copy, choice={}),
    "a plan of another time": lambda copy: begin_otherwise(copy, started="2026-01-01T00:00:00.000Z"),
    "a plan that says more": lambda copy: begin_otherwise(copy, more=1),
    "a folder that is a link": lambda copy: elsewhere(copy, "notes"),
}


@pytest.mark.parametrize("name", RECORD_DAMAGE)
def test_both_find_what_lies_beside_the_ledger_altered(copy: Copy, name: str, capsys: Printed) -> None:
    RECORD_DAMAGE[name](copy)
    assert run(["-q", "-C", str(copy.root), "audit", "--read-only"]) == 1
    assert copy.independent("bags") == 1
    capsys.readouterr()
    assert copy.independent("ledger") == 0
    assert "not looked at: runs, audits, notes, witnesses" in capsys.readouterr().out


def test_for_both_a_note_may_have_been_removed(copy: Copy) -> None:
    copy.file("notes/*/*.json").unlink()
    assert run(["-q", "-C", str(copy.root), "audit", "--read-only"]) == 0
    assert copy.independent("bags") == 0


@pytest.mark.parametrize("name", ["Thumbs.db", ".DS_Store", "desktop.ini", "~$letter.docx", "__MACOSX"])
def test_for_both_litter_among_records_is_no_damage(copy: Copy, name: str) -> None:
    for folder in ("runs", "audits", copy.file("audits/*/plan.json").parent):
        (copy.root / folder / name).touch()
    assert run(["-q", "-C", str(copy.root), "audit", "--read-only"]) == 0
    assert copy.independent("bags") == 0


def forge_entry(copy: Copy) -> None:
    bundle = copy.file("ledger/tile/entries/000")
    bundle.write_bytes(bundle.read_bytes().replace(b'"bytes":1,', b'"bytes":7,', 1))


def replay(copy: Copy) -> None:
    shutil.copy(copy.kept, copy.file("ledger/checkpoint"))


LEDGER_DAMAGE: dict[str, Damage] = {
    "a bit of a bundle": lambda copy: copy.flip("ledger/tile/entries/000"),
    "an entry that says something else": forge_entry,
    "a bundle cut off": lambda copy: os.truncate(copy.file("ledger/tile/entries/000"), 1000),
    "a bundle removed": lambda copy: copy.file("ledger/tile/entries/000").unlink(),
    "a bit of a tile": lambda copy: copy.flip("ledger/tile/0/000"),
    "a bit of an upper tile": lambda copy: copy.flip("ledger/tile/1/000.p/1"),
    "a bit of the checkpoint": lambda copy: copy.flip("ledger/checkpoint"),
    "a bit of an older checkpoint": lambda copy: copy.flip("ledger/checkpoints/1"),
    "the checkpoint removed": lambda copy: copy.file("ledger/checkpoint").unlink(),
    "an older checkpoint put back": replay,
    "a checkpoint under another size": lambda copy: shutil.copy(
        copy.root / "ledger/checkpoint", copy.file("ledger/checkpoints/1")
    ),
}


def cut_off_line(copy: Copy) -> None:
    path = copy.file("ledger/checkpoint")
    path.write_bytes(path.read_bytes()[:-1])


def signed_beyond(copy: Copy) -> None:
    (copy.root / "ledger/checkpoints/9999").write_bytes(copy.sign(9999, bytes(32)))


LEDGER_DAMAGE |= {
    "a checkpoint without its last line feed": cut_off_line,
    "a later checkpoint that was signed": signed_beyond,
}


@pytest.mark.parametrize("what", ["half of one", "forged", "of another name"])
def test_for_both_what_a_commit_left_that_was_cut_off_breaks_nothing(copy: Copy, what: str) -> None:
    whole = (copy.root / "ledger/checkpoint").read_bytes()
    size = whole.split(b"\n")[1]
    if what == "half of one":
        (copy.root / "ledger/checkpoints/9999").write_bytes(whole[: len(whole) // 2])
    elif what == "forged":
        forged = whole.replace(b"\n" + size + b"\n", b"\n9999\n")
        (copy.root / "ledger/checkpoints/9999").write_bytes(forged)
    else:
        (copy.root / "ledger/checkpoints/latest").write_bytes(whole)
    assert run(["-C", str(copy.root), "ledger", "verify"]) == 0
    assert copy.independent("ledger") == 0


@pytest.mark.parametrize("name", LEDGER_DAMAGE)
def test_both_find_broken_evidence(copy: Copy, name: str) -> None:
    LEDGER_DAMAGE[name](copy)
    assert run(["-C", str(copy.root), "ledger", "verify"]) == 5
    assert copy.independent("ledger") == 5


def test_both_find_a_kept_checkpoint_contradicted(copy: Copy) -> None:
    for size, root in ((100, bytes(32)), (100_000, bytes(32))):
        copy.kept.write_bytes(copy.sign(size, root))
        assert run(["-C", str(copy.root), "ledger", "verify", "--trust", str(copy.kept)]) == 5
        assert copy.independent("ledger", "--trust", copy.kept) == 5


def test_both_refuse_a_checkpoint_that_another_key_signed(copy: Copy) -> None:
    origin = copy.vkey.partition("+")[0]
    other = create_key(origin, environment={"ARCHIVE_KEY_DIR": str(copy.folder / "k")})
    copy.kept.write_bytes(sign_checkpoint(Checkpoint(origin, 3, bytes(32)), [other.signer]))
    assert run(["-C", str(copy.root), "ledger", "verify", "--trust", str(copy.kept)]) == 5
    assert copy.independent("ledger", "--trust", copy.kept) == 5
    assert copy.independent("ledger", "--key", other.vkey) == 5


def test_both_read_proofs_and_receipts(intact: MadeArchive, copy: Copy) -> None:
    proof, receipt = copy.folder / "p.tlog-proof", copy.folder / "r.html"
    assert run(["-C", str(intact.root), "ledger", "prove", "2026-000009", "--out", str(proof)]) == 0
    assert run(["-C", str(intact.root), "receipt", "2026-000021", "--to", str(receipt)]) == 0
    document = intact.folder / "many" / "008 %a.txt"
    for path in (proof, receipt):
        assert run(["ledger", "check-proof", str(path), "--key", copy.vkey]) == 0
        assert copy.independent("proof", path, "--key", copy.vkey) == 0
        assert copy.independent("ledger", "--trust", path) == 0
    for name, code in ((document, 0), (copy.kept, 1)):
        assert run(["ledger", "check-proof", str(proof), "--document", str(name)]) == code
        assert copy.independent("proof", proof, "--document", name) == code


def test_both_hold_a_file_of_several_to_the_list_in_the_receipt(intact: MadeArchive, copy: Copy) -> None:
    receipt = copy.folder / "r.html"
    assert run(["-C", str(intact.root), "receipt", "2026-000021", "--to", str(receipt)]) == 0
    for name, code in ((intact.folder / "album" / "album" / "p1", 0), (copy.kept, 1)):
        assert run(["ledger", "check-proof", str(receipt), "--document", str(name)]) == code
        assert copy.independent("proof", receipt, "--document", name) == code


@pytest.mark.parametrize("entry", [b"null", b"[]", b"[" * 60_000, b'{"payload":[]}', b"\xff"])
def test_what_is_no_entry_breaks_the_proof_of_it(copy: Copy, entry: bytes) -> None:
    path = copy.folder / "odd"
    path.write_bytes(EntryProof(0, entry, (), copy.sign(1, leaf_hash(entry))).to_bytes())
    assert run(["ledger", "check-proof", str(path), "--key", copy.vkey]) == 5
    assert copy.independent("proof", path, "--key", copy.vkey) == 5


@pytest.mark.parametrize("line", [b"index 02", b"index 0_2", b"INDEX 2", b"index  2", "index ２".encode()])
def test_neither_takes_another_spelling_for_a_proof(intact: MadeArchive, copy: Copy, line: bytes) -> None:
    good = copy.folder / "good"
    assert run(["-C", str(intact.root), "ledger", "prove", "2026-000001", "--out", str(good)]) == 0
    raw = good.read_bytes()
    assert b"\nindex 2\n" in raw
    good.write_bytes(raw.replace(b"index 2", line))
    assert run(["ledger", "check-proof", str(good)]) == 2
    assert copy.independent("proof", good) == 5


def test_both_refuse_a_proof_of_something_else(intact: MadeArchive, copy: Copy) -> None:
    good = copy.folder / "good"
    assert run(["-C", str(intact.root), "ledger", "prove", "2026-000009", "--out", str(good)]) == 0
    proof = EntryProof.parse(good.read_bytes())
    entry = json.dumps(json.loads(proof.entry or b"") | {"bytes": 9}).encode()
    for forged in (
        EntryProof(proof.index, entry, proof.hashes, proof.note),
        EntryProof(proof.index + 1, proof.entry, proof.hashes, proof.note),
        EntryProof(proof.index, proof.entry, proof.hashes[1:], proof.note),
    ):
        path = copy.folder / "forged"
        path.write_bytes(forged.to_bytes())
        assert run(["ledger", "check-proof", str(path), "--key", copy.vkey]) == 5
        assert copy.independent("proof", path, "--key", copy.vkey) == 5


def test_a_bit_anywhere_in_the_ledger_is_found_by_both_alike(copy: Copy) -> None:
    files = sorted(path for path in (copy.root / "ledger").rglob("*") if path.is_file())
    for number, path in enumerate(files):
        path.chmod(0o644)
        raw = path.read_bytes()
        bad = bytearray(raw)
        bit = number * 7919 % (8 * len(raw))
        bad[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bad)
        ours, theirs = run(["-C", str(copy.root), "ledger", "verify"]), copy.independent("ledger")
        path.write_bytes(raw)
        superseded = ".p" in path.parent.name and path.name != max(
            (each.name for each in path.parent.iterdir()), key=int
        )  # of the checkpoint before: no entry rests on it, and the short program does not look at it
        assert (ours, theirs) == (5, 0 if superseded else 5), path


@pytest.mark.parametrize("seed", ["dice", "another", "", "né"])
def test_both_draw_the_same_sample(copy: Copy, capsys: Printed, seed: str) -> None:
    words = ["--seed", seed, "--at-most", "20", "--confidence", "90", "--at", str(copy.kept)]
    capsys.readouterr()
    command = ["audit", "--sample", "--read-only", "--all-results", "--format", "json", *words]
    assert run(["-C", str(copy.root), *command]) == 0
    ours = json.loads(capsys.readouterr().out)
    assert copy.independent("sample", *words) == 0
    _, *theirs = capsys.readouterr().out.splitlines()
    assert {each["id"] for each in ours["bags"]} == set(theirs)
    assert ours["scope"]["sample"]["population"] == 20  # the album came later
    assert len(theirs) == ours["scope"]["selected"] < 20
    assert copy.independent("bags", *words) == 0
    assert f"bags: {len(theirs)} of 20 and 0 withdrawn read, 0 bad" in capsys.readouterr().out


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30_000), st.integers(1, 999), st.integers(0, 400))
def test_both_find_samples_of_the_same_size(
    verifier: ModuleType, population: int, confidence: int, at_most: int
) -> None:
    percents = f"{confidence / 10:g}", f"{at_most / 10:g}"
    terms = SampleTerms(confidence=parse_percent(percents[0]), at_most=parse_percent(percents[1]))
    options = Namespace(seed="x", confidence=percents[0], at_most=percents[1])
    assert len(verifier.draw(range(population), options)) == terms.size(population)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 64 * 8 - 1))
def test_its_signatures_are_those_of_ed25519(verifier: ModuleType, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(message).digest())
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.is_signed(public, signature, message)
    assert not verifier.is_signed(public, signature, message + b"x")
    forged = bytearray(signature)
    forged[bit // 8] ^= 1 << bit % 8
    assert not verifier.is_signed(public, bytes(forged), message)


def test_a_signature_spelt_with_a_larger_number_is_refused(verifier: ModuleType) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    larger = int.from_bytes(signature[32:], "little") + verifier.L  # RFC 8032 §5.1.7: S below the order
    assert not verifier.is_signed(public, signature[:32] + larger.to_bytes(32, "little"), b"m")


def test_names_with_percent_are_read_as_they_are(verifier: ModuleType) -> None:
    assert verifier.parse_manifest(b"aa  data/a%250Ab%0Ac\n") == {"data/a%0Ab\nc": "aa"}


def test_both_follow_the_keys_that_signed_each_other(copy: Copy, intact: MadeArchive, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(intact.folder / "keys", tmp_path / "keys")
        patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
        assert run(["-q", "-C", str(copy.root), "key", "rotate"]) == 0
    words = ("--key", copy.vkey, "--trust", str(copy.kept))
    assert run(["-C", str(copy.root), "ledger", "verify", *words]) == 0
    assert copy.independent("bags", *words) == 0
    other = create_key(copy.vkey.partition("+")[0], environment={"ARCHIVE_KEY_DIR": str(tmp_path / "k")})
    assert run(["-C", str(copy.root), "ledger", "verify", "--key", other.vkey]) == 5
    assert copy.independent("ledger", "--key", other.vkey) == 5


@pytest.mark.parametrize("later", [False, True], ids=["before the new key", "after it"])
@pytest.mark.parametrize("is_new", [False, True], ids=["by the old key", "by the new key"])
def test_both_believe_a_key_only_while_it_is_in_force(
    copy: Copy, intact: MadeArchive, tmp_path: Path, later: bool, is_new: bool
) -> None:
    shutil.copytree(intact.folder / "keys", tmp_path / "keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
        before = open_archive(copy.root).checkpoint()
        assert run(["-q", "-C", str(copy.root), "key", "rotate"]) == 0
        opened = open_archive(copy.root)
        signer = load_key(opened.settings.key if is_new else copy.vkey).signer
        copy.kept.write_bytes(sign_checkpoint(opened.checkpoint() if later else before, [signer]))
    code = 0 if later == is_new else 5
    assert run(["-C", str(copy.root), "ledger", "verify", "--trust", str(copy.kept)]) == code
    assert copy.independent("ledger", "--trust", copy.kept) == code


def test_both_stop_at_a_key_that_nobody_signed(copy: Copy, intact: MadeArchive, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
        words = ["key", "replace", "--lost", "--reason", "a fire"]
        assert run(["-q", "-C", str(copy.root), *words]) == 0
    assert run(["-C", str(copy.root), "ledger", "verify", "--key", copy.vkey]) == 5
    assert copy.independent("ledger", "--key", copy.vkey) == 5
    assert copy.independent("ledger") == run(["-C", str(copy.root), "ledger", "verify"])

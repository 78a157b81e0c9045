"""Both verifiers judge an archive alike whose documents were described, withdrawn and disposed of, whose
settings and key changed, and what was damaged there afterwards."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from archive.cli.frame import run
from archive.core.ledger.change_entries import DISPOSAL_MARK
from archive.services.catalog.index_reading import reading_index
from tests.archives import MadeArchive, make_archive, overwrite

Printed = pytest.CaptureFixture[str]
TAG_MANIFEST = "tagmanifest-sha512.txt"


def lived(made: MadeArchive) -> None:
    """A life of eight documents; `kept` is the auditor's checkpoint of before the changes."""
    made.ingest({f"{name}.txt": name.encode() for name in "abcdefgh"})
    archive = ("-q", "-C", str(made.root))
    assert run([*archive, "audit"]) == 0
    assert run([*archive, "ledger", "checkpoint", "--out", str(made.folder / "kept")]) == 0
    for number, name in enumerate("abcdefgh", 1):
        shutil.copytree(made.bag(f"2026-{number:06d}"), made.folder / "before" / name)
    first = "2026-000001"
    for title in ("Second", "Third"):
        assert run([*archive, "describe", first, "--set", f"title={title}", "--reason", "read"]) == 0
    for number in (2, 3, 4):
        assert run([*archive, "withdraw", f"2026-{number:06d}", "--reason", "asked back"]) == 0
    assert run([*archive, "dispose", "2026-000003", "--authority", "Board", "--yes"]) == 0
    toml = made.root / "archive.toml"
    toml.write_text(toml.read_text("utf-8").replace("every_days = 90", "every_days = 30"), "utf-8")
    assert run([*archive, "key", "rotate", "--reason", "a new year"]) == 0
    assert run([*archive, "audit"]) == 0


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MadeArchive, str]]:
    """The archive, and the key that its auditor was given at first."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("changed"), patch)
        key = made.opened.settings.key
        lived(made)
        assert made.opened.settings.key != key
        assert made.opened.settings.audit_every_days == 30
        yield made, key


class Both:
    """A copy to be damaged, and the two verifiers."""

    def __init__(self, made: MadeArchive, key: str, verifier: ModuleType) -> None:
        self.made = made
        self.root = made.root
        self.kept = made.folder / "kept"
        self.before = made.folder / "before"
        self.key = key
        self._verifier = verifier

    def independent(self, what: str, *words: str) -> int:
        """Exit code of the independent verifier."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["verify_archive.py", what, str(self.root), *words])
            code: int = self._verifier.main()
        return code

    def ours(self, *words: str) -> int:
        """Exit code of a command."""
        return run(["-q", "-C", str(self.root), *words])

    def bag(self, name: str) -> Path:
        """Where the bag of a document lies that is held, or lay."""
        with reading_index(self.made.opened) as reading:
            row = reading.index.by_reference(f"2026-{'abcdefgh'.index(name) + 1:06d}")
        assert row is not None
        return self.root / f"bags/{row.bag[-2:]}/{row.bag}"

    def aside(self, name: str) -> Path:
        """The same for one that was withdrawn."""
        bag = self.bag(name)
        return self.root / f"quarantine/withdrawn/{bag.parent.name}/{bag.name}"

    def damaged(self, name: str) -> Path:
        """Where a repair would have set aside what it found of a document."""
        bag = self.bag(name)
        return self.root / f"quarantine/damaged/{bag.parent.name}/{bag.name}/{REPAIR}"

    def put(self, name: str, target: Path) -> None:
        """Puts the bag of a document, as it was at first, somewhere."""
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.before / name, target)


@pytest.fixture
def both(changed: tuple[MadeArchive, str], tmp_path: Path, verifier: ModuleType) -> Both:
    made, key = changed
    shutil.copytree(made.folder, tmp_path / "copy", symlinks=True)
    return Both(MadeArchive(tmp_path / "copy"), key, verifier)


def test_both_find_nothing_wrong_and_follow_the_first_key(both: Both, capsys: Printed) -> None:
    words = ("--key", both.key, "--trust", str(both.kept))
    assert both.ours("audit", "--read-only", *words) == 0
    assert both.independent("bags", *words) == 0
    assert "bags: 5 of 5 and 2 withdrawn read, 0 bad" in capsys.readouterr().out


def test_both_draw_the_same_sample_of_what_was_held_then_and_is_now(both: Both, capsys: Printed) -> None:
    words = ["--seed", "dice", "--at-most", "40", "--at", str(both.kept), "--key", both.key]
    command = ["audit", "--sample", "--read-only", "--all-results", "--format", "json", *words]
    capsys.readouterr()
    assert both.ours(*command) == 0
    ours = json.loads(capsys.readouterr().out)
    assert both.independent("sample", *words) == 0
    _, *theirs = capsys.readouterr().out.splitlines()
    assert sorted(each["id"] for each in ours["bags"]) == sorted(theirs)
    assert ours["scope"]["sample"]["population"] == 5
    assert both.independent("bags", *words) == 0


def test_a_sample_is_drawn_from_what_was_held_before_a_later_ingest(both: Both, capsys: Printed) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_KEY_DIR", str(both.made.folder / "keys"))
        both.made.ingest({"later.txt": b"later"}, name="later")
    words = ["--seed", "dice", "--at-most", "40", "--at", str(both.kept)]
    capsys.readouterr()
    assert both.ours("audit", "--sample", "--read-only", "--format", "json", *words) == 0
    assert json.loads(capsys.readouterr().out)["scope"]["sample"]["population"] == 5


@pytest.mark.parametrize("reference", ["2026-000001", "2026-000002", "2026-000003"])
def test_proofs_and_receipts_hold_for_what_was_changed_since(both: Both, reference: str) -> None:
    proof, receipt = both.made.folder / "proof", both.made.folder / "receipt.html"
    assert both.ours("ledger", "prove", reference, "--out", str(proof)) == 0
    assert run(["ledger", "check-proof", str(proof), "--key", both.made.opened.settings.key]) == 0
    assert both.independent("ledger", "--trust", str(proof), "--key", both.key) == 0
    if reference == "2026-000001":
        assert both.ours("receipt", reference, "--to", str(receipt)) == 0
        assert run(["ledger", "check-proof", str(receipt)]) == 0
        assert both.independent("ledger", "--trust", str(receipt)) == 0


def test_a_proof_to_a_checkpoint_of_before_the_new_key_holds_by_the_old_one(both: Both) -> None:
    proof = both.made.folder / "proof"
    words = ["--at", str(both.kept), "--out", str(proof)]
    assert both.ours("ledger", "prove", "2026-000002", *words) == 0
    assert run(["ledger", "check-proof", str(proof), "--key", both.key, "--trust", str(both.kept)]) == 0


def test_a_pack_holds_by_the_first_key(both: Both, capsys: Printed) -> None:
    pack = both.made.folder / "pack.zip"
    assert both.ours("ledger", "pack", "--out", str(pack)) == 0
    capsys.readouterr()
    words = ["--key", both.key, "--trust", str(both.kept), "--format", "json"]
    assert run(["ledger", "check-pack", str(pack), *words]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["coverage"] == {"held": 5, "claimed": 5, "attested": 5}
    assert report["promise_days"] == 30


@pytest.mark.parametrize("command", [["history"], ["ledger", "log"], ["ledger", "verify"], ["status"]])
def test_what_happened_is_told_without_a_finding(both: Both, command: list[str], capsys: Printed) -> None:
    capsys.readouterr()
    assert both.ours(*command, "--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert [one for one in report["findings"] if one["severity"] != "note"] == []


def test_the_log_names_every_kind_of_event(both: Both, capsys: Printed) -> None:
    capsys.readouterr()
    assert both.ours("ledger", "log", "--format", "json") == 0
    kinds = {each["type"] for each in json.loads(capsys.readouterr().out)["entries"]}
    assert kinds >= {
        "archive created",
        "settings changed",
        "ingestion",
        "run closed",
        "audit started",
        "audit finished",
        "description changed",
        "withdrawal",
        "disposal",
        "key changed",
    }


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    overwrite(path, bytes(raw))


def _put_back_tag_manifest(both: Both) -> None:
    bag = both.bag("a")
    old = bag / "metadata/revisions/0003/previous-tag-manifest.txt"
    overwrite(bag / TAG_MANIFEST, old.read_bytes())


def _instead(both: Both, name: str) -> None:
    shutil.rmtree(both.bag(name))
    both.put(name, both.bag(name))


def _linked(path: Path) -> None:
    elsewhere = path.parents[3] / "elsewhere"
    for folder in (path.parent, path):
        folder.chmod(0o755)
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _moved_aside(both: Both) -> None:
    both.aside("e").parent.mkdir(exist_ok=True)
    shutil.move(both.bag("e"), both.aside("e"))


def _exchanged(both: Both) -> None:
    shutil.rmtree(both.aside("b"))
    shutil.copytree(both.aside("d"), both.aside("b"))


REPAIR = "01a1ffff-0000-7000-8000-000000000002"
REVISION = "metadata/revisions/0002"
BAG_DAMAGE: dict[str, Callable[[Both], object]] = {
    "a revision altered": lambda both: _flip(both.bag("a") / REVISION / "dublin-core.json"),
    "the events of a revision altered": lambda both: _flip(both.bag("a") / REVISION / "premis.xml"),
    "a revision removed": lambda both: shutil.rmtree(both.bag("a") / REVISION),
    "the tag manifest kept in a revision altered": lambda both: _flip(
        both.bag("a") / REVISION / "previous-tag-manifest.txt"
    ),
    "the tag manifest of an earlier revision put back": _put_back_tag_manifest,
    "the bag of before its revisions put back": lambda both: _instead(both, "a"),
    "a withdrawn bag back in bags/ too": lambda both: both.put("b", both.bag("b")),
    "a withdrawn bag moved back": lambda both: shutil.move(both.aside("b"), both.bag("b")),
    "a withdrawn bag gone": lambda both: shutil.rmtree(both.aside("b")),
    "the bytes of a withdrawn bag altered": lambda both: _flip(both.aside("b") / "data/b.txt"),
    "a tag file of a withdrawn bag altered": lambda both: _flip(both.aside("b") / "bag-info.txt"),
    "a file slipped into a withdrawn bag": lambda both: (both.aside("b") / "new").write_bytes(b""),
    "a withdrawn bag in the place of another": _exchanged,
    "a withdrawn bag that is a link": lambda both: _linked(both.aside("b")),
    "a held bag that is a link": lambda both: _linked(both.bag("e")),
    "a disposed bag back in bags/": lambda both: both.put("c", both.bag("c")),
    "a disposed bag back in quarantine": lambda both: both.put("c", both.aside("c")),
    "bytes of a disposed bag set aside again": lambda both: both.put("c", both.damaged("c")),
    "a held bag moved to quarantine": _moved_aside,
}


@pytest.mark.parametrize("name", BAG_DAMAGE)
def test_both_find_what_is_not_as_the_changes_left_it(both: Both, name: str) -> None:
    for folder, _, _ in os.walk(both.root):
        Path(folder).chmod(0o755)
    BAG_DAMAGE[name](both)
    assert both.ours("audit", "--read-only") == 1
    assert both.independent("bags") == 1


def _without_disposal(both: Both) -> None:
    """Makes the entry say that it was a withdrawal: of the same length, so that nothing else moves."""
    bundle = min(both.root.glob("ledger/tile/entries/000.p/*"), key=lambda path: -int(path.name))
    bundle.chmod(0o644)
    raw = bundle.read_bytes()
    assert raw.count(DISPOSAL_MARK) == 1
    bundle.write_bytes(raw.replace(DISPOSAL_MARK, b'"type":"disposad"'))


def _replayed(both: Both) -> None:
    """The checkpoint of before all that, with the settings of today."""
    current = both.root / "ledger/checkpoint"
    current.chmod(0o644)
    shutil.copy(both.kept, current)


EVIDENCE_DAMAGE: dict[str, Callable[[Both], object]] = {
    "the entry of a disposal altered": _without_disposal,
    "the checkpoint of before the changes put back": _replayed,
    "the signature of the new key altered": lambda both: _flip(both.root / "ledger/checkpoint"),
}


@pytest.mark.parametrize("name", EVIDENCE_DAMAGE)
def test_both_find_the_evidence_of_changes_broken(both: Both, name: str) -> None:
    EVIDENCE_DAMAGE[name](both)
    assert both.ours("ledger", "verify") == 5
    assert both.independent("ledger") == 5


def test_the_notes_of_a_change_may_go_and_the_ledger_holds_without_them(both: Both) -> None:
    shutil.rmtree(both.root / "notes")
    assert both.ours("audit", "--read-only") == 0
    assert both.independent("bags") == 0

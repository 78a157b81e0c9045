"""Both verifiers give the same verdicts on bags and on the records beside the ledger, good and damaged."""

import json
import os
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from archive.cli.frame import run
from archive.core.canonical import readable
from tests.archives import ingest_empty, make_archive
from tests.conformance.independent.copies import Copy, Damage, Printed, link

RUN = "01a1ffff-0000-7000-8000-000000000001"


def test_both_find_an_undamaged_archive_undamaged(copy: Copy, capsys: Printed) -> None:
    words = ("--key", copy.vkey, "--trust", str(copy.kept))
    assert run(["-C", str(copy.root), "audit", "--read-only", *words]) == 0
    assert copy.independent("bags", *words) == 0
    said = capsys.readouterr().out
    assert "bags: 21 of 21 and 0 withdrawn read, 0 bad" in said
    assert "proven against what you brought" in said


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


def link_shard(copy: Copy) -> None:
    """A link to an empty folder where one for bags could be that are not there."""
    (copy.folder / "empty").mkdir()
    free = next(it for it in (f"bags/{n:02x}" for n in range(256)) if not (copy.root / it).exists())
    (copy.root / free).symlink_to(copy.folder / "empty")


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
    "a link among the folders of bags": link_shard,
}


@pytest.mark.parametrize("name", BAG_DAMAGE)
def test_both_find_a_damaged_bag(copy: Copy, name: str) -> None:
    BAG_DAMAGE[name](copy)
    assert run(["-q", "-C", str(copy.root), "audit", "--read-only"]) == 1
    assert copy.independent("bags") == 1


@pytest.mark.parametrize("is_damaged", [False, True])
def test_for_both_a_payload_may_be_empty_but_its_folder_not_missing(
    tmp_path: Path, verifier: ModuleType, monkeypatch: pytest.MonkeyPatch, is_damaged: bool
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    bag = ingest_empty(made)
    if is_damaged:
        bag.chmod(0o755)
        (bag / "data").rmdir()
    assert run(["-q", "-C", str(made.root), "audit", "--read-only"]) == is_damaged
    assert Copy(tmp_path, made.opened.settings.key, verifier).independent("bags") == is_damaged


def grown(copy: Copy, pattern: str, size: int) -> None:
    os.truncate(copy.file(pattern), size)


TIB = 1 << 40  # none of it is on the disk, and whoever reads it does not come back
GROWN: dict[str, Damage] = {
    "a payload": lambda copy: grown(copy, "bags/*/*/data/*", TIB),
    "a tag file": lambda copy: grown(copy, "bags/*/*/bag-info.txt", TIB),
    "a tag file just too large": lambda copy: grown(copy, "bags/*/*/bag-info.txt", (1 << 28) + 1),
    "a manifest": lambda copy: grown(copy, "bags/*/*/manifest-sha512.txt", TIB),
    "a tag manifest": lambda copy: grown(copy, "bags/*/*/tagmanifest-sha512.txt", TIB),
    "a run's manifest": lambda copy: grown(copy, "runs/*.json", TIB),
    "a list of results": lambda copy: grown(copy, "audits/*/results-1.json", TIB),
    "results": lambda copy: grown(copy, "audits/*/000001.jsonl.gz", TIB),
    "a plan": lambda copy: grown(copy, "audits/*/plan.json", TIB),
    "a note": lambda copy: grown(copy, "notes/*/*.json", TIB),
}


@pytest.mark.parametrize("name", GROWN)
def test_what_is_larger_than_anything_written_is_bad_and_not_read(
    copy: Copy, name: str, capsys: Printed
) -> None:
    GROWN[name](copy)
    assert copy.independent("bags") == 1
    assert " bytes, at most " in capsys.readouterr().out or name == "a plan"


@pytest.mark.parametrize("pattern", ["ledger/checkpoint", "ledger/tile/entries/000", "ledger/tile/0/000"])
def test_evidence_larger_than_anything_written_is_broken_and_not_read(copy: Copy, pattern: str) -> None:
    grown(copy, pattern, TIB)
    assert copy.independent("ledger") == 5


def test_a_manifest_that_takes_too_much_memory_is_bad(
    copy: Copy, verifier: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    def full(raw: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(verifier, "parse_manifest", full)
    assert copy.independent("bags") == 1
    assert "its manifests cannot be read" in capsys.readouterr().out


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
    "a hidden file among the audits": lambda copy: (copy.root / "audits/.x").touch(),
    "a hidden file among the manifests": lambda copy: (copy.root / "runs/.x").touch(),
    "a hidden file in an audit": lambda copy: copied(copy, "audits/*/plan.json", ".x"),
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


LITTER = (
    *("Thumbs.db", ".DS_Store", "desktop.ini", "~$letter.docx", "__MACOSX", "._a", ".~lock.a#", ".localized"),
    *(".nfs00000001", ".fuse_hidden0a", ".directory", ".apdisk", ".AppleDouble", ".Trashes", ".Trash-1000"),
    *(".Spotlight-V100", ".DocumentRevisions-V100", ".fseventsd", ".TemporaryItems", "a:Zone.Identifier"),
    *("Icon\r", ".Trash"),
)


@pytest.mark.parametrize("name", LITTER)
def test_for_both_litter_among_records_is_no_damage(copy: Copy, name: str) -> None:
    for folder in ("runs", "audits", copy.file("audits/*/plan.json").parent):
        (copy.root / folder / name).touch()
    assert run(["-q", "-C", str(copy.root), "audit", "--read-only"]) == 0
    assert copy.independent("bags") == 0


@pytest.mark.parametrize("seed", ["dice", "another", "né"])
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

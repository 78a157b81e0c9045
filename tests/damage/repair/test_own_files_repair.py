"""What the ledger vouches for beside the bags, and the catalog, put back from a copy."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import StorageError
from archive.storage import own_file_restoration
from tests.archives import overwrite
from tests.damage.repair.own_files import newest, repair, unlocked
from tests.repairs import Repairing, altered

FILES = (
    "ledger/checkpoint",
    "ledger/checkpoints/2",
    "ledger/tile/entries/000.p/*",
    "ledger/tile/0/000.p/*",
    "runs/*.json",
)


@pytest.mark.parametrize("what", ["altered", "deleted", "emptied", "link"])
@pytest.mark.parametrize("pattern", FILES)
def test_a_damaged_file_of_the_archive_itself_is_put_back(
    archive: Repairing, pattern: str, what: str
) -> None:
    before = archive.made.opened.checkpoint()
    path = newest(archive.root, pattern)
    content = path.read_bytes()
    if what in {"altered", "emptied"}:
        bad = content[:-9] + b"!" + content[-8:] if what == "altered" else b""
        overwrite(path, bad)
    else:
        path.unlink()
    if what == "link":
        (archive.made.folder / "elsewhere").write_bytes(content)
        path.symlink_to(archive.made.folder / "elsewhere")
    report = repair(archive)
    assert report["run"] is not None
    assert archive.made.opened.ledger.extends(before.size, before.root)
    archive.require_whole()
    if what == "altered":
        name = str(path.relative_to(archive.root))
        kept = archive.root / f"quarantine/damaged/archive/{report['run']}/files/{name}"
        assert kept.read_bytes() == bad


def test_an_altered_note_is_put_back_and_a_removed_one_is_not(archive: Repairing) -> None:
    first, *_ = sorted((archive.root / "notes").rglob("*.json"))
    overwrite(first, b"{}")
    repair(archive)
    archive.require_whole()
    first.unlink()
    assert repair(archive)["own_files"] == []
    assert not first.exists()


def test_results_of_audits_are_put_back(archive: Repairing) -> None:
    archive("audit")
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    (chunk,) = archive.root.glob("audits/*/*.gz")
    overwrite(chunk, b"nonsense")
    (listed,) = archive.root.glob("audits/*/results-1.json")
    listed.unlink()
    archive("audit", code=1)
    assert {one["code"] for one in archive("incidents")["incidents"]} == {"AUDIT-RESULTS"}
    report = repair(archive)
    assert len(report["own_files"]) == 2  # type: ignore[arg-type]
    archive("audit")
    assert archive("incidents")["incidents"] == []
    archive.require_whole()


def test_a_plan_of_the_own_files_writes_nothing(archive: Repairing) -> None:
    shutil.rmtree(archive.root / "ledger/tile/0")
    before = unlocked(archive)
    assert repair(archive, "--plan", code=1)["run"] is None
    assert unlocked(archive) == before


def test_nothing_is_done_where_nothing_is_wrong(archive: Repairing) -> None:
    before = archive.made.opened.checkpoint()
    report = repair(archive)
    assert (report["run"], report["own_files"]) == (None, [])
    assert archive.made.opened.checkpoint() == before


def test_the_event_is_told(archive: Repairing) -> None:
    shutil.rmtree(archive.root / "ledger/tile/0")
    repair(archive, "--reason", "a bad sector")
    entry = json.loads(list(archive.made.opened.ledger.entries())[-1])
    assert ("bag" in entry, entry["type"], entry["outcome"]) == (False, "repaired", "intact")
    event = archive("history")["events"][-1]
    assert (event["reason"], event["count"]) == ("a bad sector", 0)
    assert "own files" in event["text"]


NEWER = "0198f000-0000-7000-8000-000000000000"


def _newer_intent(root: Path) -> None:
    folder = root / "staging" / NEWER
    folder.mkdir()
    (folder / "intent.json").write_text(json.dumps({"version": 9, "run": NEWER, "command": "unheard-of"}))


def _pipe_for_notes(root: Path) -> None:
    shutil.rmtree(root / "notes")
    os.mkfifo(root / "notes")


@pytest.mark.parametrize(
    ("damage", "code", "place"),
    [
        (_newer_intent, "FIX-UNREADABLE", "staging"),
        (_pipe_for_notes, "NOTE-UNREADABLE", "notes"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--plan",)])
def test_what_could_not_be_looked_at_is_said_as_the_next_audit_says_it(
    archive: Repairing, more: tuple[str, ...], damage: Callable[[Path], None], code: str, place: str
) -> None:
    damage(archive.root)
    report = repair(archive, *more, code=3)
    findings: Any = report["findings"]
    assert [(each["code"], each["place"]) for each in findings] == [(code, place)]
    archive("audit", code=3)


def test_an_altered_note_that_no_copy_has_is_damage_that_is_left(archive: Repairing) -> None:
    note = newest(archive.root, "notes/*/*.json")
    overwrite(note, b"{}")
    for other in archive.copy.glob("notes/*/*.json"):
        other.unlink()
    report = repair(archive, code=1)
    findings: Any = report["findings"]
    assert [each["code"] for each in findings] == ["NOTE-ALTERED"]
    archive("audit", code=1)


@pytest.mark.parametrize("change", ["gone", "altered"])
def test_a_list_of_results_that_nobody_has_is_damage_that_is_left(change: str, archive: Repairing) -> None:
    archive("audit")
    (listed,) = archive.root.glob("audits/*/results-1.json")
    if change == "gone":
        listed.unlink()
    else:
        overwrite(listed, b"{}")
    report = repair(archive, code=1)
    files: Any = report["own_files"]
    path = str(listed.relative_to(archive.root))
    outcome = "missing" if change == "gone" else "altered"
    assert [(each["path"], each["outcome"], each["place"]) for each in files] == [(path, outcome, None)]
    archive("audit", code=1)


def _run_of_nobody(root: Path) -> str:
    first, *_ = sorted((root / "runs").iterdir())
    shutil.copy2(first, root / "runs/01a1ffff-0000-7000-8000-000000000001.json")
    return "runs/01a1ffff-0000-7000-8000-000000000001.json"


def _manifest_in_capitals(root: Path) -> str:
    first, *_ = sorted((root / "runs").iterdir())
    first.rename(first.with_name(first.name.upper()))
    return f"runs/{first.name.upper()}"


def _audit_of_nobody(root: Path) -> str:
    (root / "audits/01a1ffff-0000-7000-8000-000000000001").mkdir()
    return "audits/01a1ffff-0000-7000-8000-000000000001"


def _more_results(root: Path) -> str:
    (listed,) = root.glob("audits/*/results-1.json")
    listed.with_name("results-2.json").write_bytes(listed.read_bytes().replace(b"intact", b"unread"))
    return str(listed.with_name("results-2.json").relative_to(root))


def _linked_notes(root: Path) -> str:
    (root / "notes").rename(root.parent / "elsewhere")
    (root / "notes").symlink_to(root.parent / "elsewhere")
    return "notes"


@pytest.mark.parametrize(
    "plant", [_run_of_nobody, _manifest_in_capitals, _audit_of_nobody, _more_results, _linked_notes]
)
def test_what_nobody_vouches_for_is_left_and_said_as_the_next_audit_says_it(
    archive: Repairing, plant: Callable[[Path], str]
) -> None:
    archive("audit")
    place = plant(archive.root)
    for words in (["--plan"], []):
        findings: Any = repair(archive, *words, code=1)["findings"]
        assert [one["place"] for one in findings] == [place]
    assert [found for _, found in archive.audit(code=1)] == [place]


def test_the_record_of_a_repair_comes_back_from_a_copy(archive: Repairing) -> None:
    altered(archive)
    archive("repair", "--all", "--from", str(archive.copy))
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    (record,) = (archive.root / "quarantine").rglob("record.json")
    good = record.read_bytes()
    for is_gone in (False, True):
        overwrite(record, good[:-1])
        if is_gone:
            record.unlink()
        assert [code for code, _ in archive.audit(code=1)] == ["QUARANTINE-RECORD"]
        repair(archive)
        assert record.read_bytes() == good
        archive.require_whole()


def test_the_record_of_a_repair_that_no_copy_has_is_damage_that_is_left(archive: Repairing) -> None:
    altered(archive)
    archive("repair", "--all", "--from", str(archive.copy))
    (record,) = (archive.root / "quarantine").rglob("record.json")
    record.unlink()
    report = repair(archive, code=1)
    files: Any = report["own_files"]
    assert [(one["path"], one["outcome"], one["place"]) for one in files] == [
        (str(record.relative_to(archive.root)), "missing", None)
    ]


def test_records_of_repairs_of_a_disposed_document_are_not_brought_back(archive: Repairing) -> None:
    bag = altered(archive)
    archive("repair", "--all", "--from", str(archive.copy))
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    archive("withdraw", bag.name, "--reason", "asked for", "--yes")
    archive("dispose", bag.name, "--authority", "the board", "--yes")
    repair(archive)
    assert not list((archive.root / "quarantine").rglob("record.json"))
    archive.require_whole()


def test_a_record_that_an_older_ledger_does_not_know_is_not_written_over(
    archive: Repairing, tmp_path: Path
) -> None:
    keys = tmp_path / "scene/keys"
    shutil.copytree(archive.root / "ledger", tmp_path / "ledger")
    shutil.copytree(keys, tmp_path / "keys")
    manifest = min((archive.root / "runs").iterdir())
    overwrite(manifest, b"{}")
    repair(archive)
    (record,) = (archive.root / "quarantine").rglob("record.json")
    kept = record.read_bytes()
    for folder, older in ((archive.root / "ledger", tmp_path / "ledger"), (keys, tmp_path / "keys")):
        shutil.rmtree(folder)
        shutil.copytree(older, folder)
    repair(archive)
    assert record.read_bytes() == kept
    archive.require_whole()


def test_a_repair_that_failed_before_it_set_a_file_aside_leaves_nothing_to_be_told_of(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = newest(archive.root, "runs/*.json")
    overwrite(path, path.read_bytes()[::-1])

    def refuse(*_: object) -> None:
        raise StorageError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(own_file_restoration, "_keep", refuse)
        repair(archive, code=3)
    assert list(archive.root.glob("quarantine/damaged/archive/*/files/runs"))
    repair(archive)
    archive.require_whole()

"""What ledger, record and index say of a repair, and who watches over what it set aside."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.refusals import refuse
from tests.repairs import Repairing, altered, set_aside


def test_the_ledger_and_the_record_say_what_was_done(archive: Repairing) -> None:
    from hashlib import sha512

    bag = altered(archive)
    arguments = ("--from", str(archive.copy), "--reason", "the disk fell")
    run = archive("repair", archive.reference("b.txt"), *arguments)["run"]
    entry = json.loads(list(archive.made.opened.ledger.entries())[-1])
    assert (entry["bag"], entry["run"], entry["outcome"]) == (bag.name, run, "intact")
    assert entry["before"] == sha512(b"bad").hexdigest()
    assert entry["after"] == sha512(b"two").hexdigest()
    (record,) = (archive.root / "quarantine").rglob("record.json")
    assert sha512(record.read_bytes()).hexdigest() == entry["record"]
    told = json.loads(record.read_bytes())
    assert told["restored"][0]["place"] == str(archive.copy)
    assert "tagmanifest" not in entry
    (event,) = [one for one in archive("history", bag.name)["events"] if one["type"] == "repaired"]
    assert (event["reason"], event["event_type"]) == ("the disk fell", "recovery")


def test_an_audit_watches_over_what_was_set_aside_and_its_record(archive: Repairing) -> None:
    altered(archive)
    archive("repair", "--all", "--from", str(archive.copy))
    archive.require_whole()
    (kept,) = set_aside(archive)
    overwrite(kept, b"worse")
    assert [code for code, _ in archive.audit()] == ["QUARANTINE-ALTERED"]
    (record,) = (archive.root / "quarantine").rglob("record.json")
    overwrite(record, b"{}")
    assert [code for code, _ in archive.audit(code=1)] == ["QUARANTINE-RECORD"]


def set_aside_one(archive: Repairing, *, own: bool) -> Path:
    """The one file that a repair of a bag, or of the archive's own files, set aside."""
    if own:
        overwrite(min((archive.root / "runs").iterdir()), b"{}")
    else:
        altered(archive)
    archive("repair", "--ledger" if own else "--all", "--from", str(archive.copy))
    (kept,) = set_aside(archive)
    return kept


@pytest.mark.parametrize("own", [False, True])
def test_what_was_set_aside_and_cannot_be_read_is_not_called_altered(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    kept = set_aside_one(archive, own=own)
    refuse(monkeypatch, "open", kept)
    assert archive.audit(code=3) == [("QUARANTINE-UNREADABLE", str(kept.relative_to(archive.root)))]


@pytest.mark.parametrize("own", [False, True])
def test_a_hole_in_the_place_of_what_was_set_aside_is_not_read_to_its_end(
    archive: Repairing, own: bool
) -> None:
    kept = set_aside_one(archive, own=own)
    kept.chmod(0o644)
    os.truncate(kept, 4 << 40)
    assert archive.audit() == [("QUARANTINE-ALTERED", str(kept.relative_to(archive.root)))]


def test_an_audit_watches_over_what_was_set_aside_of_the_archives_own_files(archive: Repairing) -> None:
    manifest = min((archive.root / "runs").iterdir())
    overwrite(manifest, b"{}")
    archive("repair", "--ledger", "--from", str(archive.copy))
    assert archive.audit() == []
    (kept,) = (archive.root / "quarantine").rglob(f"files/runs/{manifest.name}")
    overwrite(kept, b"[]")
    assert archive.audit() == [("QUARANTINE-ALTERED", str(kept.relative_to(archive.root)))]


def test_what_no_copy_had_is_not_looked_for_in_what_was_set_aside(archive: Repairing) -> None:
    first, second = sorted((archive.root / "runs").iterdir())
    for path in (first, second, archive.copy / "runs" / second.name):
        overwrite(path, b"{}")
    archive("repair", "--ledger", "--from", str(archive.copy), code=1)
    assert archive.audit(code=1) == [("CATALOG-RUN-ALTERED", f"runs/{second.name}")]


@pytest.mark.parametrize("place", ["", "files", "files/data"])
@pytest.mark.parametrize("own", [False, True])
def test_nothing_lies_unseen_beside_what_was_set_aside(archive: Repairing, place: str, own: bool) -> None:
    if own:
        overwrite(min((archive.root / "runs").iterdir()), b"{}")
    else:
        altered(archive)
    archive("repair", "--ledger" if own else "--all", "--from", str(archive.copy))
    (record,) = (archive.root / "quarantine").rglob("record.json")
    folder = record.parent / (place.replace("data", "runs") if own else place)
    (folder / "stranger").mkdir()
    assert archive.audit() == [("QUARANTINE-UNKNOWN", str((folder / "stranger").relative_to(archive.root)))]


@pytest.mark.parametrize("top", ["damaged", "withdrawn"])
def test_a_file_among_the_folders_of_quarantine_is_a_stranger_and_not_unreadable(
    archive: Repairing, top: str
) -> None:
    folder = archive.root / "quarantine" / top
    folder.mkdir(exist_ok=True)
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "notes.txt").write_bytes(b"x")
    place = f"quarantine/{top}"
    assert archive.audit() == [
        ("QUARANTINE-LITTER", f"{place}/.DS_Store"),
        ("QUARANTINE-UNKNOWN", f"{place}/notes.txt"),
    ]


def test_a_disposal_destroys_what_was_set_aside_too(archive: Repairing) -> None:
    altered(archive)
    archive("repair", "--all", "--from", str(archive.copy))
    reference = archive.reference("b.txt")
    archive("withdraw", reference, "--reason", "x", "--yes")
    archive("dispose", reference, "--authority", "x", "--yes")
    assert set_aside(archive) == []
    assert archive.audit() == []


def test_without_an_id_what_the_last_audit_found_is_repaired(archive: Repairing) -> None:
    altered(archive)
    assert archive("repair")["looked"] == 0
    archive("audit", code=1)
    assert archive("repair", "--from", str(archive.copy))["counts"]["repaired"] == 1
    assert archive("repair")["looked"] == 0
    archive.require_whole()


def test_many_damaged_bags_are_repaired_in_several_commits(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.services.repair import run

    monkeypatch.setattr(run, "BATCH_BAGS", 2)
    shutil.rmtree(archive.root / "bags")
    (archive.root / "bags").mkdir()
    before = archive.made.opened.checkpoint().size
    assert archive("repair", "--all", "--from", str(archive.copy))["counts"]["repaired"] == 5
    entries = [json.loads(raw)["type"] for raw in archive.made.opened.ledger.entries(before)]
    assert entries == ["repaired"] * 5
    assert len(list((archive.root / "ledger/checkpoints").iterdir())) >= 3
    archive.require_as_copy()


def test_a_rebuilt_index_says_the_same_of_repairs_and_incidents(archive: Repairing) -> None:
    altered(archive)
    archive("audit", code=1)
    archive("repair", "--from", str(archive.copy))
    told = archive("incidents", "--all"), archive("history", archive.bag("b.txt").name)["events"]
    archive("catalog", "rebuild")
    assert (archive("incidents", "--all"), archive("history", archive.bag("b.txt").name)["events"]) == told

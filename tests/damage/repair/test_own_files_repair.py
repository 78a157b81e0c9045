"""The archive's own files put back from a copy, as far as a signed checkpoint proves them."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import StorageError
from archive.storage import own_file_restoration
from tests.archives import described, overwrite
from tests.repairs import Repairing, altered, files_of


def repair(archive: Repairing, *words: str, code: int = 0) -> dict[str, object]:
    report: dict[str, object] = archive("repair", "--ledger", "--from", str(archive.copy), *words, code=code)
    return report


def newest(root: Path, pattern: str) -> Path:
    """The last of these files; the widest of partial tiles."""
    return max(root.glob(pattern), key=lambda path: (len(path.name), path.name))


def unlocked(archive: Repairing) -> dict[str, tuple[int, bytes]]:
    """Everything in the archive but who locked it last."""
    return {name: kept for name, kept in files_of(archive.root).items() if name != "staging/.lock"}


def test_a_tile_of_an_earlier_checkpoint_is_put_right_too(archive: Repairing) -> None:
    for pattern in ("ledger/tile/entries/000.p/*", "ledger/tile/0/000.p/*"):
        first, *_ = sorted(archive.root.glob(pattern), key=lambda path: (len(path.name), path.name))
        assert first != newest(archive.root, pattern)
        overwrite(first, first.read_bytes()[::-1])
    assert repair(archive)["run"] is not None
    archive.require_whole()


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


def test_a_whole_ledger_that_is_gone_comes_back(archive: Repairing) -> None:
    before = archive.made.opened.checkpoint()
    shutil.rmtree(archive.root / "ledger")
    shutil.rmtree(archive.root / "runs")
    for name in ("catalog.json", "catalog.sqlite", "holdings.csv"):
        (archive.root / name).unlink()
    repair(archive)
    assert archive.made.opened.ledger.extends(before.size, before.root)
    archive.require_whole()


def test_hash_tiles_are_computed_anew_without_any_copy(archive: Repairing) -> None:
    shutil.rmtree(archive.root / "ledger/tile/0")
    archive("repair", "--ledger")
    archive.require_whole()


def test_an_older_copy_gives_what_it_has_and_the_rest_of_the_ledger_is_kept(archive: Repairing) -> None:
    archive("audit")
    path = sorted(archive.root.glob("ledger/checkpoints/*"), key=lambda one: int(one.name))[1]
    overwrite(path, b"nonsense")
    repair(archive)
    archive.require_whole()


def test_a_ledger_that_lost_what_was_signed_last_is_not_replaced_by_an_older_one(archive: Repairing) -> None:
    archive("audit")  # the copy has not got these entries
    shutil.rmtree(archive.root / "ledger")
    before = unlocked(archive)
    assert repair(archive, code=5)["kind"] == "error"
    assert unlocked(archive) == before


def test_an_archive_put_back_to_an_older_state_is_led_on_by_a_copy_that_is_ahead(
    archive: Repairing, tmp_path: Path
) -> None:
    shutil.copytree(archive.root, tmp_path / "older", symlinks=True)
    archive.made.ingest({"later.txt": b"later", "later.txt.dc.json": described("Later")}, name="later")
    shutil.rmtree(archive.copy)
    archive.root.rename(archive.copy)
    (tmp_path / "older").rename(archive.root)
    repair(archive)
    archive("repair", "--all", "--from", str(archive.copy), "--yes")
    archive.require_as_copy()


def test_a_copy_of_another_history_that_is_longer_leads_nowhere(archive: Repairing, tmp_path: Path) -> None:
    shutil.copytree(archive.root, tmp_path / "older", symlinks=True)
    shutil.copytree(tmp_path / "scene/keys", tmp_path / "keys")
    for number in range(2):
        archive.made.ingest({f"{number}.txt": b"%d" % number}, name=f"later{number}")
    shutil.rmtree(archive.copy)
    archive.root.rename(archive.copy)
    (tmp_path / "older").rename(archive.root)
    shutil.rmtree(tmp_path / "scene/keys")
    (tmp_path / "keys").rename(tmp_path / "scene/keys")
    archive("audit")
    before = unlocked(archive)
    assert "two histories" in str(repair(archive, code=5)["message"])
    assert unlocked(archive) == before


def test_a_copy_that_is_no_copy_proves_nothing(archive: Repairing) -> None:
    for bundle in archive.copy.glob("ledger/tile/entries/000.p/*"):
        overwrite(bundle, bundle.read_bytes().replace(b"ingestion", b"ingestien"))
    shutil.rmtree(archive.root / "ledger/tile")
    assert repair(archive, code=5)["kind"] == "error"
    assert not (archive.root / "ledger/tile").exists()


def test_a_checkpoint_that_is_brought_must_be_extended(archive: Repairing, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes((archive.root / "ledger/checkpoint").read_bytes())
    shutil.rmtree(archive.root / "ledger/tile/0")
    repair(archive, "--trust", str(kept))
    archive.require_whole()


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


def test_entries_are_gathered_one_by_one_where_no_bundle_is_whole(archive: Repairing) -> None:
    archive("audit")  # the copy has the entries before it, this bundle alone those of it
    before = archive.made.opened.checkpoint()
    bundle = newest(archive.root, "ledger/tile/entries/000.p/*")
    for path in bundle.parent.iterdir():
        overwrite(path, path.read_bytes().replace(b"archive created", b"archive cheated"))
    repair(archive)
    assert archive.made.opened.ledger.extends(before.size, before.root)
    archive.require_whole()


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


@pytest.mark.parametrize("change", ["altered", "link", "folder"])
def test_a_catalog_that_is_altered_is_damage_that_is_left(archive: Repairing, change: str) -> None:
    catalog = archive.root / "catalog.json"
    catalog.unlink()
    if change == "altered":
        catalog.write_bytes(b"{}\n")
    elif change == "link":
        catalog.symlink_to("/nowhere")
    else:
        catalog.mkdir()
    for words in (["--plan"], []):
        report = archive("repair", "--ledger", *words, code=1)
        assert [(one["code"], one["place"]) for one in report["findings"]] == [
            ("CATALOG-ALTERED", "catalog.json")
        ]


@pytest.mark.parametrize("change", ["emptied", "gone", "of another size"])
def test_the_last_checkpoint_that_is_kept_comes_back_from_the_one_in_force(
    archive: Repairing, change: str
) -> None:
    archive("audit")  # the copy has not got it
    folder = archive.root / "ledger/checkpoints"
    *_, before, last = sorted(folder.iterdir(), key=lambda one: int(one.name))
    if change == "gone":
        last.unlink()
    else:
        overwrite(last, b"" if change == "emptied" else before.read_bytes())
    assert repair(archive, "--plan", code=1)["own_files"]
    repair(archive)
    assert last.read_bytes()
    archive.require_whole()


def test_a_plan_says_that_the_ledger_does_not_hold_and_nothing_at_hand_mends_it(archive: Repairing) -> None:
    archive("audit")
    folder = archive.root / "ledger/checkpoints"
    *_, before, _ = sorted(folder.iterdir(), key=lambda one: int(one.name))
    overwrite(before, b"")  # in no copy, and not the one in force
    for words in (["--plan"], []):
        report = repair(archive, *words, code=5)
        findings: Any = report["findings"]
        assert [one["place"] for one in findings] == [f"ledger/checkpoints/{before.name}"]
    assert "LEDGER-CHECKPOINT-ALTERED" in archive.text("repair", "--ledger", "--plan", code=5)


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


def _settings_of_before(archive: Repairing, change: tuple[str, ...]) -> bytes:
    """What archive.toml is after the key was changed; the one of before lies in its place."""
    settings = archive.root / "archive.toml"
    before = settings.read_bytes()
    archive("key", *change)
    archive("audit")
    after = settings.read_bytes()
    settings.write_bytes(before)
    return after


def test_settings_of_before_a_change_of_key_put_no_earlier_ledger_back(archive: Repairing) -> None:
    after = _settings_of_before(archive, ("rotate",))
    before = files_of(archive.root / "ledger")
    for words in (["--plan"], []):
        findings: Any = repair(archive, *words, code=5)["findings"]
        assert {one["place"] for one in findings} == {"archive.toml:key"}
        assert files_of(archive.root / "ledger") == before
    (archive.root / "archive.toml").write_bytes(after)
    repair(archive)
    archive.require_whole()


def test_settings_of_before_a_lost_key_put_no_earlier_ledger_back(archive: Repairing) -> None:
    for key in archive.made.folder.glob("keys/*/key.pem"):
        key.unlink()
    after = _settings_of_before(archive, ("replace", "--lost", "--reason", "the laptop was stolen"))
    before = unlocked(archive)
    for words in (["--plan"], []):
        assert "names another key" in str(repair(archive, *words, code=5)["message"])
        assert unlocked(archive) == before
    (archive.root / "archive.toml").write_bytes(after)
    assert repair(archive)["own_files"] == []


def test_an_older_state_is_led_on_by_a_copy_that_a_later_key_signed(
    archive: Repairing, tmp_path: Path
) -> None:
    shutil.copytree(archive.root, tmp_path / "older", symlinks=True)
    archive("key", "rotate")
    archive("audit")
    checkpoint = archive.made.opened.checkpoint()
    shutil.rmtree(archive.copy)
    archive.root.rename(archive.copy)
    (tmp_path / "older").rename(archive.root)
    findings: Any = repair(archive, code=5)["findings"]
    assert {one["place"] for one in findings} == {"archive.toml:key"}
    shutil.copy2(archive.copy / "archive.toml", archive.root / "archive.toml")
    repair(archive)
    assert archive.made.opened.ledger.extends(checkpoint.size, checkpoint.root)
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

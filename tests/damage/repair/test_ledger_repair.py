"""The ledger put back from a copy, as far as a signed checkpoint proves it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.archives import described, overwrite
from tests.damage.repair.own_files import newest, repair, unlocked
from tests.repairs import Repairing, files_of


def test_a_tile_of_an_earlier_checkpoint_is_put_right_too(archive: Repairing) -> None:
    for pattern in ("ledger/tile/entries/000.p/*", "ledger/tile/0/000.p/*"):
        first, *_ = sorted(archive.root.glob(pattern), key=lambda path: (len(path.name), path.name))
        assert first != newest(archive.root, pattern)
        overwrite(first, first.read_bytes()[::-1])
    assert repair(archive)["run"] is not None
    archive.require_whole()


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


def test_entries_are_gathered_one_by_one_where_no_bundle_is_whole(archive: Repairing) -> None:
    archive("audit")  # the copy has the entries before it, this bundle alone those of it
    before = archive.made.opened.checkpoint()
    bundle = newest(archive.root, "ledger/tile/entries/000.p/*")
    for path in bundle.parent.iterdir():
        overwrite(path, path.read_bytes().replace(b"archive created", b"archive cheated"))
    repair(archive)
    assert archive.made.opened.ledger.extends(before.size, before.root)
    archive.require_whole()


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
    told = [one["place"] for one in findings if one["code"] != "REPAIR-NOT-RECORDED"]
    assert set(told) == {"archive.toml:key"}
    shutil.copy2(archive.copy / "archive.toml", archive.root / "archive.toml")
    repair(archive)
    assert archive.made.opened.ledger.extends(checkpoint.size, checkpoint.root)
    archive.require_whole()

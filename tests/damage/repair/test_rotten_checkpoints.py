"""A kept checkpoint that is none any more, and that no copy has: set aside, for nothing rests on it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.storage.disk.kinds import something_at
from archive.storage.keys.signing_key import load_key
from tests.archives import described, overwrite
from tests.damage.repair.own_files import repair
from tests.refusals import refuse
from tests.repairs import Repairing, repairs


def _flip(path: Path) -> None:
    overwrite(path, path.read_bytes()[:3] + b"!" + path.read_bytes()[4:])


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("gone")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "kept").write_bytes(b"kept")


def _neighbour(path: Path) -> None:
    overwrite(path, (path.parent / "1").read_bytes())


DAMAGE: dict[str, Callable[[Path], None]] = {
    "flipped": _flip,
    "emptied": lambda path: overwrite(path, b""),
    "of an earlier state": _neighbour,
    "link": _link,
    "folder": _folder,
}


@pytest.fixture
def kept(archive: Repairing) -> Path:
    """The last but one that is kept; the copy has not got it."""
    archive("audit")
    archive("audit")
    folder = archive.root / "ledger/checkpoints"
    *_, path, _ = sorted(folder.iterdir(), key=lambda one: int(one.name))
    assert not (archive.copy / "ledger/checkpoints" / path.name).exists()
    return path


def _signed(archive: Repairing, size: int) -> bytes:
    signer = load_key(str(archive.made.opened.verifier_key())).signer
    return sign_checkpoint(Checkpoint(signer.key.name, size, bytes(32)), [signer])


def _own_files(report: Any) -> Any:
    return report["own_files"]


@pytest.mark.parametrize("damage", DAMAGE)
def test_it_is_set_aside_and_the_archive_is_whole_and_copied_again(
    archive: Repairing, kept: Path, damage: str, tmp_path: Path
) -> None:
    DAMAGE[damage](kept)
    place = f"ledger/checkpoints/{kept.name}"
    (told,) = archive("audit", "--read-only", code=5)["findings"]
    assert told["place"] == place
    assert "archive repair --ledger" in told["remedy"]
    (row,) = _own_files(repair(archive, "--plan", code=1))
    assert (row["path"], row["expected"], row["place"]) == (place, None, "")
    report = repair(archive)
    assert report["own_files"] == [row]
    assert report["findings"] == []
    assert not something_at(kept)
    aside = archive.root / f"quarantine/damaged/archive/{report['run']}"
    assert something_at(aside / "files" / place)
    assert json.loads((aside / "record.json").read_bytes())["files"] == [row]
    (entry,) = repairs(archive)
    assert (entry["restored"], entry["moved"], entry["outcome"]) == (0, 1, "intact")
    archive("audit")
    archive("copy", "--to", str(tmp_path / "new"))
    archive.require_whole()


def test_one_that_a_copy_has_is_put_back_all_the_same(archive: Repairing) -> None:
    path = archive.root / "ledger/checkpoints/2"
    _link(path)
    (row,) = _own_files(repair(archive))
    assert row["expected"] is not None
    assert path.read_bytes() == (archive.copy / "ledger/checkpoints/2").read_bytes()


def test_a_signed_one_of_another_tree_is_evidence_and_stays(archive: Repairing, kept: Path) -> None:
    overwrite(kept, _signed(archive, int(kept.name)))
    for words in (["--plan"], []):
        findings: Any = repair(archive, *words, code=5)["findings"]
        assert [one["code"] for one in findings] == ["LEDGER-CHECKPOINT-CONTRADICTED"]
        assert kept.is_file()
    assert "LEDGER-CHECKPOINT-CONTRADICTED" in archive.text("repair", "--ledger", "--plan", code=5)


@pytest.mark.parametrize("size", [3, 9_999])
def test_so_does_one_of_another_tree_under_a_wrong_name(archive: Repairing, kept: Path, size: int) -> None:
    overwrite(kept, _signed(archive, size))
    for words in (["--plan"], []):
        findings: Any = repair(archive, *words, code=5)["findings"]
        assert [one["place"] for one in findings] == [f"ledger/checkpoints/{kept.name}"]
        assert kept.is_file()


def test_one_that_storage_does_not_give_may_be_well_and_stays(
    archive: Repairing, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        refuse(patch, "open", kept)
        report = repair(archive, code=3)
    assert report["own_files"] == []
    archive.require_whole()


def test_that_of_the_catalog_comes_back_from_the_catalog(archive: Repairing) -> None:
    archive.made.ingest({"later.txt": b"later", "later.txt.dc.json": described("Later")}, name="later")
    archive("audit")
    archive("audit")
    size = json.loads((archive.root / "catalog.json").read_bytes())["checkpoint"]["size"]
    path = archive.root / "ledger/checkpoints" / str(size)
    whole = path.read_bytes()
    _flip(path)
    (row,) = _own_files(repair(archive))
    assert row["expected"] is None
    assert path.read_bytes() == whole
    archive.require_whole()


def test_a_change_of_keys_that_lost_a_signature_is_set_aside(archive: Repairing) -> None:
    archive("key", "rotate")
    archive("audit")
    two = "— ".encode()
    (kept,) = (
        path for path in (archive.root / "ledger/checkpoints").iterdir() if path.read_bytes().count(two) == 2
    )
    overwrite(kept, b"".join(kept.read_bytes().splitlines(keepends=True)[:-1]))
    archive("audit", "--read-only", code=5)
    repair(archive)
    assert not kept.exists()
    archive.require_whole()


def test_it_is_said_in_words(archive: Repairing, kept: Path) -> None:
    _flip(kept)
    shown = archive.text("repair", "--ledger", "--plan", code=1)
    assert f"ledger/checkpoints/{kept.name}: altered; no copy has it and nothing rests on it" in shown
    assert "0 files of the archive itself can be put back, 1 set aside." in shown
    assert "0 files of the archive itself put back, 1 set aside" in archive.text(
        "repair", "--ledger", "--yes"
    )


@pytest.mark.parametrize("after", ["list", "move"])
def test_a_run_that_is_killed_is_carried_on(
    archive: Repairing, kept: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    _flip(kept)
    rename = os.rename

    def killed(source: Path, *rest: Path) -> None:
        if source == kept and after == "list":
            raise KeyboardInterrupt
        rename(source, *rest)
        if source == kept:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", killed)
        repair(archive, code=130)
    assert kept.exists() == (after == "list")
    repair(archive)
    assert [entry["moved"] for entry in repairs(archive)] == [1]
    archive.require_whole()

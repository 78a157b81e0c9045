"""A ledger at hand that is ahead of the archive's, as a checkpoint that it keeps says."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.core.ledger.checkpoint import Checkpoint, sign_checkpoint
from archive.storage.keys.signing_key import load_key
from tests.archives import described, overwrite
from tests.damage.repair.own_files import newest, repair
from tests.repairs import Repairing


@pytest.fixture
def ahead(archive: Repairing, tmp_path: Path) -> Repairing:
    """The archive was put back to an older state; the copy is ahead, and its own checkpoint is damaged."""
    shutil.copytree(archive.root, tmp_path / "older", symlinks=True)
    archive.made.ingest({"later.txt": b"later", "later.txt.dc.json": described("Later")}, name="later")
    shutil.rmtree(archive.copy)
    archive.root.rename(archive.copy)
    (tmp_path / "older").rename(archive.root)
    _spoil(archive.copy / "ledger/checkpoint")
    return archive


def _spoil(path: Path) -> None:
    overwrite(path, path.read_bytes()[:3] + b"!" + path.read_bytes()[4:])


def _without_keys(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("ARCHIVE_KEY_DIR", os.environ["ARCHIVE_KEY_DIR"] + "-elsewhere")


def _last_kept(root: Path) -> Path:
    return newest(root, "ledger/checkpoints/*")


@pytest.mark.parametrize("has_key", [True, False])
def test_a_copy_leads_on_by_a_checkpoint_that_it_keeps(
    ahead: Repairing, monkeypatch: pytest.MonkeyPatch, has_key: bool
) -> None:
    kept = _last_kept(ahead.copy)
    with monkeypatch.context() as patch:
        if not has_key:
            _without_keys(patch)
        assert repair(ahead, "--plan", code=1)["own_files"]
        repair(ahead)
    assert (ahead.root / "ledger/checkpoints" / kept.name).read_bytes() == kept.read_bytes()
    ahead("repair", "--all", "--from", str(ahead.copy), "--yes")
    ahead.require_whole()


def test_how_far_a_copy_goes_whose_checkpoints_are_none_is_not_known(
    ahead: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = _last_kept(ahead.copy)
    whole = kept.read_bytes()
    _spoil(kept)
    _without_keys(monkeypatch)
    for words in (["--plan"], []):
        findings: Any = repair(ahead, *words, code=1)["findings"]
        assert [(one["code"], one["place"]) for one in findings] == [
            ("REPAIR-CHECKPOINT", f"{ahead.copy}/ledger/checkpoint")
        ]
    shown = ahead.text("repair", "--ledger", "--from", str(ahead.copy), "--yes", code=1)
    assert "how far that ledger goes is not known" in shown
    assert "are as the ledger says" not in shown
    overwrite(kept, whole)
    assert repair(ahead)["own_files"]


def test_the_archive_comes_on_by_a_checkpoint_of_its_own(archive: Repairing) -> None:
    before = (archive.root / "ledger/checkpoint").read_bytes()
    archive("audit")
    now = archive.made.opened.checkpoint()
    overwrite(archive.root / "ledger/checkpoint", before)
    report: Any = repair(archive)
    assert [row["path"] for row in report["own_files"]] == ["ledger/checkpoint"]
    assert archive.made.opened.ledger.extends(now.size, now.root)
    archive.require_whole()


def test_what_a_commit_began_and_did_not_make_is_no_later_state(archive: Repairing) -> None:
    size = archive.made.opened.checkpoint().size + 1
    signer = load_key(str(archive.made.opened.verifier_key())).signer
    begun = sign_checkpoint(Checkpoint(signer.key.name, size, bytes(32)), [signer])
    for name in ("checkpoint.new", f"checkpoints/{size}"):
        (archive.root / "ledger" / name).write_bytes(begun)
    shutil.rmtree(archive.root / "ledger/tile/0")
    repair(archive)
    archive.require_whole()

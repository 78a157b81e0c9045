"""The archive.toml of a copy: accused by a ledger that can tell, not by one that lost its end."""

import shutil
from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy


@pytest.fixture
def later(changing: Changing, disk: Path) -> Path:
    """A copy of settings that were recorded after its first state, whose ledger is kept beside it."""
    copy(changing, disk)
    shutil.copytree(disk / "ledger", disk.parent / "ledger")
    changing.configure('[audits]\nevery = "80 days"\n')
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Anew", "--reason", "read it")
    copy(changing, disk)
    return disk


def put_back(disk: Path, kind: str) -> None:
    """Earlier evidence of the copy comes back, or the last of it is lost."""
    before = disk.parent / "ledger"
    if kind == "the checkpoint":
        shutil.copyfile(before / "checkpoint", disk / "ledger/checkpoint")
    elif kind == "the ledger":
        shutil.rmtree(disk / "ledger")
        shutil.copytree(before, disk / "ledger")
    else:
        bundle = max((disk / "ledger/tile/entries/000.p").iterdir(), key=lambda path: int(path.name))
        overwrite(bundle, bundle.read_bytes()[: bundle.stat().st_size // 2])


@pytest.mark.parametrize("kind", ["the checkpoint", "the ledger", "half the bundle"])
def test_the_right_settings_are_not_accused_by_a_ledger_of_the_copy_that_lost_their_entry(
    changing: Changing, later: Path, kind: str
) -> None:
    put_back(later, kind)
    report = changing("audit", "--copy", str(later), "--read-only", "--jobs", "1", code=None)
    assert "COPY-SETTINGS" not in {one["code"] for one in report["findings"]}


@pytest.mark.parametrize("kind", ["as they were", "the checkpoint", "half the bundle"])
def test_settings_that_no_ledger_records_are_accused_whatever_the_copys_says(
    changing: Changing, later: Path, kind: str
) -> None:
    put_back(later, kind) if kind != "as they were" else None
    settings = later / "archive.toml"
    overwrite(settings, settings.read_bytes() + b"# a word\n")
    report = changing("audit", "--copy", str(later), "--read-only", "--jobs", "1", code=None)
    told = {one["code"] for one in report["findings"] if one["severity"] == "error"}
    assert "COPY-SETTINGS" in told


def test_a_copy_alone_with_half_of_its_bundle_does_not_accuse_its_settings(
    changing: Changing, later: Path
) -> None:
    put_back(later, "half the bundle")
    changing.root.rename(changing.root.with_name("away"))
    report = changing("-C", str(later), "audit", "--read-only", "--jobs", "1", code=5)
    assert "COPY-SETTINGS" not in {one["code"] for one in report["findings"]}

"""A copy is read in full where the ledger that judges it has a fault: just then one must know of it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.storage.layout import bag_path
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy


def widest(folder: Path) -> Path:
    """The file of a ledger that was written last, of those with numbers as names."""
    return max(folder.iterdir(), key=lambda path: int(path.name))


def _shorter(ledger: Path) -> None:
    bundle = widest(ledger / "tile/entries/000.p")
    overwrite(bundle, bundle.read_bytes()[:-1])


def _altered(ledger: Path) -> None:
    bundle = widest(ledger / "tile/entries/000.p")
    data = bundle.read_bytes()
    overwrite(bundle, data[:-1] + bytes([data[-1] ^ 1]))


def _no_checkpoint(ledger: Path) -> None:
    (ledger / "checkpoint").unlink()


def _no_tile(ledger: Path) -> None:
    for tile in (ledger / "tile/0/000.p").iterdir():
        tile.unlink()


def _folder(ledger: Path) -> None:
    for tile in (ledger / "tile/entries/000.p").iterdir():
        tile.unlink()
        tile.mkdir()


def _pipe(ledger: Path) -> None:
    for tile in (ledger / "tile/0/000.p").iterdir():
        tile.unlink()
        os.mkfifo(tile)


FAULTS = {
    "the last bundle one byte short": _shorter,
    "the last entry altered": _altered,
    "no checkpoint": _no_checkpoint,
    "no hashes": _no_tile,
    "folders for bundles": _folder,
    "pipes for hashes": _pipe,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_copy_is_read_in_full_where_the_ledger_of_the_archive_has_a_fault(
    changing: Changing, disk: Path, fault: Callable[[Path], None]
) -> None:
    copy(changing, disk)
    reference, bag = changing.reference("a.txt"), changing.row("a.txt").bag
    fault(changing.root / "ledger")
    report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=5)
    assert (report["counts"]["intact"], report["bags"]) == (3, [])
    assert {one["place"].startswith(str(changing.root / "ledger")) for one in errors(report)} == {True}
    overwrite(disk / bag_path(bag) / "data/a.txt", b"eno")
    report = changing("audit", "--copy", str(disk), "--jobs", "1", code=5)
    assert [(one["reference"], one["outcome"]) for one in report["bags"]] == [(reference, "damaged")]
    assert not report["recorded"]


def errors(report: Any) -> list[dict[str, Any]]:
    """What was found that is an error and not about recording it."""
    told = [one for one in report["findings"] if one["severity"] == "error"]
    return [one for one in told if one["code"] != "AUDIT-NOT-RECORDED"]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_copy_audited_alone_says_as_much_of_its_ledger_as_an_archive_does(
    changing: Changing,
    disk: Path,
    fault: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy(changing, disk)
    fault(disk / "ledger")
    fault(changing.root / "ledger")
    as_archive = changing("audit", "--read-only", "--jobs", "1", code=5)
    changing.root.rename(changing.root.with_name("away"))
    monkeypatch.chdir(disk.parent)
    capsys.readouterr()
    assert run(["audit", "--copy", str(disk), "--read-only", "--jobs", "1", "--format", "json"]) == 5
    report = json.loads(capsys.readouterr().out)
    assert {one["code"] for one in errors(report)} == {one["code"] for one in errors(as_archive)}
    assert report["counts"]["intact"] == as_archive["counts"]["intact"]

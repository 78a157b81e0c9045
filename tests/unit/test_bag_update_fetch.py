"""`archive bag update` where fetch.txt spells a name in another Unicode form than the disk."""

from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from tests.crash.checks import snapshot
from tests.plain_bags import call, judged, old_bag


def fetched(path: Path, version: str, *there: str, named: str = "caf\u00e9") -> Path:
    """A bag whose manifest and fetch.txt name a file as no file on the disk is called, byte for byte."""
    bag = old_bag(path, version=version, payload=dict.fromkeys(there, b"1"), tags=None, tagged=False)
    (bag / "fetch.txt").write_text(f"http://example.org/x 1 data/{named}\n", "utf-8")
    manifest = bag / "manifest-md5.txt"
    manifest.write_text(manifest.read_text("utf-8").replace(there[0], named), "utf-8")
    assert judged(bag).verdict is BagVerdict.VALID
    return bag


@pytest.mark.parametrize(
    ("version", "asked"),
    [
        ("1.0", ["--add-algorithm", "sha256"]),
        ("0.97", ["--add-algorithm", "sha256", "--remove-algorithm", "md5"]),
        ("0.97", ["--to-version", "1.0"]),
    ],
)
def test_a_new_manifest_names_a_file_as_fetch_txt_does(
    tmp_path: Path, version: str, asked: list[str]
) -> None:
    bag = fetched(tmp_path / "bag", version, "cafe\u0301", "z")
    assert call("bag", "update", bag, *asked).code == 0
    report = judged(bag)
    assert report.verdict is BagVerdict.VALID
    assert "BAG-FETCH-UNLISTED" not in {finding.code for finding in report.findings}


def test_where_fetch_txt_may_mean_two_files_nothing_changes(tmp_path: Path) -> None:
    bag = fetched(tmp_path / "bag", "1.0", "A\u030a", "\u00c5", named="\u212b")
    before = snapshot(bag)
    ended = call("bag", "update", bag, "--add-algorithm", "sha256")
    assert (ended.code, "fetch.txt" in ended.report["message"]) == (2, True)
    assert snapshot(bag) == before

"""Old bags of the Library of Congress suite brought to 1.0: valid ones stay valid, others as they are."""

import os
import shutil
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from tests.crash.checks import snapshot
from tests.plain_bags import call, judged

_SUITE = os.environ.get("CONFORMANCE_SUITE_DIR")
_BAGS = sorted(path for path in Path(_SUITE).glob("v0.*/*/*") if path.is_dir()) if _SUITE else []

pytestmark = pytest.mark.skipif(not _SUITE, reason="CONFORMANCE_SUITE_DIR names no conformance suite")


@pytest.mark.parametrize("bag", _BAGS, ids=lambda bag: str(bag.relative_to(_SUITE or "/")))
def test_an_old_bag_is_upgraded_where_it_is_valid_and_left_alone_where_it_is_not(
    bag: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "bag"
    shutil.copytree(bag, copy, symlinks=True)
    before, verdict = snapshot(copy), judged(copy).verdict
    ended = call("bag", "update", copy, "--to-version", "1.0", "--add-algorithm", "sha512")
    if verdict is not BagVerdict.VALID:
        assert ended.code in {1, 2, 3}
        assert snapshot(copy) == before
        return
    assert ended.code == 0, ended
    report = judged(copy)
    assert (report.verdict, str(report.version)) == (BagVerdict.VALID, "1.0"), report.findings
    payload = {name: found for name, found in before.items() if name.startswith("data")}
    assert {name: found for name, found in snapshot(copy).items() if name.startswith("data")} == payload

"""A sample of a copy is drawn from what was held at the checkpoint, or not at all."""

from pathlib import Path
from typing import Any

from tests.changes import Changing
from tests.copying import copy


def sample(archive: Changing, disk: Path, kept: Path, code: int) -> Any:
    words = ("--sample", "--seed", "goats", "--at-most", "20%", "--at", str(kept), "--jobs", "1")
    return archive("audit", "--copy", str(disk), *words, code=code)


def test_a_copy_that_is_behind_the_checkpoint_is_no_sample_of_it(changing: Changing, tmp_path: Path) -> None:
    changing("audit")
    disk, early, late = tmp_path / "copy", tmp_path / "early", tmp_path / "late"
    changing.text("ledger", "checkpoint", "--out", str(early))
    copy(changing, disk)
    changing.made.ingest({f"{number}.txt": b"%d" % number for number in range(4)}, name="later")
    changing.text("ledger", "checkpoint", "--out", str(late))
    before = changing.made.opened.checkpoint().size
    refused = str(sample(changing, disk, late, 2))
    assert "a copy up to entry 12" in refused
    assert "archive copy --to" in refused
    assert changing.made.opened.checkpoint().size == before
    assert sample(changing, disk, early, 0)["scope"]["sample"]["population"] == 3
    copy(changing, disk)
    assert sample(changing, disk, late, 0)["scope"]["sample"]["population"] == 7

"""`archive audit --older-than` where nothing is due: well, for bytes as for names and sizes."""

import sqlite3

import pytest

from tests.changes import Changing


@pytest.mark.parametrize("quick", [[], ["--quick"]])
def test_nothing_due_is_no_trouble(changing: Changing, quick: list[str]) -> None:
    words = ["audit", "--older-than", "30d", *quick]
    assert changing(*words, "--read-only")["scope"]["checked"] == 3
    changing("audit")
    report = changing(*words, "--read-only")
    assert (report["outcome"], report["scope"]["selected"]) == ("nothing-read", 0)
    assert changing.text(*words).startswith("✓ Nothing is due")


def test_a_quick_look_believes_no_index_alone(changing: Changing) -> None:
    changing("audit")
    changing.made.ingest({"d.txt": b"four"}, name="later")
    base = sqlite3.connect(changing.root / "catalog.sqlite")
    with base:
        base.execute("UPDATE documents SET last_checked = (SELECT max(last_checked) FROM documents)")
    base.close()
    for quick in ([], ["--quick"]):
        report = changing("audit", "--older-than", "30d", "--read-only", *quick)
        assert report["scope"]["selected"] == 1

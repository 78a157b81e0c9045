"""docs/auditing.md as an auditor follows it: every command runs, and prints what the page says.

Ids, digests, keys and times differ each time and are left out of the comparison.
"""

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import SEEDS
from tests.e2e.walked_pages import ROOT, blocks, commands, walked

PAGE = ROOT / "docs" / "auditing.md"
# What is another one each time: ids, keys, roots, times and days, and how many files the drawn bags have.
_VARIES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\+[0-9a-f]{8}\+\S+|root +\S+|run [0-9a-f]{8}"
    r"|\d{4}-\d\d-\d\d([T ][0-9:.]+Z?)?|Read \d+ files, [0-9.]+ KiB"
)


def test_the_walk_prints_what_the_page_says(tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    shutil.copytree(SEEDS / "texts", tmp_path / "texts")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "note.txt").write_text("a later note\n")
    shutil.copy(ROOT / "independent" / "verify_archive.py", tmp_path)
    text, actual = walked(PAGE, tmp_path)
    assert _VARIES.sub("…", actual) == _VARIES.sub("…", text)


def test_the_page_shows_no_failure() -> None:
    assert "exit code" not in "".join(blocks(PAGE))
    assert len(commands(PAGE)) > 15

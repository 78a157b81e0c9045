"""The last line of an audit advises what helps against what it found."""

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import FINDINGS
from tests.archives import overwrite
from tests.changes import Changing


def _next(changing: Changing, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["-C", str(changing.root), "audit"]) == FINDINGS
    return capsys.readouterr().err


@pytest.mark.parametrize(("what", "is_repair"), [("bag", True), ("missing", True), ("catalog", False)])
def test_a_repair_is_advised_where_something_held_is_damaged(
    changing: Changing, capsys: pytest.CaptureFixture[str], what: str, *, is_repair: bool
) -> None:
    if what == "catalog":
        overwrite(changing.root / "catalog.json", b"{}\n")
    elif what == "bag":
        overwrite(changing.bag("a.txt") / "data/a.txt", b"eno")
    else:
        changing.bag("a.txt").rename(changing.made.folder / "away")
    said = _next(changing, capsys)
    assert ("archive repair --plan" in said) == is_repair, said
    assert ("do what the arrows say" in said) != is_repair

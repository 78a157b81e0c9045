"""docs/architecture.md names every room, and no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text("utf-8")


@pytest.mark.parametrize("floor", ["cli", "services", "formats", "storage", "engine", "core"])
def test_the_rooms_of_a_floor_are_those_of_the_page(floor: str) -> None:
    rooms = {path.parent.name for path in (ROOT / "archive" / floor).glob("*/__init__.py")}
    told = re.search(rf"^\*\*{floor}\*\*(.*?)(?=^\*\*|^#)", PAGE, re.DOTALL | re.MULTILINE)
    assert told is not None
    heads = [line.partition(":")[0] for line in told[1].splitlines() if line.startswith("- `")]
    assert sorted(re.findall("`([a-z_]+)/`", "\n".join(heads))) == sorted(rooms)

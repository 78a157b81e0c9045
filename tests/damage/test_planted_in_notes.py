"""What nobody vouches for in `notes/` is named: a warning, unless a killed command may have left it."""

from pathlib import Path

import pytest

from tests.changes import Changing


def _first(changing: Changing) -> Path:
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Anew", "--reason", "read it")
    return min((changing.root / "notes").glob("*/*.json"))


@pytest.mark.parametrize(
    "place", ["notes/x", "notes/0f/x.json", "notes/00/{note}", "notes/{shard}/{note}.bak", "notes/{note}"]
)
def test_a_file_that_the_archive_never_writes_is_a_warning(changing: Changing, place: str) -> None:
    note = _first(changing)
    path = place.format(note=note.name, shard=note.parent.name)
    planted = changing.root / path
    planted.parent.mkdir(exist_ok=True)
    planted.write_bytes(note.read_bytes())
    report = changing("audit")
    found = [(one["code"], one["severity"]) for one in report["findings"] if one["place"] == path]
    assert found == [("NOTE-FOREIGN", "warning")]


def test_a_file_that_is_called_as_a_note_is_may_be_left_by_a_killed_command(changing: Changing) -> None:
    name = "ab" * (len(_first(changing).stem) // 2)
    planted = changing.root / "notes" / "ab" / f"{name}.json"
    planted.parent.mkdir(exist_ok=True)
    planted.write_bytes(b"{")
    report = changing("audit")
    found = [one["code"] for one in report["findings"] if one["place"].startswith("notes/ab")]
    assert found == ["NOTE-UNKNOWN"]

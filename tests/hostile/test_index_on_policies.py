"""An index edited in what it notes of settings and program: the ledger says which ones it heard of last."""

import re
import sqlite3
from typing import Any

import pytest

from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.services import opened
from archive.services.opened import software_agent
from tests.changes import Changing

_SET = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
_NOTES = ("settings", "settings entry", "software", "software entry")
_LIES = {
    "a name": "Jane Doe, born 1970",
    "a long one": "0" * 80_000,
    "another program": "document-archive-0.0.1",
    "an entry of another kind": "2",
    "the first entry": "0",
    "beyond the ledger": "4000",
    "no number": "²",
}


def edit(changing: Changing, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Changes what the index notes, which says of itself what it said before."""
    with sqlite3.connect(changing.root / "catalog.sqlite") as index:
        for statement, values in statements:
            index.execute(statement, values)
    index.close()


def require_whole_once_made_anew(changing: Changing) -> None:
    """What was edited into the index stays there, and says so to `catalog verify`, until it is made anew."""
    changing("catalog", "rebuild")
    changing.require_whole()


def entries_of(changing: Changing, kind: EntryType) -> list[Entry]:
    """All entries of a kind, oldest first."""
    found = map(parse_entry, changing.made.opened.ledger.entries())
    return [entry for entry in found if entry.type == kind]


def be_version(patch: pytest.MonkeyPatch, version: str) -> str:
    """Lets the program be of that version from now on; its agent's id."""
    patch.setattr(opened, "__version__", version)
    return software_agent().id


def promise_less(changing: Changing) -> str:
    """Changes a policy in archive.toml by hand; the digest of the file from then on."""
    path = changing.root / "archive.toml"
    before = path.read_text()
    after = re.sub(r"every_days = \d+", "every_days = 36500", before)
    assert after != before
    path.write_text(after)
    return changing.made.opened.settings.digest


@pytest.mark.parametrize("lie", _LIES.values(), ids=_LIES)
def test_no_program_is_signed_that_only_the_index_names(changing: Changing, lie: str) -> None:
    edit(changing, *((_SET, (name, lie)) for name in ("software", "software entry")))
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Bell")
    assert entries_of(changing, EntryType.SOFTWARE_CHANGED) == []
    require_whole_once_made_anew(changing)


@pytest.mark.parametrize("lie", [None, *_LIES.values()], ids=["none", *_LIES])
def test_the_program_before_is_the_last_that_the_ledger_names(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, lie: str | None
) -> None:
    first = software_agent().id
    second = be_version(monkeypatch, "98.0.0")
    changing("audit")
    edit(changing, ("DELETE FROM meta WHERE name LIKE 'software%'", ()))
    if lie is not None:
        edit(changing, *((_SET, (name, lie)) for name in ("software", "software entry")))
    changing("audit")  # by the same program: nothing has changed
    third = be_version(monkeypatch, "98.0.1")
    changing("audit")
    changed = entries_of(changing, EntryType.SOFTWARE_CHANGED)
    assert [(entry.get("previous"), entry.get("software")) for entry in changed] == [
        (first, second),
        (second, third),
    ]
    require_whole_once_made_anew(changing)


def test_no_program_is_signed_whose_entry_was_altered(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_version(monkeypatch, "98.0.0")
    changing("audit")
    for bundle in changing.root.glob("ledger/tile/entries/000.p/*"):
        bundle.chmod(0o644)
        bundle.write_bytes(
            bundle.read_bytes().replace(
                b'"software":"document-archive-98', b'"software":"document-archive-97'
            )
        )
    be_version(monkeypatch, "98.0.1")
    size = changing.made.opened.checkpoint().size
    bag = changing.row("b.txt").bag
    assert "not what was signed" in changing("describe", bag, "--set", "dc.title=Bell", code=5)["message"]
    assert changing.made.opened.checkpoint().size == size


@pytest.mark.parametrize("lie", _LIES.values(), ids=_LIES)
def test_a_change_of_policy_is_recorded_also_where_the_index_says_that_it_was(
    changing: Changing, lie: str
) -> None:
    digest = promise_less(changing)
    edit(changing, (_SET, ("settings", digest)), (_SET, ("settings entry", lie)))
    changing("audit")
    recorded = [entry.get("settings") for entry in entries_of(changing, EntryType.SETTINGS_CHANGED)]
    assert (len(recorded), recorded[-1]) == (2, digest)
    changing("audit")
    assert len(entries_of(changing, EntryType.SETTINGS_CHANGED)) == 2
    require_whole_once_made_anew(changing)


def test_settings_are_recorded_once_also_where_the_index_notes_no_entry_of_them(changing: Changing) -> None:
    """As one that an earlier release made."""
    digest = promise_less(changing)
    changing("audit")
    edit(changing, *(("DELETE FROM meta WHERE name = ?", (name,)) for name in _NOTES))
    changing("audit")
    recorded = [entry.get("settings") for entry in entries_of(changing, EntryType.SETTINGS_CHANGED)]
    assert (len(recorded), recorded[-1]) == (2, digest)

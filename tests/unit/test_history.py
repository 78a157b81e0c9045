"""A history that a person understands: each event with its PREMIS type, a person and a program."""

from pathlib import Path
from typing import Any

import pytest

from archive.core.events import EventType
from archive.core.ledger.change_entries import description_changed, disposal, software_changed, withdrawal
from archive.core.ledger.entries import EntryType, parse_entry
from archive.services.history.event import PREMIS_TYPES
from archive.services.history.sentences import sentence
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy

TIME = "2026-11-21T00:00:00.000Z"


def told(report: Any) -> list[str]:
    return [event["text"] for event in report["events"]]


def test_the_archive_tells_of_runs_not_of_every_entry(changing: Changing) -> None:
    a, b = changing.reference("a.txt"), changing.reference("b.txt")
    changing("describe", a, b, "--set", "rights=Free", "--reason", "the deed says so")
    changing("describe", a, "--set", "date=1919")
    changing("withdraw", b, "--reason", "asked back")
    changing("audit")
    report = changing("history")
    assert told(report) == [
        "The archive was made",
        "The settings and policies of archive.toml were recorded",
        "2 documents taken in (2 files, 6 bytes)",
        "1 document taken in (1 file, 5 bytes)",
        "2 documents described anew",
        "Described anew, revision 3: dc.date",
        "Withdrawn: not held any more, its bytes are in quarantine",
        "Self-check of 2 documents: intact",
    ]
    several = report["events"][4]
    assert (several["count"], several["bag"], several["reason"]) == (2, None, "the deed says so")
    assert several["last"] - several["index"] == 1
    for event in report["events"]:
        kinds = [agent["kind"] for agent in event["agents"]]
        assert kinds == ["person", "software"], event
        assert all(agent["name"] for agent in event["agents"])


def test_a_document_tells_what_happened_to_it_and_every_check(changing: Changing) -> None:
    reference = changing.reference("a.txt")
    changing("audit")
    changing("describe", reference, "--set", "title=New", "--agent", "Ben")
    overwrite(changing.bag("a.txt") / "data/a.txt", b"two")
    changing("audit", code=1)
    assert told(changing("history", reference)) == [
        "Taken in: 1 file, 3 bytes",
        "Described anew, revision 2: dc.title",
    ]
    report = changing("history", reference, "--checks")
    assert [event["outcome"] for event in report["events"]] == [None, "intact", None, "damaged"]
    assert report["events"][2]["agents"][0]["name"] == "Ben"
    said = changing.text("history", reference, "--checks")
    assert "by Ben, with document-archive" in said


def test_it_is_read_page_by_page_without_gap_or_overlap(changing: Changing) -> None:
    for title in "abcde":
        changing("describe", changing.reference("a.txt"), "--set", f"title={title}")
    whole = changing("history", "--all")["events"]
    pages: list[Any] = []
    before: list[str] = []
    while True:
        report = changing("history", "--limit", "2", *before)
        pages = report["events"] + pages
        if report["earlier"] is None:
            break
        before = ["--before", str(report["earlier"])]
    assert pages == whole


def test_what_begins_before_a_page_ends_and_ended_since_is_not_said_to_go_on(
    changing: Changing, tmp_path: Path
) -> None:
    copy(changing, tmp_path / "disk")
    changing("audit", "--copy", str(tmp_path / "disk"))
    changing("audit")
    whole = changing("history", "--limit", "100")["events"]
    size = changing("history")["size"]
    for before in range(size):
        page = changing("history", "--before", str(before))["events"]
        assert page == [event for event in whole if event["last"] < before], before


def test_a_note_that_was_removed_leaves_the_event(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "title=New", "--reason", "why")
    for note in (changing.root / "notes").rglob("*.json"):
        if "why" in note.read_text():
            note.unlink()
    event = changing("history")["events"][-1]
    assert (event["reason"], event["type"]) == (None, "description changed")


def test_an_altered_note_is_a_finding_not_a_reason(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "title=New", "--reason", "why")
    for note in (changing.root / "notes").rglob("*.json"):
        overwrite(note, note.read_bytes().replace(b"why", b"lie"))
    report = changing("history")
    assert report["events"][-1]["reason"] is None
    assert [one["code"] for one in report["findings"]] == ["NOTE-ALTERED"]


def test_a_name_that_does_not_give_the_id_is_not_believed(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "title=New", "--agent", "Ben")
    settings = changing.root / "archive.toml"
    settings.write_text(settings.read_text().replace('salt = "', 'salt = "A'))
    person = changing("history")["events"][-1]["agents"][0]
    assert person["name"] is None
    assert person["id"].startswith("agent-")


def test_a_change_of_policy_and_of_the_program_are_events(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = changing.root / "archive.toml"
    settings.write_text(settings.read_text().replace("every_days = 90", "every_days = 30"))
    changing("describe", changing.reference("a.txt"), "--set", "title=New")
    monkeypatch.setattr("archive.services.opened.__version__", "99.1")
    size = changing.made.opened.checkpoint().size
    changing("describe", changing.reference("a.txt"), "--set", "title=Newer")
    changing("describe", changing.reference("a.txt"), "--set", "title=Newest")
    assert changing.made.opened.checkpoint().size == size + 3  # said once
    changing.made.rebuild()
    assert changing.made.opened.checkpoint().size == size + 3
    report = changing("history")
    assert "document-archive-99.1 writes from now on; before it was" in " ".join(told(report))
    assert [one["event_type"] for one in report["events"]].count("policy assignment") == 2
    changing.require_whole()


def test_a_torn_ledger_is_told_as_far_as_it_can_be_read(changing: Changing) -> None:
    bundles = [path for path in (changing.root / "ledger/tile/entries").rglob("*") if path.is_file()]
    latest = max(bundles, key=lambda path: int(path.name))
    overwrite(latest, latest.read_bytes()[:-5])
    report = changing("history", code=5)
    assert report["findings"]


@pytest.mark.parametrize("kind", list(EntryType))
def test_every_kind_of_entry_has_a_sentence_and_a_term_or_none(kind: EntryType) -> None:
    raw = parse_entry(
        withdrawal(time=TIME, agents=["a"], bag="b", run="r", tagmanifest="t", files=1, byte_count=1)
    )
    entry = type(raw)(kind, raw.time, raw.agents, {**raw.members, "type": kind.value})
    for count in (1, 5):
        assert sentence(entry, count).lower() != kind.value
    assert PREMIS_TYPES.get(kind) is None or PREMIS_TYPES[kind] in set(EventType)


def test_an_entry_of_a_kind_yet_unknown_is_told_by_its_name() -> None:
    entry = parse_entry(software_changed(time=TIME, agents=["a"], software="x", previous="y"))
    later = type(entry)("repair made", entry.time, entry.agents, {})
    assert sentence(later, 0) == "Repair made"


@pytest.mark.parametrize(
    "raw",
    [
        description_changed(
            time=TIME, agents=["a"] * 2, bag="b" * 36, run="r" * 36, revision=10**8, tagmanifest="t" * 128,
            previous="p" * 128, awaiting=-1, notes=["n" * 64],
        ),
        disposal(time=TIME, agents=["a"] * 2, bag="b" * 36, run="r" * 36, notes=["n" * 64]),
    ],
    ids=["description changed", "disposal"],
)  # fmt: skip
def test_entries_stay_small(raw: bytes) -> None:
    assert len(raw) < 1024

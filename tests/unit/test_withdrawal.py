"""Withdrawn: the ledger says so first, the bytes are set aside, the reference is never given again.

Disposed of: bytes, description and notes are gone; the entries stay, and every audit holds.
"""

import io
import json
import os
from pathlib import Path

import pytest

from archive.services.catalog.index_reading import reading_index
from tests.changes import RARE_WORD, Changing


def withdraw(changing: Changing, source: str, reason: str = "asked back") -> str:
    reference = changing.reference(source)
    changing("withdraw", reference, "--reason", reason)
    return reference


def dispose(changing: Changing, source: str) -> str:
    """Withdrawn and disposed of; its id."""
    bag = changing.row(source).bag
    withdraw(changing, source, "secret reason")
    changing("dispose", bag, "--authority", "Board of 2026", "--yes")
    return bag


def test_a_withdrawn_document_is_shown_as_such_everywhere(changing: Changing) -> None:
    reference = withdraw(changing, "a.txt")
    assert reference not in json.dumps(changing("list")["documents"])
    assert [row["state"] for row in changing("list", "--withdrawn")["documents"]] == ["withdrawn"]
    assert changing("show", reference)["state"] == "withdrawn"
    assert changing("search", RARE_WORD)["counts"]["found"] == 0
    counts = changing("status")["counts"]
    assert (counts["documents"], counts["withdrawn"], counts["bytes"]) == (2, 1, 8)
    catalog = json.loads((changing.root / "catalog.json").read_text())
    assert catalog["counts"] == {"awaiting": 1, "bags": 2, "bytes": 8, "files": 2, "withdrawn": 1}
    assert reference not in (changing.root / "holdings.csv").read_text()
    assert changing("audit")["counts"]["withdrawn"] == 1
    changing("open", reference, code=2)
    changing.require_whole()


def test_its_bag_lies_in_quarantine_as_it_was_and_nowhere_else(changing: Changing) -> None:
    row, bag = changing.row("a.txt"), changing.bag("a.txt")
    before = {path.relative_to(bag): path.lstat().st_mode for path in (bag, *bag.rglob("*"))}
    withdraw(changing, "a.txt")
    aside = changing.root / f"quarantine/withdrawn/{row.bag[-2:]}/{row.bag}"
    assert {path.relative_to(aside): path.lstat().st_mode for path in (aside, *aside.rglob("*"))} == before
    assert not bag.exists()


def test_a_whole_run_is_withdrawn(changing: Changing) -> None:
    report = changing("withdraw", "--run", changing.row("a.txt").run[-8:], "--reason", "wrong folder")
    assert report["counts"]["withdrawn"] == 2
    assert [row["source"] for row in changing("list")["documents"]] == ["c.txt"]
    changing.require_whole()


def test_withdrawing_again_is_said_and_changes_nothing(changing: Changing) -> None:
    reference = withdraw(changing, "a.txt")
    size = changing.made.opened.checkpoint().size
    assert changing("withdraw", reference, "--reason", "again")["counts"] == {
        "withdrawn": 0, "already": 1, "files": 0, "bytes": 0,
    }  # fmt: skip
    assert changing.made.opened.checkpoint().size == size


def test_what_was_withdrawn_is_not_taken_in_again(changing: Changing) -> None:
    withdraw(changing, "a.txt")
    source = changing.made.folder / "source"
    report = changing("ingest", str(source), "--describe-later", "--no-identify", code=6)
    assert [one["code"] for row in report["rejected"] for one in row["findings"]] == ["REF-WITHDRAWN"]


@pytest.mark.parametrize("payload", [b"three", b"other bytes"], ids=["same bytes", "other bytes"])
@pytest.mark.parametrize("gone", [False, True], ids=["withdrawn", "disposed"])
def test_a_reference_that_was_declared_is_never_given_again(
    changing: Changing, payload: bytes, gone: bool
) -> None:
    if gone:
        dispose(changing, "c.txt")
    else:
        withdraw(changing, "c.txt")
    source = changing.made.folder / "again"
    source.mkdir()
    (source / "d.txt").write_bytes(payload)
    (source / "metadata.csv").write_text("filename,reference,dc.title\nd.txt,Box 3,T\n")
    report = changing("ingest", str(source), "--no-identify", code=6)
    assert [one["code"] for row in report["rejected"] for one in row["findings"]] == ["REF-WITHDRAWN"]


def test_the_bytes_of_a_disposed_document_are_not_taken_in_again_under_its_path(changing: Changing) -> None:
    dispose(changing, "a.txt")
    source = changing.made.folder / "source"
    report = changing("ingest", str(source), "--describe-later", "--no-identify", code=6)
    assert [one["code"] for row in report["rejected"] for one in row["findings"]] == ["REF-WITHDRAWN"]


@pytest.mark.parametrize("name", ["two.txt", "b.txt"])
def test_a_check_that_reads_refuses_what_an_ingest_will(
    changing: Changing, tmp_path: Path, name: str
) -> None:
    dispose(changing, "b.txt")
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / name).write_bytes(b"two")
    (folder / "twin.txt").write_bytes(b"two")
    (folder / "own.txt").write_bytes(b"two")
    (folder / "metadata.csv").write_text("filename,reference,dc.title\nown.txt,Box 9,T\n")
    words = [str(folder), "--metadata", str(folder / "metadata.csv"), "--describe-later"]
    found = changing("check", *words, "--read", code=1)["findings"]
    refused = {one["place"] for one in found if one["code"] == "REF-WITHDRAWN"}
    assert refused == {name, "twin.txt"}
    report = changing("ingest", *words, "--no-identify", "--on-error", "continue", code=6)
    assert {row["source"] for row in report["rejected"]} == refused


def test_minted_numbers_go_on_behind_those_of_disposed_documents(changing: Changing) -> None:
    last = changing.reference("b.txt")
    bag = dispose(changing, "b.txt")
    changing.made.rebuild()
    changing.made.ingest({"new.txt": b"new"}, name="new")
    assert int(changing.reference("new.txt")[5:]) == int(last[5:]) + 1
    with reading_index(changing.made.opened) as reading:
        row = reading.index.by_bag(bag)
    assert row is not None
    assert row.reference == last


def test_a_disposal_leaves_nothing_of_the_document_but_what_it_says(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "creator=Ophelia", "--reason", "secret reason")
    report_of = changing.row("a.txt")
    bag = dispose(changing, "a.txt")
    assert not list(changing.root.rglob(bag))
    left = {
        str(path.relative_to(changing.root))
        for path in changing.root.rglob("*")
        if path.is_file()
        for word in (RARE_WORD, "Ophelia", "secret reason")
        if word.lower().encode() in path.read_bytes().lower()
    }
    assert left == {f"runs/{report_of.run}.json"}  # which the command says
    assert any("runs/" in place for place in changing("dispose", bag, "--authority", "x")["remains"])
    changing.require_whole()


def test_a_disposal_names_the_notes_that_it_leaves(changing: Changing) -> None:
    withdraw(changing, "a.txt")
    told = changing("dispose", changing.row("a.txt").bag, "--authority", "x", "--yes")["remains"]
    assert any(one.startswith("notes/: ") and "--acknowledge" in one for one in told)
    assert any(one.startswith("quarantine/damaged/archive/: ") for one in told)


def test_a_disposal_says_beforehand_what_it_leaves(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = changing.reference("a.txt")
    changing("withdraw", reference, "--reason", "asked back")
    plan = changing.text("dispose", reference, "--authority", "Board of 2026", "--dry-run")
    assert "keeps its reference, original path and the title it came with" in plan
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    asked = changing.text("dispose", reference, "--authority", "Board of 2026", code=2)
    assert "What will still mention it" in asked
    manifest = changing.root / f"runs/{changing.row('a.txt').run}.json"
    before = manifest.read_bytes()
    changing("dispose", reference, "--authority", "Board of 2026", "--yes")
    assert manifest.read_bytes() == before  # its digest is in the ledger
    assert b"a.txt" in before
    assert RARE_WORD.encode() in before
    assert changing.audit() == []


def test_the_tombstone_says_who_when_and_on_whose_authority(changing: Changing) -> None:
    bag = dispose(changing, "a.txt")
    report = changing("history", bag)
    assert [event["event_type"] for event in report["events"]] == ["ingestion", "deaccession", "deletion"]
    assert report["events"][2]["authority"] == "Board of 2026"
    assert report["events"][1]["reason"] is None  # destroyed with it
    assert {agent["name"] for event in report["events"] for agent in event["agents"]} == {
        "Ana Example", "document-archive",
    }  # fmt: skip
    assert report["subject"]["title"] == f"[{bag[-8:]}]"
    assert report["subject"]["path"] is None


def test_a_note_that_a_held_document_shares_is_kept(changing: Changing) -> None:
    a, b = changing.row("a.txt"), changing.row("b.txt")
    changing("withdraw", a.bag, b.bag, "--reason", "both")
    assert changing("dispose", a.bag, "--authority", "x", "--yes")["counts"]["notes"] == 0
    assert changing("history", b.bag)["events"][1]["reason"] == "both"
    assert changing("dispose", b.bag, "--authority", "x", "--yes")["counts"]["notes"] == 1


def test_what_is_held_is_not_disposed_of(changing: Changing) -> None:
    error = changing("dispose", changing.reference("a.txt"), "--authority", "x", "--yes", code=2)
    assert "withdraw" in error["remedy"]
    assert changing.bag("a.txt").is_dir()


@pytest.mark.parametrize(("typed", "code"), [("RIGHT\n", 0), ("wrong\n", 2), ("", 2)])
def test_the_reference_is_typed_before_anything_is_destroyed(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    reference = withdraw(changing, "a.txt")
    monkeypatch.setattr("sys.stdin", io.StringIO(typed.replace("RIGHT", reference)))
    changing("dispose", reference, "--authority", "x", code=code)
    gone = not any(changing.root.glob("quarantine/withdrawn/*/*"))
    assert gone is (code == 0)


def test_a_dry_run_of_either_writes_nothing(changing: Changing) -> None:
    def state() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in changing.root.rglob("*") if path.is_file()}

    before = state()
    assert changing("withdraw", changing.reference("a.txt"), "--reason", "x", "--dry-run")["run"] is None
    assert state() == before
    reference = withdraw(changing, "a.txt")
    before = state()
    assert changing("dispose", reference, "--authority", "x", "--dry-run")["run"] is None
    assert state() == before


def test_something_in_its_place_in_quarantine_stops_a_withdrawal_before_the_ledger(
    changing: Changing,
) -> None:
    row = changing.row("a.txt")
    os.makedirs(changing.root / f"quarantine/withdrawn/{row.bag[-2:]}/{row.bag}")
    size = changing.made.opened.checkpoint().size
    changing("withdraw", row.bag, "--reason", "x", code=6)
    assert changing.made.opened.checkpoint().size == size
    assert changing.bag("a.txt").is_dir()


def test_a_run_manifest_that_was_lost_comes_back_whatever_became_of_its_documents(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "title=New")
    withdraw(changing, "b.txt")
    manifest = changing.root / f"runs/{changing.row('a.txt').run}.json"
    before = manifest.read_bytes()
    manifest.unlink()
    changing.made.rebuild()
    assert manifest.read_bytes() == before

"""An index with rows that somebody edited: nothing is signed, and no document left out, on its word."""

import sqlite3
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest

from archive.core.ledger.entries import parse_entry
from archive.services.audit.schedule import index_of, schedule
from archive.services.surroundings import Surroundings, days_before
from archive.storage.audits.plan import AuditPlan
from tests.changes import Changing


def edit(changing: Changing, statement: str, *values: Any) -> None:
    """Changes rows of the index, which says of itself what it said before."""
    with sqlite3.connect(changing.root / "catalog.sqlite") as index:
        assert index.execute(statement, values).rowcount
    index.close()


def require_refused(changing: Changing, *command: str) -> None:
    """The command ends without a word in the ledger, and works once the index was made anew."""
    before = changing.made.opened.checkpoint().size
    assert changing(*command, code=3)["message"].endswith("nothing was changed")
    assert changing.made.opened.checkpoint().size == before
    changing("catalog", "rebuild")
    changing.require_whole()


@pytest.mark.parametrize(
    "lie",
    [
        "tag_manifest = x'07'",
        "bytes = 77",
        "files = 9",
        "awaiting = 0",
        "reference = '2026-000009'",
        "declared = 1",
        "title = 'Waste paper'",
        "entry = entry + 1000",
    ],
)
def test_no_withdrawal_is_signed_that_says_what_the_ledger_does_not(changing: Changing, lie: str) -> None:
    bag = changing.row("b.txt").bag
    edit(changing, f"UPDATE documents SET {lie} WHERE bag = ?", bag)  # noqa: S608
    require_refused(changing, "withdraw", bag, "--reason", "asked back")
    changing("withdraw", bag, "--reason", "asked back")
    changing.require_whole()


def test_no_document_is_withdrawn_under_the_name_of_another(changing: Changing) -> None:
    kept, wanted = changing.row("a.txt"), changing.row("b.txt")
    for row, name in ((kept, wanted), (wanted, kept)):
        values = (name.reference, name.title, row.bag)
        edit(changing, "UPDATE documents SET reference = ?, title = ? WHERE bag = ?", *values)
    require_refused(changing, "withdraw", wanted.reference, "--reason", "asked back")


def test_what_was_never_withdrawn_is_not_disposed_of(changing: Changing) -> None:
    bag = changing.row("b.txt").bag
    edit(changing, "UPDATE documents SET state = 'withdrawn', awaiting = 0 WHERE bag = ?", bag)
    require_refused(changing, "dispose", bag, "--authority", "Board", "--yes")


def test_what_was_withdrawn_is_not_disposed_of_under_the_name_of_another(changing: Changing) -> None:
    for source in ("a.txt", "b.txt"):
        changing("withdraw", changing.row(source).bag, "--reason", "asked back")
    kept, wanted = changing.row("a.txt"), changing.row("b.txt")
    for row, name in ((kept, wanted), (wanted, kept)):
        edit(changing, "UPDATE documents SET reference = ? WHERE bag = ?", name.reference, row.bag)
    require_refused(changing, "dispose", wanted.reference, "--authority", "Board", "--yes")


def test_no_description_puts_files_in_force_that_the_ledger_never_knew(changing: Changing) -> None:
    """Bag and index altered to fit each other: the next description would have signed what was altered."""
    bag = changing.bag("b.txt")
    premis, listing = bag / "metadata/premis.xml", bag / "tagmanifest-sha512.txt"
    before = premis.read_bytes(), listing.read_bytes()
    forged = before[0].replace(b"b.txt", b"z.txt")
    listed = before[1].replace(sha512(before[0]).hexdigest().encode(), sha512(forged).hexdigest().encode())
    assert forged != before[0]
    assert listed != before[1]
    for file, data in ((premis, forged), (listing, listed)):
        file.chmod(0o644)
        file.write_bytes(data)
    edit(
        changing,
        "UPDATE documents SET tag_manifest = ? WHERE bag = ?",
        sha512(listed).digest(),
        bag.name,
    )
    size = changing.made.opened.checkpoint().size
    said = changing("describe", bag.name, "--set", "title=Bell", "--yes", code=3)["message"]
    assert "tag_manifest: not what ledger" in said
    assert changing.made.opened.checkpoint().size == size
    assert [code for code, _ in changing.audit(code=1)] == ["FIX-TAGMANIFEST"]


def test_damage_of_a_bag_keeps_nobody_from_withdrawing_it(changing: Changing) -> None:
    bag = changing.bag("b.txt")
    premis = bag / "metadata/premis.xml"
    premis.chmod(0o644)
    premis.write_bytes(b"")
    changing("withdraw", bag.name, "--reason", "worthless")
    assert changing("ledger", "verify")["outcome"] == "proven"


@pytest.fixture
def brought(tmp_path: Path) -> str:
    """A folder with a document that was never held."""
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "new.txt").write_bytes(b"never held")
    return str(folder)


_KEY = sha512(b"never held").digest()


@pytest.mark.parametrize("command", ["ingest", "check"])
def test_nothing_is_held_already_because_the_index_says_so(
    changing: Changing, brought: str, command: str
) -> None:
    bag = changing.row("b.txt").bag
    edit(changing, "UPDATE documents SET payload_key = ?, source = ? WHERE bag = ?", _KEY, b"new.txt", bag)
    assert "the ledger does not hold it" in changing(command, brought, "--describe-later", code=3)["message"]
    changing("catalog", "rebuild")
    assert changing("ingest", brought, "--describe-later")["counts"]["ingested"] == 1
    changing.require_whole()


@pytest.mark.parametrize("when", [(), ("--dry-run", "--read")])
def test_nothing_is_left_out_as_the_twin_of_what_the_index_calls_held(
    changing: Changing, brought: str, when: tuple[str, ...]
) -> None:
    bag = changing.row("b.txt").bag
    edit(changing, "UPDATE documents SET payload_key = ? WHERE bag = ?", _KEY, bag)
    command = ("ingest", brought, "--describe-later", "--duplicates", "leave-out")
    assert "the ledger does not hold it" in changing(*command, *when, code=3)["message"]
    changing("catalog", "rebuild")
    assert changing(*command)["counts"]["ingested"] == 1
    changing.require_whole()


def test_nothing_is_left_out_as_the_twin_of_what_was_withdrawn(changing: Changing, tmp_path: Path) -> None:
    bag = changing.row("b.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    edit(changing, "UPDATE documents SET state = 'held' WHERE bag = ?", bag)
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "again.txt").write_bytes(b"two")
    command = ("ingest", str(folder), "--describe-later", "--duplicates", "leave-out")
    assert "the ledger does not hold it" in changing(*command, code=3)["message"]


def damaged(changing: Changing) -> str:
    """The id of the one incident of a bag that was altered and audited."""
    file = changing.bag("b.txt") / "data/b.txt"
    file.chmod(0o644)
    file.write_bytes(b"bad")
    changing("audit", code=1)
    (incident,) = changing("incidents")["incidents"]
    return str(incident["id"])


_LIES = {"a name": "Jane Doe did it", "another id": "0" * 32, "a NUL": "a\0b", "a long one": "x" * 70_000}


@pytest.mark.parametrize("lie", _LIES.values(), ids=_LIES)
def test_nothing_is_signed_that_the_index_calls_an_incident_and_is_none(changing: Changing, lie: str) -> None:
    damaged(changing)
    edit(changing, "UPDATE incidents SET id = ?", lie)
    size = changing.made.opened.checkpoint().size
    bag = changing.row("b.txt").bag
    said = changing("incidents", bag, "--acknowledge", "a leak", code=3)["message"]
    assert said.startswith("catalog.sqlite: ")
    assert changing.made.opened.checkpoint().size == size
    changing("catalog", "rebuild")
    changing("incidents", bag, "--acknowledge", "a leak")


def say_it_was_checked(changing: Changing, name: str) -> str:
    """Has the index say that a document was just read and intact; returns its bag."""
    bag = changing.row(name).bag
    now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    checked = f"last_checked = {now}, last_intact = {now}, last_outcome = 'intact'"
    edit(changing, f"UPDATE documents SET {checked} WHERE bag = ?", bag)  # noqa: S608
    return bag


@pytest.mark.parametrize("before", [(), ("a.txt", "c.txt")])
def test_a_check_that_no_audit_recorded_puts_no_document_off(
    changing: Changing, before: tuple[str, ...]
) -> None:
    if before:
        changing("audit", *(changing.row(name).bag for name in before))
    file = changing.bag("b.txt") / "data/b.txt"
    file.chmod(0o644)
    file.write_bytes(b"bad")
    bag = say_it_was_checked(changing, "b.txt")
    report = changing("audit", "--older-than", "30d", code=1)
    assert [(one["id"], one["outcome"]) for one in report["bags"]] == [(bag, "damaged")]
    assert report["scope"]["checked"] == 3 - len(before)
    assert changing("audit", "--older-than", "30d")["scope"]["checked"] == 0


def test_a_check_that_no_audit_recorded_leaves_a_document_first_in_the_order(changing: Changing) -> None:
    changing("audit", changing.row("a.txt").bag, changing.row("c.txt").bag)
    bag = say_it_was_checked(changing, "b.txt")
    archive = changing.made.opened
    with AuditPlan() as plan, index_of(archive) as index:
        for number, raw in enumerate(archive.ledger.entries()):
            plan.take_entry(number, parse_entry(raw))
        plan.close_entries(archive.checkpoint().size)
        now = Surroundings().now()
        schedule(archive, plan, index, now=now, since=days_before(now, 90))
        plan.select_oldest(None)
        assert next(plan.chosen()).bag == bag
        assert plan.due(days_before(now, 90)) == 1


def test_no_reference_is_given_again_that_the_index_does_not_know_any_more(
    changing: Changing, brought: str
) -> None:
    edit(changing, "UPDATE documents SET reference = 'Box ' || entry WHERE NOT declared")
    changing("ingest", brought, "--describe-later")
    changing("catalog", "rebuild")
    references = [one["reference"] for one in changing("list")["documents"]]
    year = references[0][:5]
    assert sorted(references) == [f"{year}000001", f"{year}000002", f"{year}000003", "Box 3"]


def test_a_repair_looks_at_what_audits_found_damaged_whatever_the_index_says(
    changing: Changing, tmp_path: Path
) -> None:
    good = tmp_path / "b.txt"
    good.write_bytes(b"two")
    damaged(changing)
    bag = changing.row("b.txt").bag
    edit(changing, "UPDATE documents SET last_outcome = 'intact', damaged_since = '' WHERE bag = ?", bag)
    changing("repair", "--from", str(tmp_path), "--yes")
    assert (changing.bag("b.txt") / "data/b.txt").read_bytes() == b"two"

"""What several commands say of one archive: the same, whichever is asked."""

import errno
import itertools
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.engine.driver import BatchLost
from archive.formats.pages.period import period_page
from archive.services.audit import ahead
from archive.services.audit.chunk import Chunk
from archive.services.audit.looking import Looking
from archive.services.audit.run import Audit
from archive.storage.audits.results_folder import ResultsFolder
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy


def damaged(changing: Changing) -> dict[str, int]:
    """How many held documents are damaged, by whom is asked."""
    incidents = changing("incidents")["incidents"]
    return {
        "status": changing("status")["counts"]["damaged"],
        "list": sum(row["last_outcome"] == "damaged" for row in changing("list")["documents"]),
        "coverage": sum(row["damaged_since"] is not None for row in changing("coverage")["bags"]),
        "report": changing("report", "--no-formats")["damage"]["open"],
        "incidents": len({one["document"] for one in incidents if one["state"] == "open"}),
    }


@pytest.fixture
def hurt(changing: Changing, tmp_path: Path) -> Changing:
    """An archive that has a copy, of whose documents the first was found intact, and damaged later."""
    changing("audit")
    copy(changing, tmp_path / "copy")
    overwrite(changing.bag("a.txt") / "data/a.txt", b"bad")
    changing("audit", code=1)
    return changing


def test_damage_is_counted_alike_and_no_document_is_claimed_intact_that_was_found_damaged_since(
    hurt: Changing,
) -> None:
    assert set(damaged(hurt).values()) == {1}
    covered, ended = hurt("coverage")["counts"], hurt("report")["checks"]["at_the_end"]
    assert (covered["held"], covered["claimed"], covered["claimed_within"]) == (3, 2, 2)
    assert (ended["held"], ended["claimed"], ended["claimed_within"]) == (3, 2, 2)


def test_damage_is_known_though_the_document_cannot_be_read_since(
    hurt: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_could_look(looking: Looking, chunk: Chunk, _: object) -> None:
        take(looking, chunk, BatchLost.__new__(BatchLost))

    take = Looking._take
    with monkeypatch.context() as patch:
        patch.setattr(Looking, "_take", nobody_could_look)
        hurt("audit", code=3)
    told = damaged(hurt)
    assert told.pop("list") == 0  # it tells how the last look came out
    assert set(told.values()) == {1}
    status = hurt("status")
    assert status["counts"]["unreadable"] == 3
    assert [one["source"] for one in status["damaged"]] == ["a.txt"]
    assert hurt("repair", "--from", str(tmp_path / "copy"))["counts"]["repaired"] == 1
    assert hurt("status")["counts"]["unreadable"] == 2


def test_a_bag_that_an_audit_misses_is_known_as_missing_though_others_were_to_be_read(
    changing: Changing,
) -> None:
    changing("audit")
    shutil.move(changing.bag("b.txt"), changing.made.folder / "elsewhere")
    report = changing("audit", changing.reference("a.txt"), code=1)
    assert [(bag["outcome"], bag["title"]) for bag in report["bags"]] == [("missing", "[b.txt]")]
    assert (report["counts"]["intact"], report["scope"]["checked"]) == (1, 1)
    assert [row["last_outcome"] for row in changing("list")["documents"]] == ["intact", "missing", "intact"]
    told = damaged(changing)
    assert told.pop("list") == 0  # of damaged ones
    assert set(told.values()) == {1}
    changing("catalog", "rebuild", code=1)
    assert changing("status")["counts"]["damaged"] == 1


def test_a_bag_that_goes_while_the_others_are_read_is_known_as_missing(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(looking: Looking, *rest: Any) -> None:
        kept(looking, *rest)
        shutil.move(bag, changing.made.folder / "elsewhere")

    bag, kept = changing.bag("b.txt"), Looking.look
    with monkeypatch.context() as patch:
        patch.setattr(Looking, "look", look)
        report = changing("audit", code=1)
    assert (report["counts"]["intact"], report["counts"]["missing"]) == (2, 1)
    assert [row["last_outcome"] for row in changing("list")["documents"]] == ["intact", "missing", "intact"]
    assert changing("coverage")["counts"]["claimed"] == 2


def test_damage_of_a_withdrawn_document_is_open_nowhere(hurt: Changing) -> None:
    hurt("withdraw", hurt.reference("a.txt"), "--reason", "beyond repair")
    assert set(damaged(hurt).values()) == {0}
    damage = hurt("report", "--no-formats")["damage"]
    assert (damage["opened"], damage["mended"], damage["withdrawn"], damage["open"]) == (1, 0, 1, 0)
    assert damage["rows"][0]["withdrawn"] is not None
    assert "1 found, 0 intact again, 1 withdrawn, 0 open" in hurt.text("report", "--no-formats")


def test_a_document_is_checked_by_the_reading_that_ends_its_repair(hurt: Changing, tmp_path: Path) -> None:
    hurt("repair", hurt.reference("a.txt"), "--from", str(tmp_path / "copy"))
    assert set(damaged(hurt).values()) == {0}
    damage = hurt("report", "--no-formats")["damage"]
    assert (damage["opened"], damage["mended"], damage["open"]) == (1, 1, 0)
    covered = hurt("coverage")
    assert covered["counts"]["claimed"] == 3
    assert covered["bags"][0]["claimed"] == hurt("list")["documents"][0]["last_intact"]


def test_a_repair_before_the_day_that_counts_is_no_check(hurt: Changing, tmp_path: Path) -> None:
    hurt("repair", hurt.reference("a.txt"), "--from", str(tmp_path / "copy"))
    assert hurt("coverage", "--since", "2999-01-01")["counts"]["claimed"] == 0


def headline(changing: Changing, code: int = 0) -> str:
    """The verdict in the first line of a period's page."""
    page = "".join(period_page(changing("report", "--no-formats", code=code)))
    return page.partition("</svg><span>")[2].partition(" <small>")[0]


def test_a_page_says_that_all_was_checked_only_where_it_was(changing: Changing) -> None:
    assert headline(changing) == "No damage known; nothing was checked yet, nothing is overdue"
    changing("audit", changing.reference("a.txt"))
    assert headline(changing) == "No damage known, nothing overdue; 2 not checked yet"
    changing("audit")
    assert headline(changing) == "No damage known, all checked as promised"


def test_a_page_does_not_say_that_no_damage_is_known_where_that_of_the_archive_itself_is(
    changing: Changing,
) -> None:
    bag = changing.bag("a.txt")
    shutil.copytree(bag, bag.with_name(bag.name[:-4] + "0000"))
    changing("audit", code=1)
    assert headline(changing) == "No document is damaged; 1 incident is not closed"


def test_a_page_says_first_that_results_do_not_hold(changing: Changing) -> None:
    changing("audit")
    (results,) = changing.root.glob("audits/*/*.jsonl.gz")
    overwrite(results, b"")
    assert headline(changing, code=1) == "Results of audits are not those on record"


@pytest.fixture
def cut_off(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> str:
    """An audit that read one of three documents and was interrupted then."""
    return interrupted(changing, monkeypatch)


def interrupted(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> str:
    """The run of an audit that is interrupted once it has read one document."""
    kept = ResultsFolder.add

    def second(folder: ResultsFolder, data: bytes, time: str) -> None:
        if (folder.folder / "000001.jsonl.gz").exists():
            raise KeyboardInterrupt
        kept(folder, data, time)

    monkeypatch.setattr(ahead, "FIRST_BAGS", 1)
    monkeypatch.setattr(ahead, "CHUNK_BAGS", 1)
    with monkeypatch.context() as patch:
        patch.setattr(ResultsFolder, "add", second)
        changing("audit", code=130)
    return max(each.name for each in (changing.root / "audits").iterdir())


def test_what_a_resumed_audit_read_long_ago_was_checked_then(
    changing: Changing, cut_off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: right() + 100 * 86_400 * 1_000_000_000)
    audit = changing("audit", "--resume", cut_off, "--all-results")
    assert (audit["outcome"], audit["scope"]["checked"], audit["counts"]["overdue"]) == ("intact", 3, 1)
    assert changing("status")["counts"]["overdue"] == 1
    assert changing("coverage")["counts"]["overdue"] == 1
    assert changing("report", "--no-formats")["checks"]["at_the_end"]["overdue"] == 1
    listed, covered = changing("list")["documents"], changing("coverage")["bags"]
    assert [row["last_intact"][:10] for row in listed] == [row["claimed"][:10] for row in covered]
    assert listed[0]["last_intact"] < listed[1]["last_intact"]
    assert [bag["last_intact"][:10] for bag in audit["bags"]] == [row["last_intact"][:10] for row in listed]
    assert changing("audit", "--older-than", "50d", "--read-only")["scope"]["selected"] == 1
    changing("audit")  # of the same documents, with the same results
    checks = changing("report", "--from", "2000-01-01", "--no-formats")["checks"]
    assert [day["looks"] for day in checks["days"]] == [1, 5]
    assert checks["modes"] == {"full": 3}  # the one that was cut off ended twice
    assert changing("catalog", "verify")["findings"] == []


def test_an_audit_that_ends_on_another_day_than_it_began_is_noted_as_its_results_say(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = itertools.count(1)
    right = time.time_ns
    # Each look at the clock is six hours later.
    monkeypatch.setattr(time, "time_ns", lambda: right() + next(steps) * 6 * 3_600 * 1_000_000_000)
    changing("audit")
    assert changing("catalog", "verify")["findings"] == []


def standing(changing: Changing, folder: Path, source: str = "a.txt") -> str:
    """The verdict at the head of a document's page."""
    target = folder / f"{len(list(folder.iterdir()))}.html"
    assert changing("show", changing.reference(source), "--report", str(target), code=None)
    return target.read_text().partition('class="standing">')[2].partition("</svg><span>")[2].partition("<")[0]


def test_the_page_of_a_document_tells_of_the_archives_own_bytes_and_not_of_a_copys(
    hurt: Changing, tmp_path: Path
) -> None:
    hurt("audit", "--copy", str(tmp_path / "copy"))
    assert standing(hurt, tmp_path) == "Held, damaged when last read"
    bag = hurt.bag("b.txt").relative_to(hurt.root)
    overwrite(tmp_path / "copy" / bag / "data/b.txt", b"bad")
    hurt("audit", "--copy", str(tmp_path / "copy"), code=1)
    assert standing(hurt, tmp_path, "b.txt") == "Held, intact when last read"
    told = [event["text"] for event in hurt("history", hurt.reference("b.txt"), "--checks")["events"]]
    place = hurt("status")["places"][0]["id"][-8:]
    assert told[-5:] == [
        "Self-check: intact",
        f"Copied to {place}: intact",
        "Self-check: intact",
        f"Copy {place} checked: intact",
        f"Copy {place} checked: damaged",
    ]


def test_the_page_of_a_document_counts_the_reading_that_ends_a_repair(hurt: Changing, tmp_path: Path) -> None:
    hurt("repair", hurt.reference("a.txt"), "--from", str(tmp_path / "copy"))
    assert standing(hurt, tmp_path) == "Held, intact when last read"


def test_a_resumed_audit_closes_no_incident_that_was_found_since_it_looked(
    changing: Changing, cut_off: str
) -> None:
    overwrite(changing.bag("a.txt") / "data/a.txt", b"bad")  # which was read before the interruption
    changing("audit", changing.reference("a.txt"), code=1)
    changing("audit", "--resume", cut_off)
    assert set(damaged(changing).values()) == {1}
    assert changing("catalog", "verify")["findings"] == []


def test_a_resumed_audit_opens_no_incident_that_was_mended_since_it_looked(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, tmp_path / "copy")
    overwrite(changing.bag("a.txt") / "data/a.txt", b"bad")
    cut_off = interrupted(changing, monkeypatch)
    changing("repair", changing.reference("a.txt"), "--from", str(tmp_path / "copy"))
    changing("audit", changing.reference("a.txt"))
    changing("audit", "--resume", cut_off, code=None)
    assert set(damaged(changing).values()) == {0}
    assert changing("incidents", "--all")["counts"]["closed"] == 1


def test_of_two_audits_at_once_the_one_that_ends_later_hides_nothing(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Audit._look_around

    def meanwhile(audit: Audit, *arguments: Any) -> None:
        around(audit, *arguments)
        monkeypatch.setattr(Audit, "_look_around", around)
        overwrite(changing.bag("a.txt") / "data/a.txt", b"bad")  # it was just read
        assert run(["-q", "-C", str(changing.root), "audit", changing.reference("a.txt")]) == 1

    monkeypatch.setattr(Audit, "_look_around", meanwhile)
    assert run(["-q", "-C", str(changing.root), "audit"]) == 0
    assert set(damaged(changing).values()) == {1}
    assert changing("catalog", "verify")["findings"] == []


@pytest.mark.parametrize("typed", [" {} ", "{}\r", "\t{}\n"])
def test_an_id_from_a_file_of_another_system_is_the_same_document_to_every_command(
    changing: Changing, typed: str
) -> None:
    row = changing.row("a.txt")
    for called in (row.reference, row.bag[-8:].upper()):
        text = typed.format(called)
        assert changing("show", text)["id"] == row.bag
        assert changing("audit", "--read-only", "--all-results", text)["bags"][0]["id"] == row.bag


def test_a_reference_that_is_the_end_of_another_documents_id_is_ambiguous_to_every_command(
    changing: Changing, tmp_path: Path
) -> None:
    ending = changing.row("a.txt").bag[-6:]
    own = tmp_path / "own"
    own.mkdir()
    (own / "own.txt").write_text("own")
    (own / "own.txt.dc.json").write_text(f'{{"title": "Own", "reference": "{ending}"}}')
    changing("ingest", str(own), "--no-identify")
    for command in (["show"], ["audit", "--read-only"], ["history"], ["ledger", "prove"]):
        assert changing(*command, ending, code=2)["kind"] == "error"


def test_an_audit_says_of_what_is_not_held_how_that_ended(changing: Changing) -> None:
    reference = changing.reference("a.txt")
    changing("withdraw", reference, "--reason", "a reason", "--yes")
    assert "was withdrawn" in changing("audit", reference, code=2)["message"]
    changing("dispose", reference, "--authority", "somebody", "--yes")
    refused = changing("audit", reference, code=2)
    assert "was disposed" in refused["message"]
    assert "archive history" in refused["remedy"]


def test_an_archive_whose_ledger_cannot_be_read_is_not_called_empty(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, really = str(changing.root / "ledger"), os.open

    def refuse(path: Any, *rest: Any, **options: Any) -> int:
        if isinstance(path, str) and path.startswith(refused):
            raise OSError(errno.EIO, os.strerror(errno.EIO), refused)
        return really(path, *rest, **options)

    monkeypatch.setattr(os, "open", refuse)
    said = changing.text("audit", "--read-only", code=3)
    assert "empty" not in said
    assert "No document was looked at; inconclusive" in said

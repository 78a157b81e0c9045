"""An audit of everything has bags read while it verifies the ledger, and believes none of it before that."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.ledger.entries import parse_entry
from archive.engine.driver import Driver
from archive.services.audit import ahead
from archive.services.audit.chunk import Chunk
from archive.services.audit.request import AuditRequest
from tests.archives import MadeArchive, make_archive, overwrite

DOCUMENTS = 12


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """Twelve documents, of which an audit makes chunks of two, four and six."""
    monkeypatch.setattr(ahead, "FIRST_BAGS", 2)
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({f"{number:02d}.txt": b"letter %d\n" % number for number in range(DOCUMENTS)})
    return made


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Chunk]:
    """The chunks that were handed out ahead of time."""
    chunks: list[Chunk] = []
    real = Driver.begin

    def begin(driver: Driver, work: Any, batches: Any, window: int) -> Any:
        batches = list(batches)
        chunks.extend(batches)
        return real(driver, work, batches, window)

    monkeypatch.setattr(Driver, "begin", begin)
    return chunks


def _audit(made: MadeArchive, capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> Any:
    capsys.readouterr()
    found = run(["-C", str(made.root), "audit", "--jobs", "2", *options, "--format", "json"])
    printed = capsys.readouterr()
    assert found == code, printed
    return json.loads(printed.out)


def _change(made: MadeArchive, *words: str) -> None:
    assert run(["-C", str(made.root), "-q", *words]) == 0


def test_chunks_are_handed_out_before_the_choice_is_made(
    made: MadeArchive, begun: list[Chunk], capsys: pytest.CaptureFixture[str]
) -> None:
    report = _audit(made, capsys)
    assert [len(chunk.expectations) for chunk in begun] == [2, 4, 6]
    assert report["counts"]["intact"] == DOCUMENTS


def test_a_bag_that_was_described_anew_is_judged_by_its_newest_promise(
    made: MadeArchive, begun: list[Chunk], capsys: pytest.CaptureFixture[str]
) -> None:
    _change(made, "describe", "2026-000003", "--set", "title=Third", "--reason", "read", "--yes")
    report = _audit(made, capsys)
    assert begun
    assert (report["outcome"], report["counts"]["intact"]) == ("intact", DOCUMENTS)


def test_a_withdrawn_bag_is_not_missed_though_it_was_looked_for_ahead(
    made: MadeArchive, begun: list[Chunk], capsys: pytest.CaptureFixture[str]
) -> None:
    _change(made, "withdraw", "2026-000001", "--reason", "double", "--yes")
    report = _audit(made, capsys)
    assert begun
    assert (report["outcome"], report["counts"]["intact"], report["counts"]["missing"]) == (
        "intact",
        DOCUMENTS - 1,
        0,
    )


def test_damage_is_found_in_a_chunk_that_was_read_ahead(
    made: MadeArchive, begun: list[Chunk], capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(made.bag("2026-000002") / "data/01.txt", b"letter 9\n")
    report = _audit(made, capsys, code=1)
    assert begun
    assert [bag["reference"] for bag in report["bags"]] == ["2026-000002"]


def test_no_more_is_read_ahead_than_may_be_read_in_vain(
    made: MadeArchive,
    begun: list[Chunk],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ahead, "AHEAD_BYTES", len(b"letter 0\n") * 6)
    assert _audit(made, capsys)["counts"]["intact"] == DOCUMENTS
    assert sum(len(chunk.expectations) for chunk in begun) == 6


@pytest.mark.parametrize(
    "options",
    [("--sample", "3", "--seed", "x"), ("2026-000001",), ("--budget", "60m"), ("--older-than", "0d")],
)
def test_an_audit_of_a_share_reads_nothing_before_it_has_chosen(
    made: MadeArchive, begun: list[Chunk], capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    _audit(made, capsys, *options)
    assert not begun


def test_what_is_expected_ahead_is_what_the_plan_expects_of_the_same_entry(made: MadeArchive) -> None:
    from archive.storage.audits.plan import AuditPlan

    with AuditPlan() as plan:
        for index, raw in enumerate(made.opened.ledger.entries()):
            entry = parse_entry(raw)
            plan.take_entry(index, entry)
            plan.flush()
            expected = plan.expectation(entry.bag) if entry.type == "ingestion" and entry.bag else None
            if expected is not None:
                assert ahead._promised(index, entry) == expected


def _told(report: Any) -> Any:
    """What a report says, but for what every run has of its own."""
    own = {"run", "started", "finished", "checkpoint", "evidence", "trust", "oldest_check"}
    told = {name: value for name, value in report.items() if name not in own}
    return told | {"all checked now": report["oldest_check"] == report["finished"]}


@pytest.mark.parametrize("options", [(), ("--quick",), ("--read-only",)])
@pytest.mark.parametrize("before", ["nothing", "some", "all", "damage", "loss"])
def test_what_earlier_audits_found_is_told_whether_it_is_asked_for_first_or_last(
    made: MadeArchive,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    options: tuple[str, ...],
) -> None:
    bag = made.bag("2026-000003")
    if before == "some":
        _change(made, "audit", "2026-000001", "2026-000002")
    elif before == "all":
        _change(made, "audit")
    elif before == "damage":
        overwrite(next((bag / "data").iterdir()), b"another")
    elif before == "loss":
        bag.rename(made.root / "elsewhere")
    if before in ("damage", "loss"):
        assert run(["-C", str(made.root), "-q", "audit"]) == 1
    code = 1 if before in ("damage", "loss") else 0
    told = []
    for is_of_everything in (True, False):
        with monkeypatch.context() as patch:
            if not is_of_everything:
                patch.setattr(AuditRequest, "is_of_everything", False)
            told.append(_told(_audit(made, capsys, *options, code=code)))
    assert told[0] == told[1]
    assert told[0]["all checked now"] is not bool(options)

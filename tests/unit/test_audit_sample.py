"""`archive audit --sample`: drawn from what a checkpoint says was held, and what it shows of all of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.ledger.merkle import leaf_hash
from archive.core.outcomes import BagOutcome
from archive.core.sampling import draw
from archive.services.audit import chunk
from archive.services.audit.bag import BagResult, audit_bag
from tests.archives import MadeArchive, make_archive, overwrite

Printed = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """Twelve documents, a checkpoint kept, three more."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("sample"), patch)
        made.ingest({f"{number}.txt": b"%d" % number for number in range(12)}, name="early")
        assert run(["-C", str(made.root), "ledger", "checkpoint", "--out", str(made.folder / "kept")]) == 0
        made.ingest({f"{number}.txt": b"%d" % number for number in range(12, 15)}, name="late")
        yield made


def audit(made: MadeArchive, printed: Printed, *words: str | Path) -> tuple[int, dict[str, Any]]:
    """Exit code and report."""
    printed.readouterr()
    code = run(["-C", str(made.root), "audit", "--format", "json", "--jobs", "1", *map(str, words)])
    document: dict[str, Any] = json.loads(printed.readouterr().out)
    assert schemas.explain(document["kind"], document) == []
    return code, document


def sample_of(document: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = document["scope"]["sample"]
    return facts


def test_its_population_is_what_the_checkpoint_says_was_held(made: MadeArchive, capsys: Printed) -> None:
    words = ("--sample", "--seed", "dice", "--at-most", "25%", "--at", made.folder / "kept", "--read-only")
    code, document = audit(made, capsys, *words, "--all-results")
    facts = sample_of(document)
    assert (code, facts["population"], facts["at"], facts["bad"]) == (0, 12, 15, 0)
    assert facts["bad_at_most"] <= 3
    assert document["trust"]["basis"] == "checkpoint"  # what was brought is proven against, too
    early = {path.name for path in made.root.glob("bags/*/*")} - {
        made.bag(f"2026-0000{n}").name for n in (13, 14, 15)
    }
    assert {each["id"] for each in document["bags"]} <= early


def test_without_a_seed_the_entry_that_begins_it_is_the_seed(made: MadeArchive, capsys: Printed) -> None:
    code, document = audit(made, capsys, "--sample", "3", "--all-results")
    assert code == 0
    ledger = made.opened.ledger
    entry = next(raw for raw in reversed(list(ledger.entries())) if b'"audit started"' in raw)
    members = json.loads(entry)
    assert document["scope"]["seed"] == leaf_hash(entry).hex()
    assert members["sample"] == {"at": None, "at_most": "1", "confidence": "95", "population": 15}
    held = [json.loads(raw)["bag"] for raw in ledger.entries() if b'"ingestion"' in raw]
    assert {each["id"] for each in document["bags"]} == set(draw(held, 3, document["scope"]["seed"]))


def test_a_damaged_bag_that_is_drawn_is_bad(made: MadeArchive, capsys: Printed) -> None:
    damaged = made.bag("2026-000001")
    (payload,) = (damaged / "data").iterdir()
    overwrite(payload, b"x")
    code, document = audit(made, capsys, "--sample", "15", "--seed", "x", "--read-only")
    overwrite(payload, b"0")
    assert (code, document["outcome"]) == (1, "damaged")
    assert (sample_of(document)["bad"], sample_of(document)["bad_at_most"]) == (1, 1)


def test_a_bag_that_cannot_be_read_counts_as_bad(
    made: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = made.bag("2026-000002").name
    read = audit_bag

    def withhold(shard: int, folder: str, expectation: Any) -> BagResult:
        if folder == unread:
            return BagResult(folder, expectation.entry, BagOutcome.UNREADABLE, 0, 0, ())
        return read(shard, folder, expectation)

    monkeypatch.setattr(chunk, "audit_bag", withhold)
    code, document = audit(made, capsys, "--sample", "15", "--seed", "x", "--read-only")
    assert (code, document["outcome"], document["counts"]["damaged"]) == (3, "inconclusive", 0)
    assert sample_of(document)["bad"] == 1


def test_the_text_and_the_page_say_what_it_shows(made: MadeArchive, capsys: Printed, tmp_path: Path) -> None:
    page = tmp_path / "audit.html"
    command = ["audit", "--sample", "--at-most", "25", "--seed", "d", "--read-only", "--report", str(page)]
    capsys.readouterr()
    assert run(["-C", str(made.root), *command]) == 0
    said = capsys.readouterr().out
    assert "of the 15 bags held, 0 bad; with 95 % confidence at most 3 of 15 are" in said
    assert "with 95 % confidence no more than 3 of all 15 are not intact" in page.read_text("utf-8")


def test_an_older_checkpoint_that_does_not_fit_breaks_the_evidence(
    made: MadeArchive, capsys: Printed, tmp_path: Path
) -> None:
    forged = tmp_path / "forged"
    forged.write_bytes((made.folder / "kept").read_bytes().replace(b"\n15\n", b"\n14\n"))
    assert audit(made, capsys, "--sample", "--seed", "x", "--at", forged, "--read-only")[0] == 5


@pytest.mark.parametrize(
    "words",
    [
        ("--at", "kept"),
        ("--confidence", "95"),
        ("--at-most", "1"),
        ("--sample", "--confidence", "100"),
        ("--sample", "--at-most", "-1"),
        ("--sample", "--at", "/nowhere"),
    ],
)
def test_what_belongs_to_no_sample_or_is_no_percentage_is_wrong_use(
    made: MadeArchive, capsys: Printed, words: tuple[str, ...]
) -> None:
    assert audit(made, capsys, *words, "--read-only")[0] == 2

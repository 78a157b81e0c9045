"""`archive report`: a year of an archive told in text, JSON and as a page, each number from the ledger."""

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.formats.pages.period import period_page
from archive.services import surroundings as clock
from tests.archives import make_archive, overwrite

HOSTILE = '<script>x</script>{{7*7}}"&'
Printed = pytest.CaptureFixture[str]


class Year:
    """An archive whose clock stands where a test puts it."""

    now: int = 1_761_998_400_000  # 2025-11-01

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        defaults = clock.Surroundings.__init__.__kwdefaults__ or {}
        told = {**defaults, "now": lambda: self.now}
        patch.setattr(clock.Surroundings.__init__, "__kwdefaults__", told)
        self.made = make_archive(folder, patch)

    def on(self, day: str, *arguments: str, code: int = 0) -> Any:
        """Runs a command on that day; returns its JSON."""
        self.now = int(datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC).timestamp() * 1000)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            assert run(["-C", str(self.made.root), *arguments, "--format", "json"]) == code
        return json.loads(printed.getvalue())


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """An archive with a year: two accessions, a withdrawal, audits, damage that was mended, a new promise.

    Tests share it: one that changes a file puts it back.
    """
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("year")
        made = Year(folder, patch)
        for name in ("a", "b", "c"):
            (folder / f"{name}.txt").write_text(name)
        first, second, third = (str(folder / f"{name}.txt") for name in ("a", "b", "c"))
        made.on("2025-12-01", "ingest", first, "--describe-later", "--accession", "old")
        made.on("2026-02-01", "ingest", second, "--describe-later", "--accession", HOSTILE)
        made.on("2026-02-02", "ingest", third, "--describe-later")
        made.on("2026-03-01", "audit")
        made.on("2026-03-02", "schedule", "--promise", "--every", "checkpoint=never")
        bag = made.made.bag("2025-000001")
        overwrite(bag / "data" / "a.txt", b"A")
        made.on("2026-04-01", "audit", code=1)
        overwrite(bag / "data" / "a.txt", b"a")
        made.on("2026-04-02", "audit")
        made.on("2026-05-01", "describe", "2026-000001", "--set", "dc.title=" + HOSTILE, "--reason", "read")
        made.on("2026-06-01", "withdraw", "2026-000002", "--reason", "asked back")
        yield made


@contextlib.contextmanager
def altered(path: Path, change: Callable[[bytes], bytes]) -> Iterator[None]:
    """The file with other bytes, for as long as it is asked."""
    before = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(change(before))
    try:
        yield
    finally:
        path.write_bytes(before)


def test_the_report_of_a_year_says_what_happened(year: Year) -> None:
    report = year.on("2027-01-15", "report", "--year", "2026")
    holdings, checks, damage = report["holdings"], report["checks"], report["damage"]
    amounts = [holdings[name]["documents"] for name in ("opening", "added", "removed", "closing")]
    assert amounts == [1, 2, 1, 2]
    assert [row["accession"] for row in report["accessions"]["rows"]] == [HOSTILE, None]
    assert (checks["audits"], checks["outcomes"]) == (3, {"damaged": 1, "intact": 2})
    assert [(day["day"], day["looks"], day["adverse"]) for day in checks["days"]] == [
        ("2026-03-01", 3, 0),
        ("2026-04-01", 3, 1),
        ("2026-04-02", 3, 0),
    ]
    (row,) = damage["rows"]
    assert (row["reference"], row["since"][:10], row["mended"][:10]) == (
        "2025-000001",
        "2026-04-01",
        "2026-04-02",
    )
    assert (damage["opened"], damage["mended"], damage["open"]) == (1, 1, 0)
    assert damage["incidents"] == {
        "opened": 1,
        "acknowledged": 0,
        "repaired": 0,
        "closed": 1,
        "at_the_end": 0,
        "open": 0,
        "unacknowledged": 0,
    }
    assert report["descriptions"]["changed"] == 1
    assert [change["changes"] for change in report["changes"]["policy"]] == [
        ["promises.audit: not set → “daily”"]
    ]
    assert checks["runs"] == [
        {"task": "audit", "every": "daily", "traced": True, "due": 365, "done": 3, "longest_gap": 273}
    ]
    assert checks["at_the_end"] == {
        "held": 2,
        "claimed": 2,
        "claimed_within": 0,
        "attested": 0,
        "attested_within": 0,
        "overdue": 2,
        "oldest": "2026-04-02T12:00:00.000Z",
    }
    assert report["formats"]["documents"] == 2
    assert {row["name"] for row in report["agents"]["rows"]} == {"Ana Example", "document-archive"}


def test_documents_without_an_accession_are_none_of_it(
    year: Year, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(year.made.root), "report", "--year", "2026", "--no-formats"]) == 0
    assert re.search(r"accessions +1\n", capsys.readouterr().out)


def test_a_year_without_anything_is_empty_and_not_an_error(year: Year) -> None:
    report = year.on("2027-01-15", "report", "--year", "1999")
    assert (report["holdings"]["closing"]["documents"], report["checks"]["days"]) == (0, [])


def test_what_happened_after_the_period_is_not_told_in_it(year: Year) -> None:
    report = year.on("2027-01-15", "report", "--from", "2026-01-01", "--until", "2026-04-01")
    (row,) = report["damage"]["rows"]
    assert (row["mended"], report["damage"]["open"], report["checks"]["audits"]) == (None, 1, 2)
    assert report["holdings"]["closing"]["documents"] == 3
    assert report["checks"]["at_the_end"]["held"] == 3


def test_altered_results_count_for_nothing_and_end_with_1(year: Year) -> None:
    folder = min(path for path in year.made.opened.layout.audits.iterdir())
    with altered(next(folder.glob("*.jsonl.gz")), lambda _: b""):
        report = year.on("2027-01-15", "report", "--year", "2026", code=1)
    assert [finding["code"] for finding in report["findings"]] == ["AUDIT-RESULTS"]
    assert report["checks"]["results"] == {"recorded": 3, "held": 2}
    assert len(report["checks"]["days"]) == 2


def test_a_ledger_that_does_not_hold_ends_with_5(year: Year) -> None:
    bundle = max(
        (year.made.root / "ledger" / "tile" / "entries").rglob("*.p/*"), key=lambda path: int(path.name)
    )
    with altered(bundle, lambda data: data.replace(b"2026-02", b"2026-03")):
        assert year.on("2027-01-15", "report", "--year", "2026", code=5)["ledger"]["outcome"] == "broken"


def page_of(year: Year, day: str = "2027-01-15") -> str:
    """The page of the year's report."""
    target = year.made.folder / "report.html"
    report = year.on(day, "report", "--year", "2026", "--to", str(target))
    page = target.read_text("utf-8")
    assert page == "".join(period_page(report))
    return page


def test_the_page_is_self_contained_and_escapes_everything(year: Year) -> None:
    page = page_of(year)
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in page
    assert not re.search(r"<script|<link|<img|\bsrc=|@import|url\(|\bon[a-z]+=|style=", page)
    assert "&lt;script&gt;x&lt;/script&gt;{{7*7}}&#34;&amp;" in page


def test_each_chart_of_the_page_stands_beside_a_table_and_has_a_name(year: Year) -> None:
    page = page_of(year)
    names = re.findall(r'aria-labelledby="([a-z-]+-title) ([a-z-]+-description)"', page)
    assert {title for title, _ in names} == {
        "calendar-title",
        "growth-title",
        "volume-title",
        "formats-title",
    }
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for section in re.findall(r"<section.*?</section>", page, re.DOTALL):
        if '<svg class="chart"' in section:
            assert "<table" in section


def test_days_ahead_are_not_told(year: Year) -> None:
    report = year.on("2026-07-15", "report", "--year", "2026")
    assert [row["stretch"] for row in report["holdings"]["stretches"]][-1] == "2026-07"
    assert report["period"]["is_over"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ["--year", "2026", "--from", "2026-01-01"],
        ["--from", "2026-02-01", "--until", "2026-01-01"],
        ["--to", "report.txt"],
        ["--to", "nowhere/report.html"],
        ["--year", "0"],
    ],
)
def test_wrong_use_ends_with_2(year: Year, arguments: list[str]) -> None:
    assert run(["-C", str(year.made.root), "report", *arguments]) == 2


def test_a_page_never_lies_inside_the_archive(year: Year) -> None:
    assert run(["-C", str(year.made.root), "report", "--to", str(year.made.root / "bags" / "r.html")]) == 2


def test_the_text_names_the_numbers(year: Year, capsys: Printed) -> None:
    year.on("2027-01-15", "status")
    assert run(["-C", str(year.made.root), "report", "--year", "2026"]) == 0
    printed = capsys.readouterr().out
    assert "2 documents" in printed
    assert "promised daily: in 3 of 365 days" in printed
    assert "1 found, 1 intact again, 0 open" in printed

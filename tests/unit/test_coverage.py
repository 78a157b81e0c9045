"""`archive coverage`: what is claimed follows from the results on record, what is attested from a mark."""

import csv
import gzip
import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.surroundings import Surroundings
from tests.archives import MadeArchive, make_archive, overwrite

Printed = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """Three documents, two of them audited before `kept` was signed; then one more, and an audit."""
    with pytest.MonkeyPatch.context() as patch:
        archive = make_archive(tmp_path_factory.mktemp("coverage"), patch)
        archive.ingest({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"})
        command = ["-q", "-C", str(archive.root)]
        assert run([*command, "audit", "2026-000001", "2026-000002"]) == 0
        assert run([*command, "ledger", "checkpoint", "--out", str(archive.folder / "kept")]) == 0
        archive.ingest({"d.txt": b"d"}, name="later")
        assert run([*command, "audit", "2026-000003"]) == 0
        yield archive


@pytest.fixture
def copy(made: MadeArchive, tmp_path: Path) -> MadeArchive:
    shutil.copytree(made.folder, tmp_path / "made", symlinks=True)
    return MadeArchive(tmp_path / "made")


def coverage(made: MadeArchive, printed: Printed, *words: str, code: int = 0) -> Any:
    printed.readouterr()
    assert run(["-C", str(made.root), "coverage", *words, "--format", "json"]) == code
    return json.loads(printed.readouterr().out)


def columns(report: Any) -> list[tuple[str, bool, bool]]:
    return [(bag["reference"], bool(bag["claimed"]), bool(bag["attested"])) for bag in report["bags"]]


def test_without_a_mark_nothing_is_attested(made: MadeArchive, capsys: Printed) -> None:
    report = coverage(made, capsys)
    assert (report["counts"]["held"], report["counts"]["claimed"], report["counts"]["attested"]) == (4, 3, 0)
    assert report["self_checks"] == {"recorded": 2, "checked": 2, "attested": 0}


def test_a_mark_attests_the_checks_on_record_by_then_and_no_later_ones(
    made: MadeArchive, capsys: Printed
) -> None:
    report = coverage(made, capsys, "--trust", str(made.folder / "kept"))
    assert columns(report) == [
        ("2026-000001", True, True),
        ("2026-000002", True, True),
        ("2026-000003", True, False),
        ("2026-000004", False, False),
    ]
    assert report["counts"]["attested"] == report["counts"]["attested_within"] == 2
    assert report["promises"] == [{**report["promises"][0], "days": 90}]


def test_checks_before_a_day_do_not_count(made: MadeArchive, capsys: Printed) -> None:
    counts = coverage(made, capsys, "--since", "2999-01-01", "--trust", str(made.folder / "kept"))["counts"]
    assert (counts["claimed"], counts["attested"], counts["held"]) == (0, 0, 4)


def test_a_check_older_than_the_promise_is_not_within_it(
    made: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = partial(Surroundings, now=lambda: 4_000_000_000_000)
    monkeypatch.setattr("archive.services.surroundings.Surroundings", later)
    counts = coverage(made, capsys)["counts"]
    assert (counts["claimed"], counts["claimed_within"], counts["overdue"]) == (3, 0, 4)


def test_a_withdrawn_document_is_not_counted(
    copy: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(copy.folder / "keys"))
    assert run(["-q", "-C", str(copy.root), "withdraw", "2026-000001", "--reason", "x"]) == 0
    report = coverage(copy, capsys)
    assert [bag["reference"] for bag in report["bags"]] == ["2026-000002", "2026-000003", "2026-000004"]
    assert report["counts"]["claimed"] == 2


def test_a_later_check_that_finds_damage_is_told(
    copy: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(copy.folder / "keys"))
    overwrite(copy.bag("2026-000001") / "data/a.txt", b"x")
    assert run(["-q", "-C", str(copy.root), "audit"]) == 1
    bag = coverage(copy, capsys)["bags"][0]
    assert bag["damaged_since"] == bag["checked"]
    assert bag["claimed"] < bag["checked"]


def results(copy: MadeArchive) -> list[Path]:
    """The folders of audits, the first run first."""
    return sorted((copy.root / "audits").iterdir())


def test_altered_results_count_for_nothing(copy: MadeArchive, capsys: Printed) -> None:
    overwrite(results(copy)[0] / "000001.jsonl.gz", gzip.compress(b"", mtime=0))
    report = coverage(copy, capsys, code=1)
    assert report["self_checks"] == {"recorded": 2, "checked": 1, "attested": 0}
    assert [one["code"] for one in report["findings"]] == ["AUDIT-RESULTS"]
    assert report["counts"]["claimed"] == 1


def test_results_that_no_list_names_count_for_nothing(copy: MadeArchive, capsys: Printed) -> None:
    bag = copy.bag("2026-000004").name
    line = json.dumps(
        {"bag": bag, "bytes": 1, "files": 1, "outcome": "intact"}, separators=(",", ":")
    ).encode()
    (results(copy)[0] / "000002.jsonl.gz").write_bytes(gzip.compress(line + b"\n", mtime=0))
    counts = coverage(copy, capsys, "--trust", str(copy.folder / "kept"))["counts"]
    assert (counts["claimed"], counts["attested"]) == (3, 2)


def test_an_audit_of_a_run_that_is_gone_counts_for_nothing(copy: MadeArchive, capsys: Printed) -> None:
    shutil.rmtree(results(copy)[1])
    assert coverage(copy, capsys, code=1)["counts"]["claimed"] == 2


def test_of_a_broken_ledger_nothing_is_attested(copy: MadeArchive, capsys: Printed) -> None:
    kept = copy.folder / "kept"
    for bundle in copy.root.glob("ledger/tile/entries/000.p/*"):
        overwrite(bundle, bundle.read_bytes().replace(b'"outcome":"intact"', b'"outcome":"intacx"'))
    report = coverage(copy, capsys, "--trust", str(kept), code=5)
    assert report["outcome"] == "broken"
    assert report["counts"]["attested"] == 0


def test_the_table_has_a_row_for_each_bag(made: MadeArchive, tmp_path: Path, capsys: Printed) -> None:
    table = tmp_path / "coverage.csv"
    report = coverage(made, capsys, "--table", str(table), "--trust", str(made.folder / "kept"))
    with table.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == [{name: value or "" for name, value in bag.items()} for bag in report["bags"]]


def test_a_table_is_never_written_into_the_archive(made: MadeArchive, capsys: Printed) -> None:
    before = (made.root / "catalog.json").read_bytes()
    coverage(made, capsys, "--table", str(made.root / "catalog.json"), code=2)
    assert (made.root / "catalog.json").read_bytes() == before


def test_the_text_says_how_many_of_how_many(made: MadeArchive, capsys: Printed) -> None:
    capsys.readouterr()
    assert run(["-C", str(made.root), "coverage", "--trust", str(made.folder / "kept")]) == 0
    said = capsys.readouterr().out
    assert "3 of 4 bags claimed intact, 2 of 4 attested from outside" in said
    assert "  2026-000004" in said
    assert "  2026-000001" not in said


def test_a_pack_and_the_archive_say_the_same(made: MadeArchive, tmp_path: Path, capsys: Printed) -> None:
    kept = str(made.folder / "kept")
    counts = coverage(made, capsys, "--trust", kept)["counts"]
    pack = tmp_path / "pack.zip"
    assert run(["-q", "-C", str(made.root), "ledger", "pack", "--out", str(pack)]) == 0
    capsys.readouterr()
    assert run(["ledger", "check-pack", str(pack), "--trust", kept, "--format", "json"]) == 0
    packed = json.loads(capsys.readouterr().out)["coverage"]
    assert packed == {name: counts[name] for name in ("held", "claimed", "attested")}

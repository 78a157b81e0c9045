"""Several writers at once: one after the other, one winner for each document, no debris."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import Command


def _ingest(archive: Command, source: Path, *more: str) -> "subprocess.Popen[bytes]":
    arguments = ["ingest", str(source), "--describe-later", "--no-identify", "--format", "json", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "archive", "-C", str(archive.root), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=archive.environment(),
    )


def _submission(folder: Path, names: list[str]) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text(f"{name}\n")
    return folder


def _require_sound(archive: Command, documents: int) -> None:
    report = archive("audit", "--format", "json").json
    assert (report["outcome"], report["findings"]) == ("intact", [])
    assert report["scope"]["held"] == documents
    assert len(list(archive.root.glob("bags/*/*"))) == documents
    assert [path.name for path in (archive.root / "staging").iterdir()] == [".lock"]
    archive("catalog", "verify")


@pytest.mark.parametrize("writers", [2, pytest.param(4, marks=pytest.mark.slow), 8])
def test_of_several_ingests_of_the_same_documents_one_wins_each(
    archive: Command, tmp_path: Path, writers: int
) -> None:
    source = _submission(tmp_path / "sources", ["a.txt", "b.txt", "c.txt"])
    running = [_ingest(archive, source) for _ in range(writers)]
    reports = []
    for process in running:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()
        reports.append(json.loads(out))
    assert sum(report["counts"]["ingested"] for report in reports) == 3
    assert sum(report["counts"]["held"] for report in reports) == 3 * (writers - 1)
    _require_sound(archive, 3)


@pytest.mark.parametrize("writers", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_several_ingests_of_different_documents_are_all_held(
    archive: Command, tmp_path: Path, writers: int
) -> None:
    running = [
        _ingest(archive, _submission(tmp_path / name, [f"{name}{number}.txt" for number in range(5)]))
        for name in map("source {}".format, range(writers))
    ]
    for process in running:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()
    _require_sound(archive, 5 * writers)


def test_an_audit_beside_an_ingest_gives_no_false_alarm(archive: Command, tmp_path: Path) -> None:
    archive("ingest", _submission(tmp_path / "first", ["first.txt"]), "--describe-later")
    names = [f"{number:03d}.txt" for number in range(400)]
    # As text: the report of 400 documents would fill a pipe that nobody reads.
    running = _ingest(archive, _submission(tmp_path / "sources", names), "--format", "text", "-q")
    looks = 0
    while running.poll() is None:
        report = archive("audit", "--read-only", "--format", "json").json
        assert report["outcome"] == "intact"
        assert [one for one in report["findings"] if one["severity"] != "note"] == []
        looks += 1
    running.communicate(timeout=60)
    assert running.returncode == 0
    assert looks
    _require_sound(archive, 401)


def test_a_writer_that_waits_too_long_is_told_who_writes(archive: Command, tmp_path: Path) -> None:
    import fcntl

    source = _submission(tmp_path / "sources", ["a.txt"])
    with open(archive.root / "staging" / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = archive("ingest", source, "--describe-later", "--lock-wait", "0", code=6)
    assert "is being written by" in done.err


@pytest.mark.slow
def test_audits_beside_writers_who_describe_and_withdraw_raise_no_alarm(
    archive: Command, tmp_path: Path
) -> None:
    count = 60
    source = _submission(tmp_path / "sources", [f"{number}.txt" for number in range(count)])
    archive("ingest", source, "--describe-later", "--no-identify", "-q")
    references = [row["reference"] for row in archive("list", "--format", "json").json["documents"]]
    script = f"""
from archive.cli.frame import run
base = ["-q", "-C", {str(archive.root)!r}]
references = {references!r}
for number in range(6):
    values = ["--set", f"title=T{{number}}", "--format", "json"]
    assert run([*base, "describe", *references[5:], *values]) == 0
for reference in references[:5]:
    assert run([*base, "withdraw", reference, "--reason", "x", "--format", "json"]) == 0
"""
    writer = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.DEVNULL, env=archive.environment()
    )
    looked = 0
    while writer.poll() is None or not looked:
        report = archive("audit", "--read-only", "--format", "json").json
        assert report["outcome"] == "intact"
        assert {one["code"] for one in report["findings"]} <= {
            "BAG-LEAVING", "BAG-REVISION-PENDING", "CATALOG-STALE", "CATALOG-INDEX", "NOTE-UNKNOWN",
            "LEDGER-UNFINISHED", "LEDGER-BEYOND",
        }  # fmt: skip
        looked += 1
    assert writer.returncode == 0
    _require_sound(archive, count - 5)


def test_of_several_inits_of_one_folder_one_wins_and_makes_an_archive(
    archive: Command, tmp_path: Path
) -> None:
    for number in range(3):
        made = Command(tmp_path / f"new-{number}", archive.keys)
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "archive", "init", str(made.root), "--name", "N"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=archive.environment(),
            )
            for _ in range(3)
        ]
        said = [process.communicate(timeout=60) for process in running]
        assert sorted(process.returncode for process in running) == [0, 6, 6], said
        made("ledger", "verify")

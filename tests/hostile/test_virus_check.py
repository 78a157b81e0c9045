"""`archive ingest --virus-check`: what the scanner cannot look at is never taken for clean."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.services.ingest import virus_check
from tests.conformance.bag_cases.bag import build, good
from tests.e2e.command import Command
from tests.hostile.submission import bags, codes, ingest, put, two_described

SWAP = (
    "b = open(p, 'rb').read(); s = os.stat(p); os.unlink(p); open(p, 'wb').write(b[:-1] + b'!');"
    " os.chmod(p, s.st_mode); os.utime(p, ns=(s.st_atime_ns, s.st_mtime_ns))"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A submission of two described documents."""
    return two_described(tmp_path / "source")


@pytest.mark.parametrize(
    ("status", "code", "finding"), [(0, 0, None), (1, 4, "VIRUS-FOUND"), (2, 3, "VIRUS-NOT-CHECKED")]
)
def test_the_virus_check_decides(
    archive: Command, source: Path, status: int, code: int, finding: str | None
) -> None:
    scanner = f"{sys.executable} -c 'import sys; sys.exit({status})'"
    report = ingest(archive, source, "--virus-check", scanner, code=code)
    assert codes(report) == ({finding} if finding else set())
    assert len(bags(archive)) == (0 if code else 2)


def test_a_find_in_a_bag_is_placed_where_the_depositor_has_it(archive: Command, tmp_path: Path) -> None:
    build(good({"data/letter.txt": b"x"}, tags={"notes/con.txt": b"y"}), tmp_path / "b")
    scanner = f"{sys.executable} -c 'import sys; sys.exit(1)'"
    report = ingest(archive, tmp_path / "b", "--describe-later", "--virus-check", scanner, code=4)
    (refused,) = report["rejected"]
    assert {one["place"] for one in refused["findings"] if one["code"] == "VIRUS-FOUND"} == {
        "b/bagit.txt",
        "b/data/letter.txt",
        "b/manifest-sha512.txt",
        "b/notes/con.txt",
    }


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
@pytest.mark.parametrize("scanner", ["/nowhere/scanner", "'", "", "/etc/passwd", "no/program"])
def test_a_virus_check_that_is_no_program_is_told_before_anything_is_read(
    archive: Command, source: Path, scanner: str, more: tuple[str, ...]
) -> None:
    ingest(archive, source, "--virus-check", scanner, *more, code=2)
    assert bags(archive) == []


@pytest.mark.parametrize("read", [(), ("--read",)])
def test_a_dry_run_says_that_it_runs_none(archive: Command, source: Path, read: tuple[str, ...]) -> None:
    scanner = f"{sys.executable} -c 'import sys; sys.exit(1)'"
    report = ingest(archive, source, "--virus-check", scanner, "--dry-run", *read)
    assert [one["severity"] for one in report["findings"] if one["code"] == "VIRUS-NOT-RUN"] == ["note"]
    assert "VIRUS-NOT-RUN" not in codes(ingest(archive, source, "--dry-run", *read))


@pytest.mark.parametrize(
    "does",
    [
        "os.unlink(p)",
        "os.chmod(p, 0o644); open(p, 'wb').write(b'clean')",
        SWAP,
        "os.unlink(p); os.symlink('elsewhere', p)",
        "os.chmod(p, 0o666)",
        "os.chmod(os.path.dirname(p), 0o755); open(p + '.log', 'wb').close()",
    ],
    ids=["removes", "cleans", "puts another in place", "links", "opens to all", "leaves a report"],
)
def test_what_it_alters_is_never_taken_for_clean(archive: Command, source: Path, does: str) -> None:
    scanner = put(source.parent, "scanner.py", f"import os, sys\np = sys.argv[-1]\n{does}\n".encode())
    report = ingest(archive, source, "--virus-check", f"{sys.executable} {scanner}", code=3)
    assert codes(report) == {"VIRUS-NOT-CHECKED"}
    assert bags(archive) == []


def test_a_tag_file_of_a_bag_that_it_takes_away_refuses_the_bag(archive: Command, tmp_path: Path) -> None:
    build(good({"data/letter.txt": b"x"}, tags={"notes/con.txt": b"y"}), tmp_path / "b")
    does = b"import os, sys\nif 'metadata/submission' in sys.argv[1]:\n    os.unlink(sys.argv[1])\n"
    scanner = put(tmp_path, "scanner.py", does)
    words = ("--describe-later", "--virus-check", f"{sys.executable} {scanner}")
    report = ingest(archive, tmp_path / "b", *words, code=3)
    (refused,) = report["rejected"]
    assert {one["code"] for one in refused["findings"] if one["severity"] == "error"} == {"VIRUS-NOT-CHECKED"}
    assert "b/notes/con.txt" in {one["place"] for one in refused["findings"]}


def test_a_mark_that_it_leaves_beside_the_bytes_is_no_alteration(archive: Command, source: Path) -> None:
    does = b"import os, sys\ns = os.stat(sys.argv[1])\nos.chmod(sys.argv[1], s.st_mode)\n"
    scanner = put(source.parent, "scanner.py", does)
    report = ingest(archive, source, "--virus-check", f"{sys.executable} {scanner}")
    assert (codes(report), len(bags(archive))) == (set(), 2)


def test_a_virus_check_that_cannot_run_is_never_taken_for_clean(archive: Command, source: Path) -> None:
    scanner = put(source.parent, "scanner", b"\0 no program")
    scanner.chmod(0o755)
    report = ingest(archive, source, "--virus-check", str(scanner), code=3)
    assert codes(report) == {"VIRUS-NOT-CHECKED"}
    assert bags(archive) == []


def test_a_virus_check_that_hangs_is_never_taken_for_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "begun"
    command = f"sh -c 'sleep 99 & echo $! > {begun}; wait'"
    monkeypatch.setattr(virus_check, "VIRUS_CHECK", 2)
    found = virus_check.check_files(command, [(str(tmp_path), "a.txt")])
    assert [(one.code, one.place) for one in found] == [("VIRUS-NOT-CHECKED", "a.txt")]
    assert _has_ended(int(begun.read_text())), "what the scanner had begun goes on"


def _has_ended(process: int) -> bool:
    """True once there is no such process, or nobody but its parent has not heard of its end."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_service_that_a_scanner_begins_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virus_check, "VIRUS_CHECK", 10)
    begun = tmp_path / "begun"
    command = f"sh -c 'sleep 99 & echo $! > {begun}'"
    assert virus_check.check_files(command, [(str(tmp_path), "a.txt")]) == []
    os.kill(int(begun.read_text()), 9)


def test_of_all_that_a_scanner_writes_the_last_line_is_told(tmp_path: Path) -> None:
    command = "sh -c 'yes clean | head -c 9000000; echo Eicar FOUND; exit 1'"
    (found,) = virus_check.check_files(command, [(str(tmp_path), "a.txt")])
    assert (found.code, found.found) == ("VIRUS-FOUND", "Eicar FOUND")


def test_a_scanner_does_not_take_what_the_command_is_given_to_read(tmp_path: Path) -> None:
    code = (
        "import sys; from archive.services.ingest.virus_check import check_files;"
        "found = check_files('sh -c cat', [('a.txt', 'a.txt')]); print(len(found), sys.stdin.read())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, input="kept", capture_output=True, text=True, check=True
    )
    assert done.stdout == "0 kept\n"

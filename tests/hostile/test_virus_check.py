"""`archive ingest --virus-check`: what the scanner cannot look at is never taken for clean."""

import sys
from pathlib import Path

import pytest

from archive.services.ingest import virus_check
from tests.e2e.command import Command
from tests.hostile.submission import bags, codes, ingest, put, two_described


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


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
@pytest.mark.parametrize("scanner", ["/nowhere/scanner", "'", "", "/etc/passwd", "no/program"])
def test_a_virus_check_that_is_no_program_is_told_before_anything_is_read(
    archive: Command, source: Path, scanner: str, more: tuple[str, ...]
) -> None:
    ingest(archive, source, "--virus-check", scanner, *more, code=2)
    assert bags(archive) == []


def test_a_virus_check_that_cannot_run_is_never_taken_for_clean(archive: Command, source: Path) -> None:
    scanner = put(source.parent, "scanner", b"\0 no program")
    scanner.chmod(0o755)
    report = ingest(archive, source, "--virus-check", str(scanner), code=3)
    assert codes(report) == {"VIRUS-NOT-CHECKED"}
    assert bags(archive) == []


def test_a_virus_check_that_hangs_is_never_taken_for_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virus_check, "VIRUS_CHECK", 0.1)
    command = f"{sys.executable} -c 'import time; time.sleep(99)'"
    found = virus_check.check_files(command, [(str(tmp_path), "a.txt")])
    assert [(one.code, one.place) for one in found] == [("VIRUS-NOT-CHECKED", "a.txt")]

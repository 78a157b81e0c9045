"""A list of digests in a folder that is refused still speaks of what lies beside the folder."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.archives import make_archive
from tests.changes import Changing

WRONG = "0" * 64
CONTINUE = ("--on-error", "continue")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive, and a submission with a folder whose row is refused for its reference."""
    (tmp_path / "s/folder").mkdir(parents=True)
    (tmp_path / "s/a.txt").write_text("a")
    (tmp_path / "s/folder/b.txt").write_text("b")
    (tmp_path / "s/metadata.csv").write_text(
        "filename,dc.title,reference\na.txt,A,R-1\nfolder,B,R\u200b2\n", encoding="utf-8"
    )
    return Changing(make_archive(tmp_path, monkeypatch), capsys)


def brought(archive: Changing, lines: str, code: int) -> Any:
    """The report of an ingest that goes on at errors, with these lines in the folder's list."""
    (archive.made.folder / "s/folder/SHA256SUMS").write_text(lines)
    return archive("ingest", str(archive.made.folder / "s"), *CONTINUE, code=code)


def errors(report: Any) -> dict[str, list[str]]:
    return {
        one["source"]: [each["code"] for each in one["findings"] if each["severity"] == "error"]
        for one in report["rejected"]
    }


def test_what_it_contradicts_is_refused(archive: Changing) -> None:
    report = brought(archive, f"{WRONG}  ../a.txt\n", code=4)
    assert errors(report) == {"a.txt": ["SUM-MISMATCH"], "folder/": ["REF-CHARACTERS"]}


def test_what_it_agrees_with_is_ingested(archive: Changing) -> None:
    report = brought(archive, f"{sha256(b'a').hexdigest()}  ../a.txt\n{WRONG}  gone.txt\nno line\n", code=4)
    assert errors(report) == {"folder/": ["REF-CHARACTERS"]}
    assert [one["source"] for one in report["ingested"]] == ["a.txt"]

"""A file that cannot be read while it is compared with what is held: nobody compares it later."""

import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

from archive.services.ingest import payload_keys
from archive.storage.sources.source_files import NotRegularError, SourceFiles
from tests.archives import make_archive
from tests.changes import Changing


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive that holds REF-1, and the table that declares it again."""
    archive = Changing(make_archive(tmp_path, monkeypatch), capsys)
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "r.txt").write_text("the first")
    (folder / "metadata.csv").write_text("filename,dc.title,reference\nr.txt,A letter,REF-1\n")
    archive("ingest", str(folder))
    return archive


def fail_once(monkeypatch: pytest.MonkeyPatch, trouble: OSError) -> None:
    """The first opening of a file that is to be compared fails, as with a medium that begins to wear out."""
    left = [trouble]

    class Failing(SourceFiles):
        def open(self, root: int, path: str) -> tuple[int, os.stat_result]:
            def fail() -> NoReturn:
                raise left.pop()

            return fail() if left else super().open(root, path)

    monkeypatch.setattr(payload_keys, "SourceFiles", Failing)


def codes(report: Any) -> list[str]:
    return [one["code"] for each in report["rejected"] for one in each["findings"]]


@pytest.mark.parametrize("words", [(), ("--dry-run", "--read")], ids=["ingest", "dry run"])
@pytest.mark.parametrize(
    ("trouble", "finding", "code"),
    [(OSError(5, "Input/output error"), "SRC-UNREADABLE", 3), (NotRegularError(0, "x"), "SRC-SPECIAL", 4)],
    ids=["unreadable", "a link"],
)
def test_it_is_refused_and_never_taken_for_new(
    archive: Changing,
    monkeypatch: pytest.MonkeyPatch,
    trouble: OSError,
    finding: str,
    code: int,
    words: tuple[str, ...],
) -> None:
    (archive.made.folder / "s/r.txt").write_text("another")
    fail_once(monkeypatch, trouble)
    report = archive("ingest", str(archive.made.folder / "s"), *words, code=code)
    assert (codes(report), report["counts"]["ingested"]) == ([finding], 0)
    assert len(list(archive.root.glob("bags/*/*"))) == 1


def test_what_was_withdrawn_does_not_come_back_by_it(
    archive: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive("withdraw", "REF-1", "--reason", "asked for", "--yes")
    fail_once(monkeypatch, OSError(5, "Input/output error"))
    report = archive("ingest", str(archive.made.folder / "s"), code=3)
    assert (codes(report), report["counts"]["ingested"]) == (["SRC-UNREADABLE"], 0)

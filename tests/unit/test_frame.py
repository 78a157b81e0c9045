"""Every end of a command: one exit code, and at most one JSON document."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import click
import pytest

from archive.cli import frame
from archive.cli.output import stream_json
from archive.cli.termination import Terminated
from archive.core.errors import EvidenceError
from archive.core.text import printable
from archive.storage.disk.spool import open_spool


def _from_a_full_disk() -> sqlite3.OperationalError:
    spool = open_spool("CREATE TABLE rows (text); PRAGMA max_page_count = 3")
    with contextlib.closing(spool), pytest.raises(sqlite3.OperationalError) as full:
        spool.execute("INSERT INTO rows VALUES (zeroblob(100000))")
    return full.value


ENDS: list[tuple[BaseException, int]] = [
    (EvidenceError("the ledger does not hold"), 5),
    (KeyboardInterrupt(), 130),
    (Terminated(), 143),
    (OSError(5, "Input/output error", "bags/x"), 3),
    (MemoryError(), 3),
    (_from_a_full_disk(), 3),
    (sqlite3.OperationalError("no such table: rows"), 70),
    (click.UsageError("no such option"), 2),
    (ZeroDivisionError("division by zero"), 70),
]


def _command(monkeypatch: pytest.MonkeyPatch, trouble: BaseException, *, streaming: bool) -> None:
    def rows() -> Iterator[Any]:
        yield {"id": 1}
        raise trouble

    def main(*_: object, **__: object) -> None:
        if streaming:
            stream_json({"kind": "list-report"}, "documents", rows(), {"count": 1})
        raise trouble

    monkeypatch.setattr(frame.cli, "main", main)


@pytest.mark.parametrize(("trouble", "code"), ENDS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("streaming", [False, True])
def test_an_end_has_one_exit_code_and_one_document(
    trouble: BaseException,
    code: int,
    streaming: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _command(monkeypatch, trouble, streaming=streaming)
    assert frame.run(["list", "--format", "json"]) == code
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["kind"] == ("list-report" if streaming else "error")
    assert ("cut_short" in document) is streaming
    assert "Traceback" not in err
    if streaming:
        assert document["documents"] == [{"id": 1}]
        assert code != 3 or document["remedy"]
        assert code == 2 or document.get("remedy", "") in err  # which says of a call what click says
    else:
        assert document["exit_code"] == code
        assert code != 3 or document["remedy"]


@pytest.mark.parametrize(
    "words", [["\u202e\x9b2J"], ["list", "--\u202e\x9b2J"], ["verify"], ["--format", "\u202e\x9b2J", "list"]]
)
def test_what_was_typed_is_escaped_where_it_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert frame.run(words) == 2
    said = capsys.readouterr().err
    assert all(printable(line) == line for line in said.split("\n"))


def test_a_library_that_finds_no_memory_is_no_defect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _command(
        monkeypatch,
        ImportError("lib.so: failed to map segment from shared object"),
        streaming=False,
    )
    assert frame.run(["list"]) == 3
    assert "memory ran out" in capsys.readouterr().err

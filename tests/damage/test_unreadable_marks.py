"""Time-stamps and statements that storage does not give are unreadable: nothing is said against them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.ledger.statement import Statement
from archive.storage.ledger.statements import put_statement
from archive.storage.ledger.timestamps import put_timestamp
from tests.archives import overwrite
from tests.changes import Changing

FILES = [
    ("timestamps", "checkpoint"),
    ("timestamps", "request.tsq"),
    ("timestamps", "response.tsr"),
    ("statements", "statement.txt"),
    ("statements", "signature"),
]


@pytest.fixture
def marked(changing: Changing) -> Changing:
    """An archive that keeps a time-stamp and a statement over its ledger."""
    archive = changing.made.opened
    checkpoint = archive.checkpoint()
    note = (archive.root / "ledger/checkpoint").read_bytes()
    put_timestamp(archive.root, checkpoint.size, note, b"request", b"response")
    put_statement(archive.root, checkpoint.size, Statement(checkpoint, "I looked.\n").to_bytes(), b"signed")
    return changing


def place(changing: Changing, kind: str) -> Path:
    """Where the one mark of a kind lies."""
    (found,) = (changing.root / "ledger" / kind).iterdir()
    return found


def refuse(monkeypatch: pytest.MonkeyPatch, call: str, refused: Callable[[str], bool]) -> None:
    """Has storage fail to give what is at these paths."""
    real = getattr(os, call)

    def broken(path: object, *arguments: object, **options: object) -> object:
        if isinstance(path, (str, os.PathLike)) and refused(os.fspath(path)):
            raise OSError(5, "Input/output error")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, call, broken)


@pytest.mark.parametrize(("kind", "name"), FILES)
def test_a_mark_that_cannot_be_read_is_unreadable_and_never_altered(
    marked: Changing, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    mark = place(marked, kind)
    refuse(monkeypatch, "open", lambda path: path == str(mark / name))
    where = f"ledger/{kind}/{mark.name}"
    report = marked("ledger", "verify", code=3)
    assert report["outcome"] == "unreadable"
    found = {(one["code"], one["place"]) for one in report["findings"] if one["severity"] == "error"}
    assert found == {("LEDGER-UNREADABLE", where)}
    assert ("LEDGER-UNREADABLE", where) in marked.audit(code=3)


@pytest.mark.parametrize("kind", ["timestamps", "statements"])
def test_a_mark_that_cannot_be_looked_at_is_unreadable(
    marked: Changing, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    mark = place(marked, kind)
    refuse(monkeypatch, "lstat", lambda path: path == str(mark))
    report = marked("ledger", "verify", code=3)
    assert ("LEDGER-UNREADABLE", f"ledger/{kind}/{mark.name}") in {
        (one["code"], one["place"]) for one in report["findings"]
    }


@pytest.mark.parametrize(("kind", "name"), FILES)
def test_a_mark_with_other_bytes_breaks_the_evidence_beside_one_that_cannot_be_read(
    marked: Changing, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    other = "statements" if kind == "timestamps" else "timestamps"
    unread = place(marked, other)
    refuse(monkeypatch, "open", lambda path: path.startswith(str(unread)))
    mark = place(marked, kind)
    overwrite(mark / name, (mark / name).read_bytes() + b"x")
    report = marked("ledger", "verify", code=5)
    codes = {one["code"] for one in report["findings"] if one["severity"] == "error"}
    assert codes == {"LEDGER-UNREADABLE", f"LEDGER-{kind.upper().removesuffix('S')}-ALTERED"}

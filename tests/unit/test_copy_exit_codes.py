"""How `archive copy` ends where several things are wrong: damage before what could not be looked at."""

from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.services.copies.beside import Beside
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import codes, copy
from tests.refusals import refuse_named


def alter_a_note(changing: Changing) -> None:
    """A note of the archive is not the one that the ledger vouches for."""
    note = next(path for path in (changing.root / "notes").rglob("*") if path.is_file())
    overwrite(note, note.read_bytes()[:-3] + b"x\n")


def test_damage_beside_the_bags_is_exit_1_though_a_document_could_not_be_read(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter_a_note(changing)
    refuse_named(monkeypatch, "b.txt")
    report = copy(changing, disk, code=1)
    assert [row["outcome"] for row in report["documents"]] == ["unreadable"]
    assert "COPY-SOURCE" in codes(report)


def test_a_document_that_could_not_be_read_is_exit_3(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_named(monkeypatch, "b.txt")
    assert copy(changing, disk, code=3)["outcome"] == "incomplete"


@pytest.mark.parametrize(("altered", "code"), [(True, 1), (False, 3)])
def test_what_cut_the_run_off_is_no_damage(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, altered: bool, code: int
) -> None:
    def fail(*_: object) -> None:
        raise StorageError("no space left on device")

    if altered:
        alter_a_note(changing)
    refuse_named(monkeypatch, "b.txt")
    monkeypatch.setattr(Beside, "bring_results", fail)
    report = copy(changing, disk, code=code)
    assert (report["outcome"], report["recorded"]) == ("incomplete", True)
    assert "COPY-INTERRUPTED" in codes(report)

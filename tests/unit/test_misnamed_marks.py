"""A mark from outside is about as many entries as it states, and has the files of its kind and no others."""

import json
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import parse
from archive.core.ledger.statement import Statement
from archive.services.evidence.outside import kept_marks
from archive.storage.ledger.statements import put_statement
from archive.storage.ledger.timestamps import put_timestamp
from tests.archives import MadeArchive, make_archive
from tests.proofs import Printed, codes


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive of four entries with a time-stamp and a statement about them."""
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"a"})
    raw = made.opened.ledger.checkpoint_bytes()
    checkpoint = Checkpoint.parse_text(parse(raw).text)
    put_timestamp(made.root, checkpoint.size, raw, b"request", b"response")
    put_statement(made.root, checkpoint.size, Statement(checkpoint, "Read.").to_bytes(), bytes(64))
    return made


def verified(made: MadeArchive, printed: Printed) -> list[str]:
    """The codes of what is found in the ledger."""
    printed.readouterr()
    run(["-C", str(made.root), "ledger", "verify", "--format", "json"])
    return sorted(codes(json.loads(printed.readouterr().out)))


def test_a_mark_counts_for_what_it_states(made: MadeArchive, capsys: Printed) -> None:
    assert verified(made, capsys) == ["LEDGER-STATEMENT-UNJUDGED", "LEDGER-TIMESTAMP-UNJUDGED"]
    assert {mark.size for mark in kept_marks(made.opened)} == {4}


@pytest.mark.parametrize("size", [0, 1, 8])
def test_a_mark_under_the_name_of_another_size_is_altered_and_counts_for_nothing(
    made: MadeArchive, capsys: Printed, size: int
) -> None:
    for kind in ("timestamps", "statements"):
        (mark,) = (made.root / "ledger" / kind).iterdir()
        mark.rename(mark.with_name(f"{size}-{mark.name.partition('-')[2]}"))
    assert verified(made, capsys) == ["LEDGER-STATEMENT-ALTERED", "LEDGER-TIMESTAMP-ALTERED"]
    assert list(kept_marks(made.opened)) == []


def test_a_stray_file_beside_the_files_of_a_mark_is_named(made: MadeArchive, capsys: Printed) -> None:
    places = []
    for kind in ("timestamps", "statements"):
        (mark,) = (made.root / "ledger" / kind).iterdir()
        for name in ("notes.txt", "checkpoint.orig"):
            (mark / name).write_text("mine")
            places.append(f"ledger/{kind}/{mark.name}/{name}")
    capsys.readouterr()
    run(["-C", str(made.root), "ledger", "verify", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert sorted(one["place"] for one in found if one["code"] == "LEDGER-UNKNOWN-FILE") == sorted(places)


def test_what_lies_behind_a_link_in_the_place_of_a_mark_is_not_listed(
    made: MadeArchive, capsys: Printed
) -> None:
    (mark,) = (made.root / "ledger/timestamps").iterdir()
    outside = made.folder / "outside"
    mark.rename(outside)
    (outside / "notes.txt").write_text("mine")
    mark.symlink_to(outside)
    assert "LEDGER-UNKNOWN-FILE" not in verified(made, capsys)

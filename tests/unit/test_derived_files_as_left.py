"""The files for people at the root: what is said where they are not as they were left."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.services.catalog import as_left as looks
from archive.services.catalog import derived_files
from archive.services.catalog.as_left import as_left
from archive.storage import intents
from archive.storage.disk.durable import replace_file
from tests.archives import overwrite
from tests.changes import Changing

RUN = "01a1fc31-b30d-7004-be91-df14518aa6d3"


def _linked(path: Path) -> None:
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("name", ["holdings.csv", "README.html"])
@pytest.mark.parametrize("put", [None, os.mkfifo, os.mkdir, _linked])
def test_a_derived_file_that_is_gone_is_named(
    changing: Changing, name: str, put: Callable[[Path], None] | None
) -> None:
    (changing.root / name).unlink()
    if put is not None:
        put(changing.root / name)
    for command in (("catalog", "verify"), ("audit", "--read-only")):
        found = [one for one in changing(*command)["findings"] if one["severity"] != "note"]
        assert [(one["code"], one["place"]) for one in found] == [("CATALOG-DERIVED-MISSING", name)]
    if put is not os.mkdir:
        changing("catalog", "rebuild")
        changing.require_whole()


def test_an_audit_warns_of_an_edited_list_until_somebody_writes_it_anew(changing: Changing) -> None:
    holdings = changing.root / "holdings.csv"
    overwrite(holdings, holdings.read_bytes().replace(b"000001", b"000007"))
    assert changing.audit() == [("CATALOG-DERIVED-STALE", "holdings.csv")]
    with open(holdings, "r+b") as grown:
        grown.truncate(1 << 40)  # nobody reads a list that is longer than it was left
    assert changing.audit() == [("CATALOG-DERIVED-STALE", "holdings.csv")]
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Other")
    changing.require_whole()


def test_an_audit_warns_of_an_edited_page_until_somebody_writes_it_anew(changing: Changing) -> None:
    page = changing.root / "README.html"
    overwrite(page, page.read_bytes().replace(b"</body>", b"<p>Closed.</p></body>"))
    assert changing.audit() == [("CATALOG-DERIVED-STALE", "README.html")]
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Other")
    changing.require_whole()


def test_a_page_whose_writer_was_killed_behind_it_accuses_nobody(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []

    def replace_and_look(path: str, content: bytes) -> None:
        replace_file(path, content)
        with contextlib.closing(sqlite3.connect(changing.root / "catalog.sqlite")) as index:
            noted.extend(row[0] for row in index.execute("SELECT value FROM meta WHERE name = 'readme'"))

    monkeypatch.setattr(derived_files, "replace_file", replace_and_look)
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    assert noted == [""]


def test_an_audit_warns_of_no_page_that_settings_have_outgrown(changing: Changing) -> None:
    settings = changing.root / "archive.toml"
    overwrite(settings, settings.read_bytes().replace(b'name = "', b'name = "Another ', 1))
    assert b"Another" in settings.read_bytes()
    assert as_left(changing.made.opened) == []
    stale = [
        one["place"] for one in changing("catalog", "verify")["findings"] if one["severity"] == "warning"
    ]
    assert stale == ["README.html"]


def test_an_audit_warns_of_no_list_that_another_command_writes_just_now(changing: Changing) -> None:
    for name in ("holdings.csv", "README.html"):
        overwrite(changing.root / name, (changing.root / name).read_bytes() + b" ")
    intent = intents.begin(
        changing.made.opened.layout.staging, run=RUN, command="describe", started="", size=1, root="00"
    )
    assert as_left(changing.made.opened) == []
    intents.end(intent)
    assert [one.code for one in as_left(changing.made.opened)] == ["CATALOG-DERIVED-STALE"] * 2


def test_an_audit_believes_a_list_that_was_written_while_it_looked(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = looks._noted(changing.made.opened)
    noted = iter([written._replace(holdings=("0" * 128, 1)), written])
    monkeypatch.setattr(looks, "_noted", lambda _: next(noted))
    assert as_left(changing.made.opened) == []


@pytest.mark.parametrize(
    "noted", ["", "0:", "x:0:9:00", "9" * 30 + ":0:9:" + "0" * 128, "1:2:3:" + "g" * 128]
)
def test_an_index_that_notes_nonsense_of_the_list_has_it_written_in_full(
    changing: Changing, noted: str
) -> None:
    with contextlib.closing(sqlite3.connect(changing.root / "catalog.sqlite")) as index, index:
        index.execute("UPDATE meta SET value = ? WHERE name = 'holdings'", (noted,))
    assert as_left(changing.made.opened) == []
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Other")
    changing.require_whole()


def test_an_index_that_was_put_back_accuses_neither_list_nor_page(changing: Changing) -> None:
    before = (changing.root / "catalog.sqlite").read_bytes()
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Other")
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    changing("key", "rotate", "--reason", "Ana left")
    (changing.root / "catalog.sqlite").write_bytes(before)
    assert changing.audit() == [("CATALOG-INDEX", "catalog.sqlite")]
    (found,) = changing("catalog", "verify")["findings"]
    assert (found["code"], found["place"]) == ("CATALOG-INDEX", "catalog.sqlite")
    assert found["message"] == "is 4 entries behind the ledger"
    shown = changing.text("catalog", "verify")
    assert "with 1 warning" in shown
    assert "✓" not in shown
    found = changing("audit")["findings"]  # a writer, which catches up
    assert [one for one in found if one["severity"] != "note"] == []
    changing.require_whole()


def test_an_index_from_before_another_key_accuses_no_page(changing: Changing) -> None:
    before = (changing.root / "catalog.sqlite").read_bytes()
    changing("key", "rotate", "--reason", "Ana left")
    (changing.root / "catalog.sqlite").write_bytes(before)
    changing("audit")
    changing.require_whole()


def test_nobody_counts_copies_by_an_index_that_was_put_back(
    changing: Changing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (changing.root / "catalog.sqlite").read_bytes()
    changing("copy", "--to", str(tmp_path / "copy"))
    changing.text("audit", "--read-only")
    (changing.root / "catalog.sqlite").write_bytes(before)
    capsys.readouterr()
    assert run(["-C", str(changing.root), "audit", "--read-only"]) == 0
    printed = capsys.readouterr()
    assert "good cop" not in printed.out + printed.err
    assert run(["-C", str(changing.root), "audit"]) == 0
    printed = capsys.readouterr()
    assert "2 good copies" in printed.out + printed.err

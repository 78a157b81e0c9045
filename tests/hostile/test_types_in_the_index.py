"""Values of another type or form in an index that opens: a clear end that names the way out, or no matter."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import DEFECT, UNREADABLE
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy

TABLES = ("documents", "incidents", "copies", "copy_faults", "runs", "meta", "changes", "repairs", "dates")
VALUES = ("x'ff00ff'", "'zzz'")
COMMANDS = (
    ("list",),
    ("list", "--withdrawn"),
    ("status",),
    ("incidents", "--all"),
    ("search", "letter"),
    ("catalog", "verify"),
)


@pytest.fixture
def lived(changing: Changing, tmp_path: Path) -> Changing:
    """An archive with damage in it and on its copy, and a document that is no longer held."""
    disk = tmp_path / "copy"
    copy(changing, disk)
    for folder in (disk, changing.root):
        overwrite(folder / changing.bag("c.txt").relative_to(changing.root) / "data/c.txt", b"bad")
    changing("audit", "--copy", str(disk), code=1)
    changing("audit", code=1)
    changing("describe", changing.reference("a.txt"), "--set", "isPartOf=Box 3", "--set", "date=1919")
    changing("withdraw", changing.row("b.txt").bag, "--reason", "asked back")
    return changing


def columns(index: Path) -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(index)) as database:
        return [
            (table, column)
            for table in (*TABLES, "shapes", "parents")
            for (column,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))
        ]


def put(index: Path, table: str, column: str, value: str) -> bool:
    """Has one row say so; False where the table cannot."""
    where = "" if table != "documents" else " WHERE entry = 2"
    with contextlib.closing(sqlite3.connect(index)) as database, database:
        try:
            database.execute(f"UPDATE {table} SET {column} = {value}{where}")  # noqa: S608
        except sqlite3.Error:
            return False
    return True


def ended(changing: Changing, *command: str) -> int:
    return run(["-C", str(changing.root), *command, "--format", "json"])


@pytest.mark.parametrize("value", VALUES)
def test_no_value_of_another_type_or_form_is_an_unexpected_error(lived: Changing, value: str) -> None:
    index = lived.root / "catalog.sqlite"
    kept = index.read_bytes()
    unexpected = []
    for table, column in columns(index):
        if put(index, table, column, value):
            found = {command: ended(lived, *command) for command in COMMANDS}
            unexpected += [(table, column, *command) for command in COMMANDS if found[command] == DEFECT]
        index.write_bytes(kept)
    assert unexpected == []


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        ("UPDATE incidents SET place = 'zzz'", ("incidents", "--all")),
        ("UPDATE incidents SET place = x'ff'", ("incidents", "--all")),
        ("UPDATE incidents SET id = x'ff00ff'", ("incidents", "--all")),
        ("UPDATE incidents SET acknowledgement = 'zzz'", ("incidents", "--all")),
        ("UPDATE copies SET audited = x'ff00ff'", ("status",)),
        ("UPDATE copies SET copied = x'ff00ff'", ("status",)),
        ("UPDATE documents SET bag = x'ff00ff' WHERE entry = 2", ("list",)),
    ],
)
def test_a_value_of_another_type_or_form_ends_a_command_with_the_way_out(
    lived: Changing, capsys: pytest.CaptureFixture[str], statement: str, command: tuple[str, ...]
) -> None:
    with contextlib.closing(sqlite3.connect(lived.root / "catalog.sqlite")) as database, database:
        database.execute(statement)
    capsys.readouterr()
    assert run(["-C", str(lived.root), *command]) == UNREADABLE
    said = capsys.readouterr().err
    assert "catalog.sqlite: holds " in said
    assert "archive catalog rebuild" in said
    found = lived("catalog", "verify", code=1)["findings"]
    assert "CATALOG-INDEX-ALTERED" in {one["code"] for one in found}
    lived("catalog", "rebuild")
    assert ended(lived, *command) == 0

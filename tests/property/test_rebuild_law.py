"""rebuild(catalog) = catalog: what writers keep up bit by bit is what ledger and bags make of it at once."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.cli.frame import run
from archive.services.catalog.index_reading import reading_index
from archive.services.catalog.verification import verify_catalog
from tests.archives import MadeArchive, described, make_archive, overwrite

DERIVED = ("catalog.json", "holdings.csv", "README.html")
TABLES = ("documents", "dates", "parents", "runs", "changes", "meta")

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", "..") and len(name.encode()) <= 60)
TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
).filter(lambda title: bool(title.strip()))
DATES = st.sampled_from(["1918", "1918~/1920", "../1919", "192X", "spring", "-0044"])
DOCUMENT = st.tuples(st.binary(max_size=30), st.none() | st.tuples(TITLES, DATES))
RUNS = st.lists(st.dictionaries(NAMES, DOCUMENT, min_size=1, max_size=4), min_size=1, max_size=3)


def state(root: Path) -> dict[str, Any]:
    """Every derived file byte for byte, every table of the index row for row, and what its words find."""
    database = sqlite3.connect(root / "catalog.sqlite")
    try:
        found: dict[str, Any] = {
            table: database.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
            for table in TABLES
        }
        database.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, words, instance)")
        found["words"] = database.execute("SELECT * FROM terms ORDER BY 1, 2, 3, 4").fetchall()
    finally:
        database.close()
    return found | {name: (root / name).read_bytes() for name in DERIVED}


def assert_rebuilt_is_the_same(made: MadeArchive) -> None:
    before = state(made.root)
    rebuilt = made.rebuild()
    assert rebuilt.findings == ()
    after = state(made.root)
    for part, kept in before.items():
        assert after[part] == kept, part
    assert verify_catalog(made.opened, made.opened.checkpoint()) == []


@given(runs=RUNS)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_catalog_kept_run_by_run_is_the_catalog_rebuilt(
    tmp_path_factory: pytest.TempPathFactory, runs: list[dict[str, tuple[bytes, Any]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("law"), patch)
        for number, documents in enumerate(runs):
            files: dict[str, bytes] = {}
            for place, (name, (content, description)) in enumerate(documents.items()):
                path = f"{place}/d{name}.txt"  # never a sidecar, never litter
                files[path] = content
                if description is not None:
                    files[f"{path}.dc.json"] = described(description[0], date=description[1])
            made.ingest(files, name=f"run {number}", accession="A 1" if number % 2 else None)
        assert_rebuilt_is_the_same(made)


CHANGE = st.tuples(st.sampled_from(["describe", "withdraw", "dispose"]), st.integers(0, 3), TITLES, DATES)


@given(changes=st.lists(CHANGE, min_size=1, max_size=6))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_catalog_kept_change_by_change_is_the_catalog_rebuilt(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int, str, str]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("law"), patch)
        made.ingest({"a.txt": b"a", "a.txt.dc.json": described("About a", date="1918"), "b.txt": b"b"})
        table = b"filename,reference,dc.title\nc.txt,Box 3,The third\nd.txt,Box 4,The fourth\n"
        made.ingest({"c.txt": b"c", "d.txt": b"d", "metadata.csv": table}, name="more")
        with reading_index(made.opened) as reading:
            bags = [row.bag for row in reading.index.list()]
        for kind, which, title, date in changes:
            arguments = {
                "describe": [bags[which], "--set", f"title={title}", "--set", f"date={date}"],
                "withdraw": [bags[which], "--reason", title],
                "dispose": [bags[which], "--authority", title, "--yes"],
            }[kind]
            # 2: not held any more, or not withdrawn yet
            assert run(["-q", "-C", str(made.root), kind, *arguments]) in {0, 2}
        assert_rebuilt_is_the_same(made)


AUDIT = st.sampled_from(
    [(), ("--quick",), ("--read-only",), ("--older-than", "0d"), ("--sample", "2", "--seed", "x"), ("id",)]
)


@given(audits=st.lists(st.tuples(AUDIT, st.booleans()), min_size=1, max_size=5))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_catalog_kept_audit_by_audit_is_the_catalog_rebuilt(
    tmp_path_factory: pytest.TempPathFactory, audits: list[tuple[tuple[str, ...], bool]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("law"), patch)
        made.ingest({f"{number}.txt": b"%d" % number for number in range(4)})
        damaged = next((made.bag("2026-000003") / "data").iterdir())
        for options, is_damaged in audits:
            overwrite(damaged, b"x" if is_damaged else b"2")
            chosen = ("2026-000003",) if options == ("id",) else options
            assert run(["-q", "-C", str(made.root), "audit", *chosen]) in {0, 1}
        assert_rebuilt_is_the_same(made)


def test_names_that_are_not_utf8_folders_and_declared_references_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest(
        {
            "odd %0A\n.txt": b"1",
            "folder/caf\udce9.txt": b"4",
            "folder/b.txt": b"2",
            "folder/a.txt": b"3",
            "metadata.csv": b"filename,reference,title,description\nfolder,Box 3,A folder,=cmd\n",
        },
        describe_later=True,
    )
    assert_rebuilt_is_the_same(made)

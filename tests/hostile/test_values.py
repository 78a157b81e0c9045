"""Descriptions full of traps, end to end: stored as data, forged nowhere, escaped in every output."""

import csv
import html
import json
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.tagfile import parse_tag_file
from archive.core.bagit.versions import V1_0
from archive.core.findings import Severity
from tests.conformance import xsd
from tests.e2e.command import Command
from tests.hostile.submission import bags, ingest, put, require_plain, require_sound
from tests.hostile.watched import WatchedCommand

VALUES = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "forged tag": "Subject\r\nBagging-Date: 1999-01-01\r\nExternal-Identifier: forged",
    "formula": "=cmd|' /C calc'!A0",
    "sum": "@SUM(A1:A9)",
    "right to left": "\u202egnp.exe \u2066x",
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "template": "{{7*7}} ${7*7} %s %n {0.__class__}",
    "sql": "'; DROP TABLE documents; --",
    "zalgo": "Z" + "\u0338\u035a\u0326" * 50,
    "not in XML": "nul\x00 bell\x07 \ufffe",
    "long": "word " * 14_000 + "end",
    "cdata": "]]> <!-- &amp; &#0;",
    "json": '"}],"x":[{"',
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """An archive that took a document for each value: as title, identifier and creator."""
    folder = tmp_path_factory.mktemp("values")
    source = folder / "source"
    for number, value in enumerate(VALUES.values()):
        put(source, f"{number:02d}.txt", f"{number}\n".encode())
        terms = {"title": value, "identifier": value[:500], "creator": value[:500]}
        (source / f"{number:02d}.txt.dc.json").write_text(json.dumps(terms), encoding="utf-8")
    archive = WatchedCommand(folder / "archive", folder / "keys").init()
    ingest(archive, source, "--from", "Ben Donor <b>&amp; =1+1", "--accession", "2026-004")
    return archive


def _described(archive: Command) -> dict[str, tuple[Path, dict[str, Any]]]:
    found = {}
    for bag in bags(archive):
        (payload,) = (bag / "data").iterdir()
        found[payload.name] = (bag, json.loads((bag / "metadata/dublin-core.json").read_bytes()))
    return found


def _first(value: Any) -> Any:
    while isinstance(value, list):
        value = value[0]
    return value["value"] if isinstance(value, dict) else value


def test_every_value_is_stored_as_it_was_given(hostile: Command) -> None:
    described = _described(hostile)
    for number, value in enumerate(VALUES.values()):
        _, description = described[f"{number:02d}.txt"]
        assert _first(description["title"]) == value.replace("\r\n", "\n"), ascii(value[:60])


def test_no_value_forges_a_tag_of_bag_info(hostile: Command) -> None:
    for bag, _ in _described(hostile).values():
        parsed = parse_tag_file((bag / "bag-info.txt").read_bytes(), name="bag-info.txt", version=V1_0)
        assert [one for one in parsed.findings if one.severity is Severity.ERROR] == []
        assert len(parsed.values("Bagging-Date")) == 1
        assert parsed.values("Bagging-Date") != ["1999-01-01"]
        (reference,) = parsed.values("External-Identifier")
        assert reference.startswith("20")


def test_the_bags_are_valid(hostile: Command) -> None:
    require_sound(hostile, len(VALUES))


def test_the_xml_is_valid_under_the_official_schemas(hostile: Command, tmp_path: Path) -> None:
    schemas = {
        "dublin-core.xml": xsd.Libxml2(xsd.oai_dc(tmp_path)),
        "premis.xml": xsd.Libxml2(xsd.premis()),
    }
    for bag, _ in _described(hostile).values():
        for name, schema in schemas.items():
            assert schema.errors((bag / "metadata" / name).read_bytes()) == []


def test_no_output_for_people_carries_a_raw_control(hostile: Command) -> None:
    for command in (["list"], ["audit", "-v"], ["status"], ["catalog", "verify"]):
        done = hostile(*command, code=None)
        require_plain(done.out, done.err)


def test_no_cell_of_the_holdings_begins_a_formula(hostile: Command) -> None:
    with open(hostile.root / "holdings.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == len(VALUES) + 1
    assert [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")] == []


def test_the_page_of_the_archive_runs_nothing(hostile: Command) -> None:
    page = (hostile.root / "README.html").read_text("utf-8")
    assert "<script" not in page.lower()
    assert html.escape("<script>") in page or "alert(1)" not in page

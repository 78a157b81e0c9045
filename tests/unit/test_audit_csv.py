"""The table of an audit: one row per finding, nothing in a cell becomes a formula or another row."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from archive.core.findings import error
from archive.formats.audit_csv import COLUMNS, audit_csv
from archive.formats.csv_cells import cell

ID = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
ALTERED = error(
    "FIX-ALTERED", f"{ID}/data/a.txt", "altered", expected="9f86", found="2c26", remedy="restore it"
).to_json()
CATALOG = error("CAT-ALTERED", "catalog.json", "is not what ledger and bags give").to_json()
BAG: dict[str, Any] = {
    "id": ID,
    "reference": "2026-000037",
    "title": "A letter",
    "outcome": "damaged",
    "last_intact": "2026-08-02T03:00:00.000Z",
    "known_since": None,
    "acknowledged": "2026-11-02T03:00:00.000Z",
    "findings": [ALTERED, error("FIX-UNLISTED", f"{ID}/data/b.txt", "not recorded").to_json()],
}


def table(*bags: dict[str, Any], findings: tuple[dict[str, Any], ...] = ()) -> list[list[str]]:
    text = "".join(audit_csv({"findings": list(findings)}, iter(bags)))
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_each_finding_has_a_row_with_its_bag() -> None:
    assert table(BAG) == [
        list(COLUMNS),
        [
            ID,
            "2026-000037",
            "A letter",
            "damaged",
            "FIX-ALTERED",
            "error",
            f"{ID}/data/a.txt",
            "altered",
            "9f86",
            "2c26",
            "restore it",
            "2026-08-02T03:00:00.000Z",
            "",
            "2026-11-02T03:00:00.000Z",
        ],
        [
            ID,
            "2026-000037",
            "A letter",
            "damaged",
            "FIX-UNLISTED",
            "error",
            f"{ID}/data/b.txt",
            "not recorded",
            "",
            "",
            "",
            "2026-08-02T03:00:00.000Z",
            "",
            "2026-11-02T03:00:00.000Z",
        ],
    ]


def test_bag_without_findings_has_one_row() -> None:
    intact = BAG | {"outcome": "intact", "findings": []}
    assert table(intact)[1:] == [
        [
            ID,
            "2026-000037",
            "A letter",
            "intact",
            *[""] * 7,
            "2026-08-02T03:00:00.000Z",
            "",
            BAG["acknowledged"],
        ]
    ]


def test_findings_about_the_archive_come_first_and_name_no_bag() -> None:
    rows = table(BAG, findings=(CATALOG,))
    assert (
        rows[1]
        == [*[""] * 4, "CAT-ALTERED", "error", "catalog.json", "is not what ledger and bags give"] + [""] * 6
    )
    assert len(rows) == 4


def test_name_that_is_not_utf8_stands_as_it_can_be_shown() -> None:
    bag = BAG | {"id": {"text": "a\\xff", "base64": "Yf8="}, "reference": None, "title": None, "findings": []}
    assert table(bag)[1][:4] == ["a\\xff", "", "", "damaged"]


def test_lines_end_as_rfc_4180_asks() -> None:
    text = "".join(audit_csv({"findings": []}, [BAG]))
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "  =", "\u00a0=", "＝", "＠"])
def test_no_cell_begins_a_formula(start: str) -> None:
    [row] = csv.reader([cell(f"{start}cmd|' /C calc'!A0")], strict=True)
    assert len(row) == 1
    assert row[0].startswith("'")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("", ""),
        ('a "b", c', '"a ""b"", c"'),
        ("a;b", '"a;b"'),
        ("a\nb", "a\\x0ab"),
        ("\u202eabc\x1b", "\\u202eabc\\x1b"),
        ("caf\u00e9 \u6e21\u53e3", "caf\u00e9 \u6e21\u53e3"),
        ("a\udcff", "a\\xff"),
        ("2026-000037", "2026-000037"),
    ],
)
def test_cell_is_quoted_where_it_must_be_and_shows_what_hides(text: str, written: str) -> None:
    assert cell(text) == written


def test_table_streams_bags_as_they_come() -> None:
    taken = 0

    def bags() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for _ in range(2000):
            taken += 1
            yield BAG

    pieces = audit_csv({"findings": []}, bags())
    next(pieces)
    assert taken < 600
    assert sum(piece.count("\r\n") for piece in pieces) > 2000
    assert taken == 2000

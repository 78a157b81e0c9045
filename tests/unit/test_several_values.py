"""Cells with several values that `||` does not separate: said once for each column, never split unasked."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions


def read(
    *rows: str, header: str = "filename,title,subject,language"
) -> tuple[list[DescribedRow], list[Finding]]:
    data = "\n".join((header, *rows, "")).encode()
    items = list(read_descriptions("m.csv", io.BytesIO(data)))
    said = [item for item in items if isinstance(item, Finding) and item.code == "TABLE-SEVERAL-VALUES"]
    return [item for item in items if isinstance(item, DescribedRow)], said


def test_mark_between_values_is_said_once_for_its_column_with_the_first_cell() -> None:
    rows, (finding,) = read("a,A,Mills,en", "b,B,Mills; Rivers,en", "c,C,Mills; Towns; Boats,en")
    assert (finding.at.line, finding.at.column, finding.at.field) == (3, "C", "subject")
    assert "2 cells hold “;”" in finding.message
    assert finding.found == "Mills; Rivers"
    assert [len(row.description.terms["subject"]) for row in rows] == [1, 1, 1]


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("Mills|Rivers", 1),
        ('"Mills\nRivers"', 1),
        ("Mills||Rivers", 0),
        ("Mills; A||Rivers", 1),
        ("Mills &amp; Rivers", 0),
        ("Caf&#233;s", 0),
        ("Mills;", 0),
    ],
)
def test_only_what_may_separate_is_counted(cell: str, count: int) -> None:
    assert len(read(f"a,A,{cell},en")[1]) == count


def test_in_a_title_such_a_mark_is_punctuation() -> None:
    assert read("a,Of mills; of rivers,Mills,en")[1] == []


def test_tables_of_omeka_say_it_too() -> None:
    rows, said = read("a,A,Mills; Rivers", header="filename,dcterms:title,dcterms:subject")
    assert [len(row.description.terms["subject"]) for row in rows] == [1]
    assert len(said) == 1

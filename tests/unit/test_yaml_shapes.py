"""Descriptions in YAML inside of something, or in nobody's terms: understood, and refused, as in JSON."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar

DOCS = "docs:\n  - filename: a.txt\n    title: A\n  - filename: b.txt\n    title: B\n"


def read(text: str, name: str = "m.yaml", *, held: bool = False) -> tuple[list[DescribedRow], list[Finding]]:
    """The rows, and what is said beside them."""
    items = list(read_descriptions(name, io.BytesIO(text.encode()), held=held))
    rows = [item for item in items if isinstance(item, DescribedRow)]
    return rows, [item for item in items if isinstance(item, Finding)]


def test_records_of_a_list_inside_are_read_each_with_access_round_it() -> None:
    rows, (how,) = read("access: restricted\n" + DOCS)
    assert [(row.paths, row.description.title, row.at.line) for row in rows] == [
        (("a.txt",), "A", 3),
        (("b.txt",), "B", 5),
    ]
    assert [str(row.description.access) for row in rows] == ["restricted", "restricted"]
    assert how.message.endswith("stands in “docs”; of what is round it only “access” is read")


def test_access_round_a_list_that_cannot_be_read_is_an_error() -> None:
    rows, _ = read("access: closed until 2050\n" + DOCS)
    assert [[each.code for each in row.findings] for row in rows] == [["DESC-ACCESS-UNREADABLE"]] * 2


def test_what_yaml_says_twice_is_an_error_of_its_record_or_of_the_file() -> None:
    rows, found = read("n: 1\nn: 2\n" + DOCS + "    title: C\n")
    assert [each.code for each in found] == ["DESC-READ-AS", "DESC-DUPLICATE-KEY"]
    assert [[each.at.line for each in row.findings] for row in rows] == [[], [8]]
    rows, found = read("docs: [{filename: a, title: A, title: B}, {filename: b, title: B}]\n")
    assert [each.code for each in found] == ["DESC-READ-AS", "DESC-DUPLICATE-KEY"]
    rows, found = read(DOCS + "docs: []\n")
    assert "DESC-DUPLICATE-KEY" in [each.code for each in (*found, *rows[0].findings, *rows[1].findings)]


def test_record_of_a_list_inside_that_is_no_mapping_or_names_no_file_is_an_error() -> None:
    rows, found = read(DOCS + "  - words\n  - title: C\n")
    assert [row.paths for row in rows] == [("a.txt",), ("b.txt",)]
    assert [each.code for each in found] == ["DESC-READ-AS", "DESC-NOT-AN-OBJECT", "DESC-NO-FILE"]


def test_description_inside_is_read_and_what_is_round_it_kept() -> None:
    row = read_sidecar("b.txt.dc.yaml", b"created: 1999\nmetadata:\n  title: T\n  creatr: x\n")
    assert isinstance(row, DescribedRow)
    assert row.description.title == "T"
    assert row.description.other == {"creatr": ("x",), "/created": ("1999",)}
    (finding,) = row.findings
    assert finding.message == "the description stands in “metadata”; what is round it is kept"


@pytest.mark.parametrize("ending", ["yaml", "json"])
@pytest.mark.parametrize(
    "text",
    [
        '{"Titel": "Brief", "Autor": "Ada"}',
        '[{"filename": "a.txt", "Titel": "Brief"}]',
        '[{"filename": "a.txt", "sha256": "", "Titel": "Brief"}]',
        '[{"filename": "a.txt", "access": "restricted", "Titel": "Brief"}]',
    ],
)
def test_record_without_any_term_is_an_error(ending: str, text: str) -> None:
    ((row,), _) = read(text, f"m.{ending}")
    (finding,) = row.findings
    assert finding.code == "DESC-NO-TERMS"
    assert "title" in (finding.remedy or "")


@pytest.mark.parametrize("ending", ["yaml", "json"])
@pytest.mark.parametrize(
    "text",
    [
        '[{"filename": "a.txt"}]',
        '[{"filename": "a.txt", "size": "3"}]',
        '[{"filename": "a.txt", "access": "restricted"}]',
    ],
)
def test_record_of_which_all_is_understood_needs_no_term(ending: str, text: str) -> None:
    ((row,), _) = read(text, f"m.{ending}")
    assert row.findings == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('[{"reference": "2026-1", "shelf": "A 3"}]', []),
        ('[{"reference": "2026-1", "Titel": "Brief"}]', ["DESC-NO-TERMS"]),
    ],
)
@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_columns_of_ones_own_alone_are_given_to_what_is_held(
    ending: str, text: str, codes: list[str]
) -> None:
    ((row,), _) = read(text, f"m.{ending}", held=True)
    assert [each.code for each in row.findings] == codes

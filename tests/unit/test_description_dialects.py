"""Tables of other systems are read as what they are, and it is said; what has no place among ours is kept."""

import io

import pytest

from archive.core.descriptions.description import Value
from archive.core.findings import Finding, Severity
from archive.formats.descriptions import DescribedRow, read_descriptions
from archive.formats.descriptions.dspace_names import DSPACE
from archive.formats.descriptions.structured import Record, described


def read(text: str) -> tuple[list[DescribedRow], list[Finding]]:
    """Rows and findings of a table in CSV."""
    items = list(read_descriptions("m.csv", io.BytesIO(text.encode())))
    rows = [item for item in items if isinstance(item, DescribedRow)]
    beside = [item for item in items if isinstance(item, Finding)]
    return rows, [*beside, *(finding for row in rows for finding in row.findings)]


def texts(row: DescribedRow, term: str) -> list[str]:
    """The values of a term."""
    return [value.value for value in row.description.terms.get(term, ())]


ATOM = (
    "legacyId,parentId,identifier,title,levelOfDescription,scopeAndContent,subjectAccessPoints,eventDates,"
    "eventActors,sources,digitalObjectPath\n"
    "7,,F1,The fonds,Fonds,All,,,,,\n"
    "8,7,F1-1,Letter | one,Item,a | b,Bells| Ropes,1918|NULL,Ana|Ben,the donor,a.txt\n"
)


def test_atom_columns_mean_what_isad_says() -> None:
    (row,), found = read(ATOM)
    assert row.paths == ("a.txt",)
    assert {term: texts(row, term) for term in row.description.terms} == {
        "isPartOf": ["F1"],
        "identifier": ["F1-1"],
        "title": ["Letter | one"],
        "description": ["a | b"],
        "subject": ["Bells", "Ropes"],
        "date": ["1918"],
        "creator": ["Ana", "Ben"],
    }
    assert row.description.other == {
        "legacyId": ("8",),
        "levelOfDescription": ("Item",),
        "sources": ("the donor",),
    }
    assert [f.code for f in found if f.code.startswith("DESC")] == ["DESC-READ-AS", "DESC-LEVEL"]
    assert all(finding.severity is Severity.NOTE for finding in found)


def test_atom_columns_that_stand_twice_are_both_taken_apart() -> None:
    (_, row), _ = read(
        "legacyId,parentId,parentId,identifier,identifier,title,levelOfDescription,eventDates,eventDates,"
        "digitalObjectPath\n"
        "7,,,,F1,The fonds,Fonds,,,b.txt\n"
        "8,7,7,,,Letter,Item,1914|1915|NULL,1918|1919,a.txt\n"
    )
    assert texts(row, "date") == ["1914", "1915", "1918", "1919"]
    assert texts(row, "isPartOf") == ["F1", "F1"]


def test_omeka_values_are_separated_by_a_bar_and_it_is_said() -> None:
    (row,), found = read("file,dcterms:title,dcterms:creator,bibo:pages\na.txt,T,Ana|Ben,3\n")
    assert texts(row, "creator") == ["Ana", "Ben"]
    assert row.description.other == {"bibo:pages": ("3",)}
    assert any("“|”" in finding.message for finding in found)


@pytest.mark.parametrize("heading", ["media_source", "o:media[file]", "o:source"])
def test_omeka_names_files_in_the_column_of_the_medium(heading: str) -> None:
    (row,), _ = read(f"o:id,dcterms:title,dcterms:date,{heading}\n7,T,1918,a.txt\n")
    assert row.paths == ("a.txt",)
    assert row.description.other == {"o:id": ("7",)}


def test_omeka_names_files_where_a_column_says_so() -> None:
    (row,), _ = read("o:source,dcterms:title,dcterms:date,file\nscan 7,T,1918,a.txt\n")
    assert row.paths == ("a.txt",)
    assert row.description.other == {"o:source": ("scan 7",)}


def test_a_first_column_taken_for_file_names_is_said() -> None:
    _, found = read("no.,title\n7,T\n")
    assert any("“no.”, is taken for the names of the files" in finding.message for finding in found)
    _, found = read("filename,title\n7,T\n")
    assert not any("is taken for" in finding.message for finding in found)


def test_bar_in_a_table_like_ours_is_text() -> None:
    (row,), _ = read("filename,dc.title,dcterms.extent\na.txt,A | B,1\n")
    assert texts(row, "title") == ["A | B"]


def test_dspace_spreadsheet_has_languages_repeats_and_several_files() -> None:
    (row,), _ = read(
        "files,dc.title[en],dc.contributor.author,dc.identifier.isbn,dc.subject.lcsh[fr],collection\n"
        "a.txt||b.txt,T,Ana||Ben,123,S,10/1\n"
    )
    assert row.paths == ("a.txt", "b.txt")
    assert row.description.terms == {
        "title": (Value("T", "en"),),
        "creator": (Value("Ana"), Value("Ben")),
        "identifier": (Value("123", scheme="isbn"),),
        "subject": (Value("S", "fr", "lcsh"),),
    }
    assert row.description.other == {"collection": ("10/1",)}


@pytest.mark.parametrize("name", DSPACE)
def test_every_dspace_name_is_read_alike_in_tables_and_records(name: str) -> None:
    (row,), found = read(f"filename,dc.title,dc.{name}[en]\na.txt,T,1918\n")
    record = described(Record({"dc.title": "T", f"dc.{name}[en]": ["1918"]}, "m.json"))
    assert row.description == record.description
    mapped = DSPACE[name]
    assert row.description.terms[mapped.term] == (Value("1918", "en", mapped.scheme),)
    assert "DESC-READ-AS" in {finding.code for finding in found}
    assert "DESC-READ-AS" in {finding.code for finding in record.findings}

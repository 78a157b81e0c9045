"""Headings of somebody's own: what they probably mean is said, and nothing is read under them."""

import io

import pytest

from archive.core.descriptions.column_names import measure_meant, term_meant
from archive.core.findings import Finding
from archive.formats.descriptions import read_descriptions


def meant(table: str) -> list[str | None]:
    """The names that a table's own headings should have, as it is said of them."""
    read = read_descriptions("a.csv", io.BytesIO(table.encode()))
    return [one.expected for one in read if isinstance(one, Finding) and one.code == "DESC-COLUMN-MEANT"]


@pytest.mark.parametrize(
    ("heading", "term"),
    [
        ("Creator(s)", "creator"),
        ("Subject 2", "subject"),
        ("Date Created", "created"),
        ("Rights Statement", "rights"),
        ("Object ID", "identifier"),
        ("Verfasser", "creator"),
        ("Box", None),
    ],
)
def test_heading_of_somebodys_own_is_told_the_term_that_it_may_mean(heading: str, term: str | None) -> None:
    assert term_meant(heading) == term


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("MD5 checksum", "md5"),
        ("checksum (SHA-256)", "sha256"),
        ("Fixity value", "checksum"),
        ("messageDigest", "checksum"),
        ("Prüfsumme", "checksum"),
        ("File size", "size"),
        ("size_in_bytes", "size"),
        ("hashtags", None),
        ("Digest of the contents", None),
        ("Paper size", None),
    ],
)
def test_heading_under_which_no_file_is_compared_is_told_the_name_that_it_may_mean(
    heading: str, name: str | None
) -> None:
    assert measure_meant(heading) == name
    assert meant(f"filename,title,{heading}\na.txt,A,x\n") == ([name] if name else [])


def test_what_verifies_a_file_is_not_asked_after_in_a_table_of_what_is_held() -> None:
    table = b"reference,title,MD5 checksum\n2026-000001,A,x\n"
    read = read_descriptions("a.csv", io.BytesIO(table), held=True)
    assert not [one for one in read if isinstance(one, Finding) and one.code == "DESC-COLUMN-MEANT"]

"""What JSON forbids and stands round a list of descriptions is said, as it is in a list."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions

RECORD = '{"filename": "a.txt", "title": "A"}'
TWICE = '{"filename": "a.txt", "title": "A", "title": "B"}'
NUMBERS = '{"filename": "a.txt", "title": "A", "box": 1e999, "shelf": NaN}'


def codes(text: str) -> tuple[list[str], list[str]]:
    """What is said of the file, and of its records."""
    items = list(read_descriptions("m.json", io.BytesIO(text.encode())))
    of_file = [item.code for item in items if isinstance(item, Finding) and item.code != "DESC-READ-AS"]
    rows = [item for item in items if isinstance(item, DescribedRow)]
    return of_file, [finding.code for row in rows for finding in row.findings]


@pytest.mark.parametrize(
    ("text", "of_file", "of_records"),
    [
        (f'{{"docs": [{RECORD}], "docs": [{RECORD}]}}', ["DESC-DUPLICATE-KEY"], []),
        (f'{{"access": "open", "access": "restricted", "docs": [{RECORD}]}}', ["DESC-DUPLICATE-KEY"], []),
        (f'{{"docs": [{RECORD}], "count": NaN}}', ["DESC-NUMBER"], []),
        (f'{{"docs": [{TWICE}]}}', [], ["DESC-DUPLICATE-KEY"]),
        (f'{{"info": {{"docs": "x"}}, "docs": [{TWICE}]}}', ["DESC-DUPLICATE-KEY"], []),
        (f'{{"info": {{"docs": "x"}}, "docs": [{NUMBERS}]}}', ["DESC-NUMBER", "DESC-NUMBER"], []),
        (
            f'{{"n": 1, "n": 2, "docs": [{TWICE}]}}',
            ["DESC-DUPLICATE-KEY"],
            ["DESC-DUPLICATE-KEY"],
        ),
        (f'{{"docs": [{RECORD}]}}', [], []),
    ],
)
def test_what_is_forbidden_is_said_once_of_the_file_or_of_its_record(
    text: str, of_file: list[str], of_records: list[str]
) -> None:
    assert codes(text) == (of_file, of_records)


def test_duplicate_name_is_said_with_its_line() -> None:
    items = list(read_descriptions("m.json", io.BytesIO(f'\n{{"docs": [{RECORD}],\n"docs": []}}'.encode())))
    (finding,) = [each for each in items if isinstance(each, Finding) and each.code != "DESC-READ-AS"]
    assert (finding.place, finding.at.line, finding.at.field) == ("m.json:docs", 2, "docs")

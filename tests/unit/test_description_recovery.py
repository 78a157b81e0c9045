"""A broken record of a JSON or YAML file costs itself alone, wherever it can be known where it ends."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions

GOOD = '{"filename": "%s", "title": "%s"}'


def read(name: str, text: str | bytes) -> tuple[list[str], list[tuple[str, int | None]]]:
    """The titles that were read, and code and line of each finding but those that say how."""
    data = text.encode() if isinstance(text, str) else text
    titles: list[str] = []
    found: list[Finding] = []
    for item in read_descriptions(name, io.BytesIO(data)):
        if isinstance(item, DescribedRow):
            titles.append(item.description.title)
        elif item.code != "DESC-READ-AS":
            found.append(item)
    return titles, [(finding.code, finding.at.line) for finding in found]


def around(broken: str) -> str:
    """A list of four good records with a broken one in line 3."""
    records = [GOOD % (name, name.upper()) for name in "abcd"]
    return "[" + ",\n".join([*records[:2], broken, *records[2:]]) + "]"


@pytest.mark.parametrize(
    "broken",
    [
        '{"filename": "x", "title": X}',
        '{"filename": "x" "title": "X"}',
        '{"filename": "x", "title": "X",}',
        "{'filename': 'x'}",
        '{"filename": "x", "title": "tab\there"}',
        '{"filename": "x", "title": "\\q"}',
        '{"filename": "x", "title": ["a", "b"}',
        '{"filename": "x", "title": "never closed}',
        '{"filename": "x", "title": "X"',
        '{"filename": "x", "title": {"value": "X"}',
    ],
)
def test_broken_element_of_a_list_costs_itself_alone(broken: str) -> None:
    assert read("m.json", around(broken)) == (["A", "B", "C", "D"], [("DESC-JSON-SYNTAX", 3)])


def test_broken_element_of_an_indented_list_costs_itself_alone() -> None:
    text = (
        '[\n  {\n    "filename": "a",\n    "title": "A"\n  },\n  {\n    "filename": "x",\n    "title": "X\n'
        '    "parts": [\n      {"a": 1}\n  },\n  {\n    "filename": "b",\n    "title": "B"\n  }\n]'
    )
    titles, ((code, line),) = read("m.json", text)
    assert (titles, code, line) == (["A", "B"], "DESC-JSON-SYNTAX", 8)


def test_list_whose_end_cannot_be_known_is_read_up_to_the_mistake() -> None:
    text = "[" + GOOD % ("a", "A") + ', {"filename": "x" "title": ["y"], ' + GOOD % ("b", "B") + "]"
    assert read("m.json", text) == (["A"], [("DESC-JSON-SYNTAX", 1)])


@pytest.mark.parametrize("name", ["m.jsonl", "m.ndjson", "m.json"])
def test_json_lines_are_read_line_by_line(name: str) -> None:
    lines = [GOOD % ("a", "A"), '{"filename": "x"', "", GOOD % ("b", "B"), "[1]", GOOD % ("c", "C")]
    titles, found = read(name, "\n".join(lines) + "\n")
    assert titles == ["A", "B", "C"]
    assert found == [("DESC-JSON-SYNTAX", 2 if name != "m.json" else 4), ("DESC-NOT-AN-OBJECT", 5)]


def test_line_of_json_lines_in_another_encoding_costs_itself_alone() -> None:
    lines = [GOOD % ("a", "A"), GOOD % ("x", "\xe9"), GOOD % ("b", "B")]
    data = "\n".join(lines).encode("latin-1")
    assert read("m.jsonl", data) == (["A", "B"], [("DESC-ENCODING", 2)])


def test_broken_document_of_a_yaml_file_costs_itself_alone() -> None:
    text = (
        "%YAML 1.2\n---\nfilename: a\ntitle: A\n---\nfilename: x\ntitle: [X\n---\nfilename: y\n"
        "title: !!int 5\n--- \nfilename: b\ntitle: |\n  B\n  --- not a mark\n"
    )
    titles, found = read("m.yaml", text)
    assert [title.split("\n")[0] for title in titles] == ["A", "B"]
    assert [code for code, _ in found] == ["DESC-YAML-SYNTAX", "DESC-YAML-TAG"]
    assert found[1][1] == 10


def test_many_broken_elements_are_looked_at_in_bounded_time() -> None:
    titles, found = read("m.json", "[" + '{"a": [\n' * 100_000)
    assert titles == []
    assert 0 < len(found) <= 100_000

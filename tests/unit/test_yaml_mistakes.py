"""What people get wrong in YAML is answered with what to write, and what YAML cuts off is said."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions


def read(text: str) -> list[DescribedRow | Finding]:
    return list(read_descriptions("m.yaml", io.BytesIO(text.encode())))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: A letter: to Ana\n", "quotation marks"),
        ("title: A\ncreator:\n\t- B\n", "never with tabs"),
        ("title: @home\n", "quotation marks"),
        ('title: "A letter\n', "close the quotation mark"),
        ("title: A\n  creator: B\n", "“: ”"),
        ("title: *bold* words\n", "quotation marks"),
        ("title: !important\n", "quotation marks"),
    ],
)
def test_common_mistake_is_answered_with_what_to_write(text: str, words: str) -> None:
    (finding,) = read(text)
    assert isinstance(finding, Finding)
    assert words in (finding.remedy or "")


def test_what_follows_a_hash_is_named_where_it_is_cut_off() -> None:
    (row,) = read('# a remark\ntitle: Schränke # 4\ncreator: "A # B"\nsubject: a#b\n')
    assert isinstance(row, DescribedRow)
    assert row.description.title == "Schränke"
    (finding,) = row.findings
    assert (finding.code, finding.at.line, finding.found) == ("DESC-YAML-COMMENT", 2, "# 4")


def test_comment_in_one_document_is_not_said_of_the_next() -> None:
    rows = read("---\nfilename: a\ntitle: A # 1\n---\nfilename: b\ntitle: B\n")
    assert [len(row.findings) for row in rows if isinstance(row, DescribedRow)] == [1, 0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_document_that_is_indented_as_a_whole_is_read(end: str) -> None:
    alone = read(f"# mine{end} title: A{end} subject: b{end}")
    assert [row.description.title for row in alone if isinstance(row, DescribedRow)] == ["A"]
    lines = (" filename: a", " title: A", "---", "filename: b", "title: B", "title: C", "")
    rows = read(end.join(lines))
    assert [row.paths for row in rows if isinstance(row, DescribedRow)] == [("a",), ("b",)]
    assert [finding.at.line for row in rows for finding in getattr(row, "findings", ())] == [6]


def test_tab_before_the_first_key_is_no_empty_file() -> None:
    (finding,) = read("\ttitle: A\n")
    assert isinstance(finding, Finding)
    assert finding.code == "DESC-YAML-SYNTAX"


@pytest.mark.parametrize("text", ["# nothing\n", "  # nothing\r# more\r", "%YAML 1.2\n", " \n\t\n"])
def test_file_of_remarks_alone_is_empty(text: str) -> None:
    (finding,) = read(text)
    assert isinstance(finding, Finding)
    assert finding.code == "DESC-EMPTY"

"""What people get wrong in YAML is answered with what to write, and what YAML cuts off is said."""

import io

import pytest

from archive.core.findings import Finding, Severity
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


@pytest.mark.parametrize(("char", "name"), [("\x85", "U+0085"), ("\u2028", "U+2028"), ("\u2029", "U+2029")])
@pytest.mark.parametrize(
    "line",
    ["title: Preis{}Liste", 'title: "Preis{}Liste"', "title: x{}date: 1900", "# a{}date: 1900", "{}a: b"],
)
def test_character_that_only_some_take_for_a_line_end_is_refused_where_it_stands(
    line: str, char: str, name: str
) -> None:
    (finding,) = read(f"creator: C\r\nsubject: S\r{line.format(char)}\npublisher: P\n")
    assert isinstance(finding, Finding)
    assert (finding.code, finding.place, finding.at.line) == ("DESC-YAML-SYNTAX", "m.yaml:3", 3)
    assert finding.found == name
    assert name in finding.message
    escape = "\\x85" if char == "\x85" else f"\\u{ord(char):04x}"
    assert f"“{escape}”" in (finding.remedy or "")


def test_each_of_them_is_named_and_costs_its_own_document_alone() -> None:
    rows = read("---\nfilename: a\u2028\ntitle: A\x85\n---\nfilename: b\ntitle: B\n---\u2029\ntitle: C\n")
    found = [(row.at.line, row.found) for row in rows if isinstance(row, Finding)]
    assert found == [(2, "U+2028"), (3, "U+0085"), (7, "U+2029")]
    rows = read("---\nfilename: a\u2028\n---\nfilename: b\ntitle: B\n")
    assert [row.paths for row in rows if isinstance(row, DescribedRow)] == [("b",)]


def test_file_that_begins_with_one_of_them_is_not_empty() -> None:
    (finding,) = read("\u2028title: A\n")
    assert isinstance(finding, Finding)
    assert (finding.code, finding.at.line) == ("DESC-YAML-SYNTAX", 1)


def test_what_the_remedy_says_is_read_as_it_was_meant() -> None:
    (row,) = read('filename: "a\\x85.txt"\ntitle: "x\\u2028date: 1900\\u2029y"\n')
    assert isinstance(row, DescribedRow)
    assert (row.paths, row.description.title) == (("a\x85.txt",), "x\u2028date: 1900\u2029y")
    assert "date" not in row.description.terms


@pytest.mark.parametrize("key", ["<<", '"<<"'])
def test_a_merge_key_is_answered_with_what_can_be_written_in_its_place(key: str) -> None:
    found = read(f"base: &x\n  title: A\nfilename: a\n{key}: *x\n")[0]
    assert isinstance(found, Finding)
    assert (found.code, found.remedy) == (
        "DESC-YAML-ALIAS",
        "write the values themselves where they are to stand",
    )


def test_an_alias_that_was_meant_as_text_is_to_be_quoted() -> None:
    (found,) = read("filename: a\ntitle: *bold\n")
    assert isinstance(found, Finding)
    assert found.remedy == "put a text that begins so into quotation marks"
    (row,) = read('filename: a\ntitle: "*bold*"\n')
    assert isinstance(row, DescribedRow)


@pytest.mark.parametrize(
    "records",
    [
        "- filename: a\n  title: A\n- filename: b\n  title: B\n  title: C # 2\n- filename: c\n  title: D\n",
        "- {filename: a, title: A}\n- {filename: b, title: B, title: C # 2\n  }\n- {filename: c, title: D}\n",
    ],
)
def test_what_is_wrong_in_one_record_of_a_list_is_said_of_that_record(records: str) -> None:
    rows = [row for row in read(records) if isinstance(row, DescribedRow)]
    said = {row.paths[0]: [finding.code for finding in row.findings] for row in rows}
    assert said == {"a": [], "b": ["DESC-DUPLICATE-KEY", "DESC-YAML-COMMENT"], "c": []}


def test_list_that_breaks_off_is_not_read_in_front_of_it_either_and_says_so() -> None:
    (finding,) = read("- filename: a\n  title: A\n- filename: b\n   title: B\n")
    assert isinstance(finding, Finding)
    assert finding.at.line == 4
    assert finding.message.endswith("; nothing of the document was read")


def test_document_behind_an_end_mark_breaks_off_alone() -> None:
    row, finding = read("title: A # 1\n...\ntitle: B: C\n")
    assert isinstance(row, DescribedRow)
    assert [each.code for each in row.findings] == ["DESC-YAML-COMMENT"]
    assert isinstance(finding, Finding)
    assert finding.message.endswith("; nothing from here to the end of the document was read")


@pytest.mark.parametrize(
    ("text", "line", "comment"),
    [
        ("identifier: #A12\n", 1, "#A12"),
        ("identifier: #A12", 1, "#A12"),
        ("subject:\n  - #hashtag\n  - two\n", 2, "#hashtag"),
        ("subject:\n  - one\n  -   #hashtag\n", 3, "#hashtag"),
        ("identifier: &a #A12\ndate: 1902\n", 1, "#A12"),
        ("{identifier: #A12\n, date: 1902}\n", 1, "#A12"),
    ],
)
def test_a_value_that_begins_with_a_hash_is_named(text: str, line: int, comment: str) -> None:
    (row,) = read(text)
    assert isinstance(row, DescribedRow)
    assert [(each.code, each.at.line, each.found) for each in row.findings] == [
        ("DESC-YAML-COMMENT", line, comment)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "creator: # the scribe\n  - Ana\n",
        "creator: # the scribe\n  name: Ana\n",
        "creator: # the scribe\n  Ana\n",
        "creator: # the scribe\n- Ana\n",
        "creator: |  # the scribe\n  Ana\n",
        "# one\ncreator: Ana\n# two\n",
        "creator: Ana\ndate:\n# not known\n",
        "creator: Ana\ndate: ~  # not known\n",
        "creator: [ # the scribe\n Ana]\n",
    ],
)
def test_an_ordinary_comment_is_not_spoken_of(text: str) -> None:
    (row,) = read(text)
    assert isinstance(row, DescribedRow)
    assert (row.description.first("creator"), row.findings) == ("Ana", ())


@pytest.mark.parametrize(
    "text",
    [
        "title: T\naccess: #restricted\n",
        "title: T\nAccess: # embargoed until soon\n",
        "title: T\nother:\n  access: #restricted\n",
        "{title: T,\n access: #restricted\n}\n",
    ],
)
def test_access_behind_a_hash_is_an_error(text: str) -> None:
    (row,) = read(text)
    assert isinstance(row, DescribedRow)
    found = [each for each in row.findings if each.code == "DESC-ACCESS-UNREADABLE"]
    assert [(each.severity, (each.remedy or "")[:5]) for each in found] == [(Severity.ERROR, "write")]
    assert found[0].at.line in {2, 3}
    assert row.description.access is None


def test_access_in_a_list_behind_a_hash_is_an_error_and_another_remark_is_none() -> None:
    (row,) = read("title: T\naccess:\n  - #restricted\n")
    assert isinstance(row, DescribedRow)
    assert [(each.code, each.at.line) for each in row.findings] == [("DESC-ACCESS-UNREADABLE", 3)]
    (row,) = read("title: T\naccess: # ask Ana\n")
    assert isinstance(row, DescribedRow)
    assert [(each.code, each.at.line) for each in row.findings] == [("DESC-YAML-COMMENT", 2)]


@pytest.mark.parametrize("word", ["null", "Null", "NULL", "~", ""])
def test_null_states_nothing_in_any_spelling_of_yaml(word: str) -> None:
    (row,) = read(f"title: A\ncreator: {word}\nsubject:\n  - {word}\n  - s\nbox: {word}\nfilename: {word}\n")
    assert isinstance(row, DescribedRow)
    assert (set(row.description.terms), row.description.other, row.paths) == ({"title", "subject"}, {}, ())
    assert [value.value for value in row.description.terms["subject"]] == ["s"]


@pytest.mark.parametrize("text", ['"null"', "'Null'", "Null, Ana", "nUll", "!!str null", "null # x"])
def test_a_text_is_a_text(text: str) -> None:
    (row,) = read(f"title: A\ncreator: {text}\n")
    assert isinstance(row, DescribedRow)
    absent = text.startswith("null")
    assert row.description.first("creator") == (None if absent else text.strip("'\"").removeprefix("!!str "))


def test_a_name_that_yaml_takes_for_null_is_spoken_of() -> None:
    (row,) = read("title: A\ncreator: Null\ndate: null\npublisher:\n  - NULL\n")
    assert isinstance(row, DescribedRow)
    assert [(each.code, each.at.line, each.found) for each in row.findings] == [
        ("DESC-YAML-NULL", 2, "Null"),
        ("DESC-YAML-NULL", 5, "NULL"),
    ]
    assert {each.severity for each in row.findings} == {Severity.WARNING}


def test_a_key_called_null_stays_a_key() -> None:
    (row,) = read("title: A\nnull: x\n")
    assert isinstance(row, DescribedRow)
    assert row.description.other == {"null": ("x",)}

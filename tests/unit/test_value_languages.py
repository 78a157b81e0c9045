"""A tag of a language is the same in capital and small letters (RFC 5646 §2.1.1)."""

import json

import pytest

from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.description_change import Field, merged
from archive.core.descriptions.value_languages import language_of, with_languages_alike
from archive.formats.description_table.cells import Cells, TableRow
from archive.formats.description_table.columns import columns_of
from tests.changes import Changing

Titles = list[tuple[str, str | None]]
EN: Titles = [("E1", "en")]
CAPITALS: Titles = [("E1", "EN")]
FR: Titles = [("F", "fr")]
BOTH: Titles = [("E1", "en"), ("E2", "EN")]


def titled(titles: Titles) -> Description:
    return Description({"title": tuple(Value(*one) for one in titles)} if titles else {})


@pytest.mark.parametrize(
    ("held", "offered", "expected"),
    [
        (EN, [("E2", "EN")], [("E2", "en")]),
        (CAPITALS, [("E2", "en")], [("E2", "en")]),
        (CAPITALS, [("E2", "En")], [("E2", "EN")]),
        (EN, CAPITALS, EN),
        (CAPITALS, EN, EN),  # as the note on a tag that is not canonical asks for
        ([("E1", "EN"), ("F", "fr")], [("E2", "en")], [("E2", "en"), ("F", "fr")]),
        (BOTH, BOTH, BOTH),
        (BOTH, BOTH[::-1], BOTH),  # the columns of an export
        (BOTH, [("E1", "en"), ("E2", "en")], BOTH),
        (BOTH, [("E3", "EN")], [("E3", "en")]),
        ([], BOTH, [("E1", "en"), ("E2", "en")]),
        (EN, [("E1", None)], [("E1", None)]),
        ([("E1", "EN"), ("T", None)], [("E1", "en"), ("T", None)], [("E1", "en"), ("T", None)]),
    ],
)
def test_a_value_takes_the_place_of_those_in_its_language_in_whatever_case(
    held: Titles, offered: Titles, expected: Titles
) -> None:
    assert merged(titled(held), titled(offered)) == titled(expected)


def test_a_text_keeps_its_scheme_where_only_the_case_of_its_tag_differs() -> None:
    held = Description({"subject": (Value("Bells", "en", "lcsh"), Value("Clocks", "en", "lcsh"))})
    offered = Description({"subject": (Value("Bells", "EN"), Value("Hours", "EN"))})
    new = merged(held, offered).terms["subject"]
    assert new == (Value("Bells", "en", "lcsh"), Value("Hours", "en"))


@pytest.mark.parametrize("lang", ["en", "EN"])
def test_a_language_is_cleared_in_whatever_case(lang: str) -> None:
    assert merged(titled(BOTH + FR), titled([]), [Field("title", lang)]) == titled(FR)


def test_one_spelling_stays_as_it_is_and_two_become_one() -> None:
    singles: list[Titles] = [CAPITALS, [("a", "EN"), ("b", "EN")], [("a", "xx-YY"), ("b", None)]]
    for titles in singles:
        description = titled(titles)
        assert with_languages_alike(description) is description
    assert with_languages_alike(titled(BOTH[::-1])) == titled([("E2", "en"), ("E1", "en")])
    assert with_languages_alike(titled([("a", "QQ"), ("b", "qQ")])) == titled([("a", "QQ"), ("b", "QQ")])
    assert language_of("\u212a") != language_of("k")


def test_two_columns_of_one_language_are_taken_in_as_that_one(changing: Changing) -> None:
    table = b"filename,dc.title[en],dc.title[EN]\nd.txt,E1,E2\n"
    changing.made.ingest({"d.txt": b"four", "metadata.csv": table}, name="theirs")
    path = changing.made.folder / "all.json"
    changing("catalog", "export", "--what", "descriptions", "--to", str(path))
    (told,) = [each for each in json.loads(path.read_text()) if "E1" in str(each)]
    assert told["title"] == [{"value": "E1", "lang": "en"}, {"value": "E2", "lang": "en"}]
    received = changing.made.folder / "as-received.csv"
    run = changing("show", changing.reference("d.txt"))["run"]
    changing("list", "--as-received", "--run", run, "--table", str(received))
    assert received.read_bytes().replace(b"\r\n", b"\n") == table


def test_a_value_beside_one_in_its_language_that_no_cell_can_hold_does_not_take_its_place() -> None:
    description = titled([("E1", "en"), ("x || y", "EN")])
    row = TableRow("2026-1", "id", 1, "a.txt", description)
    assert "E1" not in Cells(columns_of([description]).columns).of(row)

"""Access that is said round descriptions in JSON: it holds for each of them, and never opens one."""

import io
import json
from typing import Any

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions

RECORDS = [{"filename": "a.txt", "title": "A"}, {"filename": "b.txt", "title": "B"}]


def read(document: Any) -> tuple[list[DescribedRow], list[Finding]]:
    """The rows of a document, and what is said beside them."""
    items = list(read_descriptions("set.json", io.BytesIO(json.dumps(document, indent=1).encode())))
    rows = [item for item in items if isinstance(item, DescribedRow)]
    return rows, [item for item in items if isinstance(item, Finding)]


def accesses(document: Any) -> list[str]:
    return [str(row.description.access) for row in read(document)[0]]


@pytest.mark.parametrize("column", ["access", "Access"])
@pytest.mark.parametrize("stated", ["restricted", ["restricted"], {"value": "restricted"}])
def test_access_round_a_list_holds_for_each_of_its_records(column: str, stated: Any) -> None:
    document = {column: stated, "count": 2, "docs": RECORDS}
    assert accesses(document) == ["restricted", "restricted"]
    _, (how,) = read(document)
    assert how.message.endswith(f"of what is round it only “{column}” is read")


@pytest.mark.parametrize("stated", ["closed until 2050", {"status": "restricted"}])
def test_access_round_a_list_that_cannot_be_read_is_an_error_of_each_record(stated: Any) -> None:
    rows, _ = read({"access": stated, "docs": RECORDS})
    assert [[each.code for each in row.findings] for row in rows] == [["DESC-ACCESS-UNREADABLE"]] * 2


def test_what_a_record_of_a_list_states_itself_holds() -> None:
    of_each = [{**RECORDS[0], "access": "open"}, {**RECORDS[1], "other": {"access": "open"}}, RECORDS[0]]
    assert accesses({"access": "restricted", "docs": of_each}) == ["open", "open", "restricted"]


def test_nearest_access_round_a_list_holds() -> None:
    inside = {"access": "open", "docs": RECORDS}
    assert accesses({"access": "restricted", "response": inside}) == ["open", "open"]
    assert accesses({"access": "restricted", "response": {"docs": RECORDS}}) == ["restricted"] * 2


def test_access_round_a_list_whose_name_stands_elsewhere_holds_too() -> None:
    document = {"note": {"docs": ["x"]}, "access": "restricted", "docs": RECORDS}
    assert accesses(document) == ["restricted", "restricted"]


@pytest.mark.parametrize("stated", [None, "", [None], "not stated", "by appointment"])
def test_record_that_states_no_access_does_not_undo_what_is_said_round_it(stated: Any) -> None:
    record = {**RECORDS[0], "access": stated}
    assert accesses({"access": "restricted", "docs": [record]}) == ["restricted"]
    assert accesses({"access": "restricted", "metadata": record}) == ["restricted"]
    assert accesses({"access": "restricted", "a": {"access": stated, "b": RECORDS[0]}}) == ["restricted"]


def test_words_of_ones_own_that_access_round_them_goes_before_are_kept() -> None:
    record = {**RECORDS[0], "access": "by appointment"}
    ((row,), _) = read({"access": "restricted", "metadata": record})
    assert row.description.other == {"/metadata/access": ("by appointment",)}


def test_access_farther_round_a_description_is_kept() -> None:
    ((row,), _) = read({"access": "restricted", "a": {"access": "open", "b": RECORDS[0]}})
    assert str(row.description.access) == "open"
    assert row.description.other == {"/access": ("restricted",)}


def test_member_other_that_holds_no_columns_is_kept_where_access_round_it_is_taken() -> None:
    record = {**RECORDS[0], "access": "by appointment", "other": "x"}
    for document in ({"access": "restricted", "docs": [record]}, {"access": "restricted", "a": record}):
        ((row,), _) = read(document)
        assert row.description.other["/other"] == ("x",)

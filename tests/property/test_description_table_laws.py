"""What is exported as a table is read again as the same descriptions, whatever stands in them."""

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.core.descriptions.dcterms import TERMS
from archive.core.descriptions.description import Description, Value, tidy
from archive.core.ids import uuid7
from archive.formats.csv_cells import guarded, unguarded
from archive.formats.description_table import TableForm, TableRow, columns_of, written
from archive.formats.descriptions import DescribedRow, read_descriptions, without_export_marks

BAG = uuid7(1, bytes(10))
EXAMPLES = settings(max_examples=30, deadline=None)
FORMS = [TableForm.CSV, TableForm.ODS, TableForm.XLSX, TableForm.JSON]

# What spreadsheet programs, CSV readers and XML take for something else.
dangerous = st.sampled_from(
    [
        "=1+1",
        "'=1",
        "''=1",
        "+4",
        "-5",
        "@x",
        "＝1",
        "\t=1",
        " =1",
        "'",
        '"',
        '"a"',
        ",",
        ";",
        "a\r\nb",
        "x\ry",
        "_x0041_",
        "_x000D_",
        "\x00",
        "\x0b",
        "\ufffe",
        "\x85",
        "\u2028",
        "007",
        "1E5",
        "18-Nov",
        "TRUE",
        "  a  b ",
        "sep=;",
        "#help:",
        "<b>&amp;",
        "]]>",
        "𝕏",
        "é",
        "\ufeff",
        "#REF!",
    ]
)
texts = st.one_of(
    dangerous,
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.tuples(dangerous, dangerous).map("".join),
).filter(lambda text: "||" not in text and text.strip("|") == text)  # such values are left out, and named
values = texts.map(tidy).filter(bool)
stated = st.builds(Value, values, st.sampled_from([None, "en", "zh-Hant"]), st.none(), st.none())
kept = texts.filter(lambda text: tidy(text) != "")
names = st.one_of(st.sampled_from(["shelf", "Box 4", "=box", "'=box", "C", "07"]), values)
descriptions = st.builds(
    Description,
    st.dictionaries(st.sampled_from(TERMS), st.lists(stated, min_size=1, max_size=3).map(tuple), max_size=4),
    st.dictionaries(names, st.lists(kept, min_size=1, max_size=2).map(tuple), max_size=2),
    st.none(),
)


def test_value_that_would_melt_into_the_separator_beside_it_is_left_out_and_named() -> None:
    described = Description({"title": (Value("A"),), "subject": (Value("mills|"), Value("rivers"))})
    rows = [TableRow("r0", BAG, 1, "0.txt", described)]
    out = io.BytesIO()
    left = written(TableForm.CSV, columns_of([described]).columns, rows, out)
    assert [each.reference for each in left] == ["r0"]
    assert b"mills|" not in out.getvalue()


def read_again(form: TableForm, described: list[Description], *, held: bool) -> list[Description]:
    out = io.BytesIO()
    rows = [TableRow(f"r{n}", BAG, 1, f"{n}.txt", each) for n, each in enumerate(described)]
    assert written(form, columns_of(described).columns, rows, out) == []
    out.seek(0)
    read = read_descriptions(f"table.{form}", out, held=held)
    return [without_export_marks(row.description) for row in read if isinstance(row, DescribedRow)]


def by_language(description: Description) -> dict[str, list[tuple[str | None, str]]]:
    """The values of each term; a table has a column for each language, so the order among those is lost."""
    return {
        term: sorted(((value.lang, value.value) for value in several), key=lambda each: each[0] or "")
        for term, several in description.terms.items()
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("held", [True, False])
@given(described=st.lists(descriptions, min_size=1, max_size=3))
@EXAMPLES
@example(
    [Description({"title": (Value("'=1"),), "subject": (Value("=1"), Value("'=2"))}, {"=box": ("x\ry",)})]
)
@example([Description({"title": (Value("a \t b"),)}, {"shelf": ("\t tab", "tab \t")})])
def test_export_read_again_is_the_same(form: TableForm, held: bool, described: list[Description]) -> None:
    left_out = (
        columns_of(described).left_out if form is not TableForm.JSON else ("reference", "id", "revision")
    )
    read = read_again(form, described, held=held)
    assert [by_language(each) for each in read] == [by_language(each) for each in described]
    for again, once in zip(read, described, strict=True):
        assert again.other == {name: texts for name, texts in once.other.items() if name not in left_out}


@pytest.mark.parametrize("texts", [("|", "=1+1"), ("a|", "b")])
def test_values_that_would_be_parted_elsewhere_are_left_out_and_said(texts: tuple[str, str]) -> None:
    described = Description({"title": tuple(Value(text) for text in texts)})
    row = TableRow("r", BAG, 1, "a.txt", described)
    (left,) = written(TableForm.CSV, columns_of([described]).columns, [row], io.BytesIO())
    assert (left.heading, left.reference) == ("dc.title", "r")


@given(kept)
@settings(max_examples=300, deadline=None)
def test_guard_is_taken_off_again_whatever_stands_behind_it(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text).lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}

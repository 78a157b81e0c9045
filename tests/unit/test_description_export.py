"""Descriptions written to tables and lists, and read again: by the same archive, and by another."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.descriptions.access import parse_access
from archive.core.descriptions.description import Description, Value
from archive.formats.description_table.cells import Cells, TableRow
from archive.formats.description_table.columns import NAMED, columns_of
from archive.formats.description_table.xml_records import xml_records
from archive.formats.descriptions import DescribedRow, read_descriptions
from archive.services.holdings import description_table
from tests.changes import Changing

ODD = ["=cmd", "'=cmd", "two\nlines", "semi;colon", 'quo"te', "-5", "007"]
TABLE = (
    "File;dc.subject;Regal;dc.title;dc.subject;sha256;id\n"
    "d.txt;bells;=3;The fourth;clocks;;theirs\n"
    "e.txt;;'4;The fifth;;;\n"
).encode("utf-16")


def export(changing: Changing, form: str, *more: str) -> Path:
    path = changing.made.folder / f"exported.{form}"
    report = changing("catalog", "export", "--what", "descriptions", "--to", str(path), *more)
    assert report["action"] == "export"
    return path


def rows(path: Path) -> list[DescribedRow]:
    with path.open("rb") as stream:
        return [row for row in read_descriptions(path.name, stream) if isinstance(row, DescribedRow)]


def submit(changing: Changing) -> None:
    changing.made.ingest({"d.txt": b"four", "e.txt": b"five", "metadata.csv": TABLE}, name="theirs")


@pytest.mark.parametrize("form", ["ods", "xlsx", "csv", "json"])
def test_an_export_read_again_changes_nothing(changing: Changing, form: str) -> None:
    submit(changing)
    values = [part for one in ODD for part in ("--set", f"dc.subject={one}")]
    reference = changing.reference("a.txt")
    changing("describe", reference, *values, "--set", "dc.title[fr]=Lettre", "--set", "shelf=@3")
    path = export(changing, form)
    report = changing("describe", "--metadata", str(path))
    assert report["counts"] == {"changed": 0, "unchanged": 5, "refused": 0}
    assert {finding["severity"] for finding in report["findings"]} <= {"note", "warning"}


@pytest.mark.parametrize("form", ["ods", "xlsx", "csv"])
def test_an_export_names_apart_what_differs_by_white_space_alone(changing: Changing, form: str) -> None:
    changing.made.ingest({"lead": b"0", " lead": b"1", "\tlead": b"2", "lead ": b"3"}, name="theirs")
    report = changing("describe", "--metadata", str(export(changing, form)))
    assert not [one for one in report["findings"] if one["code"] == "DESC-ROW-REPEATED"]
    assert report["counts"]["refused"] == 0


@pytest.mark.parametrize("form", ["ods", "xlsx", "csv", "json"])
def test_an_export_describes_the_same_documents_elsewhere(changing: Changing, form: str) -> None:
    submit(changing)
    path = export(changing, form)
    read = {row.paths: row for row in rows(path)}
    assert read["d.txt",].description.other["Regal"] == ("=3",)
    assert read["e.txt",].description.other["Regal"] == ("'4",)
    assert read["d.txt",].reference == changing.reference("d.txt")


def test_a_list_of_descriptions_follows_its_schema(changing: Changing) -> None:
    submit(changing)
    values = [
        "--set",
        "dc.title[fr]=Lettre",
        "--set",
        "shelf=@3",
        "--set",
        "access=embargoed until 2040-01-01",
    ]
    changing("describe", changing.reference("a.txt"), *values)
    listed = json.loads(export(changing, "json").read_bytes())
    assert len(listed) == 5
    assert {one["revision"] for one in listed} == {"1", "2"}
    assert schemas.explain("description-list", listed) == []
    assert schemas.is_valid("description-list", listed)
    wrong: list[Any] = [{}, [{}]]
    wrong += [[{**listed[0], **change}] for change in ({"titel": "x"}, {"id": "x"}, {"title": 1})]
    for document in wrong:
        assert schemas.explain("description-list", document)
        assert not schemas.is_valid("description-list", document)


def test_the_schema_of_a_list_has_every_member_of_a_description() -> None:
    members = schemas.load("description-list")["items"]["properties"]
    assert set(members) == {*schemas.load("dublin-core")["properties"], *NAMED}


def test_columns_that_are_not_ours_come_back_in_the_order_of_the_submission(changing: Changing) -> None:
    submit(changing)
    path = changing.made.folder / "as-received.csv"
    run = changing("show", changing.reference("d.txt"))["run"]
    changing("list", "--as-received", "--run", run, "--table", str(path))
    assert path.read_text().splitlines() == [
        "File,dc.subject,Regal,dc.title,dc.subject,sha256,id",
        "d.txt,bells,=3,The fourth,clocks,,theirs",
        "e.txt,,'4,The fifth,,,",
    ]


@pytest.mark.parametrize("form", ["ods", "xlsx", "csv", "json", "xml"])
def test_words_that_state_no_access_come_back_in_their_column(changing: Changing, form: str) -> None:
    table = b"file,title,access\nd.txt,D,By appointment\ne.txt,E,restricted\n"
    changing.made.ingest({"d.txt": b"four", "e.txt": b"five", "metadata.csv": table}, name="theirs")
    read = {row.paths: row.description for row in rows(export(changing, form))}
    assert read["d.txt",].other["access"] == ("By appointment",)
    assert str(read["e.txt",].access) == "restricted"
    assert "access" not in read["e.txt",].other


@pytest.mark.parametrize("form", ["csv", "json", "xml"])
def test_a_table_that_holds_a_hidden_title_says_so(changing: Changing, form: str) -> None:
    def codes(name: str) -> set[str]:
        path = changing.made.folder / f"{name}.{form}"
        report = changing("catalog", "export", "--what", "descriptions", "--to", str(path))
        return {finding["code"] for finding in report["findings"]}

    assert "HELD-TITLE-HIDDEN" not in codes("before")
    changing("describe", changing.reference("a.txt"), "--set", "access=restricted, title hidden")
    assert "HELD-TITLE-HIDDEN" in codes("after")


def test_values_of_an_atom_table_come_back_with_its_bar_between_them(changing: Changing) -> None:
    table = (
        b"legacyId,levelOfDescription,title,language,eventDates,digitalObjectPath\n"
        b"7,Item,The fourth,eng|fre,1918|1920,d.txt\n"
    )
    changing.made.ingest({"d.txt": b"four", "metadata.csv": table}, name="theirs")
    path = changing.made.folder / "as-received.csv"
    run = changing("show", changing.reference("d.txt"))["run"]
    changing("list", "--as-received", "--run", run, "--table", str(path))
    assert path.read_bytes().replace(b"\r\n", b"\n") == table


def test_a_column_for_access_comes_back_once(changing: Changing) -> None:
    table = b"file,title,access\nd.txt,D,By appointment\ne.txt,E,restricted\n"
    changing.made.ingest({"d.txt": b"four", "e.txt": b"five", "metadata.csv": table}, name="theirs")
    path = changing.made.folder / "as-received.csv"
    run = changing("show", changing.reference("d.txt"))["run"]
    changing("list", "--as-received", "--run", run, "--table", str(path))
    assert path.read_bytes().replace(b"\r\n", b"\n") == table


def test_what_no_table_can_hold_is_said_and_stays(changing: Changing) -> None:
    path = changing.made.folder / "one.json"
    reference = changing.reference("a.txt")
    path.write_text(json.dumps([{"reference": reference, "title": ["x || y"]}]))
    changing("describe", "--metadata", str(path))
    exported = changing.made.folder / "exported.csv"
    report = changing("catalog", "export", "--to", str(exported))
    said = {finding["place"]: finding["code"] for finding in report["findings"]}
    assert said["dc.title"] == "HELD-NOT-IN-TABLE"
    assert changing("describe", "--metadata", str(exported))["counts"]["changed"] == 0


@pytest.mark.parametrize(
    "values", [["short", "y" * 33_000], ["y" * 33_000, "short"], ["a", "y" * 33_000, "b"]]
)
@pytest.mark.parametrize("form", ["csv", "ods", "xlsx"])
def test_values_beside_one_that_no_cell_can_hold_do_not_take_its_place(
    changing: Changing, form: str, values: list[str]
) -> None:
    path = changing.made.folder / "one.json"
    path.write_text(json.dumps([{"reference": changing.reference("a.txt"), "note of ours": values}]))
    changing("describe", "--metadata", str(path))
    exported = changing.made.folder / f"exported.{form}"
    report = changing("list", "--table", str(exported))
    said = {finding["code"] for finding in report["findings"] if finding["place"] == "note of ours"}
    assert said == ({"HELD-NOT-IN-TABLE"} if form == "xlsx" else set())
    assert changing("describe", "--metadata", str(exported))["counts"]["changed"] == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.json", '[{"filename": "d.txt", "title": "D", "Notes": ["a", "", " \\t"], "Blank": ["", null]}]'),
        ("m.yaml", '- {filename: d.txt, title: D, Notes: [a, "", " "], Blank: ""}\n'),
    ],
)
def test_an_empty_value_of_a_column_of_somebodys_own_is_none(
    changing: Changing, name: str, text: str
) -> None:
    changing.made.ingest({"d.txt": b"four", f"metadata.{name[2:]}": text.encode()}, name="theirs")
    exported = json.loads(export(changing, "json").read_text())
    assert [each["other"] for each in exported if "other" in each] == [{"Notes": ["a"]}]
    path = export(changing, "csv")
    assert changing("describe", "--metadata", str(path))["counts"]["changed"] == 0


def test_an_empty_value_that_is_held_is_said_to_stand_in_no_cell() -> None:
    description = Description({"title": (Value("T"),)}, {"Notes": ("", "a"), "Blank": ("",)})
    row = TableRow("2026-1", "id", 1, "a.txt", description)
    cells = Cells(columns_of([description]).columns)
    assert cells.of(row)[-2:] == ["", "a"]
    assert [one.heading for one in cells.left_out] == ["Notes: empty values", "Blank: empty values"]


def test_an_access_beside_words_that_no_cell_can_hold_stays_out() -> None:
    description = Description({}, {"access": ("ask Ana",)}, parse_access("open"))
    row = TableRow("2026-1", "id", 1, "a.txt", description)
    cells = Cells(columns_of([description]).columns)
    assert "open" not in cells.of(row)
    assert [one.heading for one in cells.left_out] == ["access"]


@pytest.mark.parametrize(
    ("form", "is_said"), [("csv", True), ("ods", True), ("xlsx", True), ("json", False), ("xml", False)]
)
def test_that_a_table_has_no_place_for_schemes_is_said(changing: Changing, form: str, is_said: bool) -> None:
    told = changing.made.folder / "one.json"
    clocks = {"value": "Clocks", "scheme": "lcsh", "uri": "http://a.example/1"}
    told.write_text(
        json.dumps([{"reference": changing.reference("a.txt"), "title": "T", "subject": [clocks]}])
    )
    changing("describe", "--metadata", str(told))
    report = changing("catalog", "export", "--to", str(changing.made.folder / f"exported.{form}"))
    said = {finding["place"]: finding["code"] for finding in report["findings"]}
    assert said == ({"dc.subject: scheme and IRI": "HELD-NOT-IN-TABLE"} if is_said else {})


@pytest.mark.parametrize("form", ["csv", "ods", "xlsx", "json", "xml"])
@pytest.mark.parametrize(
    "values",
    [
        ["plain", {"value": "x || y", "lang": "fr"}],
        ["plain", {"value": "x", "lang": "a]b"}],
        ["plain", "bell\u0007"],
        [{"value": "Letter", "lang": "en_US"}, {"value": "Brief", "lang": "ger"}],
        [
            {"value": "Clocks", "scheme": "lcsh", "uri": "http://a.example/1"},
            {"value": "Clocks", "scheme": "aat", "uri": "urn:a:2"},
            "Clocks",
        ],
    ],
    ids=["no cell", "no heading", "no character", "odd tags", "several schemes"],
)
def test_values_that_a_form_can_hardly_hold_are_the_same_after_it(
    changing: Changing, form: str, values: list[object]
) -> None:
    told = changing.made.folder / "one.json"
    told.write_text(json.dumps([{"reference": changing.reference("a.txt"), "title": "T", "subject": values}]))
    changing("describe", "--metadata", str(told))
    path = export(changing, form)
    assert changing("describe", "--metadata", str(path))["counts"]["changed"] == 0
    changing("describe", changing.reference("b.txt"), "--set", "dc.subject=other")
    assert changing("show", changing.reference("a.txt"))["description"]["subject"] == values


def test_a_record_of_which_xml_can_carry_no_value_is_read_again_and_changes_nothing(
    changing: Changing,
) -> None:
    record = {"dc.title": "The\u0001 fourth", "dc.description": "nul\u0000", "Regal": "3"}
    files = {"d.txt": b"four", "d.txt.dc.json": json.dumps(record).encode()}
    changing.made.ingest(files, name="theirs")
    path = changing.made.folder / "exported.xml"
    written = changing("catalog", "export", "--what", "descriptions", "--to", str(path))
    left = {
        one["place"]: one["severity"] for one in written["findings"] if one["code"] == "HELD-NOT-IN-TABLE"
    }
    assert left == {"dc:title": "warning", "dc:description": "warning"}
    report = changing("describe", "--metadata", str(path), "--dry-run")
    assert report["counts"] == {"changed": 0, "unchanged": 4, "refused": 0}
    assert [one for one in report["findings"] if one["severity"] != "note"] == []
    path.write_text(path.read_text().replace("<Regal>3<", "<Regal>4<"))
    assert changing("describe", "--metadata", str(path))["counts"]["changed"] == 1


def test_xml_is_a_set_of_records_in_qualified_dublin_core(changing: Changing) -> None:
    from lxml import etree

    changing(
        "describe", changing.reference("a.txt"), "--set", "extent=3 p.", "--set", "shelf=4", "--set", "a b=5"
    )
    path = changing.made.folder / "exported.xml"
    report = changing("catalog", "export", "--to", str(path))
    root = etree.parse(path).getroot()
    record = next(each for each in root if each.findtext("filename") == "a.txt")
    assert record.findtext("reference") == changing.reference("a.txt")
    assert record.findtext("{http://purl.org/dc/terms/}extent") == "3 p."
    assert record.findtext("shelf") == "4"
    assert [finding["place"] for finding in report["findings"]] == ["a b"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("problem", "a meaning of its own"),
        ("Ünïcode", "other letters"),
        ("a b", "none that an element can have"),
        ("4th", "none that an element can have"),
    ],
)
def test_why_xml_has_no_element_for_a_column_is_true(name: str, why: str) -> None:
    row = TableRow("2026-1", "id", 1, "a.txt", Description({}, {name: ("x",)}, None))
    (left,) = xml_records([row], io.BytesIO())
    assert (left.heading, why in left.why) == (name, True)


def test_the_manifest_is_what_it_was_without_a_word_about_descriptions(changing: Changing) -> None:
    path = changing.made.folder / "catalog.json"
    assert "sha512" in changing("catalog", "export", "--to", str(path))
    assert json.loads(path.read_bytes())["kind"] == "catalog"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--what", "manifest", "--format", "ods"], 2),
        (["--what", "manifest", "--as-received"], 2),
        (["--format", "ods", "--to", "x.csv"], 2),
        (["--what", "descriptions", "--to", "x.txt"], 2),
        (["--what", "descriptions", "--to", "{archive}/x.ods"], 2),
        (["--what", "descriptions", "--to", "{archive}/archive.toml"], 2),
    ],
)
def test_contradictions_and_names_inside_the_archive_are_refused(
    changing: Changing, arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(changing.made.folder)
    before = sorted(changing.root.rglob("*"))
    named = [each.format(archive=changing.root) for each in arguments]
    assert run(["-C", str(changing.root), "--format", "json", "catalog", "export", *named]) == code
    assert sorted(changing.root.rglob("*")) == before


def test_a_file_that_is_there_is_never_overwritten(changing: Changing) -> None:
    path = changing.made.folder / "mine.ods"
    path.write_bytes(b"mine")
    changing("catalog", "export", "--to", str(path), code=6)
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("received", [False, True])
def test_what_is_described_while_the_table_is_written_is_told_where_it_has_no_column(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, received: bool
) -> None:
    reference = changing.reference("c.txt")
    columns = columns_of

    def meanwhile(*arguments: Any) -> Any:
        made = columns(*arguments)
        changes = ("dc.title=Titel", "dcterms.spatial=Kiel", "access=restricted", "shelf=7")
        changing("describe", reference, *(part for one in changes for part in ("--set", one)))
        return made

    monkeypatch.setattr(f"{description_table.__name__}.columns_of", meanwhile)
    more = ("--as-received",) if received else ()
    report = changing("list", "--table", str(tmp_path / "table.csv"), *more)
    told = {one["place"]: one["message"] for one in report["findings"] if one["code"] == "HELD-NOT-IN-TABLE"}
    assert set(told) == {"dcterms.spatial", "access", "shelf"}
    assert "described while the table was written" in told["shelf"]

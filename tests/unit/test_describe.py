"""A new description is a revision of its bag: old ones are kept, the payload is untouched, all or nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

import bagit
import pytest

from archive.core.ledger.entries import EntryType, parse_entry
from archive.schemas import explain
from tests.changes import RARE_WORD, Changing
from tests.tables import table, write

REVISION = "metadata/revisions/0002"


def files(bag: Path) -> dict[str, bytes]:
    return {str(path.relative_to(bag)): path.read_bytes() for path in bag.rglob("*") if path.is_file()}


def last_entry(changing: Changing) -> dict[str, Any]:
    ledger = changing.made.opened.ledger
    return dict(parse_entry(ledger.entry(changing.made.opened.checkpoint().size - 1)).members)


def test_a_revision_adds_four_files_and_replaces_nothing_but_the_tag_manifest(changing: Changing) -> None:
    bag = changing.bag("a.txt")
    before = files(bag)
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=New", "--reason", "read it")
    after = files(bag)
    names = ("dublin-core.json", "dublin-core.xml", "premis.xml", "previous-tag-manifest.txt")
    assert set(after) - set(before) == {f"{REVISION}/{name}" for name in names}
    kept = {name for name in before if after[name] == before[name]}
    assert set(before) - kept == {"tagmanifest-sha512.txt"}
    assert after[f"{REVISION}/previous-tag-manifest.txt"] == before["tagmanifest-sha512.txt"]
    changing.require_whole()


def test_a_revised_bag_is_valid_for_other_tools_and_its_folders_read_only(changing: Changing) -> None:
    for title in ("One", "Two", "Three"):
        changing("describe", changing.reference("a.txt"), "--set", f"title={title}")
        bag = changing.bag("a.txt")
        assert bagit.Bag(str(bag)).is_valid()
    writable = [path for path in (bag, *bag.rglob("*")) if path.stat().st_mode & 0o222]
    assert writable == []
    assert changing.row("a.txt").revision == 4
    changing.require_whole()


def test_the_entry_names_old_and_new_tag_manifest_revision_and_reason(changing: Changing) -> None:
    bag = changing.bag("b.txt")
    old = hashlib.sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()
    report = changing("describe", changing.reference("b.txt"), "--set", "title=Bell", "--reason", "heard it")
    entry = last_entry(changing)
    new = hashlib.sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()
    assert (entry["type"], entry["run"]) == (EntryType.DESCRIPTION_CHANGED, report["run"])
    assert (entry["previous"], entry["tagmanifest"], entry["revision"]) == (old, new, 2)
    assert entry["awaiting"] == -1
    assert len(entry["agents"]) == 2
    (note,) = entry["notes"]
    assert "heard it" in (changing.root / f"notes/{note[:2]}/{note}.json").read_text()
    assert "heard it" not in json.dumps(entry)


def test_a_described_document_no_longer_awaits_its_description(changing: Changing) -> None:
    assert changing("status")["counts"]["awaiting"] == 1
    changing("describe", changing.reference("b.txt"), "--set", "title=Bell")
    assert changing("status")["counts"]["awaiting"] == 0
    assert changing("list", "--undescribed")["documents"] == []
    changing.require_whole()


def test_a_document_of_which_nothing_is_said_any_more_awaits_again(changing: Changing) -> None:
    reference = changing.reference("b.txt")
    changing("describe", reference, "--set", "creator=Ana")
    assert changing("status")["counts"]["awaiting"] == 0
    changing("describe", reference, "--clear", "creator")
    assert changing("status")["counts"]["awaiting"] == 1
    changing.require_whole()


def test_new_words_are_found_and_old_ones_are_not(changing: Changing) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "title=Timbuktu", "--set", "date=1850")
    assert changing("search", RARE_WORD)["counts"]["found"] == 0
    assert changing("search", "date:1918")["counts"]["found"] == 0
    assert changing("search", "Timbuktu", "date:1850")["counts"]["found"] == 1
    assert "Timbuktu" in (changing.root / "holdings.csv").read_text()
    assert RARE_WORD not in (changing.root / "holdings.csv").read_text()


def test_an_identical_description_changes_nothing(changing: Changing) -> None:
    before = {path: path.stat().st_mtime_ns for path in changing.root.rglob("*") if path.is_file()}
    report = changing("describe", changing.reference("a.txt"), "--set", "date=1918")
    assert (report["run"], report["counts"]["unchanged"]) == (None, 1)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_dry_run_shows_old_and_new_and_writes_nothing(changing: Changing) -> None:
    before = {path: path.stat().st_mtime_ns for path in changing.root.rglob("*") if path.is_file()}
    report = changing("describe", changing.reference("a.txt"), "--set", "date=1919", "--dry-run")
    assert report["changed"][0]["fields"] == [{"field": "dc.date", "old": ["1918"], "new": ["1919"]}]
    assert {path: path.stat().st_mtime_ns for path in changing.root.rglob("*") if path.is_file()} == before


def test_text_shows_old_and_new(changing: Changing) -> None:
    said = changing.text("describe", changing.reference("a.txt"), "--set", "date=1919", "--dry-run")
    assert "dc.date" in said
    assert "- 1918" in said
    assert "+ 1919" in said


def test_an_exported_table_read_again_changes_nothing(changing: Changing) -> None:
    odd = ["=cmd", "'=cmd", "two\nlines", "semi;colon", 'quo"te', "-5"]
    values = [part for one in odd for part in ("--set", f"dc.subject={one}")]
    changing(
        "describe", changing.reference("a.txt"), *values, "--set", "dc.title[fr]=Lettre", "--set", "shelf=@3"
    )
    path, _ = table(changing)
    report = changing("describe", "--metadata", str(path))
    assert report["counts"] == {"changed": 0, "unchanged": 3, "refused": 0}
    assert {finding["code"] for finding in report["findings"]} == {"TABLE-READ", "TABLE-SEVERAL-VALUES"}


def test_columns_of_a_depositor_that_have_the_names_of_ours_are_left_as_they_are(changing: Changing) -> None:
    table_of = b"filename,reference,dc.title,id,revision,file\nd.txt,Box 4,The fourth,theirs,7,x\n"
    changing.made.ingest({"d.txt": b"four", "metadata.csv": table_of}, name="fourth")
    path, rows = table(changing)
    assert changing("describe", "--metadata", str(path))["counts"]["unchanged"] == 4
    for row in rows:
        row["dc.rights"] = "Free"
    write(path, rows)
    assert changing("describe", "--metadata", str(path))["counts"]["changed"] == 4
    other = changing("show", "Box 4")["description"]["other"]
    assert (other["id"], other["revision"]) == (["theirs"], ["7"])


def test_a_table_describes_many_in_one_batch_and_an_empty_cell_leaves(changing: Changing) -> None:
    path, rows = table(changing)
    size = changing.made.opened.checkpoint().size
    for row in rows:
        row["dc.rights"], row["dc.date"] = "Free", ""
    write(path, rows)
    report = changing("describe", "--metadata", str(path))
    assert report["counts"]["changed"] == 3
    assert changing.made.opened.checkpoint().size == size + 3
    assert changing.row("a.txt").date == "1918"
    changing.require_whole()


def test_a_row_exported_before_a_later_change_is_refused_and_with_it_all(changing: Changing) -> None:
    path, rows = table(changing)
    changing("describe", changing.reference("a.txt"), "--set", "title=Newer")
    for row in rows:
        row["dc.rights"] = "Free"
    write(path, rows)
    size = changing.made.opened.checkpoint().size
    report = changing("describe", "--metadata", str(path), code=6)
    (refused,) = report["refused"]
    assert [one["code"] for one in refused["findings"]] == ["HELD-STALE"]
    assert changing.made.opened.checkpoint().size == size


@pytest.mark.parametrize("cell", ["x", "99", "3", "-1", "0", "1e5", "1.5", "9" * 5000])
def test_a_cell_that_is_no_revision_of_the_document_is_said_to_be_none(changing: Changing, cell: str) -> None:
    changing("describe", changing.reference("a.txt"), "--set", "title=Newer")
    path, rows = table(changing)
    (row,) = [row for row in rows if row["filename"] == "a.txt"]
    write(path, [row | {"revision": cell, "dc.rights": "Free"}])
    (refused,) = changing("describe", "--metadata", str(path), code=4)["refused"]
    (finding,) = refused["findings"]
    assert (finding["code"], finding["expected"]) == ("HELD-REVISION", "revision 2")
    assert "none of them" in finding["message"]


@pytest.mark.parametrize("cell", ["1.0", "1,00", "01"])
def test_a_revision_is_read_as_a_spreadsheet_shows_it(changing: Changing, cell: str) -> None:
    path, rows = table(changing)
    write(path, [row | {"revision": cell, "dc.rights": "Free"} for row in rows])
    assert changing("describe", "--metadata", str(path))["counts"]["changed"] == 3


def test_what_is_wrong_with_a_table_is_told_a_program_with_what_to_do(changing: Changing) -> None:
    path = changing.made.folder / "table.csv"
    path.write_bytes(b"")
    report = changing("describe", "--metadata", str(path), code=4)
    refused = [one for row in report["refused"] for one in row["findings"]]
    told = [one for one in (*report["findings"], *refused) if one["severity"] != "note"]
    assert told
    assert not [one for one in told if not one.get("remedy")]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("d.csv", "filename,title,access\na.txt,New,by appointment\n", "DESC-ACCESS-FREE-TEXT"),
        ("d.csv", "filename,title\na.txt,Caf\u00c3\u00a9\n", "TABLE-MOJIBAKE"),
        ("d.csv", "filename,title,date\na.txt,New\n", "DESC-CSV-SHORT-ROW"),
        ("d.yaml", "filename: a.txt\ntitle: New # 1\n", "DESC-YAML-COMMENT"),
        ("d.yaml", f"filename: a.txt\ntitle: A letter from {RARE_WORD} # 1\n", "DESC-YAML-COMMENT"),
    ],
)
def test_what_is_odd_in_a_row_is_said_as_at_ingest(
    changing: Changing, name: str, text: str, code: str
) -> None:
    path = changing.made.folder / name
    path.write_text(text, encoding="utf-8")
    report = changing("describe", "--metadata", str(path))
    assert [one["code"] for one in report["findings"] if one["severity"] == "warning"] == [code]


@pytest.mark.parametrize(
    ("columns", "cells", "code", "found"),
    [
        ("size", "3", 0, []),
        ("size", "4", 4, ["SUM-SIZE"]),
        ("sha512", hashlib.sha512(b"one").hexdigest().upper(), 0, []),
        ("checksum", hashlib.sha512(b"two").hexdigest(), 4, ["SUM-MISMATCH"]),
        ("md5", "0" * 32, 0, ["SUM-NOT-COMPARED"]),
    ],
)
def test_a_row_that_states_other_bytes_is_not_for_the_document(
    changing: Changing, columns: str, cells: str, code: int, found: list[str]
) -> None:
    path = changing.made.folder / "d.csv"
    path.write_text(f"filename,title,{columns}\na.txt,New,{cells}\n")
    report = changing("describe", "--metadata", str(path), code=code)
    said = [*report["findings"], *(one for row in report["refused"] for one in row["findings"])]
    assert [one["code"] for one in said if one["code"] != "TABLE-READ"] == found
    assert report["counts"]["changed"] == (code == 0)


def test_a_row_that_is_not_filled_in_yet_is_not_warned_of(changing: Changing) -> None:
    path = changing.made.folder / "d.csv"
    path.write_text("filename,title,suggested: title\na.txt,,Perhaps\n")
    report = changing("describe", "--metadata", str(path))
    assert (report["counts"]["unchanged"], [one["code"] for one in report["findings"]]) == (1, ["TABLE-READ"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d.json", '[{{"reference": "{r}", "title": "New"}}]'),
        ("d.yaml", "- reference: '{r}'\n  title: New\n"),
        ("d.tsv", "reference\ttitle\n{r}\tNew\n"),
    ],
)
def test_every_format_of_ingest_describes_what_is_held(changing: Changing, name: str, text: str) -> None:
    path = changing.made.folder / name
    path.write_text(text.format(r=changing.reference("a.txt")))
    changing("describe", "--metadata", str(path))
    assert changing.row("a.txt").title == "New"


def test_one_description_in_a_file_is_for_the_document_that_is_named(changing: Changing) -> None:
    path = changing.made.folder / "d.xml"
    path.write_text(
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>New</dc:title></metadata>'
    )
    changing("describe", changing.reference("b.txt"), "--metadata", str(path))
    assert changing.row("b.txt").title == "New"


def test_a_title_cannot_be_cleared(changing: Changing) -> None:
    report = changing("describe", changing.reference("a.txt"), "--clear", "title", code=4)
    assert report["refused"][0]["findings"][0]["code"] == "HELD-NO-TITLE"


def test_a_damaged_bag_is_not_described(changing: Changing) -> None:
    path = changing.bag("a.txt") / "metadata/dublin-core.json"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"letter", b"lecter"))
    report = changing("describe", changing.reference("a.txt"), "--set", "title=New", code=1)
    assert report["refused"][0]["findings"][0]["code"] == "HELD-DOUBTFUL"


HOSTILE = [
    "\x1b[31mred",
    "a\u202eb",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "x" * 70_000,
    "a\0b"[:1],
    "%s%n{0}",
]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_hostile_values_are_kept_as_data_and_shown_escaped(changing: Changing, value: str) -> None:
    reference = changing.reference("a.txt")
    changing("describe", reference, "--set", f"title={value}")
    assert changing("show", reference)["description"]["title"] == [value]
    for arguments in (
        ["describe", reference, "--set", "title=x", "--dry-run"],
        ["show", reference],
        ["list"],
    ):
        said = changing.text(*arguments)
        assert "\x1b[31m" not in said
        assert "\u202e" not in said
    changing.require_whole()


def test_half_a_character_is_refused(changing: Changing) -> None:
    report = changing("describe", changing.reference("a.txt"), "--set", "title=a\udcffb", code=4)
    assert report["refused"][0]["findings"][0]["code"] == "DESC-LONE-SURROGATE"
    assert explain("describe-report", report) == []


def test_a_new_description_offered_at_ingest_is_compared_with_the_one_in_force(changing: Changing) -> None:
    source = changing.made.folder / "source"
    changing("describe", changing.reference("a.txt"), "--set", "title=New")
    (source / "a.txt.dc.json").write_text(json.dumps({"title": "New", "date": "1918"}))
    report = changing("ingest", str(source), "--describe-later", "--no-identify")
    assert report["counts"]["held_differs"] == 0


def given_back(changing: Changing, name: str, wrapper: str = "{}") -> tuple[Path, str]:
    """A file with the oai_dc of the third document, its title changed; and the reference."""
    reference = changing.reference("c.txt")
    old = changing.text("show", reference, "--as", "oai_dc")
    title = changing.row("c.txt").title
    new = old.replace(f">{title}<", ">Given back<")
    assert new != old
    path = changing.made.folder / name
    path.write_text(wrapper.format(new.partition("?>\n")[2]))
    return path, reference


@pytest.mark.parametrize("wrapper", ["{}", "<r><record>{}</record></r>", "<r>{0}</r>"])
def test_the_oai_dc_of_one_document_can_be_given_back(changing: Changing, wrapper: str) -> None:
    old = changing.row("c.txt")
    path, reference = given_back(changing, "s.xml", wrapper)
    report = changing("describe", "--metadata", str(path))
    assert [one["reference"] for one in report["changed"]] == [reference]
    assert changing.row("c.txt").title == "Given back" != old.title
    told = json.loads((changing.bag("c.txt") / REVISION / "dublin-core.json").read_text())
    assert reference not in json.dumps(told.get("identifier", ""))  # what our oai_dc puts there is not said
    changing.require_whole()


def test_the_oai_dc_of_a_document_that_is_named_says_no_identifier_of_ours(changing: Changing) -> None:
    path, reference = given_back(changing, "s.xml")
    changing("describe", reference, "--metadata", str(path))
    told = json.loads((changing.bag("c.txt") / REVISION / "dublin-core.json").read_text())
    assert "identifier" not in told

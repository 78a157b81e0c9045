"""Which held document a row of a table describes: the one that it names, by whatever it names it, or none."""

import pytest

from tests.changes import Changing
from tests.tables import table, write


@pytest.mark.parametrize(
    ("text", "code", "finding"),
    [
        ("reference,dc.title\n2026-999999,x\n", 4, "HELD-NONE"),
        ("filename,dc.title\nnowhere.txt,x\n", 4, "HELD-NONE"),
        ("dc.title\nx\n", 4, "HELD-NONE"),
        ("filename,reference,dc.title\nc.txt,Box 3,x\nc.txt,Box 3,y\n", 4, "HELD-TWICE"),
        ("id,reference,dc.title\n{a},Box 3,x\n", 4, "HELD-CONTRADICTION"),
        ("filename,reference,dc.title\na.txt,Box 3,x\n", 4, "HELD-CONTRADICTION"),
        ("id,filename,dc.title\n{a},b.txt,x\n", 4, "HELD-CONTRADICTION"),
        ("id,filename,dc.title\n{a},nowhere.txt,x\n", 0, None),
        ("id,filename,dc.title\n{a},a.txt,x\n", 0, None),
        ("reference,dc.title\nBox 3,x\n,\n", 0, None),
        ("filename,dc.title\n./a.txt,x\n", 0, None),
        ("id,dc.title\n{a},x\n", 0, None),
    ],
)
def test_a_row_names_its_document_by_reference_id_or_original_path(
    changing: Changing, text: str, code: int, finding: str | None
) -> None:
    path = changing.made.folder / "table.csv"
    path.write_text(text.format(a=changing.row("a.txt").bag))
    report = changing("describe", "--metadata", str(path), code=code)
    codes = [one["code"] for row in report["refused"] for one in row["findings"]]
    assert codes == ([finding] if finding else [])
    assert report["run"] is None or not finding


def test_titles_sorted_apart_from_their_references_are_applied_to_nothing(changing: Changing) -> None:
    path, rows = table(changing)
    titles = [(row["filename"], row["dc.title"]) for row in rows]
    for row, (name, title) in zip(rows, reversed(titles), strict=True):
        row["filename"], row["dc.title"] = name, title
    write(path, rows)
    refused = changing("describe", "--metadata", str(path), code=4)["refused"]
    assert {one["code"] for row in refused for one in row["findings"]} == {"HELD-CONTRADICTION"}


def test_of_several_documents_with_one_path_the_one_that_is_named_is_meant(changing: Changing) -> None:
    held = changing.row("a.txt").bag
    changing.made.ingest({"a.txt": b"another"}, name="another")
    path = changing.made.folder / "table.csv"
    path.write_text(f"id,filename,dc.title\n{held},a.txt,The first\n")
    (changed,) = changing("describe", "--metadata", str(path))["changed"]
    assert changed["id"] == held


def test_a_folder_before_a_path_is_taken_away_only_where_no_document_came_out_of_one(
    changing: Changing,
) -> None:
    path = changing.made.folder / "table.csv"
    path.write_text("filename,title\ndata/a.txt,Packed before it was described\n")
    (changed,) = changing("describe", "--metadata", str(path))["changed"]
    assert [field["new"] for field in changed["fields"]] == [["Packed before it was described"]]

    changing.made.ingest({"data/other.txt": b"other"}, name="with a folder")
    path.write_text("filename,title\ndata/a.txt,Of a file that never came\n")
    (refused,) = changing("describe", "--metadata", str(path), code=4)["refused"]
    assert [one["code"] for one in refused["findings"]] == ["HELD-NONE"]


@pytest.mark.parametrize(
    ("own", "written", "other"),
    [
        ("a2.txt", "objects/a2.txt", "objects/a2.txt"),
        ("p || q", "p || q", "p"),
        ("b\udcff.txt", "b?.txt", "b?.txt"),
    ],
)
def test_a_filename_that_is_one_way_to_write_the_own_path_names_no_other_document(
    changing: Changing, own: str, written: str, other: str
) -> None:
    changing.made.ingest({own: b"own"}, name="own", describe_later=True)
    changing.made.ingest({other: b"other"}, name="other", describe_later=True)
    path = changing.made.folder / "table.csv"
    path.write_text(f"reference,filename,title\n{changing.reference(own)},{written},Own\n")
    (changed,) = changing("describe", "--metadata", str(path))["changed"]
    assert changed["reference"] == changing.reference(own)


def test_a_folder_is_found_by_its_name_without_a_slash(changing: Changing) -> None:
    changing.made.ingest({"col/1.txt": b"1", "metadata.csv": b"filename,title\ncol/,Col\n"}, name="folder")
    path = changing.made.folder / "table.csv"
    path.write_text("filename,title\ncol,Another\n")
    (changed,) = changing("describe", "--metadata", str(path))["changed"]
    assert [field["new"] for field in changed["fields"]] == [["Another"]]


@pytest.mark.parametrize(("paths", "code"), [("a.txt||b.txt", "HELD-SEVERAL"), ("a.txt||gone", "HELD-NONE")])
def test_a_row_of_several_files_is_for_the_one_document_of_all_of_them(
    changing: Changing, paths: str, code: str
) -> None:
    changing.made.ingest(
        {"1.tif": b"1", "2.tif": b"2", "metadata.csv": b"filename,title\n1.tif||2.tif,Pages\n"}, name="pages"
    )
    path = changing.made.folder / "table.csv"
    path.write_text("filename,title\n1.tif||2.tif,Both pages\n")
    (changed,) = changing("describe", "--metadata", str(path))["changed"]
    assert [field["old"] for field in changed["fields"]] == [["Pages"]]
    path.write_text(f"filename,title\n{paths},New\n")
    (refused,) = changing("describe", "--metadata", str(path), code=4)["refused"]
    assert [one["code"] for one in refused["findings"]] == [code]

"""Descriptions in a folder that a row makes one document of: none is passed over in silence."""

from pathlib import Path

import pytest

from archive.services.check.preflight_alone import check
from archive.services.ingest.request import IngestRequest
from archive.services.surroundings import Surroundings
from archive.storage.plan import Plan

HEAD = "filename,title,access\n"
CORE = '<dublin_core><dcvalue element="title">One</dcvalue></dublin_core>'


def kept_unread(folder: Path, table: str, files: dict[str, str]) -> list[tuple[str, str]]:
    """Place and message of what is said of descriptions that a check does not read."""
    for name, content in files.items():
        (folder / "s" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "s" / name).write_text(content)
    (folder / "t.csv").write_text(HEAD + table)
    request = IngestRequest(sources=(str(folder / "s"),), metadata=str(folder / "t.csv"), jobs=1)
    with Plan() as plan:
        check(request, plan, Surroundings(), None)
        found = list(plan.all_findings())
    return [(one["place"], one["message"]) for one in found if one["code"] == "PAIR-KEPT-UNREAD"]


@pytest.mark.parametrize("content", ['{"title": "Secret", "access": "restricted"}', "{ broken"])
def test_a_sidecar_in_a_folder_that_is_one_document_is_named_with_that(tmp_path: Path, content: str) -> None:
    files = {"r/a.txt": "1", "r/a.txt.dc.json": content, "r/deep/b.txt": "2", "r/deep/b.dc.json": content}
    found = kept_unread(tmp_path, "r/,R,open\n", files)
    assert [place for place, _ in found] == ["r/a.txt.dc.json", "r/deep/b.dc.json"]
    assert all("the document r/, and not read" in message for _, message in found)
    assert found[1][1].endswith("said of r/deep/b.txt")


def test_a_description_of_nothing_is_a_file_like_others(tmp_path: Path) -> None:
    assert kept_unread(tmp_path, "r/,R,open\n", {"r/a.txt": "1", "r/other.dc.json": "{}"}) == []


@pytest.mark.parametrize("row", ["r/b.txt,B,open", "r/a.txt,A,open", ".,All,open"])
def test_a_sidecar_that_counts_or_is_left_out_is_not_said_to_be_kept(tmp_path: Path, row: str) -> None:
    files = {"r/a.txt": "1", "r/a.txt.dc.json": '{"title": "A"}', "r/b.txt": "2"}
    folder = "" if row.startswith(".") else "r/,R,open\n"
    assert kept_unread(tmp_path, f"{folder}{row}\n", files) == []


def test_items_of_dspace_in_a_folder_that_is_one_document_are_named(tmp_path: Path) -> None:
    item = {"contents": "a.pdf\tpermissions:-r 'Staff'\n", "dublin_core.xml": CORE, "a.pdf": "x"}
    more = {"2/metadata_etd.xml": CORE.replace("<dublin_core>", '<dublin_core schema="etd">')}
    files = {f"i/{name}": text for name, text in {**{f"1/{k}": v for k, v in item.items()}, **more}.items()}
    files |= {f"i/2/{name}": content for name, content in item.items()}
    found = kept_unread(tmp_path, "i/,I,open\n", files)
    named = ["i/1/dublin_core.xml", "i/2/dublin_core.xml", "i/2/metadata_etd.xml"]
    assert [place for place, _ in found] == named
    assert found[0][1].endswith("said of the item i/1/")

"""Documents of the same bytes: none is left out for one that is not there, or is not good."""

from pathlib import Path
from typing import Any

import bagit
import pytest

from tests.archives import overwrite
from tests.changes import Changing


def brought(
    changing: Changing, tmp_path: Path, *words: str, row: str = "twin.txt,A twin,", code: int | None = 0
) -> Any:
    """The report of an ingest of the bytes of b.txt under the name that the row gives them."""
    source = tmp_path / "brought"
    source.mkdir(exist_ok=True)
    (source / row.partition(",")[0]).write_bytes(b"two")
    (source / "metadata.csv").write_text(f"filename,dc.title,reference\n{row}\n")
    return changing("ingest", str(source), "--no-identify", *words, code=code)


@pytest.fixture
def damaged(changing: Changing) -> Changing:
    """b.txt is damaged, and an audit has found it so."""
    overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
    changing("audit", code=1)
    return changing


def test_a_twin_of_what_is_held_is_left_out(changing: Changing, tmp_path: Path) -> None:
    report = brought(changing, tmp_path, "--duplicates", "leave-out")
    assert [one["source"] for one in report["left_out"]] == ["twin.txt"]


def test_a_bag_that_is_left_out_for_its_payload_is_said_to_have_had_tag_files(
    changing: Changing, tmp_path: Path
) -> None:
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "twin.txt").write_bytes(b"two")
    bagit.make_bag(str(brought), {"Contact-Name": "Ana"}, checksums=["sha512"])
    report = changing("ingest", str(brought), "--describe-later", "--duplicates", "leave-out")
    (left,) = report["left_out"]
    assert left["why"].endswith("with the 4 tag files of its bag")


def brought_with_access(changing: Changing, tmp_path: Path, *rows: str, content: bytes) -> tuple[Any, str]:
    """The report of files of the same bytes that are left out, and what is said to people of it."""
    source = tmp_path / "secrets"
    source.mkdir(exist_ok=True)
    for row in rows:
        (source / row.partition(",")[0]).write_bytes(content)
    (source / "metadata.csv").write_text(
        "filename,title,access,shelf\n" + "".join(f"{row}\n" for row in rows)
    )
    words = ("ingest", str(source), "--no-identify", "--duplicates", "leave-out")
    report = changing(*words, "--dry-run", "--read")
    return report, changing.text(*words)


def test_what_a_twin_in_the_submission_says_otherwise_is_said_to_be_left_out_with_it(
    changing: Changing, tmp_path: Path
) -> None:
    report, said = brought_with_access(
        changing, tmp_path, "p.txt,P,open,", "q.txt,Q,restricted,9", "r.txt,,,", content=b"new"
    )
    why = {one["source"]: one["why"] for one in report["left_out"]}
    assert why == {
        "q.txt": "the same bytes as p.txt, with its description, which differs: title, access, shelf",
        "r.txt": "the same bytes as p.txt",
    }
    assert "1 document ingested" in said


def test_what_a_twin_of_what_is_held_says_otherwise_is_said_to_be_left_out_with_it(
    changing: Changing, tmp_path: Path
) -> None:
    held = changing.reference("b.txt")
    report, said = brought_with_access(changing, tmp_path, "q.txt,Q,restricted,", content=b"two")
    (left,) = report["left_out"]
    assert left["why"] == f"the same bytes as {held}, with its description, which differs: title, access"
    assert "no documents found" not in said
    assert "Nothing was ingested: 0 held already, 1 left out." in said


@pytest.mark.parametrize("is_disposed", [False, True])
@pytest.mark.parametrize("duplicates", ["leave-out", "stop"])
def test_a_twin_of_what_is_not_held_any_more_is_taken_in(
    changing: Changing, tmp_path: Path, duplicates: str, is_disposed: bool
) -> None:
    reference = changing.reference("b.txt")
    changing("withdraw", reference, "--reason", "x")
    if is_disposed:
        changing("dispose", reference, "--authority", "x", "--yes")
    report = brought(changing, tmp_path, "--duplicates", duplicates, row="twin.txt,A twin,Box 9")
    assert [one["source"] for one in report["ingested"]] == ["twin.txt"]
    assert (changing.bag("twin.txt") / "data/twin.txt").read_bytes() == b"two"


def test_what_is_held_a_second_time_is_held_though_it_was_withdrawn_once(
    changing: Changing, tmp_path: Path
) -> None:
    changing("withdraw", changing.reference("b.txt"), "--reason", "x")
    brought(changing, tmp_path, row="b.txt,Again,Box 9")
    report = brought(changing, tmp_path, row="b.txt,Again,")
    assert report["counts"] | {"held": 1, "rejected": 0} == report["counts"]


def test_a_twin_of_what_is_damaged_is_kept_and_said(damaged: Changing, tmp_path: Path) -> None:
    report = brought(damaged, tmp_path, "--duplicates", "leave-out")
    assert [one["source"] for one in report["ingested"]] == ["twin.txt"]
    assert "DUP-DAMAGED" in {one["code"] for one in report["findings"]}


def test_nobody_is_told_that_a_document_is_held_and_not_that_it_is_damaged(
    damaged: Changing, tmp_path: Path
) -> None:
    report = brought(damaged, tmp_path, row="b.txt,Two,", code=1)  # and it differs
    assert report["counts"]["held"] == 1
    assert "DUP-DAMAGED" in {one["code"] for one in report["findings"]}


def test_nobody_is_told_that_a_document_is_held_whose_bag_is_gone(changing: Changing, tmp_path: Path) -> None:
    bag = changing.bag("b.txt")
    bag.chmod(0o755)
    bag.rename(changing.root.parent / "elsewhere")
    report = brought(changing, tmp_path, row="b.txt,Two,")
    assert report["counts"]["held"] == 1
    (told,) = [one for one in report["findings"] if one["severity"] != "note"]
    assert (told["code"], told["place"]) == ("DUP-DAMAGED", "b.txt")


@pytest.mark.parametrize("row", ["twin.txt,A twin,", "twin.txt,A twin,Box 9"])
@pytest.mark.parametrize("is_disposed", [False, True])
@pytest.mark.parametrize("duplicates", ["keep", "leave-out", "stop"])
def test_a_dry_run_that_reads_says_of_twins_what_the_ingest_does(
    changing: Changing, tmp_path: Path, duplicates: str, is_disposed: bool, row: str
) -> None:
    if is_disposed:
        reference = changing.reference("b.txt")
        changing("withdraw", reference, "--reason", "x")
        changing("dispose", reference, "--authority", "x", "--yes")
    source = tmp_path / "brought"
    source.mkdir()
    (source / "again.txt").write_bytes(b"two")  # twins of each other, too
    words = ("--describe-later", "--on-error", "continue", "--duplicates", duplicates)
    before = brought(changing, tmp_path, "--dry-run", "--read", *words, row=row, code=None)
    after = brought(changing, tmp_path, *words, row=row, code=None)
    for part in ("held", "rejected", "left_out", "findings", "counts"):
        assert before[part] == after[part], part
    assert [one["source"] for one in before["ingested"]] == [one["source"] for one in after["ingested"]]

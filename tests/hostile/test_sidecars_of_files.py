"""A SOURCE that is a file is described by the sidecar beside it, as files of a folder are."""

import json
from pathlib import Path

import pytest

from tests.e2e.command import Command
from tests.hostile.submission import codes, describe, ingest, payloads, put, require_sound


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder with a document that a sidecar describes, and one that none does."""
    folder = tmp_path / "letters"
    put(folder, "a.txt", b"this is a\n")
    put(folder, "b.txt", b"this is b\n")
    describe(folder, "a.txt")
    return folder


def titles(report: object) -> list[str]:
    assert isinstance(report, dict)
    return [each["title"] for each in report["ingested"]]


def test_the_sidecar_beside_it_describes_it(archive: Command, letters: Path) -> None:
    before = {path: path.read_bytes() for path in letters.iterdir()}
    assert titles(ingest(archive, letters / "a.txt")) == ["About a.txt"]
    assert payloads(archive) == {"a.txt": b"this is a\n"}
    assert {path: path.read_bytes() for path in letters.iterdir()} == before
    require_sound(archive, 1)


def test_what_a_shell_makes_of_a_star_is_documents_and_their_sidecars(
    archive: Command, letters: Path
) -> None:
    describe(letters, "b.txt")
    report = ingest(archive, *sorted(letters.iterdir()))
    assert sorted(titles(report)) == ["About a.txt", "About b.txt"]
    assert sorted(payloads(archive)) == ["a.txt", "b.txt"]


def test_a_sidecar_that_is_named_alone_is_a_document(archive: Command, letters: Path) -> None:
    report = ingest(archive, letters / "a.txt.dc.json", "--describe-later")
    assert report["counts"]["ingested"] == 1
    assert list(payloads(archive)) == ["a.txt.dc.json"]


def test_the_name_without_its_ending_will_do(archive: Command, letters: Path) -> None:
    describe(letters, "b")
    assert titles(ingest(archive, letters / "b.txt")) == ["About b"]


@pytest.mark.parametrize("rival", ["b.pdf", "b"])
def test_one_that_may_mean_another_file_there_describes_neither(
    archive: Command, letters: Path, rival: str
) -> None:
    put(letters, rival)
    describe(letters, "b")
    report = ingest(archive, letters / "b.txt", code=4)
    assert codes(report) == {"PAIR-UNDESCRIBED"}
    assert [each["source"] for each in report["left_out"]] == ["b.dc.json"]
    assert rival in json.dumps(report["left_out"])


def test_one_that_may_mean_two_that_are_brought_is_left_out_once(archive: Command, letters: Path) -> None:
    put(letters, "b.pdf")
    describe(letters, "b")
    report = ingest(archive, letters / "b.txt", letters / "b.pdf", letters / "b.dc.json", code=4)
    assert [each["source"] for each in report["left_out"]] == ["b.dc.json"]


def test_a_wrong_sidecar_refuses_it(archive: Command, letters: Path) -> None:
    put(letters, "b.txt.dc.json", b"{")
    report = ingest(archive, letters / "b.txt", code=4)
    assert codes(report) == {"DESC-JSON-SYNTAX"}
    assert payloads(archive) == {}


def test_a_link_is_not_followed(archive: Command, letters: Path) -> None:
    (letters / "b.txt.dc.json").symlink_to(letters / "a.txt.dc.json")
    report = ingest(archive, letters / "b.txt", code=3)
    assert codes(report) == {"SRC-UNREADABLE"}


def test_it_can_be_left_out(archive: Command, letters: Path) -> None:
    report = ingest(archive, letters / "a.txt", "--exclude", "*.dc.json", "--describe-later")
    assert titles(report) == ["[a.txt]"]
    assert [each["source"] for each in report["left_out"]] == ["a.txt.dc.json"]


def test_where_the_file_is_left_out_its_sidecar_is_of_no_concern(archive: Command, letters: Path) -> None:
    report = ingest(archive, letters / "a.txt", "--exclude", "a.txt")
    assert report["counts"]["ingested"] == 0
    assert codes(report) == set()


def test_one_that_is_brought_itself_is_said_to_be_left_out_with_its_file(
    archive: Command, letters: Path
) -> None:
    report = ingest(archive, *sorted(letters.iterdir()), "--exclude", "a.txt", "--describe-later")
    assert titles(report) == ["[b.txt]"]
    left_out = {each["source"]: each["why"] for each in report["left_out"]}
    assert sorted(left_out) == ["a.txt", "a.txt.dc.json"]
    assert "describes a.txt" in left_out["a.txt.dc.json"]


def test_given_as_the_metadata_it_is_read_once(archive: Command, letters: Path) -> None:
    report = ingest(archive, letters / "a.txt", "--metadata", letters / "a.txt.dc.json")
    assert titles(report) == ["About a.txt"]
    assert report["left_out"] == []


def test_a_table_goes_before_it_and_the_difference_is_said(archive: Command, letters: Path) -> None:
    table = put(letters, "t.csv", b"filename,title\na.txt,Another\n")
    report = ingest(archive, letters / "a.txt", "--metadata", table)
    assert titles(report) == ["Another"]
    assert "PAIR-DIFFERS" in codes(report)

"""A thousand findings of one kind about a file push none of another kind out."""

import os
from pathlib import Path

import pytest

from archive.core.bagit.lines import FileFindings
from archive.core.bagit.tagfile import parse_tag_file
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit.versions import V1_0
from archive.core.findings import Severity, error, note, warning
from archive.core.limits.output import BAG_FINDINGS
from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag
from tests.containers import END, ROOT, bag_files, in_folder, tar_member, tar_of
from tests.plain_bags import call

MANY = BAG_FINDINGS + 100


def test_each_code_of_each_severity_is_kept_up_to_the_bound() -> None:
    said = FileFindings("x")
    for _ in range(MANY):
        said.add(warning("A", "x", "one"))
        said.add(note("A", "x", "one"))
    for _ in range(MANY):
        said.add(warning("B", "x", "two"))
    said.add(error("A", "x", "three"))
    kept = [(one.code, one.severity.value) for one in said.all() if one.code != "BAG-FINDINGS-MORE"]
    assert {kind: kept.count(kind) for kind in kept} == {
        ("A", "warning"): BAG_FINDINGS,
        ("A", "note"): BAG_FINDINGS,
        ("B", "warning"): BAG_FINDINGS,
        ("A", "error"): 1,
    }
    assert [(one.severity.value, one.message) for one in said.all()[len(kept) :]] == [
        ("warning", "has 200 more findings of this severity"),
        ("note", "has 100 more findings of this severity"),
    ]
    assert [said.count(severity) for severity in Severity] == [1, 2 * MANY, MANY]


def test_a_line_that_is_no_tag_is_named_behind_a_thousand_blank_ones() -> None:
    read = parse_tag_file(b"A: b\n" + b"\n" * MANY + b"no colon here\n", name="bag-info.txt", version=V1_0)
    assert [(one.code, one.at.line) for one in read.findings if one.severity is Severity.ERROR] == [
        ("BAG-TAG-SYNTAX", MANY + 2)
    ]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of many names that some systems cannot hold."""
    folder = tmp_path / "source"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"a:{number:04}").touch()
    return folder


def test_a_link_is_named_behind_a_thousand_unportable_names(source: Path, tmp_path: Path) -> None:
    (source / "z").symlink_to("a:0001")
    ended = call("bag", source, "--to", tmp_path / "bag")
    told = {(one["code"], one["place"]) for one in ended.report["findings"] if one["severity"] == "error"}
    assert (ended.code, told) == (4, {("SRC-LINK", "z")})
    assert "for 1 of its names" in ended.report["message"]


def test_all_names_that_cannot_be_bagged_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:04}").symlink_to("nowhere")
    ended = call("bag", folder, "--to", tmp_path / "bag")
    assert (ended.code, f"for {MANY} of its names" in ended.report["message"]) == (4, True)


def test_what_cannot_be_read_still_weighs_more(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "z").touch()
    monkeypatch.setattr(os, "access", lambda name, *_, **__: name != "z")
    ended = call("bag", source, "--to", tmp_path / "bag")
    told = {one["code"] for one in ended.report["findings"] if one["severity"] == "error"}
    assert (ended.code, told) == (3, {"SRC-UNREADABLE"})


def padded(*more: bytes, end: bytes = END) -> bytes:
    """A bag in a tar with many members whose padding is no zeros, and more members."""
    member = tar_member(f"{ROOT}/data/0000", b"x")
    dirty = member[:-1] + b"x"
    many = [tar_member(f"{ROOT}/notes/{number:04}", b"x")[:512] + dirty[512:] for number in range(MANY)]
    return tar_of(in_folder(bag_files()), *many, *more, end=end)


@pytest.mark.parametrize(
    ("tar", "code", "verdict"),
    [
        (padded(tar_member(f"{ROOT}/bagit.txt", b"x")), "SER-MEMBER-REPEATED", BagVerdict.INVALID),
        (padded(tar_member("../out", b"x")), "SER-NAME-TRAVERSAL", BagVerdict.INVALID),
        (padded(end=tar_member("x", b"x" * 513)[:600]), "SER-TRUNCATED", BagVerdict.INVALID),
        (padded(tar_member("x", b"x", kind=b"S")), "SER-MEMBER-UNSUPPORTED", BagVerdict.UNVERIFIABLE),
    ],
    ids=["twice", "climbs out", "cut", "not supported"],
)
def test_what_refuses_a_tar_is_named_behind_a_thousand_warnings(
    tmp_path: Path, tar: bytes, code: str, verdict: BagVerdict
) -> None:
    path = tmp_path / "bag.tar"
    path.write_bytes(tar)
    refused = open_serialised_bag(str(path), label="bag.tar")
    assert isinstance(refused, RefusedContainer)
    assert (refused.verdict, code in {one.code for one in refused.findings}) == (verdict, True)


def test_a_second_root_behind_a_thousand_warnings_can_be_tolerated(tmp_path: Path) -> None:
    (tmp_path / "bag.tar").write_bytes(padded(tar_member("other", b"x")))
    told = call("verify", tmp_path / "bag.tar")
    assert (told.code, "SER-ROOTS" in str(told.report)) == (1, True)
    assert call("verify", tmp_path / "bag.tar", "--tolerate", "SER-ROOTS").code == 0

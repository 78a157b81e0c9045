"""What stands in the way of reading decides the verdict: not looked at is never valid, and never missing."""

import hashlib
from collections.abc import Iterator

import pytest

from archive.core.bagit.contents import Entry, EntryKind, FileDigests
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit.versions import Version
from archive.core.bagit_judge import Judge, Policy
from archive.core.digests import Algorithm
from archive.core.obstacles import Obstacle
from tests.bags import LETTER, bag_files
from tests.builders import MANIFEST


def judge_of(files: dict[str, bytes]) -> Judge:
    """A judge that was told of the tag files of a bag of one letter, and of all its entries."""
    judge = Judge("b", Policy())
    judge.read_declaration([files["bagit.txt"]])
    judge.read_tag_file(MANIFEST, [files[MANIFEST]])
    judge.note_entries([Entry("data", EntryKind.FOLDER), *(Entry(path, EntryKind.FILE) for path in files)])
    return judge


SHORT = bag_files({LETTER: b"x"}, tag_manifest=False)


@pytest.mark.parametrize(
    ("obstacle", "verdict"),
    [
        (Obstacle.UNREADABLE, BagVerdict.UNVERIFIABLE),
        (Obstacle.MISSING, BagVerdict.INCOMPLETE),
        (Obstacle.LINK, BagVerdict.INVALID),
        (Obstacle.SPECIAL, BagVerdict.INVALID),
    ],
)
def test_what_stood_in_the_way_of_a_digest_decides_the_verdict(
    obstacle: Obstacle, verdict: BagVerdict
) -> None:
    judge = judge_of(SHORT)
    assert list(judge.wanted()) == [(LETTER, (Algorithm.SHA512,))]
    judge.take([FileDigests(LETTER, -1, (), obstacle, "why")])
    assert judge.conclude().verdict is verdict


def test_a_file_whose_digest_never_came_is_not_taken_for_sound() -> None:
    judge = judge_of(SHORT)
    list(judge.wanted())
    judge.take([])
    report = judge.conclude()
    assert (report.verdict, report.counts.verified) == (BagVerdict.UNVERIFIABLE, 0)


def test_a_manifest_that_storage_gives_up_on_is_not_held_against_the_payload() -> None:
    def broken() -> Iterator[bytes]:
        yield SHORT[MANIFEST][:20]
        raise OSError(5, "Input/output error")

    judge = Judge("b", Policy())
    judge.read_declaration([SHORT["bagit.txt"]])
    judge.read_tag_file(MANIFEST, broken())
    judge.note_entries([Entry("data", EntryKind.FOLDER), Entry(LETTER, EntryKind.FILE)])
    judge.take([FileDigests(LETTER, 1, ())])
    report = judge.conclude()
    assert report.verdict is BagVerdict.UNVERIFIABLE
    assert {finding.code for finding in report.findings} == {"BAG-FILE-UNREADABLE"}


def test_what_lies_below_a_folder_that_could_not_be_read_is_not_called_missing() -> None:
    judge = Judge("b", Policy())
    judge.read_declaration([SHORT["bagit.txt"]])
    judge.read_tag_file(MANIFEST, [SHORT[MANIFEST]])
    judge.note_entries([Entry("data", EntryKind.UNREADABLE, reason="Permission denied")])
    judge.take([])
    report = judge.conclude()
    assert (report.verdict, report.counts.missing) == (BagVerdict.UNVERIFIABLE, 0)
    assert "Permission denied" in report.findings[0].message


def test_nothing_is_called_missing_from_a_bag_that_could_not_be_looked_into() -> None:
    judge = Judge("b", Policy())
    judge.note_entries([Entry("", EntryKind.UNREADABLE, reason="Permission denied")])
    judge.take([])
    report = judge.conclude()
    assert report.verdict is BagVerdict.UNVERIFIABLE
    assert [finding.code for finding in report.findings] == ["BAG-FILE-UNREADABLE"]


@pytest.mark.parametrize(
    ("closed", "verdict"),
    [
        ("notes", BagVerdict.INVALID),
        ("data/more", BagVerdict.UNVERIFIABLE),
        ("data", BagVerdict.UNVERIFIABLE),
    ],
)
def test_a_wrong_payload_oxum_is_seen_unless_some_of_the_payload_is_not(
    closed: str, verdict: BagVerdict
) -> None:
    judge = Judge("b", Policy())
    judge.read_declaration([SHORT["bagit.txt"]])
    judge.read_tag_file(MANIFEST, [SHORT[MANIFEST]])
    judge.read_tag_file("bag-info.txt", [b"Payload-Oxum: 999.9\n"])
    folder = [] if closed == "data" else [Entry("data", EntryKind.FOLDER)]
    files = [Entry(path, EntryKind.FILE) for path in (*SHORT, "bag-info.txt")]
    judge.note_entries([*folder, Entry(closed, EntryKind.UNREADABLE, reason="Permission denied"), *files])
    digest = hashlib.sha512(b"x").digest()
    judge.take([FileDigests(path, 1, (digest,)) for path, _ in judge.wanted()])
    report = judge.conclude()
    assert report.verdict is verdict
    assert ("BAG-OXUM-WRONG" in {one.code for one in report.findings}) is (closed == "notes")


def test_a_bag_of_a_later_version_is_judged_as_1_0_and_told_as_what_it_says() -> None:
    judge = judge_of(SHORT | {"bagit.txt": SHORT["bagit.txt"].replace(b"1.0", b"1.7")})
    assert judge.facts().version == Version(1, 7)
    assert judge.conclude().version == Version(1, 7)

"""Names and kinds of entries: what the judge says of Unicode forms, case, links, pipes and folders."""

import os
import unicodedata
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.core.digests import Algorithm
from tests.bags import LETTER, bag_files, codes, hexadecimal, judged, plain, write_bag
from tests.builders import MANIFEST

NFC, NFD = (unicodedata.normalize(form, "data/café.txt") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(("listed", "there"), [(NFC, NFD), (NFD, NFC)])
def test_another_unicode_form_is_the_same_file_with_a_warning(
    tmp_path: Path, listed: str, there: str
) -> None:
    files = bag_files({listed: b"x"}, tag_manifest=False)
    files[there] = files.pop(listed)
    bag = write_bag(tmp_path / "b", files)
    report = judged(bag)
    assert report.verdict is BagVerdict.VALID
    assert ("BAG-NAME-FORM", "warning") in codes(report)
    assert report.counts.verified == 1
    (bag / there).write_bytes(b"y")
    assert ("BAG-FILE-ALTERED", "error") in codes(judged(bag))


def test_two_files_with_names_of_two_unicode_forms_are_two_and_warned_of(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", bag_files({NFC: b"x", NFD: b"y"})))
    assert report.verdict is BagVerdict.VALID
    assert codes(report) == {("BAG-NAME-CASE", "warning"), ("BAG-NAME-UNPORTABLE", "warning")}


def test_names_that_differ_only_in_case_are_warned_of(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", bag_files({"data/A.txt": b"x", "data/a.txt": b"y"})))
    assert [(f.code, f.place, f.found) for f in report.findings] == [
        ("BAG-NAME-CASE", "data/a.txt", "data/A.txt")
    ]


@pytest.mark.parametrize(
    "name", ["con", "NUL.txt", "aux.tar.gz", "a:b", "a.", "a ", " a", "a\\b", "a?b", "a\nb", "tagmanifest-x"]
)
def test_unportable_names_are_warned_of_and_verified(tmp_path: Path, name: str) -> None:
    report = judged(write_bag(tmp_path / "b", bag_files({f"data/{name}": b"x"})))
    assert report.verdict is BagVerdict.VALID
    assert codes(report) == {("BAG-NAME-UNPORTABLE", "warning")}
    assert report.counts.verified == 3


@pytest.mark.parametrize("name", ["a", "conrad.txt", "comma", ".keep", "été.txt", "a-b_c (1).txt", "a+b=c"])
def test_portable_names_are_not_warned_of(tmp_path: Path, name: str) -> None:
    assert judged(write_bag(tmp_path / "b", bag_files({f"data/{name}": b"x"}))).findings == ()


def test_a_name_that_is_not_utf_8_is_verified(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", bag_files({"data/\udcff": b"x"})))
    assert (report.verdict, report.counts.verified) == (BagVerdict.VALID, 3)


@pytest.mark.parametrize("where", ["data/more", "notes"])
def test_a_link_anywhere_is_an_error_and_not_followed(tmp_path: Path, where: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_bytes(b"x")
    bag = write_bag(tmp_path / "b", plain())
    (bag / where).symlink_to(outside)
    report = judged(bag)
    assert report.verdict is BagVerdict.INVALID
    assert [(f.code, f.place) for f in report.findings] == [("BAG-FILE-LINK", where)]
    assert report.counts.payload_files == 2


@pytest.mark.parametrize("path", [LETTER, "data", "bagit.txt", MANIFEST])
def test_a_link_in_place_of_what_must_be_there_is_not_followed(tmp_path: Path, path: str) -> None:
    bag = write_bag(tmp_path / "b", plain())
    (bag / path).rename(tmp_path / "outside")
    (bag / path).symlink_to(tmp_path / "outside")
    report = judged(bag)
    assert report.verdict is BagVerdict.INVALID
    assert ("BAG-FILE-LINK", "error") in codes(report)


@pytest.mark.parametrize("path", [LETTER, "data/more", "notes", "bagit.txt", MANIFEST, "fetch.txt"])
def test_a_pipe_is_never_opened(tmp_path: Path, path: str) -> None:
    bag = write_bag(tmp_path / "b", plain())
    (bag / path).unlink(missing_ok=True)
    os.mkfifo(bag / path)
    report = judged(bag)
    assert report.verdict is BagVerdict.INVALID
    assert ("BAG-FILE-SPECIAL", "error") in codes(report)


def test_a_listed_folder_is_an_error(tmp_path: Path) -> None:
    files = plain()
    files[MANIFEST] += f"{hexadecimal(Algorithm.SHA512, b'')}  data/notes\n".encode()
    report = judged(write_bag(tmp_path / "b", files))
    assert [(f.code, f.at.line) for f in report.findings] == [("BAG-FILE-FOLDER", 3)]


def test_of_a_tag_file_whose_name_is_refused_it_is_not_said_that_no_line_has_it(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", bag_files(tags={"~$l.docx": b"own"})))
    told = {finding.code: finding.message for finding in report.findings}
    assert told.keys() == {"BAG-PATH-HOME", "BAG-TAG-UNLISTED"}
    assert told["BAG-TAG-UNLISTED"] == "is a tag file that tagmanifest-sha512.txt must not list, by its name"

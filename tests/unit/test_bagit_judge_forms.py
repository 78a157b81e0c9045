"""Listed names that differ in their Unicode form alone: the loss of a file is no change of its name."""

from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit.versions import V0_97, V1_0, Version
from archive.core.bagit_judge import Policy
from archive.core.digests import Algorithm
from tests.bags import bag_files, judged, write_bag

COMPOSED, APART, SIGN = "data/\u00c5", "data/A\u030a", "data/\u212b"  # one letter, and one composed form
MD5, SHA512 = Algorithm.MD5, Algorithm.SHA512


def told(report: BagReport) -> set[tuple[str, str, str]]:
    """Codes with severities and places, but for what is said of names that are not portable."""
    return {
        (finding.code, finding.severity.value, finding.place)
        for finding in report.findings
        if finding.code not in {"BAG-NAME-UNPORTABLE", "BAG-NAME-CASE"}
    }


def without(files: dict[str, bytes], *paths: str) -> dict[str, bytes]:
    """The files but for some."""
    return {path: content for path, content in files.items() if path not in paths}


@pytest.mark.parametrize("version", [V1_0, V0_97])
@pytest.mark.parametrize(("lost", "left"), [(APART, COMPOSED), (COMPOSED, APART)])
def test_a_lost_file_is_missed_beside_one_whose_name_is_alike(
    tmp_path: Path, version: Version, lost: str, left: str
) -> None:
    files = bag_files({left: b"one", lost: b"two"}, tag_manifest=False, version=version)
    report = judged(write_bag(tmp_path / "b", without(files, lost)))
    assert report.verdict is BagVerdict.INCOMPLETE
    assert told(report) == {("BAG-FILE-MISSING", "error", lost)}


def test_so_it_is_where_both_had_the_same_bytes(tmp_path: Path) -> None:
    files = bag_files({COMPOSED: b"x", APART: b"x"}, tag_manifest=False)
    report = judged(write_bag(tmp_path / "b", without(files, APART)))
    assert told(report) == {("BAG-FILE-MISSING", "error", APART)}


def test_before_1_0_one_digest_of_two_forms_is_a_line_that_comes_twice(tmp_path: Path) -> None:
    files = bag_files({COMPOSED: b"x", APART: b"x"}, tag_manifest=False, version=V0_97)
    report = judged(write_bag(tmp_path / "b", without(files, APART)))
    assert report.verdict is BagVerdict.VALID
    assert told(report) == {
        ("BAG-NAME-FORM", "warning", APART),
        ("BAG-LINE-REPEATED", "warning", "manifest-sha512.txt"),
    }


@pytest.mark.parametrize(
    ("version", "contents", "verdict"),
    [
        (V1_0, (b"x", b"x"), BagVerdict.INCOMPLETE),
        (V0_97, (b"x", b"y"), BagVerdict.INCOMPLETE),
        (V0_97, (b"x", b"x"), BagVerdict.VALID),
    ],
)
def test_one_file_stands_for_one_of_two_lost_ones(
    tmp_path: Path, version: Version, contents: tuple[bytes, bytes], verdict: BagVerdict
) -> None:
    listed = dict(zip((APART, COMPOSED), contents, strict=True))
    files = bag_files(listed, tag_manifest=False, version=version)
    report = judged(write_bag(tmp_path / "b", without(files, APART, COMPOSED) | {SIGN: b"x"}))
    assert report.verdict is verdict
    assert ("BAG-NAME-FORM", "warning", APART) in told(report)
    assert (("BAG-FILE-MISSING", "error", COMPOSED) in told(report)) == (verdict is BagVerdict.INCOMPLETE)


@pytest.mark.parametrize("version", [V1_0, V0_97])
def test_what_is_still_to_be_fetched_is_not_taken_for_a_file_alike(tmp_path: Path, version: Version) -> None:
    files = bag_files({COMPOSED: b"x", APART: b"x"}, tag_manifest=False, version=version)
    files["fetch.txt"] = f"http://example.org/x 1 {APART}\n".encode()
    bag = write_bag(tmp_path / "b", without(files, APART))
    assert told(judged(bag)) == {("BAG-FETCH-OUTSTANDING", "error", APART)}
    assert judged(bag, Policy(present_only=True)).verdict is BagVerdict.VALID


@pytest.mark.parametrize("version", [V1_0, V0_97])
def test_two_manifests_may_spell_one_file_each_in_its_way(tmp_path: Path, version: Version) -> None:
    files = bag_files({COMPOSED: b"x"}, algorithms=(MD5, SHA512), tag_manifest=False, version=version)
    files["manifest-md5.txt"] = files["manifest-md5.txt"].replace(COMPOSED.encode(), APART.encode())
    report = judged(write_bag(tmp_path / "b", files))
    assert report.verdict is BagVerdict.VALID
    assert told(report) == {("BAG-NAME-FORM", "warning", APART)}


def test_a_manifest_s_line_is_of_the_file_that_it_does_not_list_by_name(tmp_path: Path) -> None:
    files = bag_files({COMPOSED: b"x", APART: b"y"}, algorithms=(MD5, SHA512), tag_manifest=False)
    files["manifest-md5.txt"] = files["manifest-md5.txt"].replace(APART.encode(), SIGN.encode())
    report = judged(write_bag(tmp_path / "b", files))
    assert report.verdict is BagVerdict.VALID
    assert told(report) == {("BAG-NAME-FORM", "warning", SIGN)}


def test_a_name_of_many_forms_is_looked_for_among_few(tmp_path: Path) -> None:
    spellings = ["data/" + "".join(part) for part in _spelled(6)]
    files = bag_files(dict.fromkeys(spellings, b"x"), tag_manifest=False)
    lost = spellings[20:]
    report = judged(write_bag(tmp_path / "b", without(files, *lost)))
    assert {place for code, _, place in told(report) if code == "BAG-FILE-MISSING"} == set(lost)


def _spelled(letters: int) -> list[list[str]]:
    """Every spelling of a word of that many `Å`, each in two forms."""
    words: list[list[str]] = [[]]
    for _ in range(letters):
        words = [[*word, form] for word in words for form in ("\u00c5", "A\u030a")]
    return words

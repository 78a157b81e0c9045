"""Our report beside bagit's opinion: agreement and every difference, with its reason where it is known."""

import hashlib
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit_judge import Policy
from archive.core.finding_codes import FINDING_CODES
from archive.core.findings import Severity
from archive.core.second_opinion.comparison import compare, not_asked
from archive.core.second_opinion.known_differences import PASSED_OVER, why_missed, why_refused
from archive.core.second_opinion.model import Complaint, CrossOutcome, Opinion, OpinionOutcome
from archive.services.verify.request import VerifyRequest
from archive.services.verify.run import verify
from tests.bags import bag_files, declaration, write_bag
from tests.builders import damage, make_bag

VALID = Opinion(outcome=OpinionOutcome.VALID, version="1.9.0")


def refusal(*paths: str) -> Opinion:
    complaints = tuple(Complaint(path=path, message=f"{path} is missing") for path in paths)
    return Opinion(outcome=OpinionOutcome.INVALID, message="Bag is incomplete", complaints=complaints)


def report(bag: Path, *, strict: bool = False) -> BagReport:
    (only,) = verify(VerifyRequest(bags=(str(bag),), policy=Policy(strict=strict)))
    return only


def test_two_that_accept_agree(tmp_path: Path) -> None:
    checked = compare(report(make_bag(tmp_path).path), VALID)
    assert (checked.outcome, checked.differences, checked.findings) == (CrossOutcome.AGREES, (), ())


def test_two_that_refuse_the_same_file_agree(tmp_path: Path) -> None:
    bag = make_bag(tmp_path).path
    damage(bag / "data/letter.txt", "delete")
    assert compare(report(bag), refusal("data/letter.txt")).outcome is CrossOutcome.AGREES
    assert compare(report(bag), refusal()).outcome is CrossOutcome.AGREES


def test_bagit_accepting_what_is_refused_here_differs_once_for_each_kind_of_finding(tmp_path: Path) -> None:
    bag = make_bag(tmp_path, {"a": b"1", "b": b"2"}).path
    for name in ("a", "b"):
        damage(bag / "data" / name, "flip")
    with (bag / "manifest-sha512.txt").open("ab") as manifest:
        manifest.write(b"no line of a manifest\n")
    checked = compare(report(bag), VALID)
    assert checked.outcome is CrossOutcome.DISAGREES
    assert len(checked.differences) == len({each.ours.split()[1] for each in checked.differences})
    assert any("(and 2 more)" in each.ours for each in checked.differences)
    assert {each.theirs for each in checked.differences} == {"valid"}
    assert {each.severity for each in checked.findings} == {Severity.WARNING}


def test_bagit_refusing_what_is_accepted_here_differs_in_its_own_words(tmp_path: Path) -> None:
    bag = make_bag(tmp_path).path
    (difference,) = compare(report(bag), refusal("data/100%.txt")).differences
    assert difference.place == "data/100%.txt"
    assert difference.theirs == "data/100%.txt is missing"
    assert difference.why is not None
    (difference,) = compare(report(bag), refusal()).differences
    assert (difference.place, difference.theirs, difference.why) == (".", "Bag is incomplete", None)


def test_bagit_naming_a_file_in_which_nothing_is_wrong_differs_though_both_refuse(tmp_path: Path) -> None:
    bag = make_bag(tmp_path).path
    damage(bag / "data/letter.txt", "flip")
    checked = compare(report(bag), refusal("data/letter.txt", "data/other"))
    assert [each.place for each in checked.differences] == ["data/other"]


def test_a_name_that_bagit_cuts_short_has_one_reason_for_both_complaints(tmp_path: Path) -> None:
    bag = make_bag(tmp_path).path
    reasons = [each.why for each in compare(report(bag), refusal("data/trail", "data/trail ")).differences]
    assert reasons[0] is not None
    assert reasons == [reasons[0]] * 2


def test_words_about_the_whole_bag_have_their_reason_where_it_is_known(tmp_path: Path) -> None:
    opinion = Opinion(outcome=OpinionOutcome.INVALID, message="No manifest files found")
    (difference,) = compare(report(make_bag(tmp_path).path), opinion).differences
    assert difference.why is not None


def test_files_are_not_compared_where_a_manifest_could_not_be_read_as_it_stands(tmp_path: Path) -> None:
    bag = make_bag(tmp_path).path
    with (bag / "manifest-sha512.txt").open("ab") as manifest:
        manifest.write(b"<<<<<<< ours\n")
    assert compare(report(bag), refusal("ours")).outcome is CrossOutcome.AGREES


def test_a_policy_makes_no_difference_to_the_comparison(tmp_path: Path) -> None:
    path = make_bag(tmp_path).path
    (path / "extra.txt").write_bytes(b"not listed")
    assert report(path, strict=True).verdict is BagVerdict.INVALID
    assert compare(report(path, strict=True), VALID).outcome is CrossOutcome.AGREES


def test_no_judgement_is_a_warning_and_no_verdict(tmp_path: Path) -> None:
    opinion = Opinion(outcome=OpinionOutcome.NOT_JUDGED, message="bagit ended with signal 11")
    checked = compare(report(make_bag(tmp_path).path), opinion)
    assert checked.outcome is CrossOutcome.NOT_JUDGED
    assert [(each.code, each.severity, each.found) for each in checked.findings] == [
        ("CROSS-NOT-JUDGED", Severity.WARNING, "bagit ended with signal 11")
    ]
    assert checked.to_json()["verdict"] is None


def test_a_serialised_bag_is_not_cross_checked_and_a_note_says_so() -> None:
    checked = not_asked()
    assert checked.outcome is CrossOutcome.NOT_CHECKED
    assert [(each.code, each.severity) for each in checked.findings] == [
        ("CROSS-FOLDERS-ONLY", Severity.NOTE)
    ]


def test_asking_bagit_changes_neither_verdict_nor_our_findings(tmp_path: Path) -> None:
    bag = make_bag(tmp_path).path
    with (bag / "manifest-sha512.txt").open("ab") as manifest:
        manifest.write(b"nothing\n")
    (bag / "tagmanifest-sha512.txt").unlink()
    alone = report(bag)
    (asked,) = verify(VerifyRequest(bags=(str(bag),), cross_check=60))
    assert asked.cross_check is not None
    assert asked.cross_check.outcome is CrossOutcome.DISAGREES
    assert asked.verdict is alone.verdict is BagVerdict.INVALID
    assert [each for each in asked.findings if not each.code.startswith("CROSS-")] == list(alone.findings)


def test_the_bags_of_a_shelf_are_cross_checked_each(tmp_path: Path) -> None:
    bags = tuple(str(make_bag(tmp_path, name=f"bag-{number}").path) for number in range(9))
    reports = list(verify(VerifyRequest(bags=bags, cross_check=60, jobs=2)))
    assert {each.cross_check.outcome for each in reports if each.cross_check} == {CrossOutcome.AGREES}
    assert len(reports) == 9


def test_a_reason_stands_at_a_code_that_there_is() -> None:
    assert PASSED_OVER.keys() <= FINDING_CODES.keys()


FETCHED = b"https://example.org/x - "


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("manifest-crc32.txt", b"01234567  data/gone.txt\n", "Python's names"),
        ("manifest-SHA-512.txt", b"", "Python's names"),
        ("fetch.txt", FETCHED + b"bagit.txt\n", "fetch.txt"),
        ("fetch.txt", FETCHED + b"data//letter.txt\n", "fetch.txt"),
        ("bag-info.txt", b"\xef\xbb\xbfTitle: T\n", "byte order mark"),
        ("bagit.txt", declaration() + b" " * 70_000, "two exact lines"),
    ],
    ids=["missing from a manifest passed over", "twice", "outside", "component", "mark", "size"],
)
def test_the_reason_is_that_of_the_file_in_which_bagit_sees_nothing(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    bag = write_bag(tmp_path / "b", {**bag_files(tag_manifest=False), name: content})
    checked = compare(report(bag), VALID)
    assert checked.outcome is CrossOutcome.DISAGREES
    ours = {each.ours.split()[1]: each.why for each in checked.differences}
    about = {code: why for code, why in ours.items() if code != "BAG-ALGORITHM-UNKNOWN"}
    assert about
    assert [code for code, why in about.items() if reason not in str(why)] == []


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("data/100%.txt", True),
        ("data/a\u2028b", True),
        ("data/trail ", True),
        ("data/e\u0301", True),
        ("data/plain.txt", False),
    ],
)
def test_a_reason_is_given_only_where_it_is_known(path: str, known: bool) -> None:
    assert (why_refused(path) is not None) is known


def bag_of(folder: Path, files: dict[str, bytes]) -> Path:
    """A bag of these payload and tag files, with manifests that list them all."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def listed(files: dict[str, bytes], end: bytes = b"\n") -> bytes:
    return b"".join(
        f"{hashlib.sha512(content).hexdigest()}  {name}".encode() + end for name, content in files.items()
    )


def test_a_name_that_bagit_cuts_off_is_explained(tmp_path: Path) -> None:
    payload = {"data/a.txt": b"a"}
    tags = {"bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "x ": b"tag"}
    tags["manifest-sha512.txt"] = listed(payload)
    bag = bag_of(tmp_path / "bag", payload | tags | {"tagmanifest-sha512.txt": listed(tags)})
    (asked,) = verify(VerifyRequest(bags=(str(bag),), cross_check=60))
    assert asked.verdict is BagVerdict.VALID
    assert asked.cross_check is not None
    assert [(each.place, each.why is None) for each in asked.cross_check.differences] == [("x", False)]


@pytest.mark.parametrize(("encoding", "is_known"), [("UTF-8", False), ("no-codec", False), ("EUC-KR", True)])
def test_a_file_that_bagit_misses_is_explained_in_encodings_it_reads_otherwise_alone(
    encoding: str, is_known: bool
) -> None:
    message = "data/b.txt exists on filesystem but is not in the manifest"
    assert (why_missed(message, encoding) is not None) is is_known


@pytest.mark.parametrize(
    ("encoding", "agrees"), [("UTF-8", True), ("ISO-8859-1", True), ("Shift_JIS", False), ("EUC-KR", False)]
)
def test_lines_that_bagit_does_not_see_the_end_of_are_explained(
    tmp_path: Path, encoding: str, agrees: bool
) -> None:
    payload = {"data/a.txt": b"a", "data/b.txt": b"b"}
    declared = f"BagIt-Version: 1.0\nTag-File-Character-Encoding: {encoding}\n".encode()
    tags = {"bagit.txt": declared, "manifest-sha512.txt": listed(payload, b"\r")}
    (asked,) = verify(VerifyRequest(bags=(str(bag_of(tmp_path / "bag", payload | tags)),), cross_check=60))
    assert asked.verdict is BagVerdict.VALID
    assert asked.cross_check is not None
    differences = asked.cross_check.differences
    assert (differences == ()) is agrees
    assert all(each.why for each in differences), differences


@pytest.mark.parametrize("rest", ["two", "Payload-Oxum: 7.7"])
@pytest.mark.parametrize("end", ["\v", "\f", "\x1e"])
def test_a_value_that_bagit_takes_for_two_lines_is_explained(tmp_path: Path, end: str, rest: str) -> None:
    payload = {"data/a.txt": b"a"}
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": f"Note: one{end}{rest}\n".encode(),
        "manifest-sha512.txt": listed(payload),
    }
    (asked,) = verify(VerifyRequest(bags=(str(bag_of(tmp_path / "bag", payload | tags)),), cross_check=60))
    assert asked.verdict is BagVerdict.VALID
    assert asked.cross_check is not None
    [difference] = asked.cross_check.differences
    assert difference.why is not None
    assert difference.why.startswith("bagit ends a line at characters that end none")


@pytest.mark.parametrize("second", [b"a", b"b"])
def test_two_names_that_bagit_takes_for_one_are_explained(tmp_path: Path, second: bytes) -> None:
    payload = {"data/a\fb.txt": b"a", "data/a\u2028b.txt": second}
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "manifest-sha512.txt": listed(payload),
    }
    (asked,) = verify(VerifyRequest(bags=(str(bag_of(tmp_path / "bag", payload | tags)),), cross_check=60))
    assert asked.verdict is BagVerdict.VALID
    assert asked.cross_check is not None
    [difference] = asked.cross_check.differences
    assert difference.why is not None
    assert difference.why.startswith("bagit cuts names short")

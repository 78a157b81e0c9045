"""RFC 8493 §2, §3, §5 and the drafts before it: what the judge says of one bag with one thing wrong."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.core.bagit.tagfile import Tag
from archive.core.bagit.verdicts import BagFacts, BagVerdict, Shortfall
from archive.core.bagit.versions import V0_97, V1_0, Version
from archive.core.bagit_judge import Policy
from archive.core.digests import Algorithm
from archive.core.finding_codes import FINDING_CODES
from archive.core.findings import Finding, Severity
from archive.services.verify.judging import judge_bag
from archive.services.verify.lanes import ProcessLanes
from archive.storage.bag_sources.folder import FolderSource
from tests.bags import LETTER, PAYLOAD, bag_files, codes, declaration, hexadecimal, judged, plain, write_bag
from tests.builders import MANIFEST, TAG_MANIFEST

OLD = Version(0, 95)
INVALID, INCOMPLETE = BagVerdict.INVALID, BagVerdict.INCOMPLETE


@pytest.mark.parametrize("version", [Version(0, 93), Version(0, 94), OLD, Version(0, 96), V0_97, V1_0])
@pytest.mark.parametrize("tag_manifest", [True, False])
def test_a_whole_bag_of_any_version_is_valid_without_a_finding(
    tmp_path: Path, version: Version, tag_manifest: bool
) -> None:
    report = judged(write_bag(tmp_path / "b", bag_files(version=version, tag_manifest=tag_manifest)))
    assert (report.verdict, report.version, report.findings) == (BagVerdict.VALID, version, ())
    assert report.counts.payload_files == 2
    assert report.counts.payload_bytes == sum(map(len, PAYLOAD.values()))
    assert report.counts.verified == (4 if tag_manifest else 2)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_algorithm_is_verified(tmp_path: Path, algorithm: Algorithm) -> None:
    files = bag_files(algorithms=(algorithm,), tag_manifest=False)
    bag = write_bag(tmp_path / "b", files)
    assert judged(bag).verdict is BagVerdict.VALID
    (bag / LETTER).write_bytes(b"dear Sir,\n")
    found = [finding for finding in judged(bag).findings if finding.code == "BAG-FILE-ALTERED"]
    assert [(f.place, f.at.file, f.at.line) for f in found] == [
        (LETTER, f"manifest-{algorithm.label}.txt", 1)
    ]
    assert found[0].expected == hexadecimal(algorithm, PAYLOAD[LETTER])
    assert found[0].found == hexadecimal(algorithm, b"dear Sir,\n")


def test_an_altered_file_is_said_for_each_manifest(tmp_path: Path) -> None:
    files = bag_files(algorithms=(Algorithm.SHA256, Algorithm.SHA512), tag_manifest=False)
    bag = write_bag(tmp_path / "b", {**files, LETTER: b"x"})
    report = judged(bag)
    assert report.verdict is INVALID
    assert [finding.at.file for finding in report.findings] == ["manifest-sha256.txt", MANIFEST]


def test_upper_case_digests_match(tmp_path: Path) -> None:
    files = plain()
    path, value = LETTER, hexadecimal(Algorithm.SHA512, PAYLOAD[LETTER])
    files[MANIFEST] = files[MANIFEST].replace(value.encode(), value.upper().encode())
    assert judged(write_bag(tmp_path / "b", files)).verdict is BagVerdict.VALID, path


@pytest.mark.parametrize(
    ("gone", "code"),
    [("bagit.txt", "BAG-DECLARATION-MISSING"), (MANIFEST, "BAG-MANIFEST-MISSING")],
)
def test_a_required_element_that_is_not_there_is_an_error(tmp_path: Path, gone: str, code: str) -> None:
    files = plain()
    del files[gone]
    report = judged(write_bag(tmp_path / "b", files))
    assert report.verdict is INVALID
    assert codes(report) == {(code, "error")}


def test_a_bag_without_payload_folder_is_invalid_and_with_an_empty_one_valid(tmp_path: Path) -> None:
    files = bag_files({}, tag_manifest=False)
    bag = write_bag(tmp_path / "b", files)
    assert judged(bag).verdict is BagVerdict.VALID
    (bag / "data").rmdir()
    assert codes(judged(bag)) == {("BAG-DATA-MISSING", "error")}


def test_a_listed_file_that_is_not_there_makes_the_bag_incomplete(tmp_path: Path) -> None:
    files = plain()
    del files[LETTER]
    report = judged(write_bag(tmp_path / "b", files))
    assert (report.verdict, report.shortfall) == (INCOMPLETE, Shortfall.FILES)
    assert codes(report) == {("BAG-FILE-MISSING", "error")}
    assert (report.findings[0].place, report.findings[0].at.line) == (LETTER, 1)
    assert report.findings[0].clause == "RFC 8493 §3"


def test_a_listed_tag_file_that_is_not_there_makes_the_bag_incomplete(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "b", bag_files(tags={"notes.txt": b"x"}))
    (bag / "notes.txt").unlink()
    assert judged(bag).verdict is INCOMPLETE


def test_a_payload_file_that_nothing_lists_makes_the_bag_invalid(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", {**plain(), "data/more.txt": b""}))
    assert report.verdict is INVALID
    assert [(f.code, f.place) for f in report.findings] == [("BAG-FILE-UNLISTED", "data/more.txt")]


@pytest.mark.parametrize(
    ("version", "verdict", "severity"), [(V1_0, INVALID, "error"), (V0_97, BagVerdict.VALID, "warning")]
)
def test_from_1_0_every_payload_manifest_lists_every_file(
    tmp_path: Path, version: Version, verdict: BagVerdict, severity: str
) -> None:
    files = bag_files(algorithms=(Algorithm.SHA256, Algorithm.SHA512), tag_manifest=False, version=version)
    files["manifest-sha256.txt"] = files["manifest-sha256.txt"].split(b"\n", 1)[1]
    report = judged(write_bag(tmp_path / "b", files))
    assert report.verdict is verdict
    assert codes(report) == {("BAG-FILE-UNLISTED", severity)}
    assert report.findings[0].at.file == "manifest-sha256.txt"


def test_a_path_only_in_a_tag_manifest_is_no_listed_payload_file(tmp_path: Path) -> None:
    files = bag_files(version=V0_97)
    line = f"{hexadecimal(Algorithm.SHA512, b'x')}  data/more.txt\n".encode()
    files[TAG_MANIFEST] += line
    report = judged(write_bag(tmp_path / "b", {**files, "data/more.txt": b"x"}))
    assert ("BAG-FILE-UNLISTED", "error") in codes(report)


@pytest.mark.parametrize(("version", "severity"), [(V1_0, "error"), (V0_97, "warning")])
def test_a_tag_manifest_lists_every_payload_manifest(tmp_path: Path, version: Version, severity: str) -> None:
    files = bag_files(version=version)
    lines = files[TAG_MANIFEST].splitlines(keepends=True)
    files[TAG_MANIFEST] = b"".join(line for line in lines if MANIFEST.encode() not in line)
    assert codes(judged(write_bag(tmp_path / "b", files))) == {("BAG-TAGMANIFEST-LACKS", severity)}


def test_a_tag_file_that_a_tag_manifest_does_not_list_is_warned_of(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", {**bag_files(), "notes/more.txt": b""}))
    assert report.verdict is BagVerdict.VALID
    assert codes(report) == {("BAG-TAG-UNLISTED", "warning")}


@pytest.mark.parametrize("algorithm", [Algorithm.MD5, Algorithm.SHA1])
def test_weak_algorithms_alone_are_warned_of(tmp_path: Path, algorithm: Algorithm) -> None:
    report = judged(write_bag(tmp_path / "b", bag_files(algorithms=(algorithm,))))
    assert report.verdict is BagVerdict.VALID
    assert codes(report) == {("BAG-ALGORITHM-WEAK", "warning")}
    both = bag_files(algorithms=(algorithm, Algorithm.SHA256))
    assert judged(write_bag(tmp_path / "c", both)).findings == ()


@pytest.mark.parametrize("name", ["manifest-whirlpool.txt", "manifest-shake128.txt", "tagmanifest-crc32.txt"])
def test_an_unknown_algorithm_is_never_valid(tmp_path: Path, name: str) -> None:
    files = plain()
    listed = b"bagit.txt" if name.startswith("tag") else None
    files[name] = (
        b"abcd  " + listed + b"\n"
        if listed
        else b"".join(b"abcd  " + path.encode() + b"\n" for path in PAYLOAD)
    )
    report = judged(write_bag(tmp_path / "b", files))
    assert report.verdict is (INVALID if listed else BagVerdict.UNVERIFIABLE)  # the tag one lacks a manifest
    assert ("BAG-ALGORITHM-UNKNOWN", "error") in codes(report)


def test_two_manifests_of_one_algorithm_must_not_be(tmp_path: Path) -> None:
    files = plain()
    files["manifest-SHA-512.txt"] = files[MANIFEST]
    report = judged(write_bag(tmp_path / "b", files))
    assert report.verdict is BagVerdict.INVALID
    assert codes(report) == {("BAG-ALGORITHM-TWICE", "error"), ("BAG-ALGORITHM-NAME", "warning")}


URL = b"https://example.org/x "


def test_an_outstanding_file_of_fetch_txt_makes_the_bag_incomplete_and_says_so(tmp_path: Path) -> None:
    files = plain(**{"fetch.txt": URL + b"10 data/letter.txt\n"})
    del files[LETTER]
    bag = write_bag(tmp_path / "b", files)
    report = judged(bag)
    assert (report.verdict, report.shortfall) == (INCOMPLETE, Shortfall.FETCH)
    assert codes(report) == {("BAG-FETCH-OUTSTANDING", "error")}
    present = judged(bag, Policy(present_only=True))
    assert (present.verdict, present.present_only) == (BagVerdict.VALID, True)
    (bag / "data/notes/one.txt").write_bytes(b"2\n")
    assert judged(bag, Policy(present_only=True)).verdict is INVALID


def test_a_missing_file_that_fetch_txt_does_not_name_is_not_excused(tmp_path: Path) -> None:
    files = plain(**{"fetch.txt": URL + b"2 data/notes/one.txt\n"})
    del files[LETTER]
    report = judged(write_bag(tmp_path / "b", files), Policy(present_only=True))
    assert (report.verdict, report.shortfall) == (INCOMPLETE, Shortfall.FILES)


def test_every_entry_of_fetch_txt_is_listed_in_the_manifests(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", plain(**{"fetch.txt": URL + b"- data/other.txt\n"})))
    assert report.verdict is INVALID
    assert [(f.code, f.at.line) for f in report.findings] == [("BAG-FETCH-UNLISTED", 1)]


def test_a_fetched_file_of_another_length_is_warned_of(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", plain(**{"fetch.txt": URL + b"3 data/letter.txt\n"})))
    assert report.verdict is BagVerdict.VALID
    assert codes(report) == {("BAG-FETCH-SIZE", "warning")}


@pytest.mark.parametrize(
    ("label", "value", "found"),
    [
        ("Payload-Oxum", "12.2", set()),
        ("payload-oxum", "12.2", set()),
        ("PAYLOAD-OXUM", "12.3", {("BAG-OXUM-WRONG", "error")}),
        ("Payload-Oxum", "13.2", {("BAG-OXUM-WRONG", "error")}),
        ("Payload-Oxum", "١٢.٢", {("BAG-OXUM-SYNTAX", "error")}),
        ("Payload-Oxum", "12", {("BAG-OXUM-SYNTAX", "error")}),
        ("Payload-Oxum", "9" * 6000 + ".2", {("BAG-OXUM-SYNTAX", "error")}),
        ("Payload-Oxum", "12.2\nPayload-Oxum: 12.2", {("BAG-OXUM-REPEATED", "error")}),
    ],
)
def test_payload_oxum_is_held_against_the_payload(
    tmp_path: Path, label: str, value: str, found: set[tuple[str, str]]
) -> None:
    files = plain(**{"bag-info.txt": f"{label}: {value}\n".encode()})
    assert codes(judged(write_bag(tmp_path / "b", files))) == found


def test_up_to_0_95_the_tags_are_in_package_info(tmp_path: Path) -> None:
    wrong = b"Payload-Oxum: 1.1\n"
    for name, version, verdict in (
        ("package-info.txt", OLD, INVALID),
        ("bag-info.txt", OLD, BagVerdict.VALID),
        ("package-info.txt", V1_0, BagVerdict.VALID),
    ):
        files = bag_files(version=version, tag_manifest=False, tags={name: wrong})
        assert judged(write_bag(tmp_path / f"{name}{version}", files)).verdict is verdict


def test_values_that_are_not_in_the_declared_encoding_are_an_error(tmp_path: Path) -> None:
    files = plain(**{"bag-info.txt": b"Title: caf\xe9\n"})
    assert codes(judged(write_bag(tmp_path / "b", files))) == {("BAG-ENCODING-BYTES", "error")}
    files["bagit.txt"] = declaration(encoding="ISO-8859-1")
    assert judged(write_bag(tmp_path / "c", files)).findings == ()


@pytest.mark.parametrize(("version", "severity"), [(V1_0, "error"), (V0_97, "warning")])
@pytest.mark.parametrize("name", [MANIFEST, "bag-info.txt", "fetch.txt"])
def test_from_1_0_a_utf_8_tag_file_has_no_byte_order_mark(
    tmp_path: Path, version: Version, severity: str, name: str
) -> None:
    files = bag_files(version=version, tag_manifest=False)
    files[name] = b"\xef\xbb\xbf" + files.get(name, b"")
    assert codes(judged(write_bag(tmp_path / "b", files))) == {("BAG-ENCODING-BOM", severity)}


def test_more_manifests_than_algorithms_are_not_read(tmp_path: Path) -> None:
    files = plain()
    files |= {f"manifest-sha{'-' * count}512.txt": files[MANIFEST] for count in range(1, 60)}
    report = judged(write_bag(tmp_path / "b", files))
    assert report.verdict is INVALID
    assert ("BAG-MANIFEST-MANY", "error") in codes(report)


def test_strict_makes_errors_of_warnings_and_tolerated_codes_are_warnings(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "b", bag_files(algorithms=(Algorithm.MD5,)))
    assert judged(bag, Policy(strict=True)).verdict is INVALID
    excused = Policy(strict=True, tolerated=frozenset({"BAG-ALGORITHM-WEAK"}))
    assert judged(bag, excused).verdict is BagVerdict.VALID


def test_findings_come_in_the_order_of_their_places_and_are_the_same_every_time(tmp_path: Path) -> None:
    files = plain(**{f"data/{number:02}": b"" for number in range(40)})
    bag = write_bag(tmp_path / "b", files)
    report = judged(bag)
    assert [finding.place for finding in report.findings] == [f"data/{number:02}" for number in range(40)]
    assert judged(bag) == report


def test_of_more_findings_than_anybody_reads_the_first_are_listed_and_the_others_counted(
    tmp_path: Path,
) -> None:
    files = plain()
    files[MANIFEST] += b"".join(
        f"{hexadecimal(Algorithm.SHA512, b'')}  data/{number:05}\n".encode() for number in range(3000, 0, -1)
    )
    report = judged(write_bag(tmp_path / "b", files))
    assert report.counts.missing == 3000
    listed = [finding.place for finding in report.findings if finding.code == "BAG-FILE-MISSING"]
    assert listed == [f"data/{number:05}" for number in range(1, 1001)]
    assert "2000 more" in report.findings[-1].message


def test_the_facts_of_a_bag_are_handed_out_for_other_rules(tmp_path: Path) -> None:
    tags = {"bag-info.txt": b"B: 2\nA: 1\n", "meta/x.xml": b""}
    files = bag_files(tags=tags, algorithms=(Algorithm.MD5, Algorithm.SHA512))
    seen: list[BagFacts] = []
    bag = write_bag(tmp_path / "b", files)

    class Asked:
        def applies(self, tags: Sequence[Tag]) -> bool:
            return ("A", "1") in tags

        def __call__(self, facts: BagFacts) -> list[Finding]:
            seen.append(facts)
            return []

    source = FolderSource(str(bag), ProcessLanes(1))
    judge_bag(source, Policy(), [Asked()])
    source.close()
    facts = seen[0]
    assert facts.version == V1_0
    assert facts.bag_info == (("B", "2"), ("A", "1"))
    assert facts.payload_algorithms == ("md5", "sha512")
    assert facts.tag_algorithms == ("md5", "sha512")
    assert facts.payload_files == tuple(sorted(PAYLOAD))
    assert "meta/x.xml" in facts.tag_files
    assert facts.fetch_paths is None


def test_severities_of_findings_are_those_that_the_registry_knows_or_milder(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "b", {**bag_files(), "data/x": b"", "y": b""}))
    for finding in report.findings:
        known = FINDING_CODES[finding.code].severity
        assert list(Severity).index(finding.severity) >= list(Severity).index(known)

"""Laws of the judge: what is written is valid, what is changed is found, nothing makes it raise."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.core.bagit import manifest_blocks
from archive.core.bagit.blocks import lines_in_blocks
from archive.core.bagit.lines import FileFindings, lines_of
from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.manifest_blocks import read_manifest
from archive.core.bagit.names import manifest_name
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit.versions import V0_97, V1_0, Version
from archive.core.bagit_judge import Judge, Policy
from archive.core.bagit_judge.gathered import Gathered
from archive.core.bagit_judge.listing import Listing
from archive.core.digests import Algorithm
from archive.core.findings import Severity
from tests.bags import bag_files, declaration, judged, write_bag
from tests.property.pieces import Kept, cut, lines
from tests.property.strategies import component, manifest_like

_SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
versions = st.sampled_from([V0_97, V1_0])
# Names that a disk can have: at most 255 bytes, and before 1.0 no line ends, which its manifests cannot say.
names = component.filter(lambda name: len(os.fsencode(name)) < 100 and name[0] not in " \t*")
payloads = st.dictionaries(names.map(lambda name: f"data/{name}"), st.binary(max_size=40), max_size=5)
algorithms = st.lists(st.sampled_from(list(Algorithm)), min_size=1, max_size=2, unique=True).map(tuple)
blocks = st.lists(st.integers(1, 40), max_size=20)


@_SLOW
@given(payloads, algorithms)
def test_what_is_written_is_valid(payload: dict[str, bytes], chosen: tuple[Algorithm, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = judged(write_bag(Path(folder) / "b", bag_files(payload, algorithms=chosen)))
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    assert (report.verdict, errors) == (BagVerdict.VALID, [])
    assert report.counts.payload_files == len(payload)


FILES = bag_files(tags={"bag-info.txt": b"Payload-Oxum: 12.2\n"})


@_SLOW
@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_bit_turned_is_found(path: str, data: st.DataObject) -> None:
    content = FILES[path]
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    # A digest's hexadecimal digits may be of either case, and a space may be a tab's neighbour.
    if path.startswith("tagmanifest") and bytes(changed).lower() == content.lower():
        return
    with tempfile.TemporaryDirectory() as folder:
        report = judged(write_bag(Path(folder) / "b", {**FILES, path: bytes(changed)}))
    assert report.verdict is not BagVerdict.VALID or report.findings


@_SLOW
@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_byte_put_in_or_taken_out_is_found(path: str, data: st.DataObject) -> None:
    content = FILES[path]
    place = data.draw(st.integers(0, len(content) - 1))
    extra = data.draw(st.binary(max_size=3))
    changed = content[:place] + extra + content[place + (not extra) :]
    if path.startswith("tagmanifest") and changed.replace(b"\t", b" ").split() == content.split():
        return  # white space between a digest and its path, or a blank line
    with tempfile.TemporaryDirectory() as folder:
        report = judged(write_bag(Path(folder) / "b", {**FILES, path: changed}))
    assert report.verdict is not BagVerdict.VALID or report.findings


@pytest.mark.parametrize("path", sorted(FILES))
def test_any_file_taken_away_is_found(path: str, tmp_path: Path) -> None:
    files = dict(FILES)
    del files[path]
    # Without any tag manifest a bag is as valid as with one.
    expected = path == "tagmanifest-sha512.txt"
    assert (judged(write_bag(tmp_path / "b", files)).verdict is BagVerdict.VALID) is expected


@pytest.mark.parametrize("name", ["manifest-sha512.txt", "tagmanifest-sha512.txt"])
@pytest.mark.parametrize("line", range(2))
def test_any_line_taken_out_of_a_manifest_is_found(name: str, line: int, tmp_path: Path) -> None:
    lines = FILES[name].splitlines(keepends=True)
    changed = b"".join(lines[:line] + lines[line + 1 :])
    report = judged(write_bag(tmp_path / "b", {**FILES, name: changed}))
    assert report.findings


tag_names = st.sampled_from(
    [
        "bagit.txt",
        "bag-info.txt",
        "package-info.txt",
        "fetch.txt",
        "manifest-md5.txt",
        "manifest-sha512.txt",
        "manifest-SHA-512.txt",
        "manifest-what.txt",
        "tagmanifest-md5.txt",
        "data/x",
    ]
)
tag_contents = st.one_of(
    manifest_like,
    st.sampled_from(
        [
            declaration(),
            declaration("0.97", "UTF-16"),
            declaration("0.95", "ISO-8859-1"),
            b"a" * 32 + b"  data/x\n",
            b"http://x 1 data/x\n",
            b"Payload-Oxum: 1.1\n",
        ]
    ),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(tag_names, tag_contents, max_size=6))
def test_no_content_makes_the_judge_raise(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = judged(write_bag(Path(folder) / "b", files), Policy(strict=True, present_only=True))
    assert report.verdict in BagVerdict
    assert list(report.findings) == sorted(
        report.findings, key=lambda found: (found.code == "BAG-FINDINGS-MORE", found.sort_key())
    )


@given(st.one_of(manifest_like, lines), blocks, versions, st.booleans(), st.sampled_from(["utf-8", "utf-16"]))
@example(b"0" * 32 + b"  data/a\r\n" + b"0" * 32 + b"  data/b\r\n", [41, 1], V1_0, True, "utf-8")
def test_a_manifest_in_blocks_says_what_the_whole_one_says(
    data: bytes, sizes: list[int], version: Version, payload: bool, encoding: str
) -> None:
    name = "manifest-md5.txt" if payload else "tagmanifest-md5.txt"
    whole = parse_manifest(data, name=name, version=version, payload=payload, encoding=encoding)
    kept, findings = Kept(), FileFindings(name)
    read_manifest(
        cut(data, sizes),
        name=name,
        version=version,
        payload=payload,
        encoding=encoding,
        findings=findings,
        entries=kept,
    )
    assert kept.entries == whole.entries
    said = [(f.code, f.severity, f.at) for f in findings.all() if f.code != "BAG-ENCODING-BYTES"]
    assert said == [(f.code, f.severity, f.at) for f in whole.findings if f.code != "BAG-ENCODING-BYTES"]
    assert any(f.code == "BAG-ENCODING-BYTES" for f in findings.all()) == any(
        f.code == "BAG-ENCODING-BYTES" for f in whole.findings
    )


@given(
    st.lists(st.sampled_from(["a", "é", "\r", "\n", "\r\n", "\u2028", ""]), max_size=20).map("".join), blocks
)
def test_lines_in_blocks_are_the_lines(text: str, sizes: list[int]) -> None:
    found = [
        line
        for some in lines_in_blocks(
            cut(text.encode(), sizes), name="x", encoding="utf-8", version=V1_0, findings=FileFindings("x")
        )
        for _, line in some.each()
    ]
    assert found == list(lines_of(text))


@given(lines, st.booleans())
def test_the_compact_listing_keeps_what_the_list_of_entries_has(data: bytes, bulk: bool) -> None:
    whole = parse_manifest(data, name="manifest-md5.txt", version=V1_0, payload=True)
    naming = manifest_name("manifest-md5.txt")
    assert naming is not None
    listing = Listing()
    column = listing.begin("manifest-md5.txt", naming)
    with pytest.MonkeyPatch.context() as patch:
        if not bulk:
            patch.setattr(manifest_blocks, "plain_block", lambda *_, **__: None)
        read_manifest(
            [data],
            name="manifest-md5.txt",
            version=V1_0,
            payload=True,
            encoding="utf-8",
            findings=Gathered(Policy()),
            entries=column,
        )
    expected: dict[str, str] = {}
    for path, value in whole.entries:
        expected.setdefault(path, value)
    found = {path: column.digest(number).hex() for path, number in listing.index.items()}
    assert found == expected
    assert len(column) == len(expected)


@given(st.permutations(range(6)))
def test_the_order_in_which_a_source_answers_changes_nothing(order: list[int]) -> None:
    payload = {f"data/{number}": b"x" for number in range(6)}
    files = bag_files(payload, tag_manifest=False)

    def report_of(numbers: list[int]) -> object:
        from archive.core.bagit.contents import Entry, EntryKind, FileDigests

        judge = Judge("b", Policy())
        judge.read_declaration([files["bagit.txt"]])
        judge.read_tag_file("manifest-sha512.txt", [files["manifest-sha512.txt"]])
        entries = [Entry(f"data/{number}", EntryKind.FILE) for number in numbers]
        judge.note_entries([*entries, Entry("data", EntryKind.FOLDER), Entry("bagit.txt", EntryKind.FILE)])
        list(judge.wanted())
        judge.take(FileDigests(f"data/{number}", 1, (bytes(64),)) for number in reversed(numbers))
        return judge.conclude()

    assert report_of(list(range(6))) == report_of(order)

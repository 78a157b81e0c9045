"""Submissions that contradict themselves or the archive: every rule of ingest with its exit code."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.crash.checks import snapshot
from tests.e2e.command import Command
from tests.hostile.submission import (
    bags,
    codes,
    describe,
    ingest,
    payloads,
    put,
    require_plain,
    require_sound,
    two_described,
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A submission of two described documents."""
    return two_described(tmp_path / "source")


def _sum(text: bytes, algorithm: str = "sha256") -> str:
    return hashlib.new(algorithm, text).hexdigest()


# -- the depositor's checksums -----------------------------------------------------------------------------


def test_a_right_checksum_is_recorded_as_the_depositors(archive: Command, source: Path) -> None:
    put(source, "checksum.sha256", f"{_sum(b'this is a.txt' + bytes([10]))}  a.txt\n".encode())
    report = ingest(archive, source)
    assert report["counts"]["ingested"] == 2
    premis = b"".join((bag / "metadata/premis.xml").read_bytes() for bag in bags(archive))
    assert _sum(b"this is a.txt\n").encode() in premis
    require_sound(archive, 2)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("0" * 64 + "  a.txt", "SUM-MISMATCH"),
        (_sum(b"") + "  missing.txt", "SUM-NO-FILE"),
        (_sum(b"") + "  ../../etc/passwd", "SUM-NO-FILE"),
        ("no digest at all", "SUM-MALFORMED"),
    ],
)
def test_a_wrong_line_of_checksums_refuses_the_submission(
    archive: Command, source: Path, line: str, code: str
) -> None:
    put(source, "checksum.sha256", f"{line}\n".encode())
    assert code in codes(ingest(archive, source, code=4))
    assert bags(archive) == []


def test_a_dry_run_does_not_call_digests_verified_that_it_compared_with_nothing(
    archive: Command, source: Path
) -> None:
    put(source, "SHA256SUMS", b"0" * 64 + b"  a.txt\n")
    report = ingest(archive, source, "--dry-run")
    (left,) = report["left_out"]
    assert left["why"] == "the depositor's digests (1), with which files are compared as they are read"
    assert [one["code"] for one in report["findings"]] == ["SUM-NOT-COMPARED"]
    read = ingest(archive, source, "--dry-run", "--read", code=4)
    assert {one["source"] for one in read["rejected"]} == {"a.txt"}
    assert codes(read) == {"SUM-MISMATCH"}


def test_a_wrong_checksum_refuses_its_document_alone_with_continue(archive: Command, source: Path) -> None:
    put(source, "checksum.sha256", ("0" * 64 + "  a.txt\n").encode())
    report = ingest(archive, source, "--on-error", "continue", code=4)
    assert [one["source"] for one in report["rejected"]] == ["a.txt"]
    assert [one["source"] for one in report["ingested"]] == ["b.txt"]
    require_sound(archive, 1)


def test_checksums_that_contradict_each_other_are_an_error(archive: Command, source: Path) -> None:
    put(source, "checksum.sha256", f"{_sum(b'x')}  a.txt\n{_sum(b'y')}  a.txt\n".encode())
    assert "SUM-CONTRADICTION" in codes(ingest(archive, source, code=4))


def test_a_description_that_is_not_what_the_depositor_listed_is_a_warning(
    archive: Command, source: Path
) -> None:
    sidecars = {name: (source / name).read_bytes() for name in ("a.txt.dc.json", "b.txt.dc.json")}
    lines = [f"{_sum(content)}  {name}" for name, content in sidecars.items()]
    put(source, "SHA256SUMS", "\n".join([*lines, f"{_sum(b'')}  SHA256SUMS"]).encode())
    (source / "a.txt.dc.json").write_bytes(sidecars["a.txt.dc.json"] + b"\n")
    report = ingest(archive, source)
    assert report["counts"]["ingested"] == 2
    assert [(one["code"], one["place"]) for one in report["findings"]] == [
        ("SUM-DESCRIPTION", "a.txt.dc.json")
    ]


# -- descriptions and documents ----------------------------------------------------------------------------


def test_a_document_without_a_description_is_an_error(archive: Command, source: Path) -> None:
    put(source, "c.txt")
    assert codes(ingest(archive, source, code=4)) == {"PAIR-UNDESCRIBED"}
    assert bags(archive) == []
    later = ingest(archive, source, "--describe-later")
    assert max(one["title"] for one in later["ingested"]) == "[c.txt]"
    assert archive("list", "--undescribed", "--format", "json").json["documents"][0]["title"] == "[c.txt]"
    require_sound(archive, 3)


def test_a_table_below_the_root_is_named_in_the_remedy_and_each_remedy_said_once(
    archive: Command, source: Path
) -> None:
    for name in ("box/c.txt", "box/d.txt", "box/metadata.csv"):
        put(source, name)
    told = archive("ingest", source, code=4).out
    assert told.count("no description") == 3
    assert told.count("describe it in metadata.csv or a sidecar, or add --describe-later") == 1
    assert f"--metadata {source}/box/metadata.csv, or ingest {source}/box itself" in told


def test_a_sidecar_without_a_document_is_an_error(archive: Command, source: Path) -> None:
    describe(source, "gone.txt")
    report = ingest(archive, source, code=4)
    assert codes(report) == {"PAIR-NO-DOCUMENT"}


def test_a_sidecar_that_fits_two_documents_is_an_error(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "two"
    put(folder, "page.tif")
    put(folder, "page.txt")
    describe(folder, "page")
    assert "PAIR-AMBIGUOUS" in codes(ingest(archive, folder, code=4))


def test_a_sidecar_of_the_whole_name_comes_before_one_without_the_ending(
    archive: Command, source: Path
) -> None:
    describe(source, "a")
    report = ingest(archive, source)
    assert [one["title"] for one in report["ingested"]] == ["About a.txt", "About b.txt"]
    assert codes(report) == {"PAIR-DIFFERS"}
    assert [one["source"] for one in report["left_out"]] == ["a.dc.json"]


def test_a_table_that_has_the_name_of_its_document_in_its_own_is_no_sidecar(
    archive: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "named"
    put(folder, "a.txt")
    describe(folder, "a")
    put(folder, "a.txt.csv", b"filename,title\n")
    report = ingest(archive, folder, "--metadata", folder / "a.txt.csv")
    assert [one["title"] for one in report["ingested"]] == ["About a"]


def test_two_sidecars_that_differ_are_a_warning(archive: Command, source: Path) -> None:
    put(source, "a.txt.dc.yaml", b"title: Another\n")
    report = ingest(archive, source)
    assert codes(report) == {"PAIR-DIFFERS"}
    assert [one["source"] for one in report["left_out"]] == ["a.txt.dc.yaml"]


def test_a_row_without_a_document_names_the_nearest(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    put(folder, "letter-01.txt")
    put(folder, "metadata.csv", b"filename,title\nleter-01.txt,A letter\n")
    report = ingest(archive, folder, code=4)
    (finding,) = [one for one in report["findings"] if one["code"] == "PAIR-NO-DOCUMENT"]
    assert finding["remedy"] == "did you mean letter-01.txt?"
    assert finding["place"] == "metadata.csv:2"


def test_several_files_of_one_row_are_one_document(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    for number in (1, 2):
        put(folder, f"p{number}.tif", b"%d" % number)
    put(folder, "metadata.csv", b"filename,title\np1.tif||p2.tif,Two pages\n")
    assert ingest(archive, folder)["counts"]["ingested"] == 1
    assert set(payloads(archive)) == {"p1.tif", "p2.tif"}
    assert ingest(archive, folder)["counts"]["held"] == 1
    require_sound(archive, 1)


def test_a_file_that_a_row_names_twice_is_one(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "once"
    put(folder, "a.txt")
    put(folder, "metadata.csv", b"filename,title\na.txt||./a.txt,A\n")
    (one,) = ingest(archive, folder)["ingested"]
    assert one["source"] == "a.txt"
    require_sound(archive, 1)


def test_a_file_described_by_two_rows_is_an_error(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "twice"
    put(folder, "a.txt")
    put(folder, "metadata.csv", b"filename,title\na.txt,One\na.txt,Two\n")
    assert "PAIR-TWICE" in codes(ingest(archive, folder, code=4))
    assert bags(archive) == []


def test_a_reference_declared_twice_is_an_error(archive: Command, source: Path) -> None:
    for name in ("a.txt", "b.txt"):
        describe(source, name, reference="X-1")
    assert "PAIR-REFERENCE" in codes(ingest(archive, source, code=4))


@pytest.mark.parametrize("reference", ["../../x", ".", "--help", "x" * 300, "ｆｕｌｌ", "a\nb", "", "-"])
def test_a_reference_never_names_a_path(archive: Command, source: Path, reference: str) -> None:
    describe(source, "a.txt", reference=reference)
    before = snapshot(archive.root.parent / "source")
    done = archive("ingest", source, "--no-identify", "--format", "json", code=None)
    assert done.code in {0, 4}, done
    assert snapshot(source) == before
    if done.code == 0:
        require_sound(archive, 2)
    assert {path.name for path in archive.root.parent.iterdir()} == {"archive", "keys", "source"}


@pytest.mark.parametrize("reference", ["a\nb", "a\x1b[2Jb", "a\u202eb", "a\u200bb"])
def test_a_reference_that_nobody_can_see_is_refused(archive: Command, source: Path, reference: str) -> None:
    describe(source, "a.txt", reference=reference)
    done = archive("ingest", source, "--no-identify", code=4)
    assert "the reference holds the character U+" in done.out
    require_plain(done.out, done.err)
    assert bags(archive) == []


# -- against what is held ----------------------------------------------------------------------------------


def test_a_reference_that_is_held_with_other_bytes_is_a_conflict(archive: Command, source: Path) -> None:
    describe(source, "a.txt", reference="X-1")
    ingest(archive, source)
    (source / "a.txt").write_text("other bytes\n")
    report = ingest(archive, source, code=6)
    assert codes(report) == {"REF-CONFLICT"}
    assert report["counts"]["held"] == 1
    require_sound(archive, 2)


def test_a_held_document_with_another_description_is_exit_1(archive: Command, source: Path) -> None:
    ingest(archive, source)
    describe(source, "a.txt", date="1918")
    report = ingest(archive, source, code=1)
    assert report["counts"]["held_differs"] == 1
    (differing,) = [one for one in report["held"] if one["differs"]]
    assert (differing["source"], differing["differs"]) == ("a.txt", ["date"])
    done = archive("ingest", source, "--no-identify", code=1)
    assert "archive describe --metadata" in done.out


@pytest.mark.parametrize(
    ("choice", "code", "ingested"), [("keep", 0, 1), ("leave-out", 0, 0), ("stop", 6, 0)]
)
def test_the_same_bytes_under_another_name(
    archive: Command, source: Path, tmp_path: Path, choice: str, code: int, ingested: int
) -> None:
    ingest(archive, source)
    twin = tmp_path / "twin"
    put(twin, "copy.txt", (source / "a.txt").read_bytes())
    describe(twin, "copy.txt")
    report = ingest(archive, twin, "--duplicates", choice, code=code)
    assert report["counts"]["ingested"] == ingested
    found = {"keep": "DUP-TWIN", "leave-out": None, "stop": "DUP-REFUSED"}[choice]
    assert codes(report) == ({found} if found else set())
    if choice == "leave-out":
        assert [one["source"] for one in report["left_out"]] == ["copy.txt"]
    require_sound(archive, 2 + ingested)


@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_a_title_is_supplied_from_a_name_of_any_bytes(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "names"
    put(folder, "bad\udcff.txt", b"text\n")
    describe(folder, "bad\udcff.txt", title="")
    (one,) = ingest(archive, folder)["ingested"]
    assert one["title"] == "[bad\\xff.txt]"


@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_why_a_name_is_left_out_is_told_whatever_the_bytes_of_the_name_beside_it(
    archive: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "names"
    put(folder, "bad\udcff.txt", b"the same\n")
    put(folder, "twin.txt", b"the same\n")
    describe(folder, "bad\udcff.txt")
    (folder / "metadata.jsonl").write_text('{"filename": "bad\\udcff.txt", "title": "T"}\n')
    report = ingest(archive, folder, "--describe-later", "--duplicates", "leave-out")
    whys = [one["why"] for one in report["left_out"]]
    assert "a second description of bad\\xff.txt" in whys
    assert "the same bytes as bad\\xff.txt" in whys


def test_twins_in_one_submission_are_told_and_empty_files_are_none(archive: Command, tmp_path: Path) -> None:
    folder = tmp_path / "twins"
    for name in ("a.txt", "b.txt"):
        put(folder, name, b"the same\n")
    for name in ("empty1.txt", "empty2.txt"):
        put(folder, name, b"")
    report = ingest(archive, folder, "--describe-later")
    assert [one["place"] for one in report["findings"] if one["code"] == "DUP-TWIN"] == ["b.txt"]
    require_sound(archive, 4)


def test_the_same_bytes_under_the_same_path_of_two_sources_are_told(archive: Command, tmp_path: Path) -> None:
    for name in ("left", "right"):
        put(tmp_path / name, "page.txt", b"the same\n")
    report = ingest(archive, tmp_path / "left", tmp_path / "right", "--describe-later")
    assert codes(report) == {"DUP-TWIN"}
    refused = ingest(
        archive, tmp_path / "left", tmp_path / "right", "--describe-later", "--duplicates", "stop"
    )
    assert refused["counts"]["held"] == 2


# -- nothing is written ------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [[], ["--read"]])
def test_a_dry_run_writes_nothing_at_all(archive: Command, source: Path, more: list[str]) -> None:
    ingest(archive, source)
    put(source, "c.txt", b"new\n")
    describe(source, "c.txt")
    before = (snapshot(archive.root), snapshot(archive.keys), snapshot(source))
    report = ingest(archive, source, "--dry-run", *more)
    assert report["dry_run"]
    assert report["counts"]["held"] == (2 if more else 0)
    assert report["counts"]["ingested"] == (1 if more else 3)
    assert (snapshot(archive.root), snapshot(archive.keys), snapshot(source)) == before


def test_a_refused_submission_leaves_no_bag_and_no_staging(archive: Command, source: Path) -> None:
    put(source, "checksum.sha256", ("0" * 64 + "  a.txt\n").encode())
    ingest(archive, source, code=4)
    assert bags(archive) == []
    assert [path.name for path in (archive.root / "staging").iterdir()] == [".lock"]
    require_sound(archive, 0)


# -- options -----------------------------------------------------------------------------------------------


def test_exclude_leaves_names_out_and_says_so(archive: Command, source: Path) -> None:
    put(source, "notes.tmp")
    report = ingest(archive, source, "--exclude", "*.tmp")
    assert [one["source"] for one in report["left_out"]] == ["notes.tmp"]


@pytest.mark.parametrize(
    "pattern", ["private", "private/", "./private/", "priv*", "box/private", "privat[e]"]
)
def test_a_folder_is_left_out_with_all_that_is_in_it(archive: Command, source: Path, pattern: str) -> None:
    put(source, "box/private/diary.txt", b"nobody's business")
    put(source, "box/private/deep/er.txt", b"nor this")
    put(source, "SHA256SUMS", f"{'0' * 64}  box/private/diary.txt\n".encode())
    report = ingest(archive, source, "--exclude", pattern)
    assert {one["source"] for one in report["left_out"]} == {"box/private", "SHA256SUMS"}
    assert report["findings"] == []
    assert report["counts"]["ingested"] == 2


@pytest.mark.parametrize("pattern", ["privat", "PRIVATE", "/private", "private/*/diary.txt"])
def test_a_pattern_that_leaves_nothing_out_is_said(archive: Command, source: Path, pattern: str) -> None:
    put(source, "private/diary.txt", b"nobody's business")
    report = ingest(archive, source, "--exclude", pattern, "--exclude", "b.*", "--describe-later")
    said = [(one["code"], one["found"]) for one in report["findings"]]
    assert said == [("SRC-EXCLUDES-NOTHING", pattern)]


def test_a_list_may_speak_of_what_exclude_leaves_out(archive: Command, source: Path) -> None:
    (source / "a.tmp").write_text("leave me")
    (source / "SHA256SUMS").write_text(f"{'0' * 64}  a.tmp\n")
    report = ingest(archive, source, "--exclude", "*.tmp")
    assert {one["source"] for one in report["left_out"]} == {"a.tmp", "SHA256SUMS"}


def test_on_error_continue_takes_the_good_ones_and_exits_4(archive: Command, source: Path) -> None:
    put(source, "bad.txt")
    put(source, "bad.txt.dc.json", b'{"title": ')
    report = ingest(archive, source, "--on-error", "continue", code=4)
    assert report["counts"]["ingested"] == 2
    assert [one["source"] for one in report["rejected"]] == ["bad.txt"]
    run = json.loads((archive.root / "runs" / f"{report['run']}.json").read_bytes())
    assert [one["source"] for one in run["rejected"]] == ["bad.txt"]
    require_sound(archive, 2)


@pytest.mark.parametrize("name", ["\x1b[2J.txt", "a\u202eb.txt", "a\nb.txt"])
def test_findings_about_awkward_names_are_escaped(archive: Command, source: Path, name: str) -> None:
    put(source, name)
    done = archive("ingest", source, "--no-identify", code=4)
    require_plain(done.out, done.err)

"""Holes of a terabyte in the place of what is read: answered at once, for the size says enough."""

import json
import os
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit_judge import Policy
from archive.core.findings import Finding
from archive.core.limits.bags import DECLARATION_BYTES, TAG_FILE_BYTES
from archive.core.limits.descriptions import ENDLESS_CSV_LINE
from archive.formats.descriptions.reading import read_descriptions
from tests.bags import bag_files, judged, write_bag
from tests.changes import Changing
from tests.hostile.holes import make_hole, reading_little

TAGS = {"bag-info.txt": b"Note: a\n", "fetch.txt": b""}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bagit.txt", "BAG-DECLARATION-SIZE"),
        ("bag-info.txt", "BAG-TAG-SIZE"),
        ("manifest-sha512.txt", "BAG-READING-STOPPED"),
        ("fetch.txt", "BAG-READING-STOPPED"),
    ],
)
def test_a_tag_file_that_is_refused_for_its_size_is_not_hashed(tmp_path: Path, name: str, code: str) -> None:
    bag = write_bag(tmp_path / "b", bag_files(tags=TAGS))
    make_hole(bag / name)
    with reading_little():
        report = judged(bag)
    assert report.verdict is BagVerdict.INVALID
    about = {finding.code for finding in report.findings if finding.place == name}
    assert code in about
    assert not about & {"BAG-FILE-UNREADABLE", "BAG-FILE-ALTERED"}  # its bytes were not asked for


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("bagit.txt", DECLARATION_BYTES, "BAG-DECLARATION-SIZE"),
        ("bag-info.txt", TAG_FILE_BYTES, "BAG-TAG-SIZE"),
    ],
)
def test_where_the_size_of_a_tag_file_is_tolerated_its_digest_decides(
    tmp_path: Path, name: str, size: int, code: str
) -> None:
    bag = write_bag(tmp_path / "b", bag_files(tags=TAGS))
    os.truncate(bag / name, size + 1)
    strict, tolerant = judged(bag), judged(bag, Policy(tolerated=frozenset({code})))
    assert "BAG-FILE-ALTERED" not in {finding.code for finding in strict.findings}
    assert ("BAG-FILE-ALTERED", name) in {(finding.code, finding.place) for finding in tolerant.findings}
    assert strict.verdict is tolerant.verdict is BagVerdict.INVALID


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("m.csv", b""),
        ("m.csv", b"filename,dc.title\na.txt,T\n"),
        ("m.csv", b"filename,dc.title\na.txt,M\xfcller\n"),
        ("m.tsv", "\ufefffilename\tdc.title\n".encode("utf-16-le")),
    ],
)
def test_a_table_with_a_line_that_does_not_end_is_not_read_on(tmp_path: Path, name: str, head: bytes) -> None:
    table = tmp_path / name
    table.write_bytes(head)
    make_hole(table)
    with reading_little(), table.open("rb") as stream:
        (found,) = read_descriptions(name, stream)
    assert isinstance(found, Finding)
    assert (found.code, found.place) == ("DESC-CSV-TOO-LONG", name)
    assert found.remedy


def test_a_table_of_many_bytes_is_read_on_behind_a_line_that_is_too_long(tmp_path: Path) -> None:
    long = b"a.txt," + b"x" * (ENDLESS_CSV_LINE - 100) + b"\r"
    table = tmp_path / "m.csv"
    table.write_bytes(b"filename,dc.title\r" + long + long + b"b.txt,B\r")
    with table.open("rb") as stream:
        said = list(read_descriptions("m.csv", stream))
    assert [each.paths for each in said if not isinstance(each, Finding)] == [("b.txt",)]


def test_a_table_that_is_a_hole_is_refused_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/a.txt").write_bytes(b"a")
    table = tmp_path / "source/metadata.csv"
    table.write_bytes(b"filename,dc.title\na.txt,A\n")
    make_hole(table)
    for more in ([], ["--metadata", str(table)]):
        with reading_little():
            assert run(["check", str(table.parent), *more, "--format", "json"]) == 1
        found = json.loads(capsys.readouterr().out)["findings"]
        assert ("DESC-CSV-TOO-LONG", "metadata.csv") in {(one["code"], one["place"]) for one in found}


@pytest.mark.parametrize("name", ["README.html", "holdings.csv"])
def test_what_differs_in_size_on_a_copy_is_not_read(changing: Changing, tmp_path: Path, name: str) -> None:
    disk = tmp_path / "copy"
    changing("copy", "--to", str(disk), "--jobs", "1")
    make_hole(disk / name)
    with reading_little():
        report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=None)
    told = {(one["code"], one["place"]) for one in report["findings"]}
    assert ("COPY-DERIVED", name) in told


@pytest.mark.parametrize("place", ["archive", "copy"])
def test_the_manifest_of_a_run_that_is_a_hole_is_altered_and_not_read(
    changing: Changing, tmp_path: Path, place: str
) -> None:
    disk = tmp_path / "copy"
    changing("copy", "--to", str(disk), "--jobs", "1")
    words, root = ([], changing.root) if place == "archive" else (["--copy", str(disk)], disk)
    manifest = min((root / "runs").iterdir())
    make_hole(manifest)
    with reading_little():
        report = changing("audit", *words, "--read-only", "--jobs", "1", code=1)
    told = {(one["code"], one["place"]) for one in report["findings"]}
    assert ("CATALOG-RUN-ALTERED", f"runs/{manifest.name}") in told

"""Holes of a terabyte in the place of what is read: answered at once, for the size says enough."""

import os
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit_judge import Policy
from archive.core.limits.bags import DECLARATION_BYTES, TAG_FILE_BYTES
from tests.bags import bag_files, judged, write_bag
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

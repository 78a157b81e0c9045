"""Files that are no container that is read here: the same answer, whatever they are wrapped in."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from tests.containers import bag_tar, bag_zip, look, tar_member, tar_of

NO_TARS = {
    "a text": b"Dear Sir,\n" * 100,
    "a short text": b"Dear Sir,\n",
    "nothing": b"",
    "a zip": bag_zip(),
    "an old tar whose first header is damaged": b"x" + bag_tar()[1:257] + bytes(10) + bag_tar()[267:],
}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("what", NO_TARS)
@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_compressed_and_no_tar_is_of_a_kind_that_is_not_read(
    tmp_path: Path, what: str, packer: str
) -> None:
    (tmp_path / "bag.tar").write_bytes(PACKERS[packer](NO_TARS[what]))
    seen = look(tmp_path / "bag.tar")
    assert (seen.verdict, seen.errors) == (BagVerdict.UNVERIFIABLE, ["SER-KIND"])


@pytest.mark.parametrize("pack", [bytes, *PACKERS.values()])
def test_a_tar_whose_first_header_is_damaged_is_a_damaged_tar(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    damaged = b"x" + tar_of({"a": b"x"}, tar_member("b", b"y"))[1:]
    (tmp_path / "bag.tar").write_bytes(pack(damaged))
    seen = look(tmp_path / "bag.tar")
    assert (seen.verdict, seen.errors) == (BagVerdict.INVALID, ["SER-HEADER-DAMAGED"])


@pytest.mark.parametrize("marker", [b"PK00", b"PK\x07\x08"])
def test_a_zip_that_says_it_was_to_have_several_volumes_is_not_read(tmp_path: Path, marker: bytes) -> None:
    """Info-ZIP's `zip -s` begins with PK00 where one volume was enough (APPNOTE.TXT §8.5.4)."""
    (tmp_path / "bag.zip").write_bytes(bag_zip(prefix=marker))
    seen = look(tmp_path / "bag.zip")
    assert (seen.verdict, seen.errors) == (BagVerdict.UNVERIFIABLE, ["SER-KIND"])


def test_another_kind_that_ends_as_a_zip_is_still_ambiguous(tmp_path: Path) -> None:
    (tmp_path / "bag.zip").write_bytes(bag_zip(prefix=b"7z\xbc\xaf\x27\x1c"))
    seen = look(tmp_path / "bag.zip")
    assert (seen.verdict, seen.errors) == (BagVerdict.INVALID, ["SER-BEFORE-BEGIN"])

"""What no content is made of in a tar, and rots all the same: damage in a copy, a warning elsewhere."""

import gzip
import tarfile
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.verdicts import BagVerdict
from tests.archives import overwrite
from tests.changes import Changing
from tests.containers import BLOCK, bag_files, bag_tar, in_folder, look, pax, tar_member
from tests.copying import audit_of, codes, copy, tar_of_letter
from tests.restoring import lose, restore


@pytest.fixture
def disk(changing: Changing, tmp_path: Path) -> Path:
    """A copy as tars."""
    changing("audit")
    copy(changing, tmp_path / "copy", "--as", "tar")
    return tmp_path / "copy"


def paddings(raw: bytes) -> list[range]:
    """The bytes between the end of each member's content and the next block."""
    found, at = [], 0
    while raw[at : at + BLOCK].strip(b"\0"):
        end = at + BLOCK + int(raw[at + 124 : at + 135], 8)
        found.append(range(end, end + -end % BLOCK))
        at = end + -end % BLOCK
    return [each for each in found if each]


def flip(path: Path, at: int, bit: int = 0) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1 << bit
    overwrite(path, bytes(raw))


def test_no_bit_of_the_padding_in_a_copys_tar_rots_unseen(changing: Changing, disk: Path) -> None:
    place = tar_of_letter(changing, disk)
    whole = place.read_bytes()
    seen = [at for padding in paddings(whole) for at in (padding[0], padding[-1])]
    for at in (*seen[:6], seen[-1]):
        flip(place, at, at % 8)
        report = audit_of(changing, disk, 1)
        assert (codes(report), report["counts"]["damaged"]) == (["COPY-TAR"], 1), at
        overwrite(place, whole)
    assert codes(audit_of(changing, disk, 0)) == []


@pytest.mark.parametrize(("at", "bit"), [(148, 4), (154, 5), (155, 5)], ids=["zero", "NUL", "space"])
def test_no_bit_of_a_checksum_in_a_copys_tar_rots_unseen(
    changing: Changing, disk: Path, at: int, bit: int
) -> None:
    """Each still says the same number to readers of other tars."""
    place = tar_of_letter(changing, disk)
    flip(place, at, bit)
    with tarfile.open(place) as tar:
        assert tar.getmembers()
    assert codes(audit_of(changing, disk, 1)) == ["COPY-TAR"]


def test_the_next_copy_writes_a_tar_anew_whose_padding_rotted(changing: Changing, disk: Path) -> None:
    place = tar_of_letter(changing, disk)
    whole = place.read_bytes()
    flip(place, paddings(whole)[-1][0])
    changing("audit", "--copy", str(disk), "--jobs", "1", code=1)
    copy(changing, disk)
    assert place.read_bytes() == whole
    assert codes(audit_of(changing, disk, 0)) == []


def test_good_files_are_taken_from_a_tar_whose_padding_rotted(changing: Changing, disk: Path) -> None:
    place = tar_of_letter(changing, disk)
    flip(place, paddings(place.read_bytes())[0][0])
    overwrite(changing.bag("a.txt") / "data" / "a.txt", b"won")
    changing("audit", code=1)
    changing("repair", "--from", str(disk), "--yes")
    changing.require_whole()


def test_an_archive_comes_back_from_a_tar_whose_padding_rotted(changing: Changing, disk: Path) -> None:
    place = tar_of_letter(changing, disk)
    flip(place, paddings(place.read_bytes())[-1][0])
    held = lose(changing)
    restore(changing, disk)
    assert (
        held.keys() - {path.relative_to(changing.root).as_posix() for path in changing.root.rglob("*")}
        == set()
    )
    changing.require_whole()


def padded(content: bytes) -> bytes:
    """A bag's tar with a byte in the padding of a member that its manifest lists."""
    at = next(padding for padding in paddings(content) if padding)[-1]
    return content[:at] + b"x" + content[at + 1 :]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_depositors_tar_is_valid_and_its_padding_told(tmp_path: Path, pack: Any) -> None:
    """The standard leaves open what stands there, and old tars wrote what was in memory."""
    path = tmp_path / "bag.tar"
    path.write_bytes(pack(padded(bag_tar())))
    seen = look(path)
    assert (seen.errors, [each.code for each in seen.findings]) == ([], ["SER-PADDING"])
    assert seen.verdict is BagVerdict.VALID
    path.write_bytes(pack(bag_tar()))
    assert look(path).findings == ()


def test_the_padding_of_an_extended_header_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar"
    header = pax(comment="x")
    path.write_bytes(bag_tar(header[:-1] + b"x" + tar_member("bag/data/none", b"")))
    assert "SER-PADDING" in [each.code for each in look(path).findings]


def test_a_tar_of_many_such_members_is_told_up_to_a_limit(tmp_path: Path) -> None:
    files = in_folder(bag_files({f"{number}": b"x" for number in range(1500)}))
    raw = b"".join(tar_member(name, content)[:-1] + b"x" for name, content in files.items())
    path = tmp_path / "bag.tar"
    path.write_bytes(raw + bytes(2 * BLOCK))
    seen = look(path)
    assert (seen.errors, seen.verdict) == ([], BagVerdict.VALID)
    assert len(seen.findings) < 1100

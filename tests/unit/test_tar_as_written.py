"""A tar of a copy holds what copying writes, byte for byte: nothing may be hidden between the members."""

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.containers import BLOCK, pax, pax_record, tar_member
from tests.copying import audit_of, codes, copy, tar_of_letter


@pytest.fixture
def disk(changing: Changing, tmp_path: Path) -> Path:
    """A copy as tars, one of them of a document from a year that no header's own field can say."""
    late = changing.bag("a.txt") / "data" / "a.txt"
    os.utime(late, (8_600_000_000, 8_600_000_000))
    changing("audit")
    copy(changing, tmp_path / "copy", "--as", "tar")
    return tmp_path / "copy"


def label() -> bytes:
    """A volume label, as GNU tar writes one."""
    member = tarfile.TarInfo("label")
    member.type = b"V"
    return member.tobuf(tarfile.GNU_FORMAT)


def owned(raw: bytes) -> bytes:
    """The first header, with words in the place of its owner's name."""
    header = bytearray(raw[:BLOCK])
    header[265:275] = b"who has it"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + sum(header[156:]) + 8 * 0x20)
    return bytes(header) + raw[BLOCK:]


HIDDEN: dict[str, Any] = {
    "global": lambda raw: tar_member("g", pax_record("comment", "x" * 35_000), kind=b"g") + raw,
    "comment": lambda raw: pax(comment="x" * 7000) + raw,
    "label": lambda raw: label() + raw,
    "owner": owned,
    "zeros": lambda raw: raw + bytes(BLOCK),
    "many zeros": lambda raw: raw + bytes(1 << 20),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_nothing_is_hidden_in_a_tar_of_a_copy(changing: Changing, disk: Path, how: str) -> None:
    place = tar_of_letter(changing, disk)
    whole = place.read_bytes()
    overwrite(place, HIDDEN[how](whole))
    with tarfile.open(place) as tar:
        assert tar.getnames()
    report = audit_of(changing, disk, 1)
    assert (codes(report), report["counts"]["damaged"]) == (["COPY-TAR"], 1)
    changing("audit", "--copy", str(disk), "--jobs", "1", code=1)
    copy(changing, disk)
    assert place.read_bytes() == whole
    assert codes(audit_of(changing, disk, 0)) == []


def test_a_time_that_needs_an_extended_header_is_as_written(changing: Changing, disk: Path) -> None:
    raw = tar_of_letter(changing, disk).read_bytes()
    assert b" mtime=8600000000\n" in raw
    assert codes(audit_of(changing, disk, 0)) == []

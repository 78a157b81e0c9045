"""Zips that attack, lie, or are damaged: refused whole, or the member named, nothing written."""

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from archive.core.bagit.contents import EntryKind
from archive.core.bagit.verdicts import BagVerdict
from tests.containers import (
    BLOCK,
    ZipMember,
    bag_files,
    bag_tar,
    bag_zip,
    deflated,
    honest_zip,
    in_folder,
    look,
    summed,
    zip_members,
    zip_of,
)

INVALID, UNVERIFIABLE = BagVerdict.INVALID, BagVerdict.UNVERIFIABLE
FILES = in_folder(bag_files())
GOOD = bag_zip()
X = b"bag/data/x"


def stretched(extra_central: bytes) -> bytes:
    """A zip whose directory has bytes behind its entries."""
    start = int.from_bytes(GOOD[-6:-2], "little")
    directory = GOOD[start:-22] + extra_central
    return GOOD[:start] + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 4, 4, len(directory), start, 0)


def overlapping() -> bytes:
    """Two entries of one local header, as a quoted-overlap bomb has them."""
    return bag_zip(ZipMember(X, b"x"), ZipMember(X, b"x", central={"offset": len(GOOD) // 2}))


def two_ends() -> bytes:
    """An end record in the comment of another, both reaching the end of the file."""
    inner = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0)
    return bag_zip(comment=inner)


def unicode_path(name: bytes, stands_for: bytes) -> bytes:
    """An extra field that gives a member another name."""
    data = b"\1" + struct.pack("<L", zlib.crc32(name)) + stands_for
    return struct.pack("<2H", 0x7075, len(data)) + data


def asi_unix(mode: int) -> bytes:
    """An extra field that states a member's Unix mode."""
    data = struct.pack("<HLHH", mode, 0, 0, 0)
    return struct.pack("<2HL", 0x756E, len(data) + 4, zlib.crc32(data)) + data


ODD, OUT = b"bag/data/\x8e", b"bag/../../\x8e"


def tar_in_a_zip() -> bytes:
    """A zip the extra field of whose first local header makes its beginning a tar's header."""
    name = b"bag/x"
    start = 30 + len(name) + 4
    field = struct.pack("<2H", 0xCAFE, BLOCK - start) + bytes(BLOCK - start)

    def packed(extra: bytes) -> bytes:
        return zip_of([ZipMember(name, b"x", local={"extra": extra}), *zip_members(FILES)])

    plain = packed(field)[:BLOCK]
    header = summed(plain[:124] + b"00000000000\0" + plain[136:156] + b"0" + plain[157:])
    return packed(field[:4] + header[start:])


# what is done -> (the zip, the only error, the verdict)
REFUSED: dict[str, tuple[bytes, str, BagVerdict]] = {
    "climbs out": (bag_zip(ZipMember(b"bag/../../evil", b"x")), "SER-NAME-TRAVERSAL", INVALID),
    "is absolute": (bag_zip(ZipMember(b"/etc/evil", b"x")), "SER-NAME-ABSOLUTE", INVALID),
    "climbs with backslashes": (bag_zip(ZipMember(b"bag\\..\\..\\evil")), "SER-NAME-BACKSLASH", INVALID),
    "has a backslash": (bag_zip(ZipMember(b"bag/data\\x", b"x")), "SER-NAME-BACKSLASH", INVALID),
    "has a drive letter": (bag_zip(ZipMember(b"c:evil", b"x")), "SER-NAME-DRIVE", INVALID),
    "has a NUL in its name": (bag_zip(ZipMember(b"bag/a\0.txt", b"x")), "SER-NAME-NUL", INVALID),
    "has no name": (bag_zip(ZipMember(b"", b"x")), "SER-NAME-EMPTY", INVALID),
    "is not the UTF-8 it says": (
        bag_zip(ZipMember(b"bag/data/\xff", b"x", flags=0x800)), "SER-NAME-ENCODING", INVALID,
    ),
    "has a second name": (
        bag_zip(ZipMember(X, b"x", local={"extra": b""}, central={"extra": unicode_path(X, b"bag/data/y")})),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has a second name in its own header alone": (
        bag_zip(ZipMember(X, b"x", local={"extra": unicode_path(X, b"bag/data/y")})),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has two second names": (
        bag_zip(ZipMember(ODD, b"x", central={"extra": unicode_path(ODD, X) + unicode_path(ODD, X + b"y")})),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "may have a second name in extra fields that are damaged": (
        bag_zip(ZipMember(X, b"x", central={"extra": unicode_path(X, b"bag/data/y") + b"\1"})),
        "SER-HEADER-SYNTAX", INVALID,
    ),
    "climbs out for readers that pass over its second name": (
        bag_zip(ZipMember(OUT, b"x", central={"extra": unicode_path(OUT, X)})), "SER-NAME-TRAVERSAL", INVALID,
    ),
    "is a link by an extra field alone": (
        bag_zip(ZipMember(X, b"/etc", mode=0, central={"extra": asi_unix(0o120777)})),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "may be a link in extra fields that are damaged": (
        bag_zip(ZipMember(X, b"/etc", mode=0, central={"extra": asi_unix(0o120777) + b"\1"})),
        "SER-HEADER-SYNTAX", INVALID,
    ),
    "is a tar too": (tar_in_a_zip(), "SER-HEADER-AMBIGUOUS", INVALID),
    "is there twice": (bag_zip(ZipMember(b"bag/data/letter.txt", b"y")), "SER-MEMBER-REPEATED", INVALID),
    "lies below a link": (
        bag_zip(ZipMember(b"bag/data/l", b"/etc", mode=0o120777), ZipMember(b"bag/data/l/passwd", b"x")),
        "SER-MEMBER-THROUGH-LINK", INVALID,
    ),
    "lies below a file": (
        bag_zip(ZipMember(b"bag/data/letter.txt/x", b"x")), "SER-MEMBER-BELOW-FILE", INVALID,
    ),
    "is encrypted": (bag_zip(ZipMember(X, b"x", flags=1)), "SER-ENCRYPTED", UNVERIFIABLE),
    "is encrypted strongly": (bag_zip(ZipMember(X, b"x", flags=0x41)), "SER-ENCRYPTED", UNVERIFIABLE),
    "is encrypted by AES": (bag_zip(ZipMember(X, b"x", method=99)), "SER-ENCRYPTED", UNVERIFIABLE),
    "is deflate64": (bag_zip(ZipMember(X, b"x", method=9)), "SER-METHOD", UNVERIFIABLE),
    "is of an unknown method": (bag_zip(ZipMember(X, b"x", method=4711)), "SER-METHOD", UNVERIFIABLE),
    "is a patch": (bag_zip(ZipMember(X, b"x", flags=0x20)), "SER-MEMBER-UNSUPPORTED", UNVERIFIABLE),
    "has another name inside": (
        bag_zip(ZipMember(X, b"x", local={"name": b"bag/data/y"})), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has another size inside": (
        bag_zip(ZipMember(X, b"x", local={"size": 2})), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has another CRC inside": (
        bag_zip(ZipMember(X, b"x", local={"crc": 7})), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "is of another method inside": (
        bag_zip(ZipMember(X, b"x", local={"method": 8})), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "is encrypted inside only": (
        bag_zip(ZipMember(X, b"x", local={"flags": 1})), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "is stored in two sizes": (
        bag_zip(ZipMember(X, b"xyz", local={"size": 2}, central={"size": 2})),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "is a folder with content": (bag_zip(ZipMember(b"bag/data/d/", b"x")), "SER-HEADER-AMBIGUOUS", INVALID),
    "is a folder by name and a link by mode": (
        bag_zip(ZipMember(b"bag/data/l/", mode=0o120777)), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "is an empty file by name and a folder by mode": (
        bag_zip(ZipMember(X, mode=0o040755)), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "is a file by name and a folder by mode": (
        bag_zip(ZipMember(X, b"x", mode=0o040755)), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has bytes between members": (bag_zip(ZipMember(X, b"x", before=b"gap")), "SER-GAP", INVALID),
    "has a hidden member": (
        bag_zip(ZipMember(X, b"x", before=bag_zip()[:60])), "SER-GAP", INVALID,
    ),
    "has bytes before it that offsets count": (bag_zip(prefix=b"PK\3\4junk"), "SER-GAP", INVALID),
    "has something before it": (b"#!/bin/sh\nexit\n" + GOOD, "SER-BEFORE-BEGIN", INVALID),
    "is a document in front": (b"%PDF-1.7\n" + bytes(600) + GOOD, "SER-BEFORE-BEGIN", INVALID),
    "is a tar in front": (bag_tar() + GOOD, "SER-AFTER-END", INVALID),
    "has something behind it": (GOOD + b"trailing", "SER-TRUNCATED", INVALID),
    "is two zips": (GOOD + GOOD, "SER-GAP", INVALID),
    "has two ends": (two_ends(), "SER-HEADER-AMBIGUOUS", INVALID),
    "overlaps": (overlapping(), "SER-HEADER-DAMAGED", INVALID),
    "points behind its end": (
        bag_zip(ZipMember(X, b"x", central={"offset": 0xFFFFFFF0})), "SER-TRUNCATED", INVALID,
    ),
    "states a member larger than itself": (
        bag_zip(ZipMember(X, b"x", local={"packed": 1 << 30}, central={"packed": 1 << 30}, method=8)),
        "SER-TRUNCATED", INVALID,
    ),
    "is cut off": (GOOD[:-30], "SER-TRUNCATED", INVALID),
    "is cut off in its end": (GOOD[:-5], "SER-TRUNCATED", INVALID),
    "states more entries than it has": (bag_zip(entries=9), "SER-HEADER-SYNTAX", INVALID),
    "has a directory longer than its entries": (stretched(b"PK\1"), "SER-HEADER-SYNTAX", INVALID),
    "has junk in its directory": (stretched(bytes(64)), "SER-HEADER-DAMAGED", INVALID),
    "is one of several volumes": (bag_zip(disk=1), "SER-MEMBER-UNSUPPORTED", UNVERIFIABLE),
    "is streamed without its sizes behind": (
        bag_zip(ZipMember(X, b"x", flags=8, local={"crc": 0, "packed": 0, "size": 0})),
        "SER-HEADER-SYNTAX", INVALID,
    ),
    "is streamed with other sizes behind": (
        bag_zip(ZipMember(X, b"x", flags=8, behind=struct.pack("<3L", zlib.crc32(b"x"), 1, 2))),
        "SER-HEADER-SYNTAX", INVALID,
    ),
    "holds nothing": (zip_of([]), "SER-EMPTY", INVALID),
    "holds two bags": (zip_of(zip_members(FILES | in_folder(bag_files(), "b"))), "SER-ROOTS", INVALID),
}  # fmt: skip

# Damage of one member, found when its content is read: the others are judged.
DAMAGED: dict[str, tuple[ZipMember, str]] = {
    "a wrong CRC": (ZipMember(X, b"x", local={"crc": 7}, central={"crc": 7}), "SER-MEMBER-CRC"),
    "data that is no deflate": (ZipMember(X, b"x", method=8, packed=b"\xff\xff"), "SER-COMPRESSED-DAMAGED"),
    "data that is cut off": (
        ZipMember(X, b"xyz" * 99, method=8, packed=deflated(b"xyz" * 99)[:-2]), "SER-TRUNCATED",
    ),
    "data that expands to more": (
        ZipMember(X, b"x" * 9, method=8, packed=deflated(b"x" * 5_000_000)), "SER-MEMBER-SIZE",
    ),
    "data that expands to less": (
        ZipMember(X, b"x" * 99, method=8, packed=deflated(b"x")), "SER-MEMBER-SIZE",
    ),
    "data with something behind": (
        ZipMember(X, b"xyz", method=8, packed=deflated(b"xyz") + b"more"), "SER-MEMBER-DAMAGED",
    ),
    "LZMA without properties": (ZipMember(X, b"x", method=14, packed=b"\xff" * 20), "SER-MEMBER-DAMAGED"),
    "LZMA with a dictionary of 4 GiB": (
        ZipMember(X, b"x", method=14, packed=b"\x13\0\x05\0\x5d" + b"\xff" * 20), "SER-COMPRESSION-MEMORY",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_zip_that_attacks_or_lies_is_refused_whole(tmp_path: Path, name: str) -> None:
    content, code, verdict = REFUSED[name]
    path = tmp_path / "bag.zip"
    path.write_bytes(content)
    seen = look(path)
    assert (seen.errors, seen.refused, seen.verdict) == ([code], True, verdict)
    assert [found.name for found in tmp_path.iterdir()] == ["bag.zip"]


def test_a_mode_in_an_extra_field_makes_no_fault_of_a_plain_file(tmp_path: Path) -> None:
    files = bag_files({"x": b"x"})
    members = zip_members(in_folder(files))
    for member in members:
        member.mode, member.central = 0, {"extra": asi_unix(0o100644)}
    (tmp_path / "bag.zip").write_bytes(zip_of(members))
    assert look(tmp_path / "bag.zip").verdict is BagVerdict.VALID


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_member_is_named_and_the_others_are_judged(tmp_path: Path, name: str) -> None:
    member, code = DAMAGED[name]
    path = tmp_path / "bag.zip"
    path.write_bytes(bag_zip(member))
    seen = look(path)
    assert {(finding.code, finding.place) for finding in seen.findings} <= {
        (code, "data/x"),
        (code, X.decode()),
    }
    assert seen.errors
    assert not seen.refused
    by_path = {each.path: each for each in seen.digests}
    assert by_path["data/x"].digests == ()
    assert by_path["data/letter.txt"].digests != ()


def test_a_damaged_member_that_nobody_asks_for_is_found_all_the_same(tmp_path: Path) -> None:
    from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag

    path = tmp_path / "bag.zip"
    path.write_bytes(bag_zip(DAMAGED["a wrong CRC"][0]))
    bag = open_serialised_bag(str(path), label="bag")
    assert not isinstance(bag, RefusedContainer)
    assert [finding.code for finding in bag.findings()] == ["SER-MEMBER-CRC"]
    bag.close()


@pytest.mark.parametrize("made_by", [3 << 8, 0])
@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0o120777, EntryKind.LINK), (0o010644, EntryKind.SPECIAL), (0o020644, EntryKind.SPECIAL)],
)
def test_links_and_special_files_are_told_by_their_mode(
    tmp_path: Path, mode: int, expected: EntryKind, made_by: int
) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(bag_zip(ZipMember(b"bag/data/odd", b"/etc/passwd", mode=mode, made_by=made_by)))
    seen = look(path)
    assert next(entry.kind for entry in seen.entries if entry.path == "data/odd") is expected


@pytest.mark.parametrize(
    ("member", "name", "warned"),
    [
        (ZipMember("bag/data/ü".encode(), b"x", flags=0x800), "data/ü", False),
        (ZipMember("bag/data/ü".encode(), b"x"), "data/ü", True),
        (ZipMember(b"bag/data/\x81", b"x"), "data/\udc81", True),
        (ZipMember(b"bag/data/\x81", b"x", made_by=20), "data/ü", True),
        (
            ZipMember(
                b"bag/data/?\x81", b"x", central={"extra": unicode_path(b"bag/data/?\x81", b"bag/data/z")}
            ),
            "data/z",
            False,
        ),
    ],
)
def test_names_that_are_not_ascii_are_read_as_written_and_guesses_are_warned_of(
    tmp_path: Path, member: ZipMember, name: str, warned: bool
) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(bag_zip(member))
    seen = look(path)
    assert name in {entry.path for entry in seen.entries}
    assert seen.codes == (["SER-NAME-ENCODING"] if warned else [])


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_common_method_gives_the_same_bag(tmp_path: Path, method: int) -> None:
    plain, path = tmp_path / "bag.tar", tmp_path / "bag.zip"
    plain.write_bytes(bag_tar())
    path.write_bytes(honest_zip(FILES, method))
    seen, expected = look(path), look(plain)
    assert (seen.entries, seen.digests, seen.tag_files) == (
        expected.entries,
        expected.digests,
        expected.tag_files,
    )
    assert seen.codes == []


def test_a_zip64_is_read_where_all_its_numbers_agree(tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in FILES.items():
            with packed.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(content)
    assert look(path).codes == []


@pytest.mark.parametrize("signature", [b"PK\7\x08", b""])
@pytest.mark.parametrize("layout", ["<3L", "<L2Q"])
def test_a_streamed_member_is_read_with_any_form_of_its_descriptor(
    tmp_path: Path, signature: bytes, layout: str
) -> None:
    path = tmp_path / "bag.zip"
    behind = signature + struct.pack(layout, zlib.crc32(b"xy"), 2, 2)
    path.write_bytes(
        bag_zip(ZipMember(X, b"xy", flags=8, local={"crc": 0, "packed": 0, "size": 0}, behind=behind))
    )
    assert look(path).codes == []


def test_a_comment_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(bag_zip(comment=b"Sent by the donor. " * 100))
    assert look(path).codes == []


def test_an_odd_spelling_is_warned_of_and_means_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(bag_zip(ZipMember(b"bag/.//notes.txt", b"x")))
    seen = look(path)
    assert (seen.codes, seen.verdict) == (["SER-NAME-SPELLING"], BagVerdict.VALID)
    assert "notes.txt" in {entry.path for entry in seen.entries}

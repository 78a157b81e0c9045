"""Tars that attack, lie, or are damaged: refused whole, each with its reason, nothing written."""

import gzip
import os
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from archive.core.bagit.contents import EntryKind
from archive.core.bagit.verdicts import BagVerdict
from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag
from tests.containers import (
    END,
    PACKERS,
    bag_files,
    bag_tar,
    honest_tar,
    honest_zip,
    in_folder,
    look,
    pax,
    summed,
    tar_member,
    tar_of,
)

INVALID, UNVERIFIABLE = BagVerdict.INVALID, BagVerdict.UNVERIFIABLE
DIRTY = b"hidden".ljust(512, b"\0")
GOOD = bag_tar()


def edited(content: bytes, at: int, new: bytes) -> bytes:
    """The bytes with some replaced."""
    return content[:at] + new + content[at + len(new) :]


def with_field(at: int, value: bytes) -> bytes:
    """A bag's tar with one field of a member's header changed, and a checksum that fits."""
    return bag_tar(summed(edited(tar_member("bag/notes", b"x"), at, value)))


def tar_that_ends_as_a_zip() -> bytes:
    """A tar whose last member is a zip with all that follows it for its comment."""
    inside = honest_zip({"bag/letter.txt": b"other\n"})
    rest = -len(inside) % 512 + len(END)
    return bag_tar(tar_member("bag/inside.zip", inside[:-2] + rest.to_bytes(2, "little")))


# what is done -> (the tar, the only error, the verdict)
REFUSED: dict[str, tuple[bytes, str, BagVerdict]] = {
    "climbs out": (bag_tar(tar_member("bag/../../evil", b"x")), "SER-NAME-TRAVERSAL", INVALID),
    "climbs out at once": (bag_tar(tar_member("../evil", b"x")), "SER-NAME-TRAVERSAL", INVALID),
    "climbs where backslashes separate": (
        bag_tar(tar_member("bag\\..\\..\\evil", b"x")), "SER-NAME-TRAVERSAL", INVALID,
    ),
    "is absolute": (bag_tar(tar_member("/etc/evil", b"x")), "SER-NAME-ABSOLUTE", INVALID),
    "has a drive letter": (bag_tar(tar_member("C:/evil", b"x")), "SER-NAME-DRIVE", INVALID),
    "has no name": (bag_tar(tar_member("", b"x")), "SER-NAME-EMPTY", INVALID),
    "has a NUL in a long name": (bag_tar(pax(path=b"bag/a\0b"), tar_member("x")), "SER-NAME-NUL", INVALID),
    "has a name of 5,000 bytes": (
        bag_tar(pax(path="bag/" + "a/" * 2498 + "x"), tar_member("x", b"x")), "SER-NAME-LONG", INVALID,
    ),
    "lies 300 folders deep": (
        bag_tar(pax(path="bag/" + "a/" * 300 + "x"), tar_member("x", b"x")), "SER-DEPTH", UNVERIFIABLE,
    ),
    "has a component of 300 bytes": (
        bag_tar(pax(path="bag/" + "a" * 300), tar_member("x", b"x")), "SER-NAME-LONG", INVALID,
    ),
    "lies below a link": (
        bag_tar(tar_member("bag/data/l", kind=b"2", link=b"/etc"), tar_member("bag/data/l/passwd", b"x")),
        "SER-MEMBER-THROUGH-LINK", INVALID,
    ),
    "lies below a link that comes later": (
        bag_tar(tar_member("bag/data/l/passwd", b"x"), tar_member("bag/data/l", kind=b"2", link=b"/etc")),
        "SER-MEMBER-THROUGH-LINK", INVALID,
    ),
    "lies below a file": (
        bag_tar(tar_member("bag/data/letter.txt/x", b"x")), "SER-MEMBER-BELOW-FILE", INVALID,
    ),
    "is a hard link": (
        bag_tar(tar_member("bag/data/h", kind=b"1", link=b"bag/bagit.txt")), "SER-MEMBER-HARD-LINK", INVALID,
    ),
    "is there twice": (
        bag_tar(tar_member("bag/data/letter.txt", b"other\n")), "SER-MEMBER-REPEATED", INVALID,
    ),
    "is there twice in two spellings": (
        bag_tar(tar_member("./bag//data/letter.txt", b"other\n")), "SER-MEMBER-REPEATED", INVALID,
    ),
    "is sparse in the old way": (
        bag_tar(tar_member("bag/data/s", b"x", kind=b"S")), "SER-MEMBER-UNSUPPORTED", UNVERIFIABLE,
    ),
    "is sparse in the new way": (
        bag_tar(pax(GNU__sparse__major="1"), tar_member("bag/data/s", b"x")),
        "SER-MEMBER-UNSUPPORTED", UNVERIFIABLE,
    ),
    "goes on in another volume": (
        bag_tar(tar_member("bag/data/m", b"x", kind=b"M")), "SER-MEMBER-UNSUPPORTED", UNVERIFIABLE,
    ),
    "is of an unknown type": (
        bag_tar(tar_member("bag/data/u", b"x", kind=b"!")), "SER-HEADER-SYNTAX", INVALID,
    ),
    "states a size of 8 EiB": (
        bag_tar(tar_member("bag/data/e", size_field=b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7)),
        "SER-TRUNCATED", INVALID,
    ),
    "states more than a file can have": (
        bag_tar(tar_member("bag/data/e", size_field=b"\x80" + b"\xff" * 11)), "SER-HEADER-SYNTAX", INVALID,
    ),
    "states less than nothing": (
        bag_tar(tar_member("bag/data/e", size_field=b"\xff" * 12)), "SER-HEADER-SYNTAX", INVALID,
    ),
    "states a size in letters": (
        bag_tar(tar_member("bag/data/e", size_field=b"0000000009a\0")), "SER-HEADER-SYNTAX", INVALID,
    ),
    "states two sizes": (
        bag_tar(pax(size="3"), tar_member("bag/data/e", b"x" * 600)), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "states one thing twice": (
        bag_tar(
            tar_member("P", b"".join((b"14 path=bag/a\n", b"14 path=bag/b\n")), kind=b"x"), tar_member("x")
        ),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has two extended headers": (
        bag_tar(pax(path="bag/a"), pax(path="bag/b"), tar_member("x")), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has two long names": (
        bag_tar(pax(path="bag/a"), tar_member("L", b"bag/b\0", kind=b"L"), tar_member("x")),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "renames all members": (
        bag_tar(tar_member("g", b"14 path=bag/a\n", kind=b"g"), tar_member("x")),
        "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has a folder with content": (
        bag_tar(tar_member("bag/data/f", b"x", kind=b"5")), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has a link with content": (
        bag_tar(tar_member("bag/data/f", b"x", kind=b"2")), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has an extended header of no records": (
        bag_tar(tar_member("P", b"99 path=x\n", kind=b"x"), tar_member("x")), "SER-HEADER-SYNTAX", INVALID,
    ),
    "has an extended header of 2 MiB": (
        bag_tar(tar_member("P", bytes(2 << 20), kind=b"x"), tar_member("x")), "SER-HEADER-SYNTAX", INVALID,
    ),
    "has far more records than members": (
        bag_tar(tar_member("P", b"6 a=b\n" * 101_000, kind=b"x"), tar_member("bag/data/x")),
        "SER-BUDGET-MEMBERS", UNVERIFIABLE,
    ),
    "has far more records for all members than members": (
        bag_tar(tar_member("P", b"6 a=b\n" * 101_000, kind=b"g"), tar_member("bag/data/x")),
        "SER-BUDGET-MEMBERS", UNVERIFIABLE,
    ),
    "has an extended header for nothing": (bag_tar(pax(path="bag/a")), "SER-HEADER-SYNTAX", INVALID),
    "has a header with a wrong checksum": (edited(GOOD, 0, b"B"), "SER-HEADER-DAMAGED", INVALID),
    "has a mode that is no number": (with_field(100, b"bag/data"), "SER-HEADER-SYNTAX", INVALID),
    "has a time that is no number": (with_field(136, b"yesterday"), "SER-HEADER-SYNTAX", INVALID),
    "has a device that is no number": (with_field(329, b"0x1"), "SER-HEADER-SYNTAX", INVALID),
    "has more to a name where POSIX has not": (
        with_field(257, b"ustar  \0".ljust(88, b"\0") + b"bag"), "SER-HEADER-AMBIGUOUS", INVALID,
    ),
    "has junk between members": (bag_tar(DIRTY, tar_member("bag/data/x")), "SER-HEADER-DAMAGED", INVALID),
    "is cut off in a header": (GOOD[: len(GOOD) - 1200], "SER-TRUNCATED", INVALID),
    "is cut off in a member": (tar_of({"bag/bagit.txt": bytes(5000)})[:3000], "SER-TRUNCATED", INVALID),
    "is cut off between members": (bag_tar(end=b""), "SER-TRUNCATED", INVALID),
    "has half an end mark": (bag_tar(end=bytes(512)), "SER-TRUNCATED", INVALID),
    "is two tars": (GOOD + GOOD, "SER-AFTER-END", INVALID),
    "has a member behind a zero block": (
        bag_tar(end=bytes(512) + tar_member("bag/x", b"x") + END), "SER-AFTER-END", INVALID,
    ),
    "is followed by a zip": (GOOD + b"PK\x05\x06" + bytes(18), "SER-AFTER-END", INVALID),
    "ends as a zip with the tar's end for a comment": (tar_that_ends_as_a_zip(), "SER-BEFORE-BEGIN", INVALID),
    "holds nothing": (END, "SER-EMPTY", INVALID),
    "holds one file and no folder": (tar_of({"letter.txt": b"x"}), "SER-EMPTY", INVALID),
    "holds two bags": (
        tar_of(in_folder(bag_files()) | in_folder(bag_files(), "other")), "SER-ROOTS", INVALID,
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that nothing may be written to but the container itself."""
    (tmp_path / "inner").mkdir()
    return tmp_path / "inner"


def written(folder: Path) -> list[str]:
    """Everything below the folder that holds the container."""
    return sorted(str(path.relative_to(folder.parent)) for path in folder.parent.rglob("*"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_tar_that_attacks_or_lies_is_refused_whole(folder: Path, name: str) -> None:
    content, code, verdict = REFUSED[name]
    path = folder / "bag.tar"
    path.write_bytes(content)
    seen = look(path)
    assert (seen.errors, seen.refused, seen.verdict) == ([code], True, verdict)
    assert written(folder) == ["inner", "inner/bag.tar"]


@pytest.mark.parametrize("name", ["climbs out", "is cut off between members", "is two tars", "holds nothing"])
@pytest.mark.parametrize("ending", PACKERS)
def test_compression_hides_none_of_it(folder: Path, name: str, ending: str) -> None:
    content, code, verdict = REFUSED[name]
    path = folder / f"bag.tar.{ending}"
    path.write_bytes(PACKERS[ending](content))
    seen = look(path)
    assert (seen.errors, seen.verdict) == ([code], verdict)


@pytest.mark.parametrize("ending", PACKERS)
def test_compressed_data_that_is_damaged_is_invalid_wherever_the_damage_is(folder: Path, ending: str) -> None:
    packed = PACKERS[ending](bag_tar(tar_member("bag/data/noise", os.urandom(3000))))
    path = folder / f"bag.tar.{ending}"
    for at in (len(packed) // 2, len(packed) - 6):
        path.write_bytes(edited(packed, at, bytes((packed[at] ^ 0x55,))))
        seen = look(path)
        assert seen.verdict is INVALID, at
        assert set(seen.errors) <= {"SER-COMPRESSED-DAMAGED", "SER-HEADER-DAMAGED", "SER-TRUNCATED"}, at


@pytest.mark.parametrize("ending", PACKERS)
def test_compressed_data_that_is_cut_off_is_told_from_damage(folder: Path, ending: str) -> None:
    packed = PACKERS[ending](bag_tar(tar_member("bag/data/noise", os.urandom(3000))))
    path = folder / f"bag.tar.{ending}"
    for missing in (1, 5, len(packed) // 2):
        path.write_bytes(packed[:-missing])
        assert look(path).errors == ["SER-TRUNCATED"], missing


@pytest.mark.parametrize("ending", PACKERS)
def test_what_follows_compressed_data_is_never_passed_over(folder: Path, ending: str) -> None:
    path = folder / f"bag.tar.{ending}"
    path.write_bytes(PACKERS[ending](GOOD) + b"#!/bin/sh\n")
    assert look(path).errors == ["SER-AFTER-END"]


@pytest.mark.parametrize("ending", PACKERS)
def test_zero_bytes_behind_compressed_data_are_the_padding_of_a_tape(folder: Path, ending: str) -> None:
    path = folder / f"bag.tar.{ending}"
    path.write_bytes(PACKERS[ending](GOOD) + bytes(10240))
    assert look(path).verdict is BagVerdict.VALID


def test_a_gzip_that_is_a_tar_too_is_refused(folder: Path) -> None:
    packed = gzip.compress(GOOD)
    head = packed[:3] + b"\4" + packed[4:10] + (500).to_bytes(2, "little")
    path = folder / "bag.tar.gz"
    path.write_bytes(summed(head + bytes(144) + b"0" + bytes(355)) + packed[10:])
    assert gzip.decompress(path.read_bytes()) == GOOD
    seen = look(path)
    assert (seen.errors, seen.refused, seen.verdict) == (["SER-HEADER-AMBIGUOUS"], True, INVALID)


def test_two_compressed_parts_are_one_stream(folder: Path) -> None:
    path = folder / "bag.tar.gz"
    path.write_bytes(gzip.compress(GOOD[:700]) + gzip.compress(b"") + gzip.compress(GOOD[700:]))
    assert look(path).verdict is BagVerdict.VALID


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(b"2", EntryKind.LINK), (b"3", EntryKind.SPECIAL), (b"4", EntryKind.SPECIAL), (b"6", EntryKind.SPECIAL)],
)
def test_links_and_devices_are_said_to_be_there_and_have_no_content(
    folder: Path, kind: bytes, expected: EntryKind
) -> None:
    path = folder / "bag.tar"
    path.write_bytes(bag_tar(tar_member("bag/data/odd", kind=kind, link=b"/etc/passwd")))
    seen = look(path)
    assert next(entry.kind for entry in seen.entries if entry.path == "data/odd") is expected
    assert next(each for each in seen.digests if each.path == "data/odd").digests == ()


def test_a_bag_beside_something_else_is_judged_and_the_archive_is_invalid(folder: Path) -> None:
    path = folder / "bag.tar"
    path.write_bytes(bag_tar(tar_member("__MACOSX/._bag", b"x")))
    seen = look(path)
    assert (seen.errors, seen.refused) == (["SER-ROOTS"], False)
    assert "data/letter.txt" in {each.path for each in seen.digests if each.digests}


def test_a_bag_at_the_top_of_the_archive_is_accepted_with_a_warning(folder: Path) -> None:
    path = folder / "bag.tar"
    path.write_bytes(tar_of({f"./{name}": content for name, content in bag_files().items()}))
    seen = look(path)
    assert (seen.codes, seen.verdict) == (["SER-ROOT-ABSENT"], BagVerdict.VALID)
    assert "data/letter.txt" in {each.path for each in seen.digests if each.digests}


def test_an_archive_of_another_name_than_its_folder_is_a_note(folder: Path) -> None:
    path = folder / "received-2026.tar"
    path.write_bytes(GOOD)
    seen = look(path)
    assert (seen.codes, seen.errors) == (["SER-ROOT-NAME"], [])


def test_a_backslash_is_a_character_of_a_name_in_a_tar(folder: Path) -> None:
    path = folder / "bag.tar"
    path.write_bytes(bag_tar(tar_member("bag/data/a\\b", b"x")))
    seen = look(path)
    assert (seen.codes, seen.verdict) == (["SER-NAME-BACKSLASH"], BagVerdict.VALID)
    assert "data/a\\b" in {entry.path for entry in seen.entries}


def test_an_odd_spelling_is_warned_of_and_means_the_same_file(folder: Path) -> None:
    path = folder / "bag.tar"
    path.write_bytes(bag_tar(tar_member("bag/./data//new", b"x")))
    seen = look(path)
    assert seen.codes == ["SER-NAME-SPELLING"]
    assert "data/new" in {entry.path for entry in seen.entries}


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_awkward_names_survive_every_form_of_tar(folder: Path, form: int) -> None:
    names = ["\udcff\udcfe.txt", "ü.txt", "line\nfeed", "a" * 90 + "/" + "b" * 90, "%0A", " x ", "~", "-rf"]
    if form != tarfile.USTAR_FORMAT:
        names.append("c" * 200 + "/" + "d" * 200)
    path = folder / "bag.tar"
    path.write_bytes(
        honest_tar(in_folder(bag_files({name: name.encode("utf-8", "replace") for name in names})), form)
    )
    seen = look(path)
    assert {f"data/{name}" for name in names} <= {entry.path for entry in seen.entries}
    assert seen.verdict is BagVerdict.VALID


def test_a_volume_label_and_a_global_comment_are_passed_over(folder: Path) -> None:
    path = folder / "bag.tar"
    label = tar_member("my tape", kind=b"V")
    comment = tar_member(
        "pax_global_header", b"52 comment=0123456789012345678901234567890123456789\n", kind=b"g"
    )
    path.write_bytes(label + comment + GOOD)
    assert look(path).codes == []


def test_a_size_beyond_eight_gibibytes_may_stand_in_the_extended_header_alone(folder: Path) -> None:
    path = folder / "bag.tar"
    content = bag_tar(pax(size=str(9 << 30)), tar_member("bag/data/huge", size=0), end=b"")
    path.write_bytes(content)
    with path.open("r+b") as file:  # a hole: no space is taken
        file.truncate(len(content) + (9 << 30) + len(END))
    bag = open_serialised_bag(str(path), label="bag")
    assert not isinstance(bag, RefusedContainer), bag.findings
    with closing(bag):
        assert max(entry.size for entry in bag.entries()) == 9 << 30


@pytest.mark.parametrize(
    "field",
    [
        b"",
        b"       ",
        b" 644 \0",
        b"0000644",
        b"0000644\0",
        b"\x80\0\0\0\0\0\1\xa4",
        b"\xff" * 8,
        b"644\0junk",
    ],
)
def test_every_way_to_write_a_number_in_a_tar_is_read(folder: Path, field: bytes) -> None:
    path = folder / "bag.tar"
    path.write_bytes(with_field(100, field.ljust(8, b"\0")))
    assert look(path).errors == []
    with tarfile.open(path) as opened:
        assert opened.getnames()[-1] == "bag/notes"

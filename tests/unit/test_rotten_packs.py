"""A pack that rotted or was cut off on its way does not hold; what is no pack is none all the same."""

import json
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.finding_codes import FINDING_CODES
from tests.archives import MadeArchive, make_archive
from tests.packs import Printed, check, rewrite


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """A document, an audit, a pack."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("rotten"), patch)
        made.ingest({"a.txt": b"a"}, name="one")
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        assert run(["-q", "-C", str(made.root), "ledger", "pack", "--out", str(made.folder / "p.zip")]) == 0
        yield made


def members_of(path: Path) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(path) as opened:
        return opened.infolist()


def start_of(member: zipfile.ZipInfo) -> int:
    """Where the content begins, behind the local header, which has no extra fields in a pack."""
    return member.header_offset + 30 + len(member.filename)


def flip(path: Path, at: int, bit: int = 0) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1 << bit
    path.write_bytes(raw)


@pytest.mark.parametrize("bit", range(8))
def test_a_member_with_a_flipped_bit_is_named_and_does_not_hold(
    made: MadeArchive, capsys: Printed, pack: Path, bit: int
) -> None:
    for member in members_of(pack):
        shutil.copy(made.folder / "p.zip", pack)
        flip(pack, start_of(member) + member.compress_size // 2, bit)
        code, document = check(capsys, pack)
        (found, *_) = document["findings"]
        assert (code, found["code"], found["place"]) == (5, "PACK-MEMBER", member.filename)
        assert FINDING_CODES["PACK-MEMBER"].remedy.startswith("Ask the archive for the pack again")


def test_a_pack_without_the_member_that_rotted_is_checked_for_the_rest(capsys: Printed, pack: Path) -> None:
    (rotten,) = (each for each in members_of(pack) if each.filename.endswith(".jsonl.gz"))
    flip(pack, start_of(rotten) + rotten.compress_size // 2)
    code, document = check(capsys, pack)
    assert (code, document["size"] > 0) == (5, True)
    assert [each["code"] for each in document["findings"]] == ["PACK-MEMBER", "PACK-RESULTS"]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_pack_that_is_cut_off_does_not_hold(capsys: Printed, pack: Path, share: float) -> None:
    raw = pack.read_bytes()
    pack.write_bytes(raw[: int(len(raw) * share)])
    code, document = check(capsys, pack)
    assert (code, "cut off" in document["message"]) == (5, True)
    assert [each["code"] for each in document["findings"]] == ["PACK-MEMBER"]
    assert run(["ledger", "check-pack", str(pack)]) == 5
    assert "ask the archive for the pack again" in capsys.readouterr().err


def test_a_pack_whose_beginning_is_gone_does_not_hold(capsys: Printed, pack: Path) -> None:
    pack.write_bytes(pack.read_bytes()[1000:])
    assert check(capsys, pack)[0] == 5


def test_no_flipped_bit_makes_of_a_pack_something_else(
    made: MadeArchive, capsys: Printed, pack: Path
) -> None:
    """In the zip's own records a bit can say what nobody reads; it never makes a pack none."""
    size = pack.stat().st_size
    wrong = set()
    for at in range(0, size, max(1, size // 400)):
        shutil.copy(made.folder / "p.zip", pack)
        flip(pack, at, at % 8)
        wrong |= {at} if check(capsys, pack)[0] not in {0, 5} else set()
    assert wrong == set()


def places_of_the_directory(path: Path) -> Iterator[int]:
    """The end record, and what the directory says of size and kind of the settings and of the list."""
    raw = path.read_bytes()
    yield from range(len(raw) - 22, len(raw))
    for name in (b"archive.toml", b"pack.json"):
        header = raw.rindex(name) - 46  # APPNOTE 4.3.12
        yield from (header + at for at in (*range(20, 28), *range(38, 42)))


def test_a_pack_whose_directory_rotted_is_still_a_pack(
    made: MadeArchive, capsys: Printed, pack: Path
) -> None:
    called_none = set()
    for at in places_of_the_directory(made.folder / "p.zip"):
        for bit in range(8):
            shutil.copy(made.folder / "p.zip", pack)
            flip(pack, at, bit)
            called_none |= {(at, bit)} if check(capsys, pack)[0] not in {0, 5} else set()
    assert called_none == set()


TIMES = range(10, 14)  # of a local header (APPNOTE 4.3.7)


@pytest.mark.parametrize("at", [at for at in range(30) if at not in TIMES])
def test_a_members_own_header_says_what_the_directory_says(
    made: MadeArchive, capsys: Printed, pack: Path, at: int
) -> None:
    *_, last = members_of(pack)
    for bit in range(8):
        shutil.copy(made.folder / "p.zip", pack)
        flip(pack, last.header_offset + at, bit)
        assert check(capsys, pack)[0] == 5, bit


def test_times_in_a_members_own_header_say_nothing(capsys: Printed, pack: Path) -> None:
    for at in TIMES:
        flip(pack, at)
    assert check(capsys, pack)[0] == 0


@pytest.mark.parametrize("name", ["settings.toml", "word/document.xml"])
@pytest.mark.parametrize("share", [0.5, 1])
def test_another_zip_is_no_pack_rotten_or_not(
    capsys: Printed, tmp_path: Path, name: str, share: float
) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr(name, b"content" * 100)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    assert check(capsys, path)[0] == 2


def test_settings_in_a_pack_that_are_not_as_listed_are_no_wrong_use(capsys: Printed, pack: Path) -> None:
    rewrite(pack, lambda members: members.update({"archive.toml": b"["}))
    code, document = check(capsys, pack)
    assert (code, [each["place"] for each in document["findings"]]) == (5, ["archive.toml"])
    assert json.dumps(document).count("archive.toml") > 1


def central_of(raw: bytes | bytearray, name: str) -> int:
    """Where the directory's entry of a member begins (APPNOTE 4.3.12)."""
    return raw.rindex(name.encode()) - 46


@pytest.mark.parametrize(
    "foreign", [b"\0", b"x" * 100, b"PK\5\6" + bytes(18)], ids=["zero", "bytes", "an end"]
)
def test_bytes_behind_the_end_are_no_part_of_a_pack(capsys: Printed, pack: Path, foreign: bytes) -> None:
    pack.write_bytes(pack.read_bytes() + foreign)
    code, document = check(capsys, pack)
    assert (code, [each["code"] for each in document["findings"]]) == (5, ["PACK-MEMBER"])


def test_bytes_between_members_and_directory_are_no_part_of_a_pack(capsys: Printed, pack: Path) -> None:
    raw = bytearray(pack.read_bytes())
    end = raw.rindex(b"PK\5\6")
    directory = int.from_bytes(raw[end + 16 : end + 20], "little")
    raw[end + 16 : end + 20] = (directory + 7).to_bytes(4, "little")
    pack.write_bytes(raw[:directory] + b"foreign" + raw[directory:])
    code, document = check(capsys, pack)
    assert (code, "belong to no member" in document["message"]) == (5, True)


def test_bytes_before_the_first_member_are_no_part_of_a_pack(capsys: Printed, pack: Path) -> None:
    pack.write_bytes(b"foreign" + pack.read_bytes())
    assert check(capsys, pack)[0] == 5


@pytest.mark.parametrize(
    "at", [14, 18, 22, 26, 30], ids=["CRC", "packed", "size", "length of the name", "name"]
)
def test_a_header_that_differs_from_the_directory_is_found(capsys: Printed, pack: Path, at: int) -> None:
    """The reader of zips that packs were read with went by the directory alone."""
    member = next(each for each in members_of(pack) if each.filename == "ledger/checkpoint")
    flip(pack, member.header_offset + at)
    code, document = check(capsys, pack)
    assert (code, document["findings"][0]["code"]) == (5, "PACK-MEMBER")


def test_what_follows_the_compressed_data_of_a_member_is_found(capsys: Printed, pack: Path) -> None:
    """Bytes that the directory counts to a member, and that no unpacking gives."""
    raw = bytearray(pack.read_bytes())
    last = members_of(pack)[-1]
    behind = start_of(last) + last.compress_size
    at, end = central_of(raw, last.filename), raw.rindex(b"PK\5\6")
    packed = (last.compress_size + 7).to_bytes(4, "little")
    raw[last.header_offset + 18 : last.header_offset + 22] = packed
    raw[at + 20 : at + 24] = packed
    directory = int.from_bytes(raw[end + 16 : end + 20], "little")
    raw[end + 16 : end + 20] = (directory + 7).to_bytes(4, "little")
    pack.write_bytes(raw[:behind] + b"foreign" + raw[behind:])
    code, document = check(capsys, pack)
    assert (code, [each["place"] for each in document["findings"]]) == (5, ["pack.json"])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("name", "mode", "told"),
    [
        ("ledger/", stat.S_IFDIR, "folders stand in it"),
        ("ledger/checkpoints/77", stat.S_IFLNK, "no part of a pack"),
        ("ledger/checkpoint", stat.S_IFREG, "two members have one name"),
    ],
    ids=["folder", "link", "twice"],
)
def test_a_member_of_a_kind_that_no_pack_has_is_told(
    capsys: Printed, pack: Path, name: str, mode: int, told: str
) -> None:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (mode | 0o755) << 16
    with zipfile.ZipFile(pack, "a") as opened:
        opened.writestr(entry, b"" if mode == stat.S_IFDIR else b"x")
    code, document = check(capsys, pack)
    assert (code, [told in each["message"] for each in document["findings"]]) == (5, [True])


def test_a_member_that_says_to_be_packed_otherwise_does_not_hold(capsys: Printed, pack: Path) -> None:
    raw = bytearray(pack.read_bytes())
    raw[central_of(raw, "ledger/checkpoint") + 10] ^= 4  # the method (APPNOTE 4.3.12)
    pack.write_bytes(raw)
    code, document = check(capsys, pack)
    places = {each["place"] for each in document["findings"] if each["code"] == "PACK-MEMBER"}
    assert (code, len(places)) == (5, 1)

"""A pack that rotted or was cut off on its way does not hold; what is no pack is none all the same."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.finding_codes import FINDING_CODES
from tests.archives import MadeArchive, make_archive
from tests.unit.test_cli_pack import Printed, check, rewrite


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """A document, an audit, a pack."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("rotten"), patch)
        made.ingest({"a.txt": b"a"}, name="one")
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        assert run(["-q", "-C", str(made.root), "ledger", "pack", "--out", str(made.folder / "p.zip")]) == 0
        yield made


@pytest.fixture
def pack(made: MadeArchive, tmp_path: Path) -> Path:
    shutil.copy(made.folder / "p.zip", tmp_path)
    return tmp_path / "p.zip"


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

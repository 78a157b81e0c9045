"""Packs of evidence: whole, silent about names unless asked, and never unpacked on trust."""

import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.limits.ledger import PACK_DIRECTORY_BYTES, PACK_MEMBERS
from archive.storage.ledger.statements import put_statement
from tests.archives import MadeArchive, described, make_archive, overwrite
from tests.packs import Printed, check, rewrite

SECRETS = (b"Valley", b"Ana Example", b"A letter of love", b"love.txt", b"Ben Donor")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """Two documents, an audit, a checkpoint kept, a third document, and an audit that found damage."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("pack"), patch)
        files = {"love.txt": b"dear", "love.txt.dc.json": described("A letter of love"), "b.txt": b"b"}
        made.ingest(files, name="gift", accession="1", received_from="Ben Donor")
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        assert run(["-C", str(made.root), "ledger", "checkpoint", "--out", str(made.folder / "kept")]) == 0
        made.ingest({"c.txt": b"c"}, name="later")
        (payload,) = made.root.glob("bags/*/*/data/love.txt")
        overwrite(payload, b"hate")
        assert run(["-q", "-C", str(made.root), "audit"]) == 1
        overwrite(payload, b"dear")
        assert run(["-q", "-C", str(made.root), "ledger", "pack", "--out", str(made.folder / "p.zip")]) == 0
        yield made


def test_it_holds_and_says_what_is_claimed_and_what_attested(
    made: MadeArchive, capsys: Printed, pack: Path
) -> None:
    key = made.opened.settings.key
    code, document = check(capsys, pack, "--key", key, "--trust", made.folder / "kept")
    assert (code, document["outcome"], document["findings"]) == (0, "proven", [])
    assert document["trust"]["basis"] == "checkpoint"
    # The second audit names a file, so that its results are not in the pack; the ledger says how it ended.
    assert document["self_checks"] == {"recorded": 2, "checked": 1, "left_out": {"damaged": 1}}
    assert run(["ledger", "check-pack", str(pack)]) == 0
    assert "1 of 2 on record could be looked at; by the ledger those left out ended so: 1 damaged" in (
        capsys.readouterr().out
    )
    # One of the two bags that the first found intact is the damaged one; which, the pack does not say.
    assert document["coverage"] == {"held": 3, "claimed": 1, "attested": 1}
    assert check(capsys, pack)[1]["coverage"] == {"held": 3, "claimed": 1, "attested": 0}


def test_nobody_and_no_file_is_named_unless_asked_for(made: MadeArchive, pack: Path, tmp_path: Path) -> None:
    def contents(path: Path) -> bytes:
        with zipfile.ZipFile(path) as opened:
            return b"".join(opened.read(name) for name in opened.namelist())

    assert [secret for secret in SECRETS if secret in contents(pack)] == []
    named = tmp_path / "named.zip"
    assert run(["-q", "-C", str(made.root), "ledger", "pack", "--names", "--out", str(named)]) == 0
    assert b"A letter of love" in contents(named)
    salt = made.opened.settings.agent_salt.encode()
    assert salt
    assert salt not in contents(named)


def test_with_names_every_result_is_looked_at(made: MadeArchive, capsys: Printed, tmp_path: Path) -> None:
    named = tmp_path / "named.zip"
    assert run(["-q", "-C", str(made.root), "ledger", "pack", "--names", "--out", str(named)]) == 0
    code, document = check(capsys, named, "--trust", made.folder / "kept")
    assert (code, document["names"]) == (0, True)
    assert document["self_checks"] == {"recorded": 2, "checked": 2, "left_out": {}}
    assert document["coverage"] == {"held": 3, "claimed": 2, "attested": 1}


def test_the_same_archive_gives_the_same_pack_but_for_its_time(made: MadeArchive, pack: Path) -> None:
    again = pack.with_name("again.zip")
    assert run(["-q", "-C", str(made.root), "ledger", "pack", "--out", str(again)]) == 0
    with zipfile.ZipFile(pack) as one, zipfile.ZipFile(again) as two:
        assert one.namelist() == two.namelist()
        assert {name: one.read(name) for name in one.namelist()[:-1]} == {
            name: two.read(name) for name in two.namelist()[:-1]
        }


@pytest.fixture
def planted(made: MadeArchive, tmp_path: Path) -> Path:
    """A copy of the archive with a mark, which a desktop program and somebody else wrote beside."""
    root = tmp_path / "planted"
    shutil.copytree(made.root, root, symlinks=True)
    put_statement(root, 1, b"said", b"signed")
    (mark,) = (root / "ledger/statements").iterdir()
    (mark / ".DS_Store").write_bytes(b"x")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/statement.txt").write_text("secret")
    (mark.parent / f"2-{'a' * 32}").symlink_to(tmp_path / "secret")
    return root


def test_only_what_a_pack_can_have_is_packed(planted: Path, tmp_path: Path) -> None:
    path = tmp_path / "planted.zip"
    assert run(["-q", "-C", str(planted), "ledger", "pack", "--names", "--out", str(path)]) == 0
    with zipfile.ZipFile(path) as pack:
        names = [name.rpartition("/")[2] for name in pack.namelist() if "statements" in name]
    assert names == ["signature", "statement.txt"]


def test_nothing_behind_a_link_is_packed(planted: Path, tmp_path: Path) -> None:
    for folder in (planted / "audits").iterdir():
        folder.chmod(0o755)
        folder.rename(tmp_path / folder.name)
        folder.symlink_to(tmp_path / folder.name)
    path = tmp_path / "planted.zip"
    assert run(["-q", "-C", str(planted), "ledger", "pack", "--names", "--out", str(path)]) == 0
    with zipfile.ZipFile(path) as pack:
        assert [name for name in pack.namelist() if name.startswith("audits")] == []
        assert [name for name in pack.namelist() if pack.read(name) == b"secret"] == []


def bundle_of(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.startswith("ledger/tile/entries/"))


def flip(members: dict[str, bytes], name: str) -> None:
    content = bytearray(members[name])
    content[len(content) // 2] ^= 1
    members[name] = bytes(content)


def chunk_of(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.endswith(".jsonl.gz"))


@pytest.mark.parametrize("listed", [False, True], ids=["as listed before", "with a list that fits"])
@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda members: flip(members, bundle_of(members)), "LEDGER-"),
        (lambda members: members.pop(bundle_of(members)), "LEDGER-"),
        (lambda members: flip(members, "ledger/checkpoint"), "LEDGER-"),
        (lambda members: flip(members, chunk_of(members)), "PACK-RESULTS"),
        (lambda members: members.pop(chunk_of(members)), "PACK-RESULTS"),
    ],
    ids=["entry", "no entries", "checkpoint", "result", "no result"],
)
def test_what_was_altered_is_found(
    capsys: Printed, pack: Path, edit: Callable[[dict[str, bytes]], object], code: str, listed: bool
) -> None:
    rewrite(pack, edit, listed=listed)
    found, document = check(capsys, pack)
    codes = [each["code"] for each in document["findings"]]
    assert (found, document["trust"]["basis"]) == (5, "none")
    assert any(each.startswith(code) for each in codes)
    assert ("PACK-MEMBER" in codes) != listed


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "bags/../../evil", "ledger/tile/0/..", "evil\\x", "bags/aa/evil", "x" * 300]
)
@pytest.mark.parametrize("listed", [False, True], ids=["not listed", "listed"])
def test_nothing_is_written_outside(
    capsys: Printed, pack: Path, tmp_path: Path, name: str, listed: bool
) -> None:
    rewrite(pack, lambda members: members.update({name: b"evil"}), listed=listed)
    (tmp_path / "work").mkdir()
    code, document = check(capsys, pack, "--work", tmp_path / "work")
    assert (code, [each["code"] for each in document["findings"]]) == (5, ["PACK-MEMBER"])
    assert list(tmp_path.rglob("evil*")) == []
    assert list((tmp_path / "work").iterdir()) == []


def bomb(members: dict[str, bytes]) -> None:
    members["ledger/checkpoints/9999"] = bytes(1 << 20)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\3\4" + bytes(99), b"\0" * 9])
def test_what_is_no_zip_is_wrong_use(capsys: Printed, pack: Path, content: bytes) -> None:
    pack.write_bytes(content)
    assert check(capsys, pack)[0] == 2


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda members: members.pop("pack.json"), 2),
        (lambda members: members.pop("archive.toml"), 2),
        (lambda members: members.update({"pack.json": b"{"}), 2),
        (lambda members: members.update({"pack.json": b"[" * 100_000}), 2),
        (
            lambda members: members.update(
                {"pack.json": b'{"kind":"evidence-pack","version":2,"members":{}}'}
            ),
            6,
        ),
        (
            lambda members: members.update(
                {"pack.json": b'{"kind":"evidence-pack","version":1,"members":{},"left_out":5}'}
            ),
            2,
        ),
        (bomb, 5),
    ],
    ids=["no list", "no settings", "no JSON", "too deep", "newer", "no runs left out", "a large checkpoint"],
)
def test_what_is_no_pack_is_told(
    capsys: Printed, pack: Path, edit: Callable[[dict[str, bytes]], object], code: int
) -> None:
    rewrite(pack, edit)
    assert check(capsys, pack)[0] == code


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "LZMA"])
def test_a_pack_packed_in_a_way_of_its_own_is_none(capsys: Printed, pack: Path, method: int) -> None:
    """zipfile expands it without a bound, and raises of damage in it what a failing disk raises."""
    rewrite(pack, lambda members: members, method=method)
    code, document = check(capsys, pack)
    assert (code, f"method {method}" in document["message"]) == (2, True)


def test_a_member_said_to_begin_before_the_file_is_no_trouble_of_the_disk(
    capsys: Printed, pack: Path
) -> None:
    raw = bytearray(pack.read_bytes())
    at = raw.rindex(b"PK\x05\x06") + 16  # where the directory begins (APPNOTE 4.3.16)
    struct.pack_into("<L", raw, at, struct.unpack_from("<L", raw, at)[0] + len(raw))
    pack.write_bytes(raw)
    assert check(capsys, pack)[0] == 5


def test_a_directory_as_long_as_a_vast_file_is_not_read(capsys: Printed, pack: Path) -> None:
    size = PACK_DIRECTORY_BYTES + 1
    with pack.open("wb") as stream:
        stream.seek(size)
        stream.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, size, 0, 0))  # APPNOTE 4.3.16
    code, document = check(capsys, pack)
    assert (code, f"its directory has {size:,} bytes" in document["message"]) == (2, True)


def test_a_directory_of_too_many_members_is_not_made_into_any(capsys: Printed, pack: Path) -> None:
    count = PACK_MEMBERS + 2
    entries = (b"PK\x01\x02" + bytes(24) + b"\1" + bytes(17) + b"x") * count  # APPNOTE 4.3.12
    size = len(entries)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, 0)  # 4.3.14
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, size, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, 0, 0)
    pack.write_bytes(entries + wide + locator + end)
    code, document = check(capsys, pack)
    assert (code, "more than 500,000 members" in document["message"]) == (2, True)


def test_a_header_that_lies_about_its_size_is_refused(capsys: Printed, pack: Path) -> None:
    with zipfile.ZipFile(pack) as opened:
        entry = opened.getinfo("archive.toml")
        size = entry.file_size
    raw = pack.read_bytes()
    pack.write_bytes(raw.replace(size.to_bytes(4, "little"), (size - 1).to_bytes(4, "little")))
    assert check(capsys, pack)[0] == 5


def test_it_is_not_written_over_a_file_nor_inside_the_archive(made: MadeArchive, pack: Path) -> None:
    assert run(["-C", str(made.root), "ledger", "pack", "--out", str(pack)]) == 6
    assert run(["-C", str(made.root), "ledger", "pack", "--out", str(made.root / "p.zip")]) == 2


def test_a_damaged_ledger_is_not_packed(made: MadeArchive, tmp_path: Path) -> None:
    shutil.copytree(made.root, tmp_path / "copy")
    for path in (tmp_path / "copy" / "ledger" / "tile" / "entries").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes()[:-1])
    target = tmp_path / "p2.zip"
    assert run(["-C", str(tmp_path / "copy"), "ledger", "pack", "--out", str(target)]) == 5
    assert not target.exists()

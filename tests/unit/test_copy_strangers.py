"""What lies on a copy in the place of a file that the archive has no more, and what nobody knows of."""

from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.changes import Changing
from tests.copying import codes, copy


@pytest.fixture
def copied(changing: Changing, tmp_path: Path) -> tuple[Changing, Path]:
    """An archive and its copy."""
    disk = tmp_path / "copy"
    changing("audit")
    copy(changing, disk)
    for path in disk.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    return changing, disk


def superseded(archive: Changing, disk: Path) -> Path:
    """A tile on the copy that the archive replaces with the next entry by a wider one."""
    tile = min((disk / "ledger/tile/0/000.p").iterdir(), key=lambda path: int(path.name))
    for _ in range(2):
        archive("audit")
    assert not (archive.root / tile.relative_to(disk)).exists()
    return tile


def put(path: Path, what: str, outside: Path) -> None:
    outside.mkdir()
    (outside / "kept").write_bytes(b"kept")
    path.unlink()
    if what == "link":
        path.symlink_to("gone")
    elif what == "link to a folder":
        path.symlink_to(outside)
    else:
        path.mkdir()


@pytest.mark.parametrize("what", ["link", "link to a folder", "empty folder"])
def test_what_stands_in_the_place_of_a_superseded_tile_is_cleared(
    copied: tuple[Changing, Path], tmp_path: Path, what: str
) -> None:
    archive, disk = copied
    tile = superseded(archive, disk)
    put(tile, what, tmp_path / "outside")
    assert "LEDGER-NOT-A-FILE" in codes(archive("audit", "--copy", str(disk), code=1))
    assert codes(copy(archive, disk)) == []
    assert not tile.is_symlink()
    assert not tile.exists()
    assert (tmp_path / "outside/kept").read_bytes() == b"kept"
    assert codes(archive("audit", "--copy", str(disk))) == []


def test_a_folder_there_that_holds_something_stays_and_is_said(
    copied: tuple[Changing, Path], tmp_path: Path
) -> None:
    archive, disk = copied
    tile = superseded(archive, disk)
    put(tile, "folder", tmp_path / "outside")
    (tile / "kept").write_bytes(b"kept")
    report = copy(archive, disk, code=1)
    (told,) = (one for one in report["findings"] if one["code"] == "COPY-IN-THE-WAY")
    assert told["place"] == str(tile.relative_to(disk))
    assert report["outcome"] != "interrupted"
    assert (tile / "kept").read_bytes() == b"kept"
    (tile / "kept").rename(tmp_path / "kept")
    assert codes(copy(archive, disk)) == []


@pytest.mark.parametrize("what", ["link", "link to a folder", "empty folder"])
def test_the_file_of_the_archive_takes_the_place_of_what_is_none(
    copied: tuple[Changing, Path], tmp_path: Path, what: str
) -> None:
    archive, disk = copied
    path = max((disk / "runs").iterdir())
    before = path.read_bytes()
    put(path, what, tmp_path / "outside")
    assert codes(copy(archive, disk)) == []
    assert not path.is_symlink()
    assert path.read_bytes() == before
    assert codes(archive("audit", "--copy", str(disk))) == []


@pytest.mark.parametrize("damaged", [False, True])
def test_an_audit_says_that_copying_removes_no_stranger(
    copied: tuple[Changing, Path], capsys: pytest.CaptureFixture[str], damaged: bool
) -> None:
    archive, disk = copied
    stranger = disk / "runs/extra"
    stranger.write_bytes(b"")
    next((disk / "audits").iterdir()).joinpath("extra").write_bytes(b"")
    next((disk / "bags").iterdir()).joinpath("extra.txt").write_bytes(b"")
    if damaged:
        next((disk / "runs").glob("*.json")).unlink()
    capsys.readouterr()
    assert run(["-C", str(archive.root), "audit", "--copy", str(disk)]) == 1
    shown = capsys.readouterr().err
    if damaged:
        assert (
            "writes anew what is not good there, from the archive; what does not belong there it leaves"
            in shown
        )
    else:
        assert "move out what does not belong there: archive copy leaves it where it is" in shown
        assert "writes anew" not in shown
    copy(archive, disk)
    assert stranger.exists()

"""A copy whose run was cut off is a state of the archive with some more: by itself, too, and still judged."""

import json
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.storage.layout import bag_path
from tests.archives import overwrite
from tests.changes import Changing


@pytest.fixture(params=["folder", "tar"])
def disk(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """A copy that was cut off with two later descriptions of a bag, before its ledger had them."""
    disk = tmp_path / "disk"
    changing("describe", changing.reference("a.txt"), "--set", "title=Before")
    changing("copy", "--to", str(disk), "--as", request.param)
    for title in ("One", "Two"):
        changing("describe", changing.reference("a.txt"), "--set", f"title={title}", "--reason", title)

    def killed(*arguments: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr("archive.services.copies.run.CopyRun._conclude", killed)
        with pytest.raises(SystemExit):
            changing("copy", "--to", str(disk))
    assert (disk / ".unfinished-copy").exists()
    return disk


def audit(disk: Path, capsys: pytest.CaptureFixture[str], code: int) -> Any:
    """The report on a copy by itself."""
    capsys.readouterr()
    assert run(["-C", str(disk), "audit", "--format", "json"]) == code, capsys.readouterr().out
    return json.loads(capsys.readouterr().out)


def test_what_it_has_beforehand_is_no_damage(disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = audit(disk, capsys, 0)
    assert (report["outcome"], report["counts"]["intact"], report["bags"]) == ("intact", 3, [])
    assert "BAG-REVISION-PENDING" in {one["code"] for one in report["findings"]}


@pytest.mark.parametrize("what", ["payload", "earlier revision", "marker"])
def test_nothing_else_passes_as_such(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    bag = changing.row("a.txt").bag
    folder, tar = disk / bag_path(bag), disk / f"{bag_path(bag)}.tar"
    if what == "marker":
        (disk / ".unfinished-copy").rename(disk.parent / "taken")
    elif tar.exists():
        good, bad = (b"one", b"onE") if what == "payload" else (b"Before", b"Beford")
        assert good in tar.read_bytes()
        overwrite(tar, tar.read_bytes().replace(good, bad))
    else:
        name = "data/a.txt" if what == "payload" else "metadata/revisions/0002/dublin-core.json"
        overwrite(folder / name, (folder / name).read_bytes() + b" ")
    (found,) = audit(disk, capsys, 1)["bags"]
    assert found["id"] == bag


def test_an_earlier_revision_and_its_line_are_not_rewritten_together_unseen(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bag = changing.row("a.txt").bag
    good, bad = b"Before", b"Beford"
    changed = [
        (sha512(content).hexdigest().encode(), sha512(content.replace(good, bad)).hexdigest().encode())
        for path in (changing.root / bag_path(bag) / "metadata/revisions/0002").iterdir()
        if good in (content := path.read_bytes())
    ]
    assert changed
    tar = disk / f"{bag_path(bag)}.tar"
    for path in [tar] if tar.exists() else (disk / bag_path(bag)).rglob("*.*"):
        if path.is_file():
            raw = path.read_bytes().replace(good, bad)
            for digest, other in changed:
                raw = raw.replace(digest, other)
            overwrite(path, raw)
    (found,) = audit(disk, capsys, 1)["bags"]
    assert {one["code"] for one in found["findings"]} >= {"FIX-TAGMANIFEST"}

"""Packs of evidence with names: the manifests of runs and bags in them are those that the ledger records."""

import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.storage.layout import bag_path
from tests.archives import MadeArchive, make_archive
from tests.packs import Members, Printed, check, command, first, rewrite

UNKNOWN = "01a205b0-0000-7000-8000-0000000000ff"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """Two runs: a letter that was described anew and one that was withdrawn, an album of two files."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("named"), patch)
        made.ingest({"letter.txt": b"dear", "gone.txt": b"gone"}, name="letters")
        table = b"filename,title\nalbum,An album\n"
        made.ingest({"album/1.txt": b"1", "album/2.txt": b"2", "metadata.csv": table}, name="album")
        shutil.copytree(made.root, made.folder / "before")
        (letter,) = (path.parents[1].name for path in made.root.glob("bags/*/*/data/letter.txt"))
        (gone,) = (path.parents[1].name for path in made.root.glob("bags/*/*/data/gone.txt"))
        command(made, "describe", letter, "--set", "title=A letter", "--reason", "x", "--yes")
        command(made, "withdraw", gone, "--reason", "x")
        command(made, "ledger", "pack", "--names", "--out", str(made.folder / "p.zip"))
        yield made


def judged(printed: Printed, pack: Path) -> tuple[int, list[tuple[str, str]]]:
    """Exit code, and code and place of each finding."""
    code, document = check(printed, pack)
    return code, [(each["code"], each["place"]) for each in document["findings"]]


def test_a_pack_of_what_was_changed_and_withdrawn_holds(capsys: Printed, pack: Path) -> None:
    assert judged(capsys, pack) == (0, [])


@pytest.mark.parametrize(
    "ending", [".json", "/manifest-sha512.txt", "/tagmanifest-sha512.txt"], ids=["run", "payload", "tags"]
)
@pytest.mark.parametrize("dropped", [False, True], ids=["altered", "dropped"])
def test_each_named_part_is_held_to_the_ledger_though_the_list_of_members_fits(
    capsys: Printed, pack: Path, ending: str, dropped: bool
) -> None:
    touched: list[tuple[str, str]] = []

    def edit(members: Members) -> None:
        for name in [each for each in members if each.startswith(("runs/", "bags/"))]:
            if name.endswith(ending):
                touched.append(("PACK-MEMBER", name))
                content = members.pop(name)
                if not dropped:
                    members[name] = b"f" + content[1:] if content[:1] != b"f" else b"0" + content[1:]

    rewrite(pack, edit, listed=True)
    code, found = judged(capsys, pack)
    assert len(touched) == 2
    assert (code, sorted(found)) == (5, sorted(touched))


def plant(name: str) -> Callable[[Members], None]:
    return lambda members: members.update({name: b"f" * 128 + b"  data/planted\n"})


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (f"runs/{UNKNOWN}.json", f"runs/{UNKNOWN}.json"),
        (f"{bag_path(UNKNOWN)}/manifest-sha512.txt", bag_path(UNKNOWN)),
    ],
    ids=["run", "bag"],
)
def test_what_the_ledger_does_not_know_is_no_part_of_a_pack(
    capsys: Printed, pack: Path, name: str, place: str
) -> None:
    rewrite(pack, plant(name), listed=True)
    assert judged(capsys, pack) == (5, [("PACK-MEMBER", place)])


def test_the_manifest_of_a_bag_in_the_folder_of_others_is_no_part_of_a_pack(
    capsys: Printed, pack: Path
) -> None:
    moved: list[str] = []

    def edit(members: Members) -> None:
        name = first(members, "bags/", "/manifest-sha512.txt")
        _, shard, bag, _ = name.split("/")
        moved.append(f"bags/{'00' if shard != '00' else '01'}/{bag}")
        members[f"{moved[0]}/manifest-sha512.txt"] = members[name]

    rewrite(pack, edit, listed=True)
    assert judged(capsys, pack) == (5, [("PACK-MEMBER", moved[0])])


def test_a_pack_without_names_needs_none(made: MadeArchive, capsys: Printed, tmp_path: Path) -> None:
    command(made, "ledger", "pack", "--out", str(tmp_path / "p.zip"))
    assert judged(capsys, tmp_path / "p.zip") == (0, [])


def test_parts_in_a_pack_that_says_it_has_no_names_are_held_to_the_ledger(
    capsys: Printed, pack: Path
) -> None:
    altered: list[str] = []

    def edit(members: Members) -> None:
        members["pack.json"] = members["pack.json"].replace(b'"names": true', b'"names": false')
        altered.append(first(members, "bags/", "/tagmanifest-sha512.txt"))
        members[altered[0]] += b"\n"

    rewrite(pack, edit, listed=True)
    code, found = judged(capsys, pack)
    assert (code, found) == (5, [("PACK-MEMBER", altered[0])])


def test_bags_that_a_writer_has_changed_since_are_packed_as_the_ledger_has_them(
    made: MadeArchive, capsys: Printed, tmp_path: Path
) -> None:
    """What a reader meets before a commit, and until somebody puts right what a killed writer left."""
    root = tmp_path / "copy"
    shutil.copytree(made.folder / "before", root)
    for kind in ("bags", "quarantine"):
        make_writable(root / kind)
        shutil.rmtree(root / kind)
        shutil.copytree(made.root / kind, root / kind)
    (manifest,) = (path for path in root.glob("runs/*.json") if b"letter.txt" in path.read_bytes())
    (root / "staging" / manifest.stem).mkdir()
    manifest.rename(root / "staging" / manifest.stem / "run.json")
    assert run(["-q", "-C", str(root), "ledger", "pack", "--names", "--out", str(tmp_path / "p.zip")]) == 0
    # The key has signed what came later: all that is told of the pack.
    assert judged(capsys, tmp_path / "p.zip") == (0, [("LEDGER-BEHIND", "ledger/checkpoint")])
    with zipfile.ZipFile(tmp_path / "p.zip") as opened:
        assert sum(name.endswith("/tagmanifest-sha512.txt") for name in opened.namelist()) == 3


def make_writable(root: Path) -> None:
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)

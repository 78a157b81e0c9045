"""The validator of the BagIt Profiles community holds the bags that we write to our profile, as we do."""

import hashlib
import json
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bagit
import bagit_profile
import pytest

from archive import schemas
from archive.cli.frame import run
from tests.archives import MadeArchive, described, make_archive
from tests.conftest import SEEDS

PATH = schemas.schema_dir() / "bagit-profile.json"
PROFILE: dict[str, Any] = json.loads(PATH.read_bytes())
IDENTIFIER = PROFILE["BagIt-Profile-Info"]["BagIt-Profile-Identifier"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """The seeds, a folder with awkward names, and a submitted bag that was described anew."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("profile"), patch)
        assert run(["-q", "-C", str(made.root), "ingest", str(SEEDS / "texts"), "--describe-later"]) == 0
        table = b"filename,title\nalbum,Album\n"
        pages = {f"album/{name}": name.encode() for name in ("CON", "a\nb", "e\u0301")}
        made.ingest({**pages, "metadata.csv": table}, name="album", accession="2026-004")
        transfer = made.folder / "transfer"
        transfer.mkdir()
        (transfer / "letter.txt").write_bytes(b"dear")
        bagit.make_bag(str(transfer), {"Contact-Name": "Ana"}, checksums=["sha256"])
        (made.folder / "transfer.dc.json").write_bytes(described("Letters"))
        assert run(["-q", "-C", str(made.root), "ingest", str(transfer)]) == 0
        (letter,) = (path.parents[1].name for path in made.root.glob("bags/*/*/data/letter.txt"))
        changed = ["describe", letter, "--set", "title=A letter", "--reason", "x", "--yes"]
        assert run(["-q", "-C", str(made.root), *changed]) == 0
        yield made


def judged(bag: Path) -> bool:
    return bool(bagit_profile.Profile(IDENTIFIER, profile=PROFILE).validate(bagit.Bag(str(bag))))


def test_every_bag_of_an_archive_fits_its_profile(made: MadeArchive) -> None:
    bags = list(made.root.glob("bags/*/*"))
    assert len(bags) > 15
    assert {path.name for path in made.root.glob("bags/*/*/metadata/*")} >= {
        "names.json",
        "revisions",
        "submission",
    }
    assert [bag.name for bag in bags if not judged(bag)] == []
    assert run(["verify", "--profile", str(PATH), *map(str, bags)]) == 0


def changed(bag: Path, folder: Path, change: Callable[[Path], object]) -> Path:
    """A copy of the bag with a change of its tag files, which the tag manifest fits again."""
    copy = folder / "bag"
    shutil.copytree(bag, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    change(copy)
    manifest = copy / "tagmanifest-sha512.txt"
    listed = sorted(
        path for path in copy.rglob("*") if path.is_file() and not path.is_relative_to(copy / "data")
    )
    lines = [
        f"{hashlib.sha512(path.read_bytes()).hexdigest()}  {path.relative_to(copy)}\n"
        for path in listed
        if path != manifest
    ]
    manifest.write_text("".join(lines))
    return copy


def with_info(pattern: str, text: str) -> Callable[[Path], object]:
    def change(bag: Path) -> None:
        info = bag / "bag-info.txt"
        info.write_text(re.sub(pattern, text, info.read_text(), count=1, flags=re.MULTILINE))

    return change


def with_file(name: str, content: bytes = b"") -> Callable[[Path], object]:
    return lambda bag: (bag / name).write_bytes(content)


def with_md5(bag: Path) -> None:
    (payload,) = (path for path in bag.joinpath("data").rglob("*") if path.is_file())
    digest = hashlib.md5(payload.read_bytes(), usedforsecurity=False).hexdigest()
    (bag / "manifest-md5.txt").write_text(f"{digest}  {payload.relative_to(bag)}\n")


BEFORE_THE_DATE = "^(?=Bagging-Date)"
SENDERS = "Internal-Sender-Identifier: 1\nInternal-Sender-Identifier: 2\n"
CHANGES: dict[str, tuple[Callable[[Path], object], bool]] = {  # and whether the bag fits the profile then
    "nothing": (lambda _: None, True),
    "identifiers of the sender": (with_info(BEFORE_THE_DATE, SENDERS), True),
    "a label of others": (with_info(BEFORE_THE_DATE, "X-Of-Others: 1\n"), True),
    "names": (with_file("metadata/names.json", b"{}"), True),
    "no reference": (with_info("^External-Identifier: .*\n", ""), False),
    "two references": (with_info(BEFORE_THE_DATE, "External-Identifier: 2\n"), False),
    "no date": (with_info("^Bagging-Date: .*\n", ""), False),
    "no profile": (with_info("^BagIt-Profile-Identifier: .*\n", ""), False),
    "a file among the metadata": (with_file("metadata/notes.txt"), False),
    "a file beside them": (with_file("notes.txt"), False),
    "no provenance": (lambda bag: (bag / "metadata/premis.xml").unlink(), False),
    "another digest": (with_md5, False),
}


@pytest.mark.parametrize(("change", "fits"), CHANGES.values(), ids=CHANGES.keys())
def test_the_validator_and_we_say_the_same_of_a_bag_that_was_changed(
    made: MadeArchive, tmp_path: Path, change: Callable[[Path], object], fits: bool
) -> None:
    (payload,) = made.root.glob("bags/*/*/data/garden-diary.txt")
    bag = changed(payload.parents[1], tmp_path, change)
    assert judged(bag) == fits
    assert (run(["verify", "--profile", str(PATH), str(bag)]) == 0) == fits

"""`archive copy` in tests: its report, and the files that a copy should have."""

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from archive.storage.layout import bag_path
from tests.archives import overwrite
from tests.changes import Changing

FORMS = ("folder", "tar")
NOT_COPIED = {"catalog.sqlite", "staging", "copy.json"}


def copy(archive: Changing, disk: Path, *more: str, code: int = 0) -> Any:
    """The report of `archive copy`."""
    return archive("copy", "--to", str(disk), "--jobs", "1", *more, code=code)


def audit_of(archive: Changing, disk: Path, code: int) -> Any:
    """The report of an audit of the copy that writes nothing."""
    return archive("audit", "--copy", str(disk), "--jobs", "1", "--read-only", code=code)


def tar_of_letter(archive: Changing, disk: Path) -> Path:
    """The tar of the document `a.txt` in a copy."""
    return (disk / bag_path(archive.row("a.txt").bag)).with_suffix(".tar")


def files_of(root: Path) -> dict[str, bytes]:
    """Every file that a copy should have, by path; a bag in a tar is told by its members."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] in NOT_COPIED or not path.is_file():
            continue
        if path.suffix == ".tar":
            with tarfile.open(path) as tar:
                for member in tar.getmembers():
                    if stream := tar.extractfile(member):
                        found[f"{name.rpartition('/')[0]}/{member.name}"] = stream.read()
        else:
            found[name] = path.read_bytes()
    return found


def codes(report: Any) -> list[str]:
    """The codes of what was found, documents' findings too."""
    inner = [one for row in report.get("documents", report.get("bags", [])) for one in row["findings"]]
    told = [one["code"] for one in inner + report["findings"]]
    return [code for code in told if code != "COPY-SAME-DISK"]  # the test's disk is one


def flipped(data: bytes, *places: int) -> bytes:
    """The same with other bytes there."""
    changed = bytearray(data)
    for place in places:
        changed[place] ^= 0xFF
    return bytes(changed)


def damage_header(disk: Path, bag: str, member: str, at: int) -> None:
    """Another byte in the header of that member of the bag, on a copy as tars."""
    place = disk / f"{bag_path(bag)}.tar"
    with tarfile.open(place) as tar:
        header = tar.getmember(f"{bag}/{member}".rstrip("/")).offset
    overwrite(place, flipped(place.read_bytes(), header + at))


def cut_off(changing: Changing, disk: Path, patch: pytest.MonkeyPatch) -> None:
    """A second copy dies ahead of its ledger, when what the ledger refers to is there."""
    real = os.rename

    def dies(source: Any, target: Any, **options: Any) -> None:
        if "dst_dir_fd" in options and target == "checkpoint":
            raise KeyboardInterrupt
        real(source, target, **options)

    with patch.context() as dying:
        dying.setattr(os, "rename", dies)
        copy(changing, disk, code=130)

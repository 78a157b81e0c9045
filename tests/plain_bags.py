"""Plain bags for tests: the commands that make and mend them, in this process, and who judges the result."""

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import bagit

from archive.cli.frame import run
from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit_judge import Policy
from archive.services.verify.judging import judge_bag
from archive.services.verify.lanes import ProcessLanes
from archive.storage.bag_sources.folder import FolderSource
from archive.storage.bags.tag_file_changes import FOLDER

TEXTS: Mapping[str, bytes] = {
    "a.txt": b"one\n",
    "letters/b.txt": b"two\n",
    "letters.txt": b"",
    "z": b"\0" * 9,
}


class Ended(NamedTuple):
    """Exit code and the one JSON document of a command."""

    code: int
    report: Any


def call(*arguments: str | Path) -> Ended:
    """One command in this process, with its JSON."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = run([*(os.fspath(one) for one in arguments), "--format", "json"])
    return Ended(code, json.loads(out.getvalue()))


def folder(path: Path, files: Mapping[str, bytes] = TEXTS) -> Path:
    """A folder with those files."""
    path.mkdir()
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return path


def new_bag(path: Path) -> Path:
    """A bag of ours below that folder, with one tag of its own."""
    bag = path / "bag"
    assert call("bag", folder(path / "source"), "--to", bag, "--tag", "Note: one").code == 0
    return bag


def judged(bag: Path) -> BagReport:
    """What our judge says of a bag."""
    source = FolderSource(str(bag), ProcessLanes(1))
    try:
        return judge_bag(source, Policy())
    finally:
        source.close()


def accepted(bag: Path) -> bool:
    """True where bagit-python accepts the bag."""
    try:
        return bool(bagit.Bag(str(bag)).validate())
    except Exception:  # noqa: BLE001 - it raises more than its own errors
        return False


def tree(path: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes; folders have a slash."""
    return {
        str(one.relative_to(path)) + ("/" if one.is_dir() else ""): b"" if one.is_dir() else one.read_bytes()
        for one in sorted(path.rglob("*"))
    }


def old_bag(
    path: Path,
    *,
    version: str = "0.97",
    encoding: str = "UTF-8",
    codec: str = "utf-8",
    payload: Mapping[str, bytes] = TEXTS,
    algorithms: Sequence[str] = ("md5",),
    tags: str | None = "Contact-Name : Ana\n",
    tagged: bool = True,
) -> Path:
    """A bag as another program may have written it, years ago; `payload` has paths below `data/`."""
    folder(path, {f"data/{name}": content for name, content in payload.items()})
    (path / "data").mkdir(exist_ok=True)
    declaration = f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n"
    (path / "bagit.txt").write_text(declaration)
    if tags is not None:
        name = "package-info.txt" if version <= "0.95" else "bag-info.txt"
        (path / name).write_bytes(tags.encode(codec))
    for algorithm in algorithms:
        lines = "".join(
            f"{hashlib.new(algorithm, content).hexdigest()}  data/{name}\n"
            for name, content in payload.items()
        )
        (path / f"manifest-{algorithm}.txt").write_bytes(lines.encode(codec))
    files = [one for one in sorted(path.iterdir()) if one.is_file()]
    for algorithm in algorithms if tagged else ():
        lines = "".join(
            f"{hashlib.new(algorithm, one.read_bytes()).hexdigest()}  {one.name}\n" for one in files
        )
        (path / f"tagmanifest-{algorithm}.txt").write_bytes(lines.encode(codec))
    return path


def require_valid(bag: Path) -> None:
    """Our judge and bagit-python accept the bag, and nothing of ours is left in it."""
    assert judged(bag).verdict is BagVerdict.VALID
    assert accepted(bag)
    assert FOLDER not in os.listdir(bag)

"""`archive bag` as it is installed: a bag is made, checked by others, mended; a signal ends it in seconds."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.command import Command
from tests.plain_bags import TEXTS, folder, tree

SECONDS = 30  # a hang, not a measurement


def test_a_bag_is_made_copied_updated_and_checked_by_sha512sum_and_bagit(
    command: Command, tmp_path: Path
) -> None:
    source, bag = folder(tmp_path / "source"), tmp_path / "bag"
    made = command.bare("bag", source, "--to", bag, "--tag", "Contact-Name: Ana", "--algorithm", "md5")
    assert "a bag of 4 files" in made.out
    assert "Next:" in made.err
    updated = command.bare("bag", "update", bag, "--add-algorithm", "sha512", "--remove-algorithm", "md5")
    assert "removed   manifest-md5.txt" in updated.out
    if shutil.which("sha512sum"):
        for name in ("manifest-sha512.txt", "tagmanifest-sha512.txt"):
            subprocess.run(["sha512sum", "--quiet", "-c", name], cwd=bag, check=True)
    subprocess.run([sys.executable, "-m", "bagit", "--quiet", "--validate", str(bag)], check=True)
    assert tree(bag / "data") == tree(source)


def test_the_source_may_be_read_only(command: Command, tmp_path: Path) -> None:
    source = folder(tmp_path / "source")
    for path in (*source.rglob("*"), source):
        path.chmod(0o555 if path.is_dir() else 0o444)
    command.bare("bag", source, "--to", tmp_path / "bag")
    assert len([path for path in (tmp_path / "bag/data").rglob("*") if path.is_file()]) == len(TEXTS)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 143), (signal.SIGINT, 130)]
)
def test_a_signal_ends_it_with_nothing_left_behind(
    command: Command, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    source, bag = tmp_path / "source", tmp_path / "bag"
    source.mkdir()
    with open(source / "large", "wb") as stream:
        stream.truncate(2 << 30)  # sparse: seconds of hashing, no room on the disk of the source
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", "bag", str(source), "--to", str(bag), "--jobs", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=command.environment(),
        start_new_session=True,
    )
    deadline = time.monotonic() + SECONDS
    while not (tmp_path / ".bag.unfinished-bag/bag/data/large").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(SECONDS) == code
    process.communicate()
    assert sorted(os.listdir(tmp_path)) == ["source"]

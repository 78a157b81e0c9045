"""Small file systems of our own: full, read-only, and cut off from their power. Only root may mount."""

import contextlib
import errno
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

GONE_AFTER = 30  # seconds; the machine may be busy
# EXT4_IOC_SHUTDOWN, which XFS knows by the same number, with the argument "do not even flush the log":
# what a power cut leaves.
_SHUTDOWN, _NO_LOG_FLUSH = 0x8004587D, 2


def require_mounts() -> None:
    """Skips the test where file systems cannot be mounted."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a file system needs root")
    done = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting a file system is not allowed here")


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mount is not possible here: {done.stderr.strip()}")


@contextlib.contextmanager
def memory_disk(folder: Path, options: str) -> Iterator[Path]:
    """A tmpfs with these options (`size=`, `nr_inodes=`) at a new folder."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", options, "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def bound(folder: Path, other: Path) -> Iterator[Path]:
    """A folder of the same file system, mounted for itself in the place of another, with what that holds."""
    shutil.copytree(folder, other, symlinks=True)
    _mount("--bind", str(other), str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    """Changes the options of a mounted file system."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@contextlib.contextmanager
def loop_disk(image: Path, folder: Path) -> Iterator[Path]:
    """The file system in an image, mounted at a folder."""
    folder.mkdir(exist_ok=True)
    with open(image, "rb") as stream:
        is_xfs = stream.read(4) == b"XFSB"  # copies of one image are mounted side by side
    _mount("-o", "loop,nouuid" if is_xfs else "loop", str(image), str(folder))
    try:
        yield folder
    finally:
        _unmount(folder)


def _unmount(folder: Path) -> None:
    """Unmounts it; a worker whose driver died with the power may need a moment to be gone, too."""
    until = time.monotonic() + GONE_AFTER
    while True:
        done = subprocess.run(["umount", str(folder)], capture_output=True, check=False)
        if b"busy" not in done.stderr or time.monotonic() > until:
            break
        time.sleep(0.05)
    done.check_returncode()


# XFS makes no file system below 300 MiB; the file is sparse.
_SIZES = {"ext4": "48M", "xfs": "300M"}


def missing_for(kind: str) -> str | None:
    """What keeps a disk of this file system from being made and mounted here; None where nothing does."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return "mounting a file system needs root"
    if shutil.which(f"mkfs.{kind}") is None:
        return f"mkfs.{kind} is not installed"
    with tempfile.TemporaryDirectory() as work:
        image = Path(work, "image")
        make_image(image, kind)
        Path(work, "mount").mkdir()
        done = subprocess.run(
            ["mount", "-o", "loop", str(image), f"{work}/mount"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"mount is not possible here: {done.stderr.strip()}"
        subprocess.run(["umount", f"{work}/mount"], check=True)
    return None


def make_image(image: Path, kind: str = "ext4") -> None:
    """An empty file system of this kind in a sparse file."""
    if shutil.which(f"mkfs.{kind}") is None:
        pytest.skip(f"mkfs.{kind} is not installed")
    subprocess.run(["truncate", "-s", _SIZES[kind], str(image)], check=True)
    force = "-f" if kind == "xfs" else "-F"
    subprocess.run([f"mkfs.{kind}", "-q", force, str(image)], check=True)


def cut_power(folder: Path) -> None:
    """Everything that was not made durable on the mounted file system is gone; it answers no more."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as trouble:
        if trouble.errno == errno.EIO:  # it is cut already
            return
        raise
    try:
        fcntl.ioctl(descriptor, _SHUTDOWN, _NO_LOG_FLUSH.to_bytes(4, "little"))
    finally:
        os.close(descriptor)

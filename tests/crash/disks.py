"""Small file systems of our own: full, read-only, and cut off from their power. Only root may mount."""

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

# EXT4_IOC_SHUTDOWN, with the argument "do not even flush the log": what a power cut leaves.
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


def remount(folder: Path, options: str) -> None:
    """Changes the options of a mounted file system."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@contextlib.contextmanager
def loop_disk(image: Path, folder: Path) -> Iterator[Path]:
    """The ext4 file system in an image, mounted at a folder."""
    folder.mkdir(exist_ok=True)
    _mount("-o", "loop", str(image), str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def make_image(image: Path, size: str = "48M") -> None:
    """An empty ext4 file system in a sparse file."""
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("mkfs.ext4 is not installed")
    subprocess.run(["truncate", "-s", size, str(image)], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)


def cut_power(folder: Path) -> None:
    """Everything that was not made durable on the mounted file system is gone; it answers no more."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(descriptor, _SHUTDOWN, _NO_LOG_FLUSH.to_bytes(4, "little"))
    finally:
        os.close(descriptor)

"""Profiles of descriptions as files: those in the archive's folder `profiles/`, and one that is named."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archive.core.errors import ConfigurationError, StorageError
from archive.core.limits.bags import DESCRIPTION_PROFILES, PROFILE_BYTES
from archive.core.text import printable
from archive.storage.disk.durable import NotAPlainFileError, read_plain, remedy_of

FOLDER = "profiles"
SUFFIXES = (".json", ".csv", ".tsv")


class ProfileBytes(NamedTuple):
    """One file; `name` is what the profile is called."""

    name: str
    path: str
    data: bytes


def profile_paths(root: Path) -> Iterator[tuple[str, Path]]:
    """(name, path) of every profile in the archive's folder, in the order of the names."""
    folder = root / FOLDER
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as trouble:
        raise StorageError(
            f"{FOLDER}: cannot be read: {trouble.strerror}", remedy=remedy_of(trouble)
        ) from trouble
    for name in [each for each in names if each.endswith(SUFFIXES)][:DESCRIPTION_PROFILES]:
        yield os.path.splitext(name)[0], folder / name


def profile_files(root: Path) -> Iterator[tuple[str, bool]]:
    """Every profile in the folder, sorted: its path below `root`, and whether it is a plain file of its own.

    A link is none, also one in the place of the folder, which then stands alone. Raises StorageError.
    """
    folder = root / FOLDER
    if folder.is_symlink():
        yield FOLDER, False
        return
    for _, path in profile_paths(root):
        yield f"{FOLDER}/{path.name}", path.is_file() and not path.is_symlink()


def read_profile(path: Path) -> ProfileBytes:
    """The bytes of one profile.

    Raises ConfigurationError where it is no plain file, StorageError where storage refuses it.
    """
    shown = printable(str(path))
    try:
        data = read_plain(os.path.realpath(path), PROFILE_BYTES)
    except NotAPlainFileError as trouble:
        raise ConfigurationError(
            f"{shown}: no profile could be read: {printable(str(trouble))}",
            remedy="put a plain file with a description profile there",
        ) from trouble
    except StorageError as trouble:
        message = f"{shown}: no profile could be read: {printable(str(trouble))}"
        raise StorageError(message, remedy=trouble.remedy) from trouble
    if data is None:
        raise ConfigurationError(
            f"{shown}: there is no such file", remedy="archive profile list names profiles"
        )
    return ProfileBytes(path.stem, str(path), data)

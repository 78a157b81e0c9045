"""Profiles on disk: one that is named, our own, and those that the user registered.

Registered is what lies as `*.json` in `$ARCHIVE_PROFILE_DIR`, else in `$XDG_CONFIG_HOME/archive/profiles`,
else below `~/.config`; the name of a file means nothing, the identifier inside it everything. Nothing is
ever fetched.
"""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archive.core.errors import ConfigurationError, StorageError
from archive.core.limits.bags import PROFILE_BYTES, PROFILES_KEPT
from archive.core.text import printable
from archive.schemas import schema_dir
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.keys.signing_key import configuration_home

PROFILE_DIR = "ARCHIVE_PROFILE_DIR"
OURS = "bagit-profile.json"


class ProfileFile(NamedTuple):
    """One file, with its bytes or why there are none."""

    path: str
    data: bytes | None
    trouble: str = ""


def profile_home(environment: Mapping[str, str] = os.environ) -> str:
    """The folder in which the user registers profiles."""
    if chosen := environment.get(PROFILE_DIR):
        return chosen
    return os.path.join(configuration_home(environment), "profiles")


def read_profile_file(path: str) -> bytes:
    """The bytes of the profile that the user names.

    Raises ConfigurationError where there is none, where it is no plain file, is larger than a profile can be,
    or cannot be read: a usage error, since nothing can be judged without it.
    """
    try:
        data = read_plain(os.path.realpath(path), PROFILE_BYTES)
    except (NotAPlainFileError, StorageError) as trouble:
        raise ConfigurationError(
            f"{trouble}: no profile could be read", remedy="name a plain file with a BagIt Profile in JSON"
        ) from trouble
    if data is None:
        raise ConfigurationError(
            f"{printable(path)}: there is no such file", remedy="name the JSON file of the profile"
        )
    return data


def registered_files(environment: Mapping[str, str] = os.environ) -> Iterator[ProfileFile]:
    """Our own profile, then the user's in the order of their names."""
    ours = schema_dir() / OURS
    yield ProfileFile(str(ours), ours.read_bytes())
    home = profile_home(environment)
    try:
        names = sorted(name for name in os.listdir(home) if name.endswith(".json"))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as trouble:
        yield ProfileFile(home, None, trouble.strerror or str(trouble))
        return
    for name in names[:PROFILES_KEPT]:
        path = os.path.join(home, name)
        try:
            data = read_plain(os.path.realpath(path), PROFILE_BYTES)
        except (NotAPlainFileError, StorageError) as trouble:
            yield ProfileFile(path, None, str(trouble))
        else:
            if data is not None:
                yield ProfileFile(path, data)

"""Signing keys are never documents: what is taken in goes with every copy and every export."""

import os
from collections.abc import Iterator, Sequence
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.exclusions import Exclusions
from archive.core.text import printable
from archive.services.ingest.bags_taken_apart import asks_for_files
from archive.storage.keys.signing_key import KEY_FILE, key_home
from archive.storage.sources.source_walk import Source

_OF_A_FOLDER: Final = "ingest the folders beside the keys one by one, or leave theirs out: --exclude"
_OF_A_BAG: Final = (
    "a bag is taken whole, and --exclude leaves nothing out of it: move the keys out of its folder, and"
    " ask for a bag without them"
)


def refuse_keys_within(sources: Sequence[Source], exclude: Sequence[str]) -> None:
    """ConfigurationError where a SOURCE holds a signing key of this user, unless that is excluded.

    Nothing is excluded from a bag that is taken whole.
    """
    exclusions = Exclusions(exclude)
    is_apart = asks_for_files(exclusions)
    for key in _keys():
        for source in sources:
            below = os.path.relpath(key, source.base)
            is_within = source.path == key if source.is_file else not below.startswith("../")
            is_whole = source.is_bag and not is_apart
            if is_within and (is_whole or not exclusions.cover_or_hold(below)):
                raise ConfigurationError(
                    f"{printable(source.path)}: holds a signing key, {printable(below)}, which would go with"
                    " every copy of the archive",
                    remedy=_OF_A_BAG if is_whole else _OF_A_FOLDER,
                )


def _keys() -> Iterator[str]:
    """The paths of the key files of this user, links resolved."""
    home = os.path.realpath(key_home())
    try:
        folders = ["", *os.listdir(home)]
    except OSError:  # there are none, or none that this user could read
        return
    for folder in folders:
        path = os.path.join(home, folder, KEY_FILE)
        if os.path.isfile(path):
            yield os.path.realpath(path)

"""Which bags are meant by the paths that a user names; wrong targets are answered."""

import os
from collections.abc import Iterator

from archive.core.errors import ConfigurationError
from archive.core.limits.bags import NEAR_FOLDERS
from archive.core.text import shell_word
from archive.services.verify.request import VerifyRequest
from archive.storage.bags.bag_targets import bags_below, holds_archive, is_bag


def targets(request: VerifyRequest) -> Iterator[str]:
    """The paths of the bags to judge, in the order named, below each in the order of their bytes.

    With `recursive` tars and zips by their usual names, too.

    Raises ConfigurationError for an archive, and for a folder without bags.
    """
    if not request.recursive:
        for named in request.bags:
            check_target(named)
        yield from request.bags
        return
    for named in request.bags:
        if os.path.isdir(named):
            found = False
            for bag in bags_below(named):
                found = True
                yield bag
            if not found:
                raise ConfigurationError(
                    f"{named}: no bag in it or below it", remedy="name a folder that holds bags, tars or zips"
                )
        else:
            yield named


def check_target(named: str) -> None:
    """Raises ConfigurationError for a folder that is surely meant otherwise."""
    if is_bag(named):
        return
    if holds_archive(named):
        raise ConfigurationError(
            f"{named}: this is an archive, not a bag",
            remedy=f"use archive -C {shell_word(named)} audit, which also asks the ledger;"
            f" archive verify --recursive {shell_word(named)} judges its bags alone",
        )
    near = next(bags_below(named, depth=NEAR_FOLDERS), None)
    if near is not None:
        raise ConfigurationError(
            f"{named}: not a bag, but what may be bags lies below it, such as {near}",
            remedy=f"use archive verify --recursive {shell_word(named)}",
        )

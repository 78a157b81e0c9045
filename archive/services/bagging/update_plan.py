"""Which manifests a bag has after an update, and which of them are written anew. Decides, touches nothing."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from archive.core.bagit.names import manifest_file_name, manifest_name
from archive.core.bagit.versions import Version
from archive.core.digests import Algorithm
from archive.core.errors import ConfigurationError
from archive.services.bagging.update_request import UpdateRequest


class ManifestPlan(NamedTuple):
    """Algorithms of the manifests and tag manifests afterwards, and what happens to the files.

    `written` are the algorithms whose payload manifests are written; `completed` those whose manifests are
    written anew where they do not list every file; `dropped` the names of files that go.
    """

    payload: tuple[Algorithm, ...]
    tags: tuple[Algorithm, ...]
    written: tuple[Algorithm, ...]
    completed: tuple[Algorithm, ...]
    dropped: tuple[str, ...]


def plan_manifests(
    names: Iterable[str], request: UpdateRequest, version: Version, *, upgrade: bool
) -> ManifestPlan:
    """The plan for a bag with files of those names at its top; `upgrade` is whether its version changes.

    Manifests that cannot be verified here are left out: their bag is never updated. Raises ConfigurationError
    where no payload manifest would be left.
    """
    payload, tags = _found(names, tag=False), _found(names, tag=True)
    after = _after(payload, request)
    if payload and not after:
        raise ConfigurationError(
            "no payload manifest would be left: a bag has one at least (RFC 8493 §2.1.3)",
            remedy="add another algorithm in the same command: --add-algorithm sha512",
        )
    tags_after = _after(tags, request) if tags or request.add_algorithms else ()
    if tags and not tags_after:
        tags_after = after[:1]
    written = tuple(algorithm for algorithm in after if upgrade or algorithm not in payload)
    kept = {manifest_file_name(algorithm) for algorithm in after}
    kept |= {manifest_file_name(algorithm, tag=True) for algorithm in tags_after}
    # Every tag manifest is written anew under its plain name; another spelling of it would contradict.
    dropped = {
        name
        for group, tag in ((payload, False), (tags, True))
        for algorithm, files in group.items()
        for name in files
        if tag or upgrade or algorithm in request.remove_algorithms
    }
    left = () if version.strict else tuple(algorithm for algorithm in after if algorithm not in written)
    return ManifestPlan(
        after, tags_after, written, _completed(payload, left, request), tuple(sorted(dropped - kept))
    )


def _completed(
    payload: Mapping[Algorithm, list[str]], left: tuple[Algorithm, ...], request: UpdateRequest
) -> tuple[Algorithm, ...]:
    """Of the algorithms whose manifests are left, those that must list every file from now on.

    Before 1.0 a file may be listed in one manifest alone (RFC 8493 §3): it must not go with that one. And a
    digest that is asked for is asked for of every file.
    """
    if not payload.keys().isdisjoint(request.remove_algorithms):
        return left
    return tuple(algorithm for algorithm in left if algorithm in request.add_algorithms)


def _after(present: Mapping[Algorithm, list[str]], request: UpdateRequest) -> tuple[Algorithm, ...]:
    wanted = dict.fromkeys((*present, *request.add_algorithms))
    return tuple(algorithm for algorithm in wanted if algorithm not in request.remove_algorithms)


def _found(names: Iterable[str], *, tag: bool) -> dict[Algorithm, list[str]]:
    """The algorithms of the manifests, each with the names of its files."""
    found: dict[Algorithm, list[str]] = {}
    for name in sorted(names):
        naming = manifest_name(name)
        if naming is not None and naming.tag is tag and naming.algorithm is not None:
            found.setdefault(naming.algorithm, []).append(name)
    return found

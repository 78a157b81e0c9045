"""The tag files whose content the judge reads; the others are only compared with their digests."""

from archive.core.bagit import declaration
from archive.core.bagit.names import FETCH, manifest_name

_TAGS = frozenset({"bag-info.txt", "package-info.txt", FETCH})


def is_declaration(path: str) -> bool:
    """True for bagit.txt."""
    return path == declaration.NAME


def is_judged(path: str) -> bool:
    """True for manifests, tag manifests, fetch.txt and the file of tags, all at the top of the bag."""
    return path in _TAGS or ("/" not in path and manifest_name(path) is not None)

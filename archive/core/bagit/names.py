"""Names of manifests: `manifest-sha512.txt`, `tagmanifest-sha3256.txt` (RFC 8493 §2.4)."""

import re
from functools import lru_cache
from typing import NamedTuple

from archive.core.digests import Algorithm

FETCH = "fetch.txt"

_NAME = re.compile(r"(tag)?manifest-([^/]*)\.txt")
_PUNCTUATION = re.compile(r"[-_./ ]")


class ManifestName(NamedTuple):
    """What the name of a manifest says; `algorithm` is None where it cannot be verified here."""

    tag: bool
    label: str
    algorithm: Algorithm | None
    normalised: bool


@lru_cache(maxsize=64)
def manifest_name(file_name: str) -> ManifestName | None:
    """The manifest that a file at the top of a bag is, judged by its name alone, or None.

    An algorithm in upper case or with punctuation is recognised, and `normalised` is then False. A name
    without an algorithm (`manifest-.txt`) is that of a manifest that cannot be verified, never a free name.
    """
    match = _NAME.fullmatch(file_name)
    if match is None:
        return None
    label = match[2].lower() if match[2].isascii() else match[2]  # `K`, the Kelvin sign, has a small `k`
    label = _PUNCTUATION.sub("", label)
    return ManifestName(match[1] is not None, label, Algorithm.from_label(label), label == match[2])


def manifest_file_name(algorithm: Algorithm, *, tag: bool = False) -> str:
    """The name of the payload manifest, or of the tag manifest, of an algorithm."""
    return f"{'tag' if tag else ''}manifest-{algorithm.label}.txt"

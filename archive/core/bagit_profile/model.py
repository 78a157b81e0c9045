"""A profile as it is understood; each field is one key of the specification."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from archive.core.bagit_profile.patterns import AllowedPaths

SPECIFICATION = "BagIt Profiles 1.4"
IDENTIFIER = "BagIt-Profile-Identifier"  # key of a profile, and tag of a bag
INFO = "BagIt-Profile-Info"
BAG_INFO = "Bag-Info"


def clause(key: str) -> str:
    """The key of the specification as a finding cites it."""
    return f"{SPECIFICATION}, {key}"


class Serialization(StrEnum):
    """Whether a bag may or must come as one file."""

    FORBIDDEN = "forbidden"
    REQUIRED = "required"
    OPTIONAL = "optional"


class TagRule(NamedTuple):
    """What is asked of one tag of bag-info.txt; `values` is empty where any value will do.

    `recommended` is no word of the specification; profiles of Beyond the Repository and others bear it.
    """

    label: str
    required: bool
    recommended: bool
    repeatable: bool
    values: tuple[str, ...]
    description: str


class AlgorithmRule(NamedTuple):
    """Which manifests must and may be there, by normalised label; `allowed` is None where all may."""

    required: tuple[str, ...]
    allowed: frozenset[str] | None


class PathRule(NamedTuple):
    """Which files must and may be there; a required entry that ends in `/` asks for a file below it."""

    required: tuple[str, ...]
    allowed: AllowedPaths | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profile, with the defaults of the specification where it is silent."""

    name: str  # the file, as a person would name it
    identifier: str
    specification: tuple[int, int]  # 1.1 where the profile does not say (§ BagIt-Profile-Info)
    version: str  # the profile's own
    description: str
    tags: tuple[TagRule, ...]
    manifests: AlgorithmRule
    tag_manifests: AlgorithmRule
    tag_files: PathRule
    payload_files: PathRule
    fetch_allowed: bool
    fetch_required: bool
    data_empty: bool
    serialization: Serialization
    media_types: tuple[str, ...]  # empty: any
    versions: tuple[str, ...]  # empty: any

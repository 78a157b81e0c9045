"""Profiles and facts of bags for tests: a profile that asks for nothing, and a bag that keeps it."""

import json
from typing import Any

from archive.core.bagit.tagfile import Tag
from archive.core.bagit.verdicts import BagFacts
from archive.core.bagit.versions import V1_0
from archive.core.bagit_profile import ParsedProfile, Profile, judge, parse_profile
from archive.core.findings import Finding

IDENTIFIER = "https://example.org/profile-1.json"
PLAIN: dict[str, Any] = {
    "BagIt-Profile-Info": {
        "BagIt-Profile-Identifier": IDENTIFIER,
        "BagIt-Profile-Version": "1.4.0",
        "Source-Organization": "Harbour Museum",
        "External-Description": "Logs of lighthouses",
        "Version": "1.0",
    },
    "Accept-BagIt-Version": ["1.0"],
}
BAG = BagFacts(
    version=V1_0,
    encoding="utf-8",
    bag_info=(("BagIt-Profile-Identifier", IDENTIFIER), ("Contact-Name", "Ada"), ("Contact-Name", "Bea")),
    payload_algorithms=("sha512",),
    tag_algorithms=("sha512",),
    tag_files=("bag-info.txt", "bagit.txt", "manifest-sha512.txt", "notes/a.txt", "tagmanifest-sha512.txt"),
    payload_files=("data/b/c.txt", "data/letter.txt"),
    payload_bytes=12,
    fetch_paths=None,
    serialization=None,
)


def parsed(keys: dict[str, Any] | None = None, /, **info: Any) -> ParsedProfile:
    """The plain profile with more keys, and with more under BagIt-Profile-Info."""
    described = {**PLAIN["BagIt-Profile-Info"], **info}
    document = {**PLAIN, "BagIt-Profile-Info": described, **(keys or {})}
    return parse_profile(json.dumps(document, indent=1).encode(), name="p.json")


def profile(keys: dict[str, Any] | None = None) -> Profile:
    """The profile, which nothing may be said against."""
    read = parsed(keys)
    assert read.profile is not None, read.findings
    return read.profile


def judged(keys: dict[str, Any], **facts: Any) -> list[Finding]:
    """What a profile with these keys has against the bag, changed in these facts."""
    return judge(profile(keys), BAG._replace(**facts))


def codes(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    """Their codes."""
    return [finding.code for finding in findings]


def tags(*more: Tag) -> tuple[Tag, ...]:
    """The tag that names the profile, and more."""
    return (("BagIt-Profile-Identifier", IDENTIFIER), *more)

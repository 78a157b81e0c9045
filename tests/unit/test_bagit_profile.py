"""The BagIt Profile of our own bags, under the BagIt Profiles Specification 1.3 and 1.4."""

import copy
import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from archive import schemas

PROFILE: dict[str, Any] = json.loads((schemas.schema_dir() / "bagit-profile.json").read_text("utf-8"))
TAG_FILES = {
    "bagit.txt",
    "bag-info.txt",
    "manifest-sha512.txt",
    "tagmanifest-sha512.txt",
    "metadata/dublin-core.json",
    "metadata/dublin-core.xml",
    "metadata/premis.xml",
}
TAGS = [
    ("External-Identifier", "2026-000001"),
    ("Bagging-Date", "2026-11-21"),
    ("Bag-Size", "3 B"),
    ("Payload-Oxum", "3.1"),
    ("Bag-Software-Agent", "document-archive 1"),
    ("BagIt-Profile-Identifier", "urn:document-archive:bagit-profile:1"),
]


def allowed(path: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def profile_problems(profile: dict[str, Any]) -> list[str]:
    """What the specification has against the profile itself."""
    info, problems = profile.get("BagIt-Profile-Info", {}), []
    required = ("Source-Organization", "External-Description", "Version", "BagIt-Profile-Identifier")
    problems += [f"{name} is missing" for name in (*required, "BagIt-Profile-Version") if not info.get(name)]
    for kind in ("Manifests", "Tag-Manifests"):
        if not set(profile[f"{kind}-Required"]) <= set(profile[f"{kind}-Allowed"]):
            problems.append(f"{kind}-Allowed lacks a required one")
    permitted = profile["Tag-Files-Allowed"]
    problems += [
        f"{path} is required, not allowed"
        for path in profile["Tag-Files-Required"]
        if not allowed(path, permitted)
    ]
    if "BagIt-Profile-Identifier" in profile["Bag-Info"]:
        problems.append("BagIt-Profile-Identifier should not be listed")
    for label, rule in profile["Bag-Info"].items():
        if not rule.keys() <= {"required", "values", "repeatable", "description"}:
            problems.append(f"{label} has an unknown parameter")
    if profile["Serialization"] not in {"forbidden", "required", "optional"}:
        problems.append("Serialization")
    if not profile["Accept-BagIt-Version"]:
        problems.append("no version is accepted")
    return problems


def bag_problems(tags: list[tuple[str, str]], files: set[str], *, version: str = "1.0") -> list[str]:
    """What the profile has against a bag with these bag-info tags and tag files."""
    labels = [label for label, _ in tags]
    problems = [
        f"{label} is missing"
        for label, rule in PROFILE["Bag-Info"].items()
        if rule["required"] and label not in labels
    ]
    problems += [
        f"{label} is repeated"
        for label, rule in PROFILE["Bag-Info"].items()
        if not rule["repeatable"] and labels.count(label) > 1
    ]
    if ("BagIt-Profile-Identifier", PROFILE["BagIt-Profile-Info"]["BagIt-Profile-Identifier"]) not in tags:
        problems.append("the profile is not named")
    for kind, prefix in (("Manifests", "manifest-"), ("Tag-Manifests", "tagmanifest-")):
        present = {path[len(prefix) : -4] for path in files if path.startswith(prefix)}
        if not set(PROFILE[f"{kind}-Required"]) <= present <= set(PROFILE[f"{kind}-Allowed"]):
            problems.append(kind)
    plain = {path for path in files if path not in {"bagit.txt", "bag-info.txt"} and "manifest-" not in path}
    problems += [f"{path} is missing" for path in PROFILE["Tag-Files-Required"] if path not in files]
    problems += [
        f"{path} is not allowed" for path in plain if not allowed(path, PROFILE["Tag-Files-Allowed"])
    ]
    if version not in PROFILE["Accept-BagIt-Version"]:
        problems.append("version")
    return problems


def test_the_profile_keeps_the_rules_for_profiles() -> None:
    assert profile_problems(PROFILE) == []
    assert PROFILE["Allow-Fetch.txt"] is False


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Manifests-Allowed", ["md5"]),
        ("Tag-Files-Allowed", []),
        ("Serialization", "never"),
        ("Accept-BagIt-Version", []),
        ("BagIt-Profile-Info", {}),
    ],
)
def test_the_checker_of_profiles_sees_a_broken_one(key: str, value: Any) -> None:
    assert profile_problems(copy.deepcopy(PROFILE) | {key: value})


def test_a_bag_of_ours_keeps_the_profile_also_with_a_revision_and_awkward_names() -> None:
    revision = {f"metadata/revisions/0002/{name}" for name in ("dublin-core.json", "premis.xml")}
    assert bag_problems(TAGS, TAG_FILES) == []
    assert bag_problems(TAGS, TAG_FILES | revision | {"metadata/names.json"}) == []
    assert bag_problems([*TAGS, *[("Internal-Sender-Identifier", each) for each in "ab"]], TAG_FILES) == []


@pytest.mark.parametrize("label", [label for label, _ in TAGS])
def test_a_bag_without_a_required_tag_breaks_the_profile(label: str) -> None:
    assert bag_problems([tag for tag in TAGS if tag[0] != label], TAG_FILES)


@pytest.mark.parametrize("path", sorted(TAG_FILES - {"bagit.txt", "bag-info.txt"}))
def test_a_bag_without_a_required_file_breaks_the_profile(path: str) -> None:
    assert bag_problems(TAGS, TAG_FILES - {path})


@pytest.mark.parametrize(
    "path", ["fetch.txt", "metadata/more.txt", "manifest-md5.txt", "tagmanifest-md5.txt"]
)
def test_a_bag_with_a_file_of_another_kind_breaks_the_profile(path: str) -> None:
    assert bag_problems(TAGS, TAG_FILES | {path})


def test_a_bag_of_another_version_or_with_a_reference_twice_breaks_the_profile() -> None:
    assert bag_problems(TAGS, TAG_FILES, version="0.97") == ["version"]
    assert bag_problems([*TAGS, TAGS[0]], TAG_FILES) == ["External-Identifier is repeated"]

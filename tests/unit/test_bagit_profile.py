"""The BagIt Profile of our own bags, under BagIt Profiles 1.4."""

import json
from typing import Any

import pytest

from archive import schemas
from archive.core.bagit.verdicts import BagFacts
from archive.core.bagit.versions import V0_97, V1_0
from archive.core.bagit_profile import judge, parse_profile
from tests.profiles import codes

PATH = schemas.schema_dir() / "bagit-profile.json"
PROFILE: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
OURS = parse_profile(PATH.read_bytes(), name=PATH.name)
TAGS = (
    ("External-Identifier", "2026-000001"),
    ("Bagging-Date", "2026-11-21"),
    ("Bag-Size", "3 B"),
    ("Payload-Oxum", "3.1"),
    ("Bag-Software-Agent", "document-archive 1"),
    ("BagIt-Profile-Identifier", "urn:document-archive:bagit-profile:1"),
)
TAG_FILES = (
    "bag-info.txt",
    "bagit.txt",
    "manifest-sha512.txt",
    "metadata/dublin-core.json",
    "metadata/dublin-core.xml",
    "metadata/premis.xml",
    "tagmanifest-sha512.txt",
)
BAG = BagFacts(
    version=V1_0,
    encoding="utf-8",
    bag_info=TAGS,
    payload_algorithms=("sha512",),
    tag_algorithms=("sha512",),
    tag_files=TAG_FILES,
    payload_files=("data/letter.txt",),
    payload_bytes=3,
    fetch_paths=None,
    serialization=None,
)


def problems(**facts: Any) -> list[str]:
    """The codes of what our profile has against a bag of ours that was changed in these facts."""
    assert OURS.profile is not None
    return codes(judge(OURS.profile, BAG._replace(**facts)))


def test_the_profile_keeps_the_rules_for_profiles() -> None:
    assert OURS.profile is not None
    assert OURS.findings == ()
    assert OURS.profile.fetch_allowed is False


def test_a_bag_of_ours_keeps_the_profile_also_with_a_revision_and_awkward_names() -> None:
    revision = tuple(f"metadata/revisions/0002/{name}" for name in ("dublin-core.json", "premis.xml"))
    senders = tuple(("Internal-Sender-Identifier", each) for each in "ab")
    assert problems() == []
    assert problems(tag_files=(*TAG_FILES, *revision, "metadata/names.json")) == []
    assert problems(bag_info=(*TAGS, *senders)) == []
    assert problems(serialization="application/zip") == []


@pytest.mark.parametrize("label", [label for label, _ in TAGS])
def test_a_bag_without_a_required_tag_breaks_the_profile(label: str) -> None:
    assert len(problems(bag_info=tuple(tag for tag in TAGS if tag[0] != label))) == 1


@pytest.mark.parametrize("path", [path for path in TAG_FILES if path.startswith("metadata/")])
def test_a_bag_without_a_required_file_breaks_the_profile(path: str) -> None:
    assert problems(tag_files=tuple(each for each in TAG_FILES if each != path)) == ["PRO-TAG-FILE-REQUIRED"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"payload_algorithms": ("md5", "sha512")}, "PRO-MANIFEST-ALLOWED"),
        ({"payload_algorithms": ()}, "PRO-MANIFEST-REQUIRED"),
        ({"tag_algorithms": ("md5", "sha512")}, "PRO-TAG-MANIFEST-ALLOWED"),
        ({"tag_algorithms": ()}, "PRO-TAG-MANIFEST-REQUIRED"),
        ({"tag_files": (*TAG_FILES, "metadata/more.txt")}, "PRO-TAG-FILE-ALLOWED"),
        ({"fetch_paths": ("data/x",)}, "PRO-FETCH-ALLOWED"),
        ({"serialization": "application/x-rar"}, "PRO-SERIALIZATION-TYPE"),
        ({"version": V0_97}, "PRO-BAGIT-VERSION"),
        ({"bag_info": (*TAGS, TAGS[0])}, "PRO-TAG-REPEATED"),
    ],
)
def test_a_bag_of_another_kind_breaks_the_profile(facts: dict[str, Any], code: str) -> None:
    assert problems(**facts) == [code]

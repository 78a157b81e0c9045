"""A profile says nothing of what could not be looked at: that is not known to be missing."""

from collections.abc import Iterator
from typing import Any

import pytest

from archive.core.bagit.contents import Entry, EntryKind
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit_judge import Judge, Policy
from archive.core.bagit_profile import judge
from tests.bags import LETTER, bag_files
from tests.builders import MANIFEST
from tests.profiles import IDENTIFIER, codes, judged, profile

TAGS = {"Bag-Info": {"Source-Organization": {"required": True}}}
FILES = {"Tag-Files-Required": ["metadata/a.xml", "metadata/deep/"]}
PAYLOAD = {"Payload-Files-Required": ["data/a/b.txt", "data/c/"]}


@pytest.mark.parametrize(
    ("keys", "unseen", "facts"),
    [
        (TAGS, "bag-info.txt", {"bag_info": ()}),
        (TAGS, "", {"bag_info": (), "tag_files": ()}),
        (
            TAGS,
            "bagit.txt",
            {"version": None, "bag_info": (), "tag_files": ("bagit.txt", "package-info.txt")},
        ),
        ({"Manifests-Required": ["md5"]}, "manifest-md5.txt", {}),
        ({"Tag-Manifests-Required": ["md5"]}, "tagmanifest-md5.txt", {}),
        ({"Manifests-Required": ["md5"]}, "", {}),
        ({"Fetch.txt-Required": True}, "fetch.txt", {}),
        ({"Fetch.txt-Required": True}, "", {}),
        ({"Accept-BagIt-Version": ["1.0"]}, "bagit.txt", {"version": None}),
        (FILES, "metadata", {}),
        (FILES, "", {}),
        (PAYLOAD, "data", {}),
        (PAYLOAD, "fetch.txt", {"fetch_paths": ()}),
    ],
)
def test_what_could_not_be_read_is_not_called_missing(
    keys: dict[str, Any], unseen: str, facts: dict[str, Any]
) -> None:
    assert judged(keys, **facts)
    assert judged(keys, **facts, unseen=frozenset({unseen})) == []


def test_what_lies_elsewhere_is() -> None:
    unseen = frozenset({"metadata/deep/er", "data/a", "bag-info.txt.old"})
    assert [one.place for one in judged(FILES, unseen=unseen)] == ["metadata/a.xml"]
    assert [one.place for one in judged(PAYLOAD, unseen=unseen)] == ["data/c/"]


def test_neither_name_of_the_file_of_tags_is_forbidden_where_the_version_is_not_known() -> None:
    facts = {"version": None, "tag_files": ("bagit.txt", "package-info.txt", "bag-info.txt")}
    keys = {"Tag-Files-Allowed": ["notes/*"]}
    assert judged(keys, **facts, unseen=frozenset({"bagit.txt"})) == []


def test_what_is_there_is_held_against_the_profile_all_the_same() -> None:
    forbidden = judged({"Allow-Fetch.txt": False}, fetch_paths=(), unseen=frozenset({"fetch.txt"}))
    assert [(one.code, one.found) for one in forbidden] == [("PRO-FETCH-ALLOWED", "fetch.txt")]
    filled = judged({"Data-Empty": True}, unseen=frozenset({"data/c"}))
    assert [(one.code, one.found) for one in filled] == [("PRO-DATA-EMPTY", "at least 2 files of 12 bytes")]
    several = judged({"Bag-Info": {"Contact-Name": {"repeatable": False}}}, unseen=frozenset({"data"}))
    assert codes(several) == ["PRO-TAG-REPEATED"]


INFO = f"BagIt-Profile-Identifier: {IDENTIFIER}\nSource-Organization: A\n".encode()
BAG = {**bag_files({LETTER: b"x"}, tag_manifest=False), "bag-info.txt": INFO, "metadata/a.xml": b"<a/>"}
ALL = profile({**TAGS, "Tag-Files-Required": ["metadata/a.xml"], "Manifests-Required": ["sha512"]})


def refused() -> Iterator[bytes]:
    """A file that storage does not give."""
    raise PermissionError(13, "Permission denied")
    yield b""


@pytest.mark.parametrize("unseen", ["metadata", "data", "bagit.txt", "bag-info.txt", MANIFEST])
def test_a_bag_of_which_something_could_not_be_read_is_unverifiable_by_its_profile_too(unseen: str) -> None:
    bag = Judge("b", Policy())
    given = {path: refused() if path == unseen else [data] for path, data in BAG.items()}
    bag.read_declaration(given["bagit.txt"])
    for path in (MANIFEST, "bag-info.txt"):
        bag.read_tag_file(path, given[path])
    entries = [Entry(path, EntryKind.FILE) for path in BAG if not path.startswith(f"{unseen}/")]
    folders = {"data", "metadata"} - {unseen}
    entries += [Entry(path, EntryKind.FOLDER) for path in folders]
    if unseen not in BAG:
        entries.append(Entry(unseen, EntryKind.UNREADABLE, reason="Permission denied"))
    bag.note_entries(entries)
    bag.take([])
    for finding in judge(ALL, bag.facts()):
        bag.add(finding)
    report = bag.conclude()
    assert report.verdict is BagVerdict.UNVERIFIABLE
    assert not [one for one in report.findings if one.code.startswith("PRO-")]

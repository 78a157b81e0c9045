"""Which profiles a bag is held against: the one named, else registered copies; nothing is fetched."""

import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import ConfigurationError
from archive.core.findings import Finding, Severity
from archive.services.verify.profile_rule import ProfileRule
from archive.storage.profile_files import profile_home
from tests.profiles import BAG, IDENTIFIER, PLAIN, codes, tags


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of profiles."""
    home = tmp_path / "profiles"
    home.mkdir()
    monkeypatch.setenv("ARCHIVE_PROFILE_DIR", str(home))
    return home


def write(path: Path, identifier: str = IDENTIFIER, /, **keys: Any) -> Path:
    info = {**PLAIN["BagIt-Profile-Info"], "BagIt-Profile-Identifier": identifier}
    path.write_text(json.dumps({**PLAIN, "BagIt-Profile-Info": info, **keys}), encoding="utf-8")
    return path


def sent(rule: ProfileRule) -> ProfileRule:
    """The rule as it arrives in another process."""
    copied: ProfileRule = pickle.loads(pickle.dumps(rule))  # noqa: S301 - our own bytes
    return copied


def said(rule: ProfileRule) -> list[Finding]:
    return list(rule(BAG))


def test_the_folder_is_the_environments_then_that_of_the_users_configuration() -> None:
    assert profile_home({"ARCHIVE_PROFILE_DIR": "/a"}) == "/a"
    assert profile_home({"XDG_CONFIG_HOME": "/c"}) == "/c/archive/profiles"
    assert profile_home({"XDG_CONFIG_HOME": "relative"}) == os.path.expanduser("~/.config/archive/profiles")


def test_a_bag_that_names_no_profile_is_held_against_none() -> None:
    bag = BAG._replace(bag_info=())
    assert not ProfileRule().applies(bag.bag_info)
    assert list(ProfileRule()(bag)) == []


def test_an_unregistered_profile_is_noted_with_the_way_to_register_it(folder: Path) -> None:
    (found,) = said(ProfileRule())
    assert (found.code, found.severity, found.found) == ("PRO-UNREGISTERED", Severity.NOTE, IDENTIFIER)
    assert str(folder) in (found.remedy or "")


def test_a_registered_profile_is_found_by_the_identifier_inside_it(folder: Path) -> None:
    write(folder / "any-name.json", **{"Data-Empty": True})
    write(folder / "other.json", "urn:other", **{"Manifests-Required": ["md5"]})
    assert codes(said(ProfileRule())) == ["PRO-JUDGED", "PRO-DATA-EMPTY"]


def test_a_bag_that_could_not_be_read_in_full_is_not_said_to_keep_its_profile(folder: Path) -> None:
    write(folder / "any-name.json")
    (kept,) = said(ProfileRule())
    (in_part,) = ProfileRule()(BAG._replace(unseen=frozenset({"metadata"})))
    assert kept.message.endswith(": kept")
    assert in_part.message.endswith(": kept, as far as the bag could be read")


def test_only_files_that_end_in_json_are_registered(folder: Path) -> None:
    write(folder / "profile.json~")
    assert codes(said(ProfileRule())) == ["PRO-UNREGISTERED"]


def test_our_own_profile_is_registered() -> None:
    bag = BAG._replace(bag_info=(("BagIt-Profile-Identifier", "urn:document-archive:bagit-profile:1"),))
    found = list(ProfileRule()(bag))
    assert found[0].code == "PRO-JUDGED"
    assert "PRO-TAG-REQUIRED" in codes(found)


def test_a_bag_that_names_several_profiles_is_held_against_each(folder: Path) -> None:
    write(folder / "a.json")
    write(folder / "b.json", "urn:b", **{"Data-Empty": True})
    named = ("BagIt-Profile-Identifier", "urn:b"), ("BagIt-Profile-Identifier", "urn:c")
    found = list(ProfileRule()(BAG._replace(bag_info=tags(*named))))
    assert codes(found) == ["PRO-JUDGED", "PRO-JUDGED", "PRO-DATA-EMPTY", "PRO-UNREGISTERED"]


def test_of_two_files_with_one_identifier_the_first_is_used_with_a_warning(folder: Path) -> None:
    write(folder / "a.json")
    write(folder / "b.json", **{"Data-Empty": True})
    assert codes(said(ProfileRule())) == ["PRO-REGISTERED-TWICE", "PRO-JUDGED"]


def test_a_registered_profile_that_cannot_be_used_is_a_warning_never_a_fault_of_the_bag(folder: Path) -> None:
    write(folder / "a.json", Serialization="never")
    assert [(each.code, each.severity) for each in said(ProfileRule())] == [
        ("PRO-REGISTERED-UNUSABLE", Severity.WARNING)
    ]


@pytest.mark.parametrize("kind", ["no json", "pipe", "folder", "dangling link"])
def test_a_registered_file_that_cannot_be_read_is_noted_where_a_profile_is_sought(
    folder: Path, kind: str
) -> None:
    path = folder / "a.json"
    match kind:
        case "no json":
            path.write_text("{")
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to("nowhere")
    expected = (
        ["PRO-UNREGISTERED"] if kind == "dangling link" else ["PRO-UNREGISTERED", "PRO-REGISTERED-UNUSABLE"]
    )
    found = said(ProfileRule())
    assert codes(found) == expected
    assert {each.severity for each in found} == {Severity.NOTE}


def test_what_is_wrong_with_a_profile_is_a_note_in_the_report_of_a_bag(folder: Path) -> None:
    write(folder / "a.json", Unknown=1)
    assert [(each.code, each.severity) for each in said(ProfileRule())] == [
        ("PRO-PROFILE-UNKNOWN", Severity.NOTE),
        ("PRO-JUDGED", Severity.NOTE),
    ]


def test_a_named_profile_is_the_only_one_a_bag_is_held_against(folder: Path, tmp_path: Path) -> None:
    write(folder / "a.json")
    named = write(tmp_path / "named.json", "urn:named")
    assert codes(said(ProfileRule(str(named)))) == ["PRO-JUDGED", "PRO-IDENTIFIER-OTHER"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{\n "Bag-Info": ,\n}', "p.json:2:14: is not JSON"),
        (b"", "p.json:1:1: is empty"),
        (b'{"a": "\xff"}', "p.json:1:8: is not UTF-8"),
        (json.dumps({**PLAIN, "Serialization": "never"}, indent=0).encode(), "never is none of"),
    ],
)
def test_a_named_profile_that_cannot_be_used_is_a_usage_error_with_its_place(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="no bag can be held against") as raised:
        ProfileRule(str(path))
    assert words in raised.value.message
    assert raised.value.findings


@pytest.mark.parametrize("kind", ["absent", "folder", "pipe", "large"])
def test_a_named_profile_that_is_no_plain_file_is_a_usage_error(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "p.json"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "large":
            path.write_bytes(b" " * 2_000_000)
    with pytest.raises(ConfigurationError):
        ProfileRule(str(path))


def test_a_rule_travels_to_another_process(tmp_path: Path) -> None:
    named = write(tmp_path / "p.json", **{"Payload-Files-Allowed": ["data/[x-z]*"]})
    assert codes(said(sent(ProfileRule(str(named))))) == [
        "PRO-JUDGED",
        "PRO-PAYLOAD-FILE-ALLOWED",
        "PRO-PAYLOAD-FILE-ALLOWED",
    ]
    used = ProfileRule()
    assert said(used)
    assert codes(said(sent(used))) == ["PRO-UNREGISTERED"]

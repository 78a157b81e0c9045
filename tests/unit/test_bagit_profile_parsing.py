"""Profiles themselves: BagIt Profiles 1.4 and RFC 8259, hostile ones included."""

import json
from typing import Any

import pytest

from archive.core.bagit_profile import parse_profile
from archive.core.bagit_profile.model import Serialization
from archive.core.findings import Finding, Severity
from archive.core.limits.bags import PROFILE_BYTES
from tests.profiles import IDENTIFIER, PLAIN, codes, parsed, profile


def refused(data: bytes) -> Finding:
    read = parse_profile(data, name="p.json")
    assert read.profile is None
    return read.findings[-1]


def test_a_plain_profile_is_read_with_the_defaults_of_the_specification() -> None:
    read = parsed()
    assert read.findings == ()
    assert read.profile is not None
    assert read.profile.identifier == IDENTIFIER
    assert (read.profile.fetch_allowed, read.profile.fetch_required, read.profile.data_empty) == (
        True,
        False,
        False,
    )
    assert read.profile.serialization is Serialization.OPTIONAL
    assert read.profile.manifests == ((), None)
    assert read.profile.tag_files == ((), None)


def test_a_syntax_error_is_named_with_its_line_and_column() -> None:
    found = refused(b'{\n  "Bag-Info": {,}\n}')
    assert (found.code, found.at.line, found.at.column) == ("PRO-PROFILE-SYNTAX", 2, 16)
    assert found.found == ",}\n}"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "PRO-PROFILE-SYNTAX"),
        (b" \n", "PRO-PROFILE-SYNTAX"),
        (b'{"a": 1', "PRO-PROFILE-SYNTAX"),
        (b'{"a": 1} {}', "PRO-PROFILE-SYNTAX"),
        (b'{"a": "\x00"}', "PRO-PROFILE-SYNTAX"),
        (b"[]", "PRO-PROFILE-TYPE"),
        (b"null", "PRO-PROFILE-TYPE"),
        (b'{"a": "\xff"}', "PRO-PROFILE-ENCODING"),
        ('{"a": 1}'.encode("utf-16"), "PRO-PROFILE-ENCODING"),
        (b"[" * 100_000, "PRO-PROFILE-DEPTH"),
        (b'{"a":' * 100_000, "PRO-PROFILE-DEPTH"),
        (b" " * (PROFILE_BYTES + 1), "PRO-PROFILE-SIZE"),
    ],
)
def test_bytes_that_are_no_profile_are_refused(data: bytes, code: str) -> None:
    assert refused(data).code == code


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 20_000, "1." + "0" * 20_000])
def test_numbers_that_not_every_program_can_hold_are_refused(number: str) -> None:
    read = parse_profile(json.dumps(PLAIN)[:-1].encode() + f', "x": {number}}}'.encode(), name="p.json")
    assert read.profile is None
    assert "PRO-PROFILE-NUMBER" in codes(read.findings)


def test_a_key_that_stands_twice_is_refused() -> None:
    read = parse_profile(
        json.dumps(PLAIN)[:-1].encode() + b', "Accept-BagIt-Version": ["0.97"]}', name="p.json"
    )
    assert (read.profile, codes(read.findings)) == (None, ["PRO-PROFILE-DUPLICATE"])


def test_a_byte_order_mark_is_read_over_and_warned_of() -> None:
    read = parse_profile(b"\xef\xbb\xbf" + json.dumps(PLAIN).encode(), name="p.json")
    assert read.profile is not None
    assert codes(read.findings) == ["PRO-PROFILE-BOM"]


@pytest.mark.parametrize(
    "keys",
    [
        {"BagIt-Profile-Info": []},
        {"Bag-Info": ["Contact-Name"]},
        {"Bag-Info": {"Contact-Name": True}},
        {"Bag-Info": {"Contact-Name": {"required": 1}}},
        {"Bag-Info": {"Contact-Name": {"repeatable": "yes"}}},
        {"Bag-Info": {"Contact-Name": {"values": "Ada"}}},
        {"Bag-Info": {"Contact-Name": {"values": [1]}}},
        {"Bag-Info": {"Contact-Name": {"description": []}}},
        {"Manifests-Required": "sha512"},
        {"Manifests-Allowed": [512]},
        {"Manifests-Allowed": [""]},
        {"Tag-Manifests-Required": None},
        {"Tag-Manifests-Allowed": {}},
        {"Tag-Files-Required": [["a"]]},
        {"Tag-Files-Allowed": "*"},
        {"Tag-Files-Allowed": ["x" * 5000]},
        {"Payload-Files-Required": 1},
        {"Payload-Files-Allowed": [None]},
        {"Allow-Fetch.txt": "no"},
        {"Fetch.txt-Required": 0},
        {"Data-Empty": []},
        {"Serialization": "never"},
        {"Serialization": True},
        {"Accept-Serialization": "application/zip"},
        {"Accept-BagIt-Version": [0.97]},
        {"Accept-BagIt-Version": ["newest"]},
        {"Accept-BagIt-Version": ["1.0\ud800"]},
    ],
)
def test_a_value_of_a_wrong_type_is_refused(keys: dict[str, Any]) -> None:
    read = (
        parsed(keys)
        if "BagIt-Profile-Info" not in keys
        else parse_profile(json.dumps(PLAIN | keys).encode(), name="p")
    )
    assert read.profile is None
    assert "PRO-PROFILE-TYPE" in codes(read.findings)


@pytest.mark.parametrize(
    "keys",
    [
        {"Manifests-Required": ["md5"], "Manifests-Allowed": ["sha512"]},
        {"Tag-Manifests-Required": ["md5"], "Tag-Manifests-Allowed": []},
        {"Tag-Files-Required": ["a.txt"], "Tag-Files-Allowed": ["b*"]},
        {"Payload-Files-Required": ["data/a/"], "Payload-Files-Allowed": ["data/b/*"]},
        {"Payload-Files-Required": ["data/a"], "Payload-Files-Allowed": []},
        {"Payload-Files-Required": ["a.txt"]},
        {"Tag-Files-Required": ["data/a.txt"]},
        {"Allow-Fetch.txt": False, "Fetch.txt-Required": True},
    ],
)
def test_a_profile_that_no_bag_can_keep_is_refused(keys: dict[str, Any]) -> None:
    read = parsed(keys)
    assert (read.profile, codes(read.findings)) == (None, ["PRO-PROFILE-CONTRADICTION"])


@pytest.mark.parametrize(
    "keys",
    [
        {"Manifests-Required": ["SHA-512"], "Manifests-Allowed": ["sha512"]},
        {"Tag-Files-Required": ["notes/a.txt"], "Tag-Files-Allowed": ["notes/*"]},
        {"Payload-Files-Required": ["data/a/"], "Payload-Files-Allowed": ["data/a/*"]},
        {"Allow-Fetch.txt": True, "Fetch.txt-Required": True},
        {"Serialization": "required", "Accept-Serialization": ["application/zip"]},
    ],
)
def test_a_profile_that_agrees_with_itself_is_taken_as_it_is(keys: dict[str, Any]) -> None:
    assert parsed(keys).findings == ()


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"Manifest-Required": ["sha512"]}, "PRO-PROFILE-UNKNOWN"),
        ({"Bag-Info": {"Contact-Name": {"requierd": True}}}, "PRO-PROFILE-UNKNOWN"),
        ({"Allow-Fetch.txt": "false"}, "PRO-PROFILE-QUOTED"),
        ({"Bag-Info": {"A": {}, "a": {}}}, "PRO-PROFILE-LABEL"),
        ({"Bag-Info": {"bagit-profile-identifier": {}}}, "PRO-PROFILE-LABEL"),
        ({"Tag-Files-Required": ["bag-info.txt"]}, "PRO-PROFILE-NEEDLESS"),
        ({"Serialization": "required"}, "PRO-PROFILE-MISSING"),
        ({"Accept-BagIt-Version": []}, "PRO-PROFILE-MISSING"),
    ],
)
def test_a_profile_that_breaks_a_rule_and_is_clear_is_used_with_a_warning(
    keys: dict[str, Any], code: str
) -> None:
    read = parsed(keys)
    assert read.profile is not None
    assert [(each.code, each.severity) for each in read.findings] == [(code, Severity.WARNING)]


def test_a_misspelt_key_is_answered_with_the_nearest() -> None:
    assert (
        parsed({"Manifest-Required": ["sha512"]}).findings[0].remedy == "did you mean “Manifests-Required”?"
    )


@pytest.mark.parametrize("key", ["Source-Organization", "External-Description", "Version"])
def test_a_missing_description_of_the_profile_is_a_warning(key: str) -> None:
    read = parsed(**{key: ""})
    assert read.profile is not None
    assert [(each.code, each.severity) for each in read.findings] == [
        ("PRO-PROFILE-MISSING", Severity.WARNING)
    ]


def test_a_profile_without_its_identifier_cannot_be_kept() -> None:
    read = parsed(**{"BagIt-Profile-Identifier": ""})
    assert (read.profile, codes(read.findings)) == (None, ["PRO-PROFILE-MISSING"])


@pytest.mark.parametrize(
    ("version", "findings", "usable"),
    [
        ("1.1.0", [], True),
        ("1.4", [], True),
        ("1.5.0", [("PRO-PROFILE-VERSION", Severity.WARNING)], True),
        ("one", [("PRO-PROFILE-VERSION", Severity.WARNING)], True),
        ("2.0", [("PRO-PROFILE-VERSION", Severity.ERROR)], False),
    ],
)
def test_the_version_of_the_specification_is_heeded(version: str, findings: list[Any], usable: bool) -> None:
    read = parsed(**{"BagIt-Profile-Version": version})
    assert [(each.code, each.severity) for each in read.findings] == findings
    assert (read.profile is not None) is usable


def test_a_key_of_a_later_version_is_applied_and_noted() -> None:
    read = parsed({"Data-Empty": True}, **{"BagIt-Profile-Version": "1.3.0"})
    assert read.profile is not None
    assert read.profile.data_empty
    assert [(each.code, each.severity) for each in read.findings] == [("PRO-PROFILE-VERSION", Severity.NOTE)]


def test_a_profile_without_a_version_is_one_of_1_1() -> None:
    document = {**PLAIN, "BagIt-Profile-Info": dict(PLAIN["BagIt-Profile-Info"])}
    del document["BagIt-Profile-Info"]["BagIt-Profile-Version"]
    read = parse_profile(json.dumps(document).encode(), name="p.json")
    assert read.profile is not None
    assert read.profile.specification == (1, 1)
    assert read.findings == ()


def test_a_finding_names_the_line_of_its_key() -> None:
    read = parsed({"Bag-Info": {"Contact-Name": {"required": 1}}})
    at = read.findings[0].at
    line = json.dumps({**PLAIN, "Bag-Info": {"Contact-Name": {"required": 1}}}, indent=1).splitlines()[
        (at.line or 0) - 1
    ]
    assert '"required"' in line
    assert at.field == "Bag-Info.Contact-Name.required"


def test_an_error_is_not_lost_behind_a_hundred_warnings() -> None:
    keys: dict[str, Any] = {f"unknown-{number}": 1 for number in range(300)}
    read = parsed({**keys, "Serialization": "never"})
    assert read.profile is None
    assert len(read.findings) == 100
    assert any(each.severity is Severity.ERROR for each in read.findings)


def test_too_many_entries_or_patterns_are_refused() -> None:
    assert parsed({"Tag-Files-Allowed": [f"a{n}*" for n in range(300)]}).profile is None
    assert parsed({"Tag-Files-Required": [f"a{n}" for n in range(10_001)]}).profile is None
    assert profile({"Tag-Files-Allowed": [f"a{n}" for n in range(9_000)]}).tag_files.allowed is not None

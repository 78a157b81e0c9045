"""Bags held against profiles: every key of BagIt Profiles 1.4, kept and broken."""

from collections.abc import Iterator
from typing import Any

import pytest

from archive.core.bagit.versions import V0_95, V0_97
from archive.core.bagit_profile import declared_identifiers, judge
from archive.core.findings import Severity
from tests.profiles import BAG, IDENTIFIER, codes, judged, profile, tags

FETCH = ("data/far.txt",)
LABEL = "Contact-Name"


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"Bag-Info": {LABEL: {"required": True, "repeatable": True, "values": ["Ada", "Bea"]}}},
        {"Bag-Info": {LABEL.upper(): {"required": True}}},
        {"Bag-Info": {"Absent": {"repeatable": False, "values": ["x"]}}},
        {"Manifests-Required": ["sha512"], "Manifests-Allowed": ["sha512", "md5"]},
        {"Tag-Manifests-Required": ["SHA-512"], "Tag-Manifests-Allowed": ["sha512"]},
        {"Tag-Files-Required": ["notes/a.txt"], "Tag-Files-Allowed": ["notes/*"]},
        {"Tag-Files-Required": ["notes/"]},
        {"Payload-Files-Required": ["data/letter.txt", "data/b/"], "Payload-Files-Allowed": ["data/*"]},
        {"Allow-Fetch.txt": False},
        {"Data-Empty": False},
        {"Serialization": "forbidden"},
        {"Serialization": "optional", "Accept-Serialization": ["application/zip"]},
        {"Accept-BagIt-Version": ["0.97", "1.0"]},
    ],
)
def test_a_bag_that_keeps_the_profile_gives_no_finding(keys: dict[str, Any]) -> None:
    assert judged(keys) == []


@pytest.mark.parametrize(
    ("keys", "code", "place", "clause"),
    [
        ({"Bag-Info": {"Absent": {"required": True}}}, "PRO-TAG-REQUIRED", "bag-info.txt", "Bag-Info"),
        ({"Bag-Info": {LABEL: {"repeatable": False}}}, "PRO-TAG-REPEATED", "bag-info.txt", "Bag-Info"),
        ({"Bag-Info": {LABEL: {"values": ["Ada", "bea"]}}}, "PRO-TAG-VALUE", "bag-info.txt", "Bag-Info"),
        ({"Manifests-Required": ["md5"]}, "PRO-MANIFEST-REQUIRED", "manifest-md5.txt", "Manifests-Required"),
        ({"Manifests-Allowed": ["md5"]}, "PRO-MANIFEST-ALLOWED", "manifest-sha512.txt", "Manifests-Allowed"),
        (
            {"Tag-Manifests-Required": ["md5"]},
            "PRO-TAG-MANIFEST-REQUIRED",
            "tagmanifest-md5.txt",
            "Tag-Manifests-Required",
        ),
        (
            {"Tag-Manifests-Allowed": ["md5"]},
            "PRO-TAG-MANIFEST-ALLOWED",
            "tagmanifest-sha512.txt",
            "Tag-Manifests-Allowed",
        ),
        ({"Tag-Files-Required": ["b.txt"]}, "PRO-TAG-FILE-REQUIRED", "b.txt", "Tag-Files-Required"),
        ({"Tag-Files-Required": ["b/"]}, "PRO-TAG-FILE-REQUIRED", "b/", "Tag-Files-Required"),
        ({"Tag-Files-Allowed": []}, "PRO-TAG-FILE-ALLOWED", "notes/a.txt", "Tag-Files-Allowed"),
        (
            {"Payload-Files-Required": ["data/x"]},
            "PRO-PAYLOAD-FILE-REQUIRED",
            "data/x",
            "Payload-Files-Required",
        ),
        (
            {"Payload-Files-Required": ["data/letter.txt/"]},
            "PRO-PAYLOAD-FILE-REQUIRED",
            "data/letter.txt/",
            "Payload-Files-Required",
        ),
        (
            {"Payload-Files-Allowed": ["data/b/*"]},
            "PRO-PAYLOAD-FILE-ALLOWED",
            "data/letter.txt",
            "Payload-Files-Allowed",
        ),
        ({"Fetch.txt-Required": True}, "PRO-FETCH-REQUIRED", "fetch.txt", "Fetch.txt-Required"),
        ({"Data-Empty": True}, "PRO-DATA-EMPTY", "data/", "Data-Empty"),
        (
            {"Serialization": "required", "Accept-Serialization": ["application/zip"]},
            "PRO-SERIALIZATION-REQUIRED",
            ".",
            "Serialization",
        ),
        ({"Accept-BagIt-Version": ["0.97"]}, "PRO-BAGIT-VERSION", "bagit.txt", "Accept-BagIt-Version"),
    ],
)
def test_a_violation_is_an_error_at_its_place_under_its_key(
    keys: dict[str, Any], code: str, place: str, clause: str
) -> None:
    found = judged(keys)
    assert [(each.code, each.severity, each.place) for each in found] == [(code, Severity.ERROR, place)]
    assert found[0].clause == f"BagIt Profiles 1.4, {clause}"


def test_every_violation_is_reported_in_one_run() -> None:
    keys = {
        "Bag-Info": {"A": {"required": True}, "B": {"required": True}},
        "Manifests-Required": ["md5"],
        "Tag-Files-Allowed": [],
        "Data-Empty": True,
        "Accept-BagIt-Version": ["0.97"],
    }
    assert codes(judged(keys)) == [
        "PRO-TAG-REQUIRED",
        "PRO-TAG-REQUIRED",
        "PRO-MANIFEST-REQUIRED",
        "PRO-DATA-EMPTY",
        "PRO-BAGIT-VERSION",
        "PRO-TAG-FILE-ALLOWED",
    ]


@pytest.mark.parametrize(
    ("bag_info", "expected"),
    [
        ((), ["PRO-IDENTIFIER-MISSING"]),
        ((("BagIt-Profile-Identifier", "urn:other"),), ["PRO-IDENTIFIER-OTHER"]),
        ((("BagIt-Profile-Identifier", IDENTIFIER.upper()),), ["PRO-IDENTIFIER-OTHER"]),
        ((("bagit-profile-identifier", IDENTIFIER),), []),
        ((("BagIt-Profile-Identifier", "urn:other"), ("BagIt-Profile-Identifier", IDENTIFIER)), []),
    ],
)
def test_a_bag_must_name_the_profile_and_may_name_others(bag_info: Any, expected: list[str]) -> None:
    assert codes(judged({}, bag_info=bag_info)) == expected


def test_a_recommended_tag_that_is_missing_is_a_note() -> None:
    (found,) = judged({"Bag-Info": {"Absent": {"recommended": True}}})
    assert (found.code, found.severity) == ("PRO-TAG-RECOMMENDED", Severity.NOTE)


def test_a_required_tag_that_is_empty_is_a_warning() -> None:
    (found,) = judged({"Bag-Info": {"A": {"required": True}}}, bag_info=tags(("A", "")))
    assert (found.code, found.severity) == ("PRO-TAG-EMPTY", Severity.WARNING)


def test_a_folded_value_is_compared_as_one_line() -> None:
    keys = {"Bag-Info": {"A": {"values": ["4700 Keele Street Toronto"]}}}
    assert judged(keys, bag_info=tags(("A", "4700 Keele Street\nToronto"))) == []


def test_a_value_that_is_not_accepted_is_shown_beside_those_that_are() -> None:
    (found,) = judged({"Bag-Info": {"A": {"values": ["x", "y"]}}}, bag_info=tags(("A", "z")))
    assert (found.expected, found.found) == ("“x”, “y”", "z")


def test_fetch_that_is_not_allowed_is_an_error_and_required_fetch_is_not() -> None:
    assert codes(judged({"Allow-Fetch.txt": False}, fetch_paths=FETCH)) == ["PRO-FETCH-ALLOWED"]
    assert codes(judged({"Allow-Fetch.txt": False}, fetch_paths=())) == ["PRO-FETCH-ALLOWED"]
    assert judged({"Fetch.txt-Required": True}, fetch_paths=FETCH) == []


def test_a_payload_file_that_fetch_promises_counts_as_there() -> None:
    assert judged({"Payload-Files-Required": ["data/far.txt"]}, fetch_paths=FETCH) == []
    found = judged({"Payload-Files-Allowed": ["data/b/*", "data/letter.txt"]}, fetch_paths=FETCH)
    assert [(each.code, each.place) for each in found] == [("PRO-PAYLOAD-FILE-ALLOWED", "data/far.txt")]


@pytest.mark.parametrize(
    ("files", "octets", "kept"),
    [
        ((), 0, True),
        (("data/.keep",), 0, True),
        (("data/.keep",), 1, False),
        (("data/a", "data/b"), 0, False),
    ],
)
def test_data_is_empty_with_no_file_or_one_of_no_bytes(files: Any, octets: int, kept: bool) -> None:
    found = judged({"Data-Empty": True}, payload_files=files, payload_bytes=octets)
    assert (found == []) is kept


@pytest.mark.parametrize(
    ("keys", "media_type", "expected"),
    [
        ({"Serialization": "forbidden"}, "application/zip", ["PRO-SERIALIZATION-FORBIDDEN"]),
        ({"Accept-Serialization": ["application/zip"]}, "application/x-tar", ["PRO-SERIALIZATION-TYPE"]),
        ({"Accept-Serialization": ["Application/ZIP; x=y"]}, "application/zip", []),
        ({"Accept-Serialization": ["application/tar"]}, "application/x-tar", []),
        ({"Accept-Serialization": ["application/x-tgz"]}, "application/gzip", []),
        ({"Accept-Serialization": ["application/x-tar"]}, "application/gzip", ["PRO-SERIALIZATION-TYPE"]),
        ({}, "application/gzip", []),
    ],
)
def test_a_serialised_bag_is_judged_by_its_media_type(
    keys: dict[str, Any], media_type: str, expected: list[str]
) -> None:
    assert codes(judged(keys, serialization=media_type)) == expected


def test_what_other_keys_govern_is_never_forbidden_as_a_tag_file() -> None:
    files = ("bag-info.txt", "bagit.txt", "fetch.txt", "manifest-md5.txt", "tagmanifest-md5.txt")
    assert judged({"Tag-Files-Allowed": []}, tag_files=files, fetch_paths=FETCH) == []


def test_a_manifest_below_a_folder_is_a_tag_file_like_any_other() -> None:
    found = judged({"Tag-Files-Allowed": []}, tag_files=("old/manifest-md5.txt", "package-info.txt"))
    assert [each.place for each in found] == ["old/manifest-md5.txt", "package-info.txt"]


def test_the_file_of_tags_of_an_old_bag_is_named_as_it_is() -> None:
    found = judged(
        {"Accept-BagIt-Version": ["0.95"], "Tag-Files-Allowed": []},
        version=V0_95,
        bag_info=(),
        tag_files=("package-info.txt",),
    )
    assert [each.place for each in found] == ["package-info.txt"]


def test_a_bag_of_another_or_of_no_version_is_not_accepted() -> None:
    assert [each.found for each in judged({}, version=V0_97)] == ["0.97"]
    assert codes(judged({}, version=None)) == ["PRO-BAGIT-VERSION"]


def test_a_hundred_thousand_forbidden_files_give_a_thousand_findings_and_the_number_of_the_rest() -> None:
    files = tuple(f"data/{number}" for number in range(100_000))
    found = judged({"Payload-Files-Allowed": ["data/x*"]}, payload_files=files)
    assert len(found) == 1001
    assert "99000" in found[-1].message


def test_the_identifiers_of_a_bag_come_in_its_order_each_once() -> None:
    bag_info = (
        ("BagIt-Profile-Identifier", "b"),
        ("x", "y"),
        ("bagit-profile-identifier", "a"),
        ("BagIt-Profile-Identifier", "b"),
        ("BagIt-Profile-Identifier", ""),
    )
    assert declared_identifiers(bag_info) == ("b", "a")


def test_paths_are_not_looked_at_where_the_profile_does_not_speak_of_them() -> None:
    class Unread(tuple[str, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[str]:
            raise AssertionError

    assert judge(profile({}), BAG._replace(payload_files=Unread(), tag_files=Unread())) == []

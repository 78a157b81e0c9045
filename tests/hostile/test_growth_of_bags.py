"""Bags made so that time by the square of their size would be minutes or hours."""

import io
import json
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.contents import Entry, EntryKind
from archive.core.bagit.tag_lines import edited
from archive.core.bagit.tagfile import plain_value, render_tag_file
from archive.core.bagit.verdicts import BagFacts, BagReport
from archive.core.bagit.versions import V1_0
from archive.core.bagit_judge import Judge, Policy
from archive.core.bagit_profile.judge import judge
from archive.core.bagit_profile.parser import ParsedProfile, parse_profile
from archive.core.containers.budget import USUAL
from archive.core.containers.zip_names import zip_name
from archive.core.containers.zip_records import ZipEntry
from archive.storage.bag_sources.catalogue import Catalogue
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.zip_directory import read_zip_directory

# Counting which lines run makes each of them several times slower, and what is slow here is not the point.
pytestmark = pytest.mark.no_cover

MANY = 400_000
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def judged(paths: Iterable[str], entries: Iterable[Entry]) -> BagReport:
    """The report of a bag with a manifest of these paths, and these things in it; nothing is digested."""
    bag = Judge("bag", Policy())
    bag.read_declaration([DECLARATION])
    bag.read_tag_file("manifest-md5.txt", ["".join(f"{'0' * 32}  {path}\n" for path in paths).encode()])
    bag.note_entries([Entry("data", EntryKind.FOLDER), *entries])
    return bag.conclude()


def profile(**asked: Any) -> ParsedProfile:
    """A profile that asks for this, behind so many empty lines that to count them takes its time."""
    info = ("BagIt-Profile-Identifier", "Source-Organization", "External-Description", "Version")
    whole = {"BagIt-Profile-Info": dict.fromkeys(info, "x"), "Accept-BagIt-Version": ["1.0"], **asked}
    return parse_profile(b"\n" * MANY + json.dumps(whole).encode(), name="profile.json")


def facts(**known: Any) -> BagFacts:
    """What a bag that holds nothing says of itself, and what is `known`."""
    nothing: dict[str, Any] = dict.fromkeys(BagFacts._fields, ())
    nothing |= {"version": V1_0, "encoding": "utf-8", "payload_bytes": 0}
    return BagFacts(**{**nothing, "fetch_paths": None, "serialization": None, **known})


def test_blank_lines_that_turn_out_to_be_a_tag_s_own() -> None:
    blank = b"\r" * MANY
    file = b"Note: one\r" + blank + b" two\r"
    assert edited(file, encoding="utf-8", removed=["Note"]) == b""
    assert edited(blank + b" two\r", encoding="utf-8", added=[("A", "b")]) == blank + b" two\rA: b\r"


def test_a_tag_that_stands_in_every_line() -> None:
    file = b"Payload-Oxum: 1.1\n" * MANY + b"Last: x\n"
    after = edited(file, encoding="utf-8", changed=[("Payload-Oxum", "1.2")])
    assert after == b"Payload-Oxum: 1.2\nLast: x\n"


def test_a_long_value_of_short_words() -> None:
    value = "a " * (1 << 20) + "b"
    assert plain_value(value) == value
    assert render_tag_file([("A", value)]).count(b"a") == 1 << 20


def test_names_that_are_all_one_in_another_unicode_form() -> None:
    """A name of eighteen accents has as many spellings as there are numbers of eighteen bits."""
    names = [
        "".join("é" if number >> bit & 1 else "e\u0301" for bit in range(18)) for number in range(60_000)
    ]
    listed, there = names[:30_000], names[30_000:]
    report = judged(
        (f"data/{name}" for name in listed), (Entry(f"data/{name}", EntryKind.FILE) for name in there)
    )
    assert report.counts.missing == 29_999  # one file stands for one path that is lost, never for another too
    last = next(each for each in report.findings if each.code == "BAG-NAME-FORM")
    assert last.found is not None
    assert last.found.replace("<U+00E9>", "e<U+0301>").count("e") == 18


def test_a_closed_folder_beside_paths_of_many_folders() -> None:
    deep = [f"data/{'a/' * 30_000}{number}" for number in range(200)]
    report = judged(
        [*deep, "data/shut/in/it"],
        [Entry("data/shut", EntryKind.UNREADABLE), Entry("data/shut2", EntryKind.FOLDER)],
    )
    assert report.counts.missing == len(deep)


def test_values_of_a_tag_that_a_long_list_does_not_have() -> None:
    parsed = profile(**{"Bag-Info": {"A": {"values": [f"v{number}" for number in range(10_000)]}}})
    assert parsed.profile is not None
    tags = [("A", f"x{number}") for number in range(100_000)]
    found = judge(parsed.profile, facts(bag_info=(*tags, ("A", "v9999"))))
    assert [each.code for each in found].count("PRO-TAG-VALUE") == len(tags)


def test_a_required_folder_and_fetched_paths_of_many_folders() -> None:
    parsed = profile(**{"Payload-Files-Required": ["data/b/", "data/c/"]})
    assert parsed.profile is not None
    paths = (*(f"data/b/{'a/' * 30_000}{number}" for number in range(400)), "data/c")
    found = [each.place for each in judge(parsed.profile, facts(fetch_paths=paths))]
    assert "data/b/" not in found
    assert "data/c/" in found


def test_folders_that_no_entry_of_a_long_list_allows() -> None:
    required = [f"r{number:05}/" for number in range(10_000)]
    allowed = [f"s{number:05}/x" for number in range(10_000)]
    parsed = profile(**{"Tag-Files-Required": required, "Tag-Files-Allowed": [*allowed[:9_999], "r00007/x"]})
    found = [each.expected for each in parsed.findings if each.code == "PRO-PROFILE-CONTRADICTION"]
    assert found == [*required[:7], *required[8:]]


def test_entries_of_a_profile_that_are_all_of_a_wrong_type() -> None:
    parsed = profile(**{"Bag-Info": {f"A{number}": {"values": [1] * 5000} for number in range(20)}})
    assert [each.code for each in parsed.findings].count("PRO-PROFILE-TYPE") == 20


def test_numbers_of_a_profile_that_no_program_holds() -> None:
    raw = b"\n" * MANY + b'{"a":[' + b",".join([b"1e999"] * 100_000) + b"]}"
    found = {each.at.line for each in parse_profile(raw, name="profile.json").findings}
    assert found == {MANY + 1}


def test_many_second_names_of_a_long_name_in_a_zip() -> None:
    field = struct.pack("<2HBL", 0x7075, 5, 1, 0)
    entry = ZipEntry(b"a" * 0xFFFF, 0, 0, 0, 0, 0, 0, True, 0, False, field * 7000)
    for _ in range(200):
        name = zip_name(entry)
    assert name == (entry.name, None)


def test_a_zip_of_many_entries_for_one_long_header(tmp_path: Path) -> None:
    extra = struct.pack("<2H", 0x7075, 0) * 16_000
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        info = zipfile.ZipInfo("a")
        info.extra = extra
        made.writestr(info, b"")
    start = raw.getvalue().index(b"PK\x01\x02")
    entry = bytearray(raw.getvalue()[start : start + 47])
    entry[30:32] = bytes(2)
    count = 60_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0)
    (tmp_path / "many.zip").write_bytes(raw.getvalue()[:start] + entry * count + end)
    file = ContainerFile(str(tmp_path / "many.zip"))
    try:
        with pytest.raises(ContainerError) as caught:
            read_zip_directory(file, Catalogue("many.zip", USUAL), 1 << 30)
    finally:
        file.close()
    assert caught.value.fault.code == "SER-OVERLAP"

"""Ledger entries: canonical bytes out, strict and forgiving at the right places in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.canonical import compact
from archive.core.errors import ConflictError, EvidenceError
from archive.core.ledger import commitments, entries
from archive.core.ledger.entries import Entry, EntryError, parse_entry
from archive.core.limits.ledger import OWN_ENTRY_BYTES

TIME = "2026-11-21T02:40:59.123Z"
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
IDS = st.text(alphabet="0123456789abcdef-", min_size=1, max_size=36)


def _ingestion(**more: Any) -> bytes:
    members: dict[str, Any] = {
        "time": TIME,
        "agents": ["archive"],
        "bag": "b",
        "run": "r",
        "file_count": 1,
        "byte_count": 5,
        "payload": ("sha512", "aa"),
        "tagmanifest": "cc",
    }
    return entries.ingestion(**members | more)


@given(
    agents=st.lists(TEXT, max_size=3),
    bag=IDS,
    run=IDS,
    file_count=st.integers(0, 2**40),
    byte_count=st.integers(0, 2**60),
    payload=st.tuples(st.sampled_from(["sha512", "manifest-sha512"]), TEXT),
    tagmanifest=TEXT,
    reference=st.none() | TEXT,
    notes=st.lists(TEXT, max_size=3),
)
def test_an_ingestion_has_the_canonical_bytes_of_its_members(
    agents: list[str], payload: tuple[str, str], notes: list[str], **same: Any
) -> None:
    raw = entries.ingestion(time=TIME, agents=agents, payload=payload, notes=notes, **same)
    expected = {"v": 1, "type": "ingestion", "time": TIME, "agents": agents, "bag": same["bag"]}
    expected |= {"run": same["run"], "files": same["file_count"], "bytes": same["byte_count"]}
    expected |= {"payload": {payload[0]: payload[1]}, "tagmanifest": same["tagmanifest"]}
    expected |= {"reference": same["reference"]} if same["reference"] is not None else {}
    expected |= {"notes": notes} if notes else {}
    assert raw == compact(expected)
    assert dict(parse_entry(raw).members) == expected


COMMON: dict[str, Any] = {"time": TIME, "agents": ["a", "b"]}
CASES: list[tuple[bytes, dict[str, Any]]] = [
    (
        entries.archive_created(**COMMON, archive="u", origin="o", key="o+1+k"),
        {"type": "archive created", "archive": "u", "origin": "o", "key": "o+1+k"},
    ),
    (entries.settings_changed(**COMMON, settings="dd"), {"type": "settings changed", "settings": "dd"}),
    (
        entries.settings_changed(**COMMON, settings="dd", note="ee"),
        {"type": "settings changed", "settings": "dd", "note": "ee"},
    ),
    (
        entries.run_closed(
            **COMMON, run="r", outcome="completed", bag_count=1, file_count=2, byte_count=3, manifest="ff"
        ),
        {
            "type": "run closed",
            "run": "r",
            "outcome": "completed",
            "bags": 1,
            "files": 2,
            "bytes": 3,
            "manifest": "ff",
        },
    ),
    (
        entries.audit_started(**COMMON, run="r", mode="sample", selected=4, policy=90, seed="s"),
        {"type": "audit started", "run": "r", "mode": "sample", "selected": 4, "policy": 90, "seed": "s"},
    ),
    (
        entries.audit_finished(
            **COMMON,
            run="r",
            started=3,
            outcome="intact",
            counts={"intact": 2},
            results="aa",
            interrupted=False,
        ),
        {
            "type": "audit finished",
            "run": "r",
            "started": 3,
            "outcome": "intact",
            "counts": {"intact": 2},
            "results": "aa",
            "interrupted": False,
        },
    ),
]


@pytest.mark.parametrize(("raw", "members"), CASES)
def test_each_type_has_its_members_and_no_others(raw: bytes, members: dict[str, Any]) -> None:
    assert json.loads(raw) == {"v": 1, "time": TIME, "agents": ["a", "b"], **members}
    assert raw == compact(json.loads(raw))


def test_a_parsed_entry_keeps_members_and_types_it_does_not_know() -> None:
    raw = compact({"v": 1, "type": "rapture", "time": TIME, "agents": [], "bag": "b", "colour": {"x": [1]}})
    found = parse_entry(raw)
    assert found == Entry("rapture", TIME, (), json.loads(raw))
    assert (found.bag, found.run, found.get("colour"), found.get("taste", 5)) == ("b", None, {"x": [1]}, 5)


def test_an_entry_of_a_newer_version_is_refused_by_name() -> None:
    with pytest.raises(ConflictError, match="version 2"):
        parse_entry(b'{"v":2}')


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"null",
        b'{"v":1}',
        b'{"v":true,"type":"x","time":"2026-11-21T02:40:59.123Z","agents":[]}',
        b'{"v":0,"type":"x","time":"2026-11-21T02:40:59.123Z","agents":[]}',
        b'{"v":1,"type":"","time":"2026-11-21T02:40:59.123Z","agents":[]}',
        b'{"v":1,"type":"x","time":"2026-11-21T02:40:59Z","agents":[]}',
        b'{"v":1,"type":"x","time":"2026-11-21T02:40:59.123Z\\n","agents":[]}',
        b'{"v":1,"type":"x","time":"2026-11-21T02:40:59.123Z","agents":[1]}',
        b'{"v":1,"v":1,"type":"x","time":"2026-11-21T02:40:59.123Z","agents":[]}',
        b'{"v":1,"type":"x","time":"2026-11-21T02:40:59.123Z","agents":[],"n":NaN}',
        b'{"v":1,"type":"x","time":"2026-11-21T02:40:59.123Z","agents":[],"n":1e999}',
        b'{"v":' + b"1" * 20_000 + b"}",
        b'{"v":1,"x":' + b"[" * 60_000,
        b" " * 65_536,
    ],
)
def test_other_bytes_are_no_entry(raw: bytes) -> None:
    with pytest.raises(EntryError) as caught:
        parse_entry(raw)
    assert isinstance(caught.value, EvidenceError)
    assert isinstance(caught.value, ValueError)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_entry_or_refused(raw: bytes) -> None:
    with pytest.raises((EntryError, ConflictError)):
        parse_entry(raw)


ODD: dict[str, list[object]] = {
    "bag": ["../x", "a/b", "..", "", "a\0", "x" * 65, 1, None],
    "run": ["../x", "/", ".", [], None],
    "files": ["1", -1, 1 << 63, True, None, []],
    "bytes": ["1", -1, 1 << 63, {}],
    "tagmanifest": [0, None, [], "a\0b"],
    "payload": ["aa", [], {"sha512": 1}],
    "notes": ["aa", {}, [1]],
    "note": [1],
    "counts": [{"intact": -1}],
}


@pytest.mark.parametrize(("member", "value"), [(name, odd) for name in ODD for odd in ODD[name]])
def test_what_readers_rely_on_is_what_it_has_to_be_or_the_entry_is_none(member: str, value: object) -> None:
    members = {**parse_entry(_ingestion()).members, member: value}
    with pytest.raises(EntryError, match=f"its {member} is not"):
        parse_entry(compact(members))


def test_members_of_a_kind_that_is_not_known_may_be_anything_and_name_no_folder() -> None:
    members = {**parse_entry(_ingestion()).members, "type": "rapture", "bag": "../..", "run": 1, "files": "x"}
    entry = parse_entry(compact(members))
    assert (dict(entry.members), entry.bag, entry.run) == (members, None, None)


def test_half_a_character_is_no_part_of_an_entry() -> None:
    raw = _ingestion(reference="HERE").replace(b"HERE", rb"\ud800")
    with pytest.raises(EntryError, match="lone surrogate"):
        parse_entry(raw)
    assert (
        parse_entry(_ingestion(reference="HERE").replace(b"HERE", rb"\ud83d\ude42")).get("reference") == "🙂"
    )


def test_an_entry_stays_below_two_kibibytes() -> None:
    largest = OWN_ENTRY_BYTES - 1 - len(_ingestion(bag=""))
    assert len(_ingestion(bag="x" * largest)) == 2047
    with pytest.raises(ValueError, match="below 2048 bytes"):
        _ingestion(bag="x" * (largest + 1))


@pytest.mark.parametrize(
    "time", ["", "2026-11-21", "2026-11-21T02:40:59Z", "2026-11-21 02:40:59.123Z", TIME + "\n"]
)
def test_an_entry_without_an_exact_time_is_not_made(time: str) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        _ingestion(time=time)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (1_795_228_859_123, "2026-11-21T02:40:59.123Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1970-01-01T00:00:00.000Z"),
        (10**18, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_timestamps_are_rfc_3339_clamped_to_four_digit_years(milliseconds: int, text: str) -> None:
    assert entries.timestamp(milliseconds) == text


@given(st.integers(0, 253_402_300_799_999), st.integers(0, 253_402_300_799_999))
def test_timestamps_sort_as_their_times(first: int, second: int) -> None:
    assert (first < second) == (entries.timestamp(first) < entries.timestamp(second))


def test_a_commitment_depends_on_salt_and_text() -> None:
    salt = bytes(32)
    first = commitments.commit(salt, b"text")
    assert commitments.is_commitment(first)
    assert first not in {commitments.commit(salt, b"texu"), commitments.commit(bytes([1]) * 32, b"text")}
    with pytest.raises(ValueError, match="32 bytes"):
        commitments.commit(b"short", b"")

"""Identifiers and names: what people type, see and compare."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from archive.core import canonical, ids, text


@given(st.integers(-5, 1 << 50), st.binary(min_size=10, max_size=10))
def test_uuid7_is_a_version_7_uuid_that_sorts_by_its_clamped_time(milliseconds: int, random: bytes) -> None:
    identifier = ids.uuid7(milliseconds, random)
    parsed = uuid.UUID(identifier)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == min(max(milliseconds, 0), (1 << 48) - 1)
    assert ids.is_uuid7(identifier)


def test_printable_escapes_what_moves_a_cursor_or_turns_text_round() -> None:
    assert text.printable("a\x1b[2J\u202eb\udcff\n") == "a\\x1b[2J\\u202eb\\xff\\x0a"


@given(st.binary())
def test_lossless_carries_any_file_name(raw: bytes) -> None:
    import base64

    name = raw.decode("utf-8", "surrogateescape")
    carried = text.lossless(name)
    back = carried.encode() if isinstance(carried, str) else base64.b64decode(carried["base64"])
    assert back == raw


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical.compact({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert canonical.readable({"b": [1], "a": {}}) == b'{\n  "a": {},\n  "b": [1]\n}\n'

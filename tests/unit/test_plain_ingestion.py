"""The quick reader of ingestions: it takes what we write, and says nothing else than the general one."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.core.errors import ArchiveError
from archive.core.ledger import entries
from archive.core.ledger.entries import Entry, parse_entry
from archive.core.ledger.plain_ingestion import read_ingestion

WORDS = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
PLAIN = WORDS.map(lambda text: text.replace('"', "'").replace("\\", "/"))
DIGEST = st.text(alphabet="0123456789abcdef", min_size=128, max_size=128)


def ingestion(**changes: Any) -> bytes:
    members: dict[str, Any] = {
        "time": "2026-11-21T02:40:59.123Z",
        "agents": ["agent-ef0af37f0f97260b", "document-archive-0.1.0"],
        "bag": "01a20422-a593-7134-9f69-7e367f6e6a6e",
        "run": "01a20422-a58b-7020-bb30-3a2257d32a13",
        "file_count": 1,
        "byte_count": 8144,
        "payload": ("sha512", "0a" * 64),
        "tagmanifest": "1b" * 64,
        "reference": "2026-000001",
        "notes": ["2c" * 32],
    }
    return entries.ingestion(**members | changes)


def said(read: Any, raw: bytes) -> Entry | str:
    try:
        entry: Entry = read(raw)
    except ArchiveError as refused:
        return refused.message
    return entry


@given(
    agents=st.lists(PLAIN, max_size=3),
    notes=st.lists(PLAIN, max_size=3),
    reference=st.none() | PLAIN,
    kind=st.sampled_from(["sha512", "manifest-sha512"]),
    digest=DIGEST,
    size=st.integers(0, 10**18 - 1),
)
@example(agents=[""], notes=["", ""], reference="", kind="sha512", digest="0" * 128, size=0)
def test_what_is_written_is_read_and_the_same(
    agents: Sequence[str], notes: Sequence[str], reference: str | None, kind: str, digest: str, size: int
) -> None:
    raw = ingestion(agents=agents, notes=notes, reference=reference, payload=(kind, digest), byte_count=size)
    assert read_ingestion(raw) == entries._of_json(raw).members
    assert parse_entry(raw) == entries._of_json(raw)


@given(st.integers(0, len(ingestion()) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_bytes_that_are_changed_are_what_the_general_reader_says(place: int, put: bytes, taken: int) -> None:
    raw = ingestion()
    raw = raw[:place] + put + raw[place + taken :]
    assert said(parse_entry, raw) == said(entries._of_json, raw)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"bytes":8144', b'"bytes":08144'),
        (b'"bytes":8144', b'"bytes":-1'),
        (b'"bytes":8144', b'"bytes":9223372036854775808'),
        (b'"bytes":8144', b'"bytes":\xd9\xa1'),
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":1,"v":1'),
        (b'"bag":"01', b'"bag":"../01'),
        (b'"reference":"2026', b'"reference":"\\u0000'),
        (b'"reference":"2026', b'"reference":"\x7f'),
        (b'"files":1', b'"files": 1'),
        (b'"type":"ingestion"', b'"type":"withdrawal"'),
    ],
)
def test_what_is_spelled_otherwise_is_left_to_the_general_reader(before: bytes, after: bytes) -> None:
    raw = ingestion()
    assert before in raw
    assert read_ingestion(raw) is not None
    raw = raw.replace(before, after)
    assert read_ingestion(raw) is None
    assert said(parse_entry, raw) == said(entries._of_json, raw)

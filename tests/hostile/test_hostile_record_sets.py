"""Sets of records that were made to hurt: findings in bounded time and memory, nothing is fetched."""

import io
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator

import pytest

from archive.formats.descriptions import DescribedRow, read_descriptions, xml_text

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
TITLE = "t" * 400
GOOD = "<r><dc:title>A</dc:title></r>"


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 60  # a hang, not a measurement


def seen(text: str) -> Counter[str]:
    """How many rows, and findings of each code, a set gives."""
    count: Counter[str] = Counter()
    for item in read_descriptions("s.xml", io.BytesIO(text.encode())):
        count["row" if isinstance(item, DescribedRow) else item.code] += 1
    del count["DESC-READ-AS"]
    return count


@pytest.mark.parametrize(
    ("bomb", "expected"),
    [
        ("<r><!-- <dc:title>x</r>" * 5_000, {"DESC-XML-SYNTAX": 5_000}),
        ("<r><![CDATA[ </r>" * 5_000, {"DESC-XML-SYNTAX": 5_000}),
        ("<r><![CDATA[</r><r><!-- </r>" * 3_000, {"DESC-XML-SYNTAX": 6_000}),
        ("<r>" * 5_000, {"DESC-XML-SYNTAX": 5_000}),
        ("<r a='" * 2_000, {"DESC-XML-SYNTAX": 2_000}),
        ("</r>" * 20_000, {"DESC-XML-SYNTAX": 20_000}),
        ("<!DOCTYPE x>" * 2_000, {"DESC-XML-DOCTYPE": 2_000}),
        ("<r>" + "<a>" * 100_000 + "</a>" * 100_000 + "</r>", {"DESC-TOO-DEEP": 1}),
        ("<r>" + "<a>" * 100 + "</a>" * 100 + "</r>", {"DESC-TOO-DEEP": 1}),
        ("<r><dc:title>" + "x" * 32_000_000 + "</dc:title></r>", {"DESC-TOO-LARGE": 1}),
        ("<r><dc:title>&e;</dc:title></r>", {"DESC-XML-SYNTAX": 1}),
        ("<r>" + "x" * 1_000_000 + "</r>", {"DESC-XML-CONTENT": 1}),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_bomb_among_records_costs_no_other(bomb: str, expected: dict[str, int]) -> None:
    assert seen(f"<all {DC}>{GOOD * 2}{bomb}\n{GOOD}</all>") in (
        Counter(expected) + Counter(row=3),
        Counter(expected) + Counter(row=2),  # the last record is part of what was never closed before it
    )


@pytest.mark.parametrize("text", ["x" * 32_000_000, " " * 32_000_000, "<" * 1_000_000, "<!-- " * 200_000])
def test_what_is_no_set_is_one_finding(text: str) -> None:
    assert sum(seen(text).values()) == 1


def test_document_type_declaration_refuses_the_whole_set() -> None:
    declared = f'<!DOCTYPE all [<!ENTITY e SYSTEM "file:///etc/passwd">]><all {DC}>{GOOD * 3}</all>'
    assert seen(declared) == Counter({"DESC-XML-DOCTYPE": 1})


def test_nothing_is_included() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    text = f"<all {DC}>" + f"<r><dc:title>T</dc:title>{include}</r>" * 3 + "</all>"
    for item in read_descriptions("s.xml", io.BytesIO(text.encode())):
        if isinstance(item, DescribedRow):
            assert b"root:" not in item.description.canonical_bytes()


def test_memory_does_not_grow_with_the_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text, "LONGEST_XML_RECORD", 4_000)
    monkeypatch.setattr(xml_text, "_BLOCK", 4_000)

    def peak(count: int) -> int:
        stream = io.BytesIO(f"<all {DC}>{f'<r><dc:title>{TITLE}</dc:title></r>' * count}</all>".encode())
        tracemalloc.start()
        for _ in read_descriptions("s.xml", stream):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    # A cache of a thousand small values comes and goes; 4,000 descriptions kept would be ten times as much.
    assert peak(4_000) < 400_000

"""docs/formats.md on bags: ids of events, stored names and folded values are what its words say."""

import hashlib
import re
from pathlib import Path

import pytest

from archive.core.bagit.tagfile import render_tag_file
from archive.core.events import event_id
from archive.core.portable_names import stored_names
from archive.formats.premis import revision, writer

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
BAG = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeee0001"
KINDS = {
    writer.INGESTION: "ingestion",
    writer.DIGEST_CALCULATION: "message digest calculation",
    writer.FIXITY_CHECK: "fixity check",
    writer.FORMAT_IDENTIFICATION: "format identification",
    writer.VALIDATION: "validation of the description",
    writer.VIRUS_CHECK: "virus check",
    writer.FILENAME_CHANGE: "filename change",
    writer.BAG_VALIDATION: "validation of the bag",
}


def _section(heading: str) -> str:
    return PAGE.partition(f"\n### {heading}\n")[2].partition("\n#")[0]


def test_each_event_of_an_ingest_has_the_number_on_the_page() -> None:
    rows = dict(re.findall(r"^\| ([0-9]) \| (.*) \|$", _section("Ids of events"), re.MULTILINE))
    assert {int(number) for number in rows} == set(KINDS)
    assert [number for number, kind in KINDS.items() if not rows[str(number)].startswith(kind)] == []


def test_events_of_revisions_go_on_from_the_number_on_the_page() -> None:
    first = re.search(r"^\| ([0-9]+) \+ 2·\(r − 2\) \|", _section("Ids of events"), re.MULTILINE)
    assert first is not None
    assert int(first[1]) == revision._FIRST


@pytest.mark.parametrize("number", [0, 7, 16, 4095])
def test_an_event_below_4096_has_its_number_in_the_bags_id(number: int) -> None:
    assert event_id(BAG, number) == f"{BAG[:14]}8{number:03x}{BAG[18:]}"


@pytest.mark.parametrize("number", [4096, 100_000])
def test_an_event_from_4096_on_has_an_id_of_a_digest(number: int) -> None:
    digits = list(hashlib.sha256(f"{BAG}/{number}".encode()).hexdigest()[:32])
    digits[12], digits[16] = "8", "b"
    assert event_id(BAG, number).replace("-", "") == "".join(digits)
    # Revision 2042 is the first that needs one.
    assert 16 + 2 * (2042 - 2) == 4096


def test_names_are_stored_as_the_page_shows() -> None:
    rows = re.findall(r"^\| (`.*) \| (`.*) \|$", _section("Stored names"), re.MULTILINE)
    assert len(rows) > 5
    for received, stored in rows:
        names = re.findall("`([^`]*)`", received)
        assert list(stored_names(names).values()) == re.findall("`([^`]*)`", stored)


@pytest.mark.parametrize(
    "value",
    ["word " * 40 + "end", "x" * 300, "two  blanks " * 20 + "end", "a line\n\nand another one " + "y" * 90],
)
def test_a_folded_value_is_read_back_as_the_page_says(value: str) -> None:
    first, *further = render_tag_file([("Source-Organization", value)]).decode().splitlines()
    read = before = first.removeprefix("Source-Organization: ")
    for line in further:
        assert line.startswith("  ")
        read += line[2:] if before.endswith(" ") else "\n" + line[2:]
        before = line[2:]
    assert read == value
    assert all(len(line.rstrip()) <= 79 or "x" * 80 in line or "y" * 80 in line for line in [first, *further])

"""What an XML file says outside of its records: access there is an error, since no record has it."""

import io

import pytest

from archive.core.findings import Finding, Severity
from archive.formats.descriptions import DescribedRow, read_descriptions

RECORD = "<record><filename>{0}.txt</filename><dc:title>{0}</dc:title></record>\n"
ACCESS = "<access>restricted</access>\n"


def read(inside: str) -> list[Finding]:
    """What is said beside the two rows of a set, but for how it was read."""
    text = f'<records xmlns:dc="http://purl.org/dc/elements/1.1/">\n{inside}</records>'
    items = list(read_descriptions("set.xml", io.BytesIO(text.encode())))
    assert sum(isinstance(item, DescribedRow) for item in items) == 2
    findings = [item for item in items if isinstance(item, Finding)]
    assert findings[0].message.startswith("read as a set of records")
    return [each for each in findings[1:] if each.code != "DESC-LEVEL"]


A, B = RECORD.format("a"), RECORD.format("b")


@pytest.mark.parametrize(
    ("inside", "line"),
    [
        (ACCESS + A + B, 2),
        (f"<about>\n{ACCESS}</about>{A}{B}", 3),
        (A + ACCESS + B, 3),
        (A + B + ACCESS, 4),
        (f"<!-- none -->\n<Access a='b'>restricted</Access>{A}{B}", 3),
    ],
)
def test_access_outside_of_the_records_is_an_error(inside: str, line: int) -> None:
    (finding,) = read(inside)
    assert (finding.severity, finding.code, finding.at.line) == (Severity.ERROR, "DESC-XML-CONTENT", line)
    assert "restricted" in (finding.found or "")
    assert finding.remedy == "write it into each record that it holds for"


@pytest.mark.parametrize(
    "harmless",
    [f"<!-- {ACCESS} -->", f"<![CDATA[{ACCESS}]]>", f"<?note {ACCESS}?>", "<accession>1</accession>"],
)
def test_what_only_looks_like_access_is_no_error(harmless: str) -> None:
    for inside in (harmless + A + B, A + harmless + B):
        assert [each for each in read(inside) if each.severity is Severity.ERROR] == []


def how(inside: str, more: str = "") -> str:
    text = f'<records xmlns:dc="http://purl.org/dc/elements/1.1/"{more}>\n{inside}</records>'
    first = next(iter(read_descriptions("set.xml", io.BytesIO(text.encode()))))
    assert isinstance(first, Finding)
    return first.message


@pytest.mark.parametrize(
    ("before", "named"),
    [
        ("", ""),
        ("<publisher>Museum</publisher><count>2</count>\n", ": publisher, count"),
        ("<head><dc:x a='b'> M</dc:x><dc:x>N</dc:x></head><empty/><none> </none>", ": dc:x"),
        ("<!-- <a>x</a> --><b>x</b><![CDATA[<c>x</c>]]><?d <e>x</e> ?>", ": b"),
        ("".join(f"<a{'b' * 50}{n}>x</a{'b' * 50}{n}>" for n in range(9)), f": a{'b' * 50}0, a{'b' * 25}…"),
    ],
)
def test_what_stands_before_the_records_is_named_and_said_to_be_unread(before: str, named: str) -> None:
    said = "read as a set of records, each in an element record; what stands outside of them is not read"
    assert how(before + A + B) == said + named


@pytest.mark.parametrize("name", ["rights", "dc:rights", "accessRights", "license", "rightsHolder"])
@pytest.mark.parametrize(("place", "line"), [("{}" + A + B, 2), (A + "{}" + B, 3), (A + B + "{}", 4)])
def test_rights_outside_of_the_records_are_a_warning(name: str, place: str, line: int) -> None:
    (finding,) = read(place.format(f"<{name}>Not for the public</{name}>\n"))
    assert (finding.severity, finding.code) == (Severity.WARNING, "DESC-OUTSIDE-RECORDS")
    assert (finding.place, finding.at.line) == (f"set.xml:{line}", line)
    assert finding.found == f"<{name}>Not for the public"


def test_rights_hide_no_access_and_are_told_once_for_each_gap() -> None:
    rights = "<rights>none</rights>\n<dc:rights>none</dc:rights>\n"
    for inside in (rights + ACCESS + A + B, A + rights + ACCESS + B, A + B + ACCESS + rights):
        assert sorted(each.code for each in read(inside)) == ["DESC-OUTSIDE-RECORDS", "DESC-XML-CONTENT"]


@pytest.mark.parametrize(
    "harmless", ["<rights/>", "<!-- <rights>x</rights> -->", "<copyrights>x</copyrights>"]
)
def test_what_states_no_rights_is_not_spoken_of(harmless: str) -> None:
    for inside in (harmless + A + B, A + harmless + B, A + B + harmless):
        assert read(inside) == []

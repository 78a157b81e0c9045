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
    return findings[1:]


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

"""What stands beside a description in XML: kept or named, and access in another form than text an error."""

import io
import json

import pytest

from archive.core.descriptions.dcterms import DC_NAMESPACE
from archive.core.findings import Finding, Severity
from archive.core.limits.descriptions import LONGEST_XML_KEPT
from archive.formats.descriptions import DescribedRow, read_descriptions

_OAI = "http://www.openarchives.org/OAI/2.0/"
_ROUND = f'xmlns:oai_dc="{_OAI}oai_dc/" xmlns:dc="{DC_NAMESPACE}" xmlns:x="urn:x" xmlns:xsi="urn:xsi"'
DC = "<oai_dc:dc><dc:title>T</dc:title></oai_dc:dc>"
PLACES = {
    "beside": f"<item {_ROUND}>\n{{}}{DC}</item>",
    "beside a wrapper": f"<item {_ROUND}>\n{{}}<meta>{DC}</meta></item>",
    "in it": f"<oai_dc:dc {_ROUND}>\n{{}}<dc:title>T</dc:title></oai_dc:dc>",
    "in one without a namespace": f"<record {_ROUND}>\n{{}}<title>T</title></record>",
    "in a set": f"<items {_ROUND}><item><filename>b</filename>{DC}</item><item>\n{{}}"
    f"<filename>a</filename>{DC}</item></items>",
    "in the answer of a server": f'<OAI-PMH xmlns="{_OAI}" {_ROUND}><ListRecords><record><header>'
    f'<identifier>oai:a</identifier></header><metadata>\n<p xmlns="">{{}}{DC}</p></metadata></record>'
    "</ListRecords></OAI-PMH>",
}


def read(text: str) -> DescribedRow:
    """The last row of a file."""
    items = list(read_descriptions("m.xml", io.BytesIO(text.encode())))
    return [each for each in items if isinstance(each, DescribedRow)][-1]


def errors(row: DescribedRow) -> list[tuple[str, int | None]]:
    return [(each.code, each.at.line) for each in row.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "access",
    [
        "<access><level>restricted</level></access>",
        '<access status="restricted"/>',
        '<access type="restricted"> </access>',
        "<Access><level/></Access>",
        "<x:access><x:level>restricted</x:level></x:access>",
        "<access>open</access><access><level>restricted</level></access>",
    ],
)
def test_access_in_another_form_than_one_text_is_an_error(place: str, access: str) -> None:
    assert errors(read(PLACES[place].format(access))) == [("DESC-ACCESS-UNREADABLE", 2)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("access", "stated"),
    [
        ("<access>restricted</access>", "restricted"),
        ('<access xml:lang="en" status="a">open</access>', "open"),
        ("<access> <!-- none --> </access>", "None"),
        ('<access xml:lang="en"/>', "None"),
    ],
)
def test_access_as_a_text_and_no_statement_at_all_are_read(place: str, access: str, stated: str) -> None:
    row = read(PLACES[place].format(access))
    assert (errors(row), str(row.description.access)) == ([], stated)


@pytest.mark.parametrize("place", [each for each in PLACES if each.startswith("beside")])
def test_element_that_holds_others_is_kept_as_it_stands_and_said(place: str) -> None:
    row = read(PLACES[place].format('<note a="1"><p>N</p></note><x:more><x:q/></x:more>'))
    other = {key: json.loads(text) for key, (text,) in row.description.other.items()}
    assert other == {
        "/note": {"xml": '<note a="1"><p>N</p></note>'},
        "/x:more": {"xml": '<x:more xmlns:x="urn:x"><x:q/></x:more>'},
    }
    assert [each.message for each in row.findings] == [
        f"the element “{key}”, which stands beside the description, is kept as /{key}"
        for key in ("note", "x:more")
    ]


def test_element_without_a_text_is_kept_with_its_attributes() -> None:
    row = read(PLACES["beside"].format('<kind code="7"/><nothing/>'))
    assert row.description.other == {"/kind": ('{"@code":"7","value":""}',)}


def test_files_in_elements_beside_name_no_file_by_their_texts_run_together() -> None:
    row = read(PLACES["beside"].format("<files><file>a</file><file>b</file></files>"))
    assert row.paths == ()
    assert "/files" in row.description.other


def test_what_stands_beside_holds_no_other_description_and_no_header() -> None:
    assert set(read(PLACES["in the answer of a server"].format("")).description.other) == {"oai.identifier"}
    two = f"<item {_ROUND}><note><p/></note><a>{DC}</a><b>{DC}</b></item>"
    rows = read_descriptions("m.xml", io.BytesIO(f"<items {_ROUND}>{two}{two}</items>".encode()))
    for row in rows:
        if isinstance(row, DescribedRow):
            assert set(row.description.other) <= {"/note"}


def test_what_is_kept_from_beside_is_bounded() -> None:
    pieces = "<a><q:b/></a>" * (LONGEST_XML_KEPT // 900 + 1)
    text = f'<item xmlns:q="urn:{"x" * 900}" {_ROUND}>{pieces}{DC}</item>'
    (finding,) = read_descriptions("m.xml", io.BytesIO(text.encode()))
    assert isinstance(finding, Finding)
    assert finding.code == "DESC-TOO-LARGE"


@pytest.mark.parametrize(
    ("inside", "other"),
    [
        ("<x:note>N</x:note>", {"x:note": ("N",)}),
        ('<note xmlns="urn:n">N</note>', {"urn:n:note": ("N",)}),
        ('<x:kind code="7"/>', {"/x:kind": ('{"@code":"7","value":""}',)}),
    ],
)
def test_elements_of_any_namespace_are_kept_in_a_description_without_one(
    inside: str, other: dict[str, tuple[str, ...]]
) -> None:
    row = read(PLACES["in one without a namespace"].format(inside))
    assert (row.description.title, row.description.other) == ("T", other)
    first = f"<item {_ROUND}>{inside}<title>T</title><creator>C</creator></item>"
    row = read(f"<items><item><title>S</title></item>{first}</items>")
    assert (row.description.title, row.description.other) == ("T", other)

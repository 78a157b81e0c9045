"""XML that holds no Dublin Core is refused by its name; wrappers in Dublin Core's own namespaces are none."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions

DC = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"
OAI = "http://www.openarchives.org/OAI/2.0/"


def read(text: str) -> list[DescribedRow | Finding]:
    return list(read_descriptions("set.xml", io.BytesIO(text.encode())))


def refusal(text: str) -> Finding:
    (finding,) = read(text)
    assert isinstance(finding, Finding)
    return finding


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>A</title></titleInfo></mods>', "MODS"),
        ('<m:record xmlns:m="http://www.loc.gov/MARC21/slim"><m:leader>0</m:leader></m:record>', "MARCXML"),
        ('<ead xmlns="urn:isbn:1-931666-22-9"><archdesc><did/></archdesc></ead>', "EAD"),
        ("<ead><eadheader/><archdesc><did/></archdesc></ead>", "EAD"),
        ('<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/></TEI>', "TEI"),
        ('<resource xmlns="http://datacite.org/schema/kernel-4"><titles/></resource>', "DataCite"),
        ('<mets xmlns="http://www.loc.gov/METS/"><dmdSec ID="a"/></mets>', "METS"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"><head/></html>', "web page"),
    ],
)
def test_other_kinds_of_description_are_refused_by_name_with_the_way_out(text: str, name: str) -> None:
    finding = refusal(text)
    assert (finding.code, name in finding.message) == ("DESC-XML-CONTENT", True)
    assert "oai_dc" in (finding.remedy or "")


def test_xml_of_no_known_kind_is_refused_without_a_name() -> None:
    assert refusal("<a><b>c</b><d/></a>").message == "holds no element of Dublin Core"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<error code="noRecordsMatch">none</error>', "noRecordsMatch none"),
        (
            "<ListIdentifiers><header><identifier>oai:a:1</identifier></header></ListIdentifiers>",
            "ListIdentifiers",
        ),
    ],
)
def test_answer_of_a_server_without_records_says_what_it_is(content: str, words: str) -> None:
    assert words in refusal(f'<OAI-PMH xmlns="{OAI}">{content}</OAI-PMH>').message


def test_harvest_of_another_format_names_it_and_what_to_ask_for() -> None:
    mods = '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo/></mods>'
    record = f"<record><header><identifier>a</identifier></header><metadata>{mods}</metadata></record>"
    _, finding = read(f'<OAI-PMH xmlns="{OAI}"><ListRecords>{record}</ListRecords></OAI-PMH>')
    assert isinstance(finding, Finding)
    assert "MODS" in finding.message
    assert finding.remedy == "ask the server for metadataPrefix=oai_dc"


@pytest.mark.parametrize(
    "text",
    [
        f'<dc xmlns="{DC}"><title>The mill</title><creator>Doe</creator></dc>',
        f'<d:dc xmlns:d="{TERMS}"><d:title>The mill</d:title><d:creator>Doe</d:creator></d:dc>',
        f'<x><dublincore xmlns="{TERMS}"><title>The mill</title><creator>Doe</creator></dublincore></x>',
    ],
)
def test_wrapper_in_a_namespace_of_dublin_core_is_no_term(text: str) -> None:
    (row,) = read(text)
    assert isinstance(row, DescribedRow)
    assert list(row.description.terms) == ["title", "creator"]
    assert (row.description.other, row.findings) == ({}, ())


def test_set_of_records_in_wrappers_of_dublin_core_is_read() -> None:
    record = f'<dc xmlns="{DC}"><title>{{}}</title><identifier>{{}}</identifier></dc>'
    _, *rows = read(f"<records>{record.format('A', 'a')}{record.format('B', 'b')}</records>")
    assert [row.description.title for row in rows if isinstance(row, DescribedRow)] == ["A", "B"]


@pytest.mark.parametrize(
    ("entity", "written"), [("eacute", "&#233;"), ("nbsp", "&#160;"), ("nonsense", "itself")]
)
def test_entity_of_html_is_answered_with_what_to_write(entity: str, written: str) -> None:
    finding = refusal(f"<dc><title>Caf&{entity};</title><creator>A</creator></dc>")
    assert (finding.code, written in (finding.remedy or "")) == ("DESC-XML-SYNTAX", True)


def test_europeana_record_says_that_what_stands_outside_is_not_read() -> None:
    record = f'<e:ProvidedCHO xmlns:d="{DC}"><d:title>The mill</d:title></e:ProvidedCHO>'
    other = f'<o:Aggregation xmlns:d="{DC}"><d:rights>x</d:rights></o:Aggregation>'
    text = f'<r:RDF xmlns:r="urn:r" xmlns:e="urn:e" xmlns:o="urn:o">{record}{other}</r:RDF>'
    said = [each.message for each in read(text) if isinstance(each, Finding)]
    assert any("not read" in message for message in said)

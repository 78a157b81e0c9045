"""What an XML element states is told whole: each of its values, their language, what its attributes say."""

import io
import json
from typing import Any

import pytest

from archive.core.descriptions.dcterms import DC_NAMESPACE
from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions

_DC = f'xmlns:dc="{DC_NAMESPACE}"'
_RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


def read(text: str) -> list[DescribedRow | Finding]:
    return list(read_descriptions("m.xml", io.BytesIO(text.encode())))


def stated(text: str) -> dict[str, Any]:
    (row,) = (each for each in read(text) if isinstance(each, DescribedRow))
    return {key: value for key, value in row.description.to_json().items() if key != "schema"}


def german(text: str) -> dict[str, str]:
    return {"value": text, "lang": "de"}


def test_value_in_words_has_the_language_that_is_stated_nearest_round_it() -> None:
    document = (
        f'<record {_DC} xml:lang="de"><dc:title>Brief</dc:title><dc:title xml:lang="fr">Lettre</dc:title>'
        '<dc:subject xml:lang="">?</dc:subject><dc:date>1918</dc:date><dc:identifier>A 1</dc:identifier>'
        "<note>kept</note></record>"
    )
    assert stated(document) == {
        "title": [german("Brief"), {"value": "Lettre", "lang": "fr"}],
        "subject": ["?"],
        "date": ["1918"],
        "identifier": ["A 1"],
        "other": {"note": ["kept"]},
    }


def test_language_of_a_collection_is_that_of_its_records() -> None:
    record = "<record><filename>{0}</filename><dc:title>{0}</dc:title></record>"
    documents = f'<records {_DC} xml:lang="de">{record.format("a")}{record.format("b")}</records>'
    rows = [each for each in read(documents) if isinstance(each, DescribedRow)]
    assert [row.description.to_json()["title"] for row in rows] == [[german("a")], [german("b")]]


@pytest.mark.parametrize("form", ["Bag", "Seq", "Alt"])
def test_each_member_of_a_list_of_rdf_is_a_value(form: str) -> None:
    several = f'<rdf:{form}><rdf:li xml:lang="de">Uhr</rdf:li><rdf:li> rail </rdf:li></rdf:{form}>'
    document = (
        f'<rdf:RDF {_RDF} {_DC}><rdf:Description rdf:about="a.jpg"><dc:title>T</dc:title>'
        f"<dc:subject>\n {several}\n</dc:subject></rdf:Description></rdf:RDF>"
    )
    assert stated(document)["subject"] == [german("Uhr"), "rail"]


def test_what_the_attributes_of_a_description_state_counts_like_elements_in_it() -> None:
    document = (
        f'<rdf:RDF {_RDF} {_DC} xmlns:xmp="http://ns.adobe.com/xap/1.0/"><rdf:Description rdf:about="a.jpg"'
        ' dc:format="image/jpeg" xmp:Rating="5">{}</rdf:Description></rdf:RDF>'
    )
    kept = {"Description@about": ["a.jpg"], "xmp:Rating": ["5"]}
    assert stated(document.format("")) == {"format": ["image/jpeg"], "other": kept}
    told = stated(document.format("<dc:title>T</dc:title>"))
    assert told == {"format": ["image/jpeg"], "title": ["T"], "other": kept}


def test_attributes_of_a_value_are_kept_with_it_and_said() -> None:
    document = (
        f'<record {_DC} xmlns:opf="urn:opf" status="draft"><dc:title>T</dc:title>'
        '<dc:creator opf:role="aut">Quill, Ada</dc:creator><dc:creator>Reed, Ben</dc:creator></record>'
    )
    assert stated(document) == {
        "title": ["T"],
        "creator": ["Quill, Ada", "Reed, Ben"],
        "other": {
            "/dc.creator": ['{"@opf:role":"aut","value":"Quill, Ada"}'],
            "record@status": ["draft"],
        },
    }
    (row,) = (each for each in read(document) if isinstance(each, DescribedRow))
    assert [finding.code for finding in row.findings] == ["DESC-READ-AS"]


def test_text_between_the_elements_is_kept_and_said() -> None:
    document = f"<record {_DC}>before<dc:title>T</dc:title>\n <dc:type>Text</dc:type> behind </record>"
    assert stated(document) == {"title": ["T"], "type": ["Text"], "other": {"/text": ["before", "behind"]}}
    (row,) = (each for each in read(document) if isinstance(each, DescribedRow))
    assert [finding.code for finding in row.findings] == ["DESC-READ-AS"]


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ("<mods><titleInfo><title>T</title></titleInfo></mods>", "MODS"),
        ("<rss><channel><title>A</title><item><title>B</title></item></channel></rss>", "an RSS feed"),
        ("<rss><channel><item><title>A</title></item><item><title>B</title></item></channel></rss>", "RSS"),
        ("<TEI.2><teiHeader><fileDesc><title>T</title></fileDesc></teiHeader></TEI.2>", "TEI"),
    ],
)
def test_words_of_another_kind_of_document_are_not_taken_for_dublin_core(document: str, kind: str) -> None:
    (finding,) = read(document)
    assert isinstance(finding, Finding)
    assert finding.code == "DESC-XML-CONTENT"
    assert kind in finding.message


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Line one<br/>Line two", "Line one Line two"),
        ("<p>First.</p>and<p>second</p>", "First. and second"),
        ("<p>One</p> \n <p>Two <b>b</b>old</p>", "One Two bold"),
        ("<b>W</b>ord, H<sub>2</sub>O <i>a</i> <i>b</i>", "Word, H2O a b"),
        ("<name><given> Ana </given>\n<family>Q</family></name>", "Ana Q"),
        ("no <!-- mark -->elements<?p q?> at all", "no elements at all"),
    ],
)
def test_words_of_elements_in_a_value_neither_run_together_nor_are_torn_apart(
    content: str, text: str
) -> None:
    assert stated(f"<record {_DC}><dc:title>{content}</dc:title></record>")["title"] == [text]


def test_what_elements_in_a_value_say_is_kept_whole_and_said() -> None:
    agent = (
        '<foaf:Agent xmlns:foaf="urn:foaf" rdf:about="https://orcid.org/0000-0002-1825-0097">'
        '<foaf:name role="author">Ana</foaf:name></foaf:Agent>'
    )
    document = f"<record {_DC} {_RDF}><dc:title>T</dc:title><dc:creator>{agent}</dc:creator></record>"
    told = stated(document)
    assert told["creator"] == ["Ana"]
    (kept,) = told["other"]["/dc.creator"]
    assert json.loads(kept)["value"] == "Ana"
    for part in ("https://orcid.org/0000-0002-1825-0097", 'role=\\"author\\"', "urn:foaf"):
        assert part in kept
    (row,) = (each for each in read(document) if isinstance(each, DescribedRow))
    (note,) = row.findings
    assert note.message == "what the elements in “dc.creator” say beside its text is kept as /dc.creator"


def test_what_members_of_a_list_say_beside_their_text_is_kept() -> None:
    several = '<rdf:Bag><rdf:li>plain</rdf:li><rdf:li role="x"><a href="u">link</a></rdf:li></rdf:Bag>'
    told = stated(f"<record {_DC} {_RDF}><dc:subject>{several}</dc:subject><dc:title>T</dc:title></record>")
    assert told["subject"] == ["plain", "link"]
    (kept,) = told["other"]["/dc.subject"]
    assert 'role=\\"x\\"' in kept
    assert 'href=\\"u\\"' in kept

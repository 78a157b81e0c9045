"""XML that is kept beside a value is read alone, with the names that it had where it stood and bounded."""

import io
import json
from typing import Any

import pytest
from lxml import etree

from archive.core.descriptions.dcterms import DC_NAMESPACE
from archive.core.findings import Finding
from archive.core.limits.descriptions import LONGEST_XML_KEPT, LONGEST_XML_NAMESPACE
from archive.formats.descriptions import DescribedRow, read_descriptions

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_OAI = "http://www.openarchives.org/OAI/2.0/"
_ROUND = f'xmlns="urn:round" xmlns:dc="{DC_NAMESPACE}" xmlns:xsi="{_XSI}" xmlns:q="urn:q" xmlns:no="urn:no"'


def read(text: str) -> list[DescribedRow | Finding]:
    return list(read_descriptions("m.xml", io.BytesIO(text.encode())))


def kept(text: str, key: str) -> list[str]:
    (row,) = (each for each in read(text) if isinstance(each, DescribedRow))
    return list(row.description.to_json()["other"][key])


def in_place(text: str, tag: str) -> Any:
    return next(etree.fromstring(text).iter(tag))


def names(element: Any) -> list[tuple[str, list[str], str | None]]:
    return [(each.tag, sorted(each.attrib), each.text) for each in element.iter()]


@pytest.mark.parametrize(
    "inner",
    [
        '<q:a q:b="1">x</q:a>',
        '<p xmlns="">x<in/></p><out/>',
        '<p xmlns="" a="1">x<z xmlns="urn:round"/></p>',
        '<p xmlns="urn:own" xmlns:q="urn:other"><q:a/></p><q:a/>',
        '<p xmlns:more="urn:more">x</p>',
    ],
)
def test_names_of_what_is_kept_are_those_that_it_had(inner: str) -> None:
    document = f"<record {_ROUND}><dc:title>T</dc:title><dc:creator>{inner}</dc:creator></record>"
    (piece,) = kept(document, "/dc.creator")
    xml = json.loads(piece)["xml"]
    assert names(etree.fromstring(xml)) == names(in_place(document, f"{{{DC_NAMESPACE}}}creator"))
    assert "urn:no" not in xml


@pytest.mark.parametrize("inner", ['<a xsi:type="q:Name">x</a>', "<a>q:Name</a>", '<a b="x q:Name"/>x'])
def test_prefix_in_a_value_of_what_is_kept_has_its_namespace(inner: str) -> None:
    document = f"<record {_ROUND}><dc:title>T</dc:title><dc:creator>{inner}</dc:creator></record>"
    (piece,) = kept(document, "/dc.creator")
    assert etree.fromstring(json.loads(piece)["xml"]).nsmap["q"] == "urn:q"


def test_what_stands_about_a_record_of_a_server_is_read_alone() -> None:
    about = '<about><p xmlns="" xsi:type="q:Name"><in/></p></about>'
    document = (
        f'<OAI-PMH xmlns="{_OAI}" xmlns:xsi="{_XSI}" xmlns:q="urn:q" xmlns:no="urn:no"><ListRecords><record>'
        f'<metadata><dc:dc xmlns:dc="{DC_NAMESPACE}"><dc:title>T</dc:title></dc:dc></metadata>'
        f"{about}</record></ListRecords></OAI-PMH>"
    )
    (piece,) = kept(document, "oai.about")
    assert names(etree.fromstring(piece)) == names(in_place(document, f"{{{_OAI}}}about"))
    assert etree.fromstring(piece)[0].nsmap["q"] == "urn:q"
    assert "urn:no" not in piece


def test_namespace_with_a_name_of_endless_length_is_refused() -> None:
    longest = "u" * LONGEST_XML_NAMESPACE
    record = '<record xmlns:dc="{0}" xmlns:q="{1}"><dc:title>T</dc:title></record>'
    (row,) = read(record.format(DC_NAMESPACE, longest))
    assert isinstance(row, DescribedRow)
    (finding,) = read(record.format(DC_NAMESPACE, f"{longest}u"))
    assert isinstance(finding, Finding)
    assert finding.code == "DESC-TOO-LARGE"


@pytest.mark.parametrize("inner", ["<q:b/>", "</dc:a><b{0}>x</b{0}><dc:a>"])
def test_record_that_keeps_more_than_it_is_long_many_times_is_refused(inner: str) -> None:
    times = LONGEST_XML_KEPT // 900 + 1
    pieces = "".join(f"<dc:a>s{inner.format(number)}</dc:a>" for number in range(times))
    round_it = f'xmlns="urn:{"x" * 900}" xmlns:q="urn:{"x" * 900}" xmlns:dc="{DC_NAMESPACE}"'
    (finding,) = read(f"<record {round_it}><dc:title>T</dc:title>{pieces}</record>")
    assert isinstance(finding, Finding)
    assert (finding.code, finding.place) == ("DESC-TOO-LARGE", "m.xml:1")

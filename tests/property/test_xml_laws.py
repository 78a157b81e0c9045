"""Any text goes through the XML of a bag and comes back, but for what XML 1.0 cannot carry."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.core.agents import Agent, AgentKind
from archive.core.descriptions.description import Description, Value
from archive.core.errors import BagFormatError
from archive.formats.oai_dc import oai_dc_xml
from archive.formats.premis import IngestContext, PremisFile, PremisRecord, premis_xml
from archive.formats.premis.names import exact_name, parse_time, time_text, xml_name
from archive.formats.premis.reader import read_premis
from archive.formats.xml_text import as_read_back, is_xml_text, xml_attribute, xml_text

# Every code point, surrogates included.
any_text = st.text(
    st.characters(codec=None, exclude_categories=()) | st.sampled_from("&<>\"'\r\n\t\x00\ufffe%")
)
# What os.fsdecode gives: UTF-8 text with other bytes as surrogate escapes.
names = st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))
times = st.integers(-(1 << 90), 1 << 90)


@given(any_text)
def test_content_comes_back_after_the_documented_replacement(text: str) -> None:
    assert (etree.fromstring(f"<a>{xml_text(text)}</a>").text or "") == as_read_back(text)


@given(any_text)
def test_attributes_come_back_after_the_documented_replacement(text: str) -> None:
    assert etree.fromstring(f'<a b="{xml_attribute(text)}"/>').get("b") == as_read_back(text)


@given(any_text)
def test_a_text_is_fit_for_xml_if_and_only_if_nothing_is_replaced(text: str) -> None:
    assert is_xml_text(text) == (as_read_back(text) == text)


@given(st.lists(any_text.filter(bool), unique_by=as_read_back), any_text.filter(bool))
def test_values_of_a_description_come_back_from_oai_dc(texts: list[str], identifier: str) -> None:
    description = Description({"title": tuple(Value(text) for text in texts)})
    root = etree.fromstring(oai_dc_xml(description, (identifier,)))
    assert [each.text for each in root.iterchildren("*")] == [
        as_read_back(each) for each in (*texts, identifier)
    ]
    assert bool(root.xpath("comment()")) == (not all(map(is_xml_text, (*texts, identifier))))


@given(names)
def test_a_name_survives_its_encoding_and_the_xml(name: str) -> None:
    encoded = xml_name(name)
    assert is_xml_text(encoded)
    assert exact_name(encoded) == name


@given(times)
def test_a_time_survives_to_the_nanosecond(nanoseconds: int) -> None:
    assert parse_time(time_text(nanoseconds)) == nanoseconds


@given(names, names, times, names)
def test_premis_gives_back_names_times_and_labels(
    original: str, source: str, modified: int, label: str
) -> None:
    context = IngestContext(
        run="r",
        agent=Agent(id="a", name="b", kind=AgentKind.PERSON),
        software=Agent(id="s", name="t", kind=AgentKind.SOFTWARE),
        originator="o",
        schema="urn:x",
        source=label,
    )
    file = PremisFile("data/x", original, 0, "0" * 128, modified)
    document = premis_xml(context, PremisRecord("bag", "ref", source, "now", (file,)))
    summary = read_premis(document)
    assert (summary.files[0].original, summary.files[0].modified) == (original, modified)
    assert (summary.source, summary.source_label) == (source, label)


@given(
    st.binary() | st.text().map(lambda text: f'<premis xmlns="http://www.loc.gov/premis/v3">{text}'.encode())
)
def test_hostile_bytes_raise_the_documented_error_or_nothing(data: bytes) -> None:
    with contextlib.suppress(BagFormatError):
        read_premis(data)

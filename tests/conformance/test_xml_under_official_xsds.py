"""What goes into bags is valid under the schemas that everybody else's tools use, in two engines."""

import pytest

from archive.core.descriptions.dcterms import TERMS
from archive.core.descriptions.description import Description, Value
from archive.formats.oai_dc import oai_dc_xml
from archive.formats.premis import (
    IngestContext,
    PremisRecord,
    PremisWriter,
    RevisionRecord,
    revision_xml,
)
from archive.formats.premis.reader import read_premis
from tests.changes import Changing
from tests.conformance import xsd
from tests.conformance.awkward_records import AWKWARD, BAG, FULL, JANE, PROGRAM, RECORDS

PLAIN = IngestContext(
    run="r", agent=JANE, software=PROGRAM, originator="Village archive", schema="urn:x", source="stick"
)


@pytest.fixture(scope="module")
def premis_engines() -> tuple[xsd.Engine, ...]:
    return xsd.engines(xsd.premis())


@pytest.fixture(scope="module")
def oai_engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[xsd.Engine, ...]:
    return xsd.engines(xsd.oai_dc(tmp_path_factory.mktemp("xsd")))


@pytest.mark.parametrize("context", [PLAIN, FULL], ids=["plain", "full"])
@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_premis_of_an_ingest_is_valid(
    premis_engines: tuple[xsd.Engine, ...], context: IngestContext, record: PremisRecord
) -> None:
    document = PremisWriter(context).xml(record)
    assert [engine.errors(document) for engine in premis_engines] == [[], []]


@pytest.mark.parametrize("terms", [(), ("title", "date")], ids=["unnamed", "named"])
def test_premis_of_a_revision_is_valid(
    premis_engines: tuple[xsd.Engine, ...], terms: tuple[str, ...]
) -> None:
    record = RevisionRecord(
        BAG, "2026-000001", 2, "2026-11-21T09:30:00Z", JANE, PROGRAM, "urn:x", "d" * 128, terms, len(terms)
    )
    assert [engine.errors(revision_xml(record)) for engine in premis_engines] == [[], []]


def test_premis_of_a_real_revision_is_valid_and_names_person_program_and_fields(
    premis_engines: tuple[xsd.Engine, ...], changing: Changing
) -> None:
    reference = changing.reference("c.txt")  # of the archivist's own
    changing("describe", reference, "--set", "title=<&> \u202e", "--clear", "date", "--agent", 'Ben "B" <x>')
    document = (changing.bag("c.txt") / "metadata/revisions/0002/premis.xml").read_bytes()
    assert [engine.errors(document) for engine in premis_engines] == [[], []]
    premis = read_premis(document)
    assert [agent.name for agent in premis.agents] == ['Ben "B" <x>', "document-archive"]
    assert "changed: dc.title" in premis.events[0].details
    assert (premis.reference, premis.declared) == ("Box 3", True)


def test_both_engines_refuse_premis_with_its_elements_out_of_order(
    premis_engines: tuple[xsd.Engine, ...],
) -> None:
    document = PremisWriter(PLAIN).xml(RECORDS["one file"])
    size = b"<size>3</size>\n"
    broken = document.replace(size, b"").replace(b"<compositionLevel>", size + b"<compositionLevel>")
    assert all(engine.errors(broken) for engine in premis_engines)


def test_oai_dc_with_every_term_and_awkward_text_is_valid(oai_engines: tuple[xsd.Engine, ...]) -> None:
    values = (Value(AWKWARD, "en-GB"), Value("plain"), Value("x", "not a tag!"), Value("y", "iw", "s", "u:x"))
    document = oai_dc_xml(Description(dict.fromkeys(TERMS, values)), (AWKWARD, f"urn:uuid:{BAG}"))
    assert [engine.errors(document) for engine in oai_engines] == [[], []]


def test_oai_dc_of_an_empty_description_is_valid(oai_engines: tuple[xsd.Engine, ...]) -> None:
    assert [engine.errors(oai_dc_xml(Description({}), ())) for engine in oai_engines] == [[], []]


def test_both_engines_refuse_oai_dc_with_a_term_that_is_no_element(
    oai_engines: tuple[xsd.Engine, ...],
) -> None:
    document = oai_dc_xml(Description({"title": (Value("x"),)}), ()).replace(b"dc:title", b"dc:extent")
    assert all(engine.errors(document) for engine in oai_engines)

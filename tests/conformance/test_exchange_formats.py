"""What an export hands to other systems is what their specifications and libraries take for valid."""

import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from archive.core.agents import Agent, AgentKind
from archive.core.descriptions.dcterms import TERMS
from archive.core.descriptions.description import Description, Value
from archive.formats.exchange.citation import citation
from archive.formats.exchange.mets import mets_xml, relative_reference
from archive.formats.exchange.prov import provenance
from archive.formats.exchange.prov_json import prov_json, prov_n
from archive.formats.exchange.record import ExchangedDocument, ExchangedFile, Keeper
from archive.formats.exchange.ro_crate import CONTEXT, SPECIFICATION, CratedDocument, ro_crate_json
from archive.formats.premis import PremisWriter, RevisionRecord, revision_xml
from archive.formats.premis.reader import read_premis
from tests.conformance import xsd
from tests.conformance.awkward_records import AWKWARD, BAG, FULL, JANE, PROGRAM, RECORDS

_TEXT = AWKWARD.replace("\ud800", "")
DESCRIBED = Description(
    {term: (Value(f"{term} {_TEXT}", "de"), Value("plain")) for term in TERMS}, {"box": ("3",)}
)
_LITERAL = re.compile(r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\]|\\.)*"', re.DOTALL)
PLAIN = Description({"title": (Value("A letter"),)})


def exchanged(record: str, description: Description) -> ExchangedDocument:
    """A document with the PREMIS of one of the records, and of one revision."""
    premis = PremisWriter(FULL).xml(RECORDS[record])
    revision = revision_xml(
        RevisionRecord(BAG, "2026-000001", 2, "2026-11-22T09:30:00Z", JANE, PROGRAM, "urn:x", "a" * 128)
    )
    first, second = read_premis(premis), read_premis(revision)
    agents = {agent.id: agent for agent in (*first.agents, *second.agents)}
    return ExchangedDocument(
        bag=BAG,
        reference="2026-000001",
        description=description,
        files=[
            ExchangedFile(
                name=file.original, path=file.path, sha512="a" * 128, bytes=file.bytes, puids=file.puids
            )
            for file in first.files
        ],
        events=(*first.events, *second.events),
        agents=tuple(agents.values()),
        premis=(premis, revision),
        keeper=Keeper(archive="Valley", institution="Village & Co", contact="", origin="valley/1"),
        software=Agent(id="p", name="document-archive", kind=AgentKind.SOFTWARE, version="1"),
        source="letters/a.txt",
        accession=None,
        ingested="2026-11-21T09:30:00Z",
        exported="2026-11-23T09:30:00Z",
        access="open",
    )


DOCUMENTS = {
    f"{record}, {name}": exchanged(record, description)
    for record in RECORDS
    for name, description in (("all terms", DESCRIBED), ("a title", PLAIN))
}


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[xsd.Engine, ...]:
    """METS 1.12.1 with PREMIS 3 and Dublin Core beside it, in both engines."""
    return xsd.engines(xsd.mets(tmp_path_factory.mktemp("xsd")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_mets_is_valid_with_premis_in_both_engines(engines: tuple[xsd.Engine, ...], name: str) -> None:
    document = mets_xml(DOCUMENTS[name])
    assert [engine.errors(document) for engine in engines] == [[], []]


def test_engines_see_a_mistake_in_the_premis_inside(engines: tuple[xsd.Engine, ...]) -> None:
    broken = mets_xml(DOCUMENTS["one file, a title"]).replace(b"<eventDateTime>", b"<eventDate>", 1)
    broken = broken.replace(b"</eventDateTime>", b"</eventDate>", 1)
    assert all(engine.errors(broken) for engine in engines)


def test_mets_names_every_file_by_a_reference_that_leads_to_it() -> None:
    document = DOCUMENTS["several files, a title"]
    root = etree.fromstring(mets_xml(document))
    links = [link.get("{http://www.w3.org/1999/xlink}href") or "" for link in root.iter("{*}FLocat")]
    assert [unquote(link, errors="surrogateescape") for link in links] == [f.name for f in document.files]
    known = {element.get("ID") for element in root.iter() if element.get("ID")}
    pointed = {
        name
        for e in root.iter()
        for key in ("FILEID", "DMDID", "ADMID")
        for name in (e.get(key) or "").split()
    }
    assert pointed <= known


@pytest.mark.parametrize("name", DOCUMENTS)
def test_prov_json_and_prov_n_say_the_same_to_the_reference_library(name: str) -> None:
    prov = pytest.importorskip("prov.model", reason="the package prov is not installed")
    said = provenance(DOCUMENTS[name])
    read = prov.ProvDocument.deserialize(io.StringIO(prov_json(said).decode()), format="json")
    theirs = sorted(_statements(read.get_provn()))
    ours = sorted(_statements(prov_n(said).decode()))
    assert len(ours) == len(said.elements) + len(said.relations)
    assert [_outline(line) for line in ours] == [_outline(line) for line in theirs]


def test_prov_json_is_valid_under_the_published_schema() -> None:
    import jsonschema

    schema = json.loads((xsd.folder() / "prov" / "prov-json.schema.json").read_text())
    for document in DOCUMENTS.values():
        jsonschema.validate(json.loads(prov_json(provenance(document))), schema)


def _statements(text: str) -> list[str]:
    text = _LITERAL.sub('"…"', text)
    lines = [line.strip() for line in text.split("\n")]
    return [line for line in lines if "(" in line and not line.startswith(("prefix", "default"))]


def _outline(line: str) -> tuple[str, str, int]:
    """The kind, the identifiers and the number of attributes: writers differ in blanks, order and times."""
    kind, _, rest = line.partition("(")
    arguments, _, attributes = rest.partition("[")
    named = [one.strip() for one in arguments.rstrip(", )").split(",") if ":" in one and "T" not in one]
    return kind, " ".join(named), attributes.count("=") if attributes else 0


def crate(name: str, *, shared: bool = False) -> Any:
    """The metadata of a crate of one document, its files in a folder of its own or in a shared one."""
    document = DOCUMENTS[name]
    beside = [("about.html", "about", "text/html")]
    return json.loads(
        ro_crate_json(
            [CratedDocument(document, "2026-000001/", shared=shared)],
            document.keeper,
            document.exported,
            beside,
        )
    )


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_crate_has_what_the_specification_asks_for(name: str, shared: bool) -> None:
    document = crate(name, shared=shared)
    entities = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(entities) == len(document["@graph"])
    assert document["@context"] == CONTEXT
    descriptor = entities["ro-crate-metadata.json"]
    assert (descriptor["@type"], descriptor["conformsTo"]) == ("CreativeWork", {"@id": SPECIFICATION})
    root = entities[descriptor["about"]["@id"]]
    assert root["@id"] == "./"
    assert {"name", "description", "datePublished", "license"} <= set(root)
    assert "Dataset" in root["@type"]
    assert all(target in entities for target in _links(document["@graph"]) if target != SPECIFICATION)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_property_and_type_of_the_crate_is_in_its_context(name: str) -> None:
    path = Path(xsd.folder(), "ro-crate", "1.2", "context.jsonld")
    known = set(json.loads(path.read_text())["@context"]) | {"@id", "@type"}
    for entity in [*crate(name)["@graph"], *crate(name, shared=True)["@graph"]]:
        types = entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]
        assert set(entity) | set(types) <= known


def _links(graph: Any) -> list[str]:
    values = (value for entity in graph for value in entity.values())
    listed = (one for value in values for one in (value if isinstance(value, list) else [value]))
    return [one["@id"] for one in listed if isinstance(one, dict)]


def test_citation_names_who_what_when_and_where() -> None:
    described = Description(
        {"title": (Value("Bells."),), "creator": (Value("Ana"), Value("Ben")), "date": (Value("1918~"),)}
    )
    said = citation(exchanged("one file", described))
    assert said == f"Ana; Ben. Bells. 1918~. 2026-000001, Village & Co, Valley. urn:uuid:{BAG}."


@pytest.mark.parametrize("name", ["a b&c.txt", "100%.txt", "a:b", "ü", "x/y#z?", "\udcff"])
def test_relative_reference_leads_back_to_the_name(name: str) -> None:
    reference = relative_reference(name)
    assert unquote(reference, errors="surrogateescape") == name
    assert not set(reference) & set(" :#?&<>\"'")
